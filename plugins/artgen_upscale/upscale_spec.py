"""Enlarging the finished picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from artgen.api import Env, Finish, FinishSpec, InputFile, hint, wrong_setting
from artgen_upscale.catalogue import NAMES
from artgen_upscale.sizes import Print, To, exactly, longer, printed

FACTOR = 4
"""How many times as large, where nothing else is asked for."""
_FILE: TypeAdapter[Path] = TypeAdapter(InputFile)


def _model(value: Any) -> Any:
    """A name, or a file of weights; which of them is meant shows in how it is written."""
    if not isinstance(value, (str, Path)) or value in NAMES:
        return value
    name = str(value)
    if "/" not in name and "\\" not in name and "." not in name:
        raise wrong_setting(
            f"no upscaler is called '{name}', and a file of weights ends in .safetensors{hint(name, NAMES)}"
        )
    if Path(name).suffix.lower() != ".safetensors":
        raise wrong_setting(
            f"'{name}' is no .safetensors file, and others may run code when they are read; convert it first"
        )
    return _FILE.validate_python(value)


Model = Annotated[
    Literal["embedded", "realesrgan-anime", "realesrgan-photo", "realesrgan-small"] | Path,
    BeforeValidator(_model, json_schema_input_type=str),
]


class Upscale(FinishSpec):
    """Makes the picture larger, and redraws it crisp: for screens, or to be printed."""

    type: Literal["upscale"] = "upscale"
    synonyms = ("super resolution", "enlarge", "real-esrgan", "esrgan", "4x")
    scale: Literal[2, 3, 4] | None = None
    """How many times as wide and high; 4 where neither `to` nor `print` says how large."""
    to: To | None = None
    """Size in pixels instead: one number is the longer side, 4096x3072 both."""
    print: Print | None = None
    """Size on paper instead: the length of the longer side in cm, mm or in, and the dots an inch, as 30cm@300dpi."""
    model: Model = "embedded"
    """`embedded`, which knows what artgen draws; `realesrgan-anime` (outlines), `realesrgan-photo` (textures, slow) or
    `realesrgan-small`, which need `pip install "artgen[upscale]"`; or a .safetensors file that spandrel reads."""
    shrink: Literal["auto"] | Annotated[float, Field(ge=1, le=8)] | None = None
    """Make a soft picture that many times smaller first, so that its edges are sharp; `auto`: as its edges ask for."""
    tile: Annotated[int, Field(ge=32, le=4096)] = 256
    """Side in pixels of the squares of the picture that are enlarged one by one: smaller ones need less memory."""
    wrap: bool = False
    """Whether the picture goes on at its opposite edges, as a tile of a pattern does, and stays without a seam."""

    def misfits(self) -> Iterable[str]:
        asked = [name for name in ("scale", "to", "print") if getattr(self, name) is not None]
        if len(asked) > 1:
            yield f"{' and '.join(repr(name) for name in asked)} each say how large; give one of them"

    def resized(self, size: tuple[int, int]) -> tuple[int, int]:
        if isinstance(self.to, tuple):
            return exactly(size, *self.to)
        if self.to is not None or self.print is not None:
            return longer(size, self.to if self.to is not None else printed(self.print or ""))
        factor = self.scale or FACTOR
        return factor * size[0], factor * size[1]

    def build(self, env: Env) -> Finish:
        from artgen_upscale.upscale import Upscaler

        return Upscaler(self, env)
