"""Drawing through an upscaler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import AnyGenerator, Env, Generator, Need
from artgen.canvas import CanvasSpec


class SuperResolution(CanvasSpec):
    """Draws small and looks at it enlarged, in every step: what it learns are pictures that an upscaler makes crisp."""

    can_paint: ClassVar[bool] = True
    type: Literal["super_resolution"] = "super_resolution"
    synonyms: ClassVar[tuple[str, ...]] = ("super resolution", "sr", "isr", "upscaled")
    of: AnyGenerator | None = None
    """The generator that draws the small canvas, such as `{type: pixel, palette: pico-8}`; null: a grid of free
    colours, which `colours`, `noise`, `optimiser` and what belongs to them tell how to move."""
    model: Literal["embedded", "realesrgan-anime", "realesrgan-photo", "realesrgan-small"] = "embedded"
    """The upscaler, which makes the small canvas four times as wide and high; see the finishing stage `upscale`."""
    noise: Annotated[float, Field(ge=0)] = 0.1
    """Standard deviation of the noise that free colours start with; 0.1 is faint, 1 is strong."""

    def misfits(self) -> Iterable[str]:
        if self.of is None:
            return
        if not self.of.uses_gradient:
            yield f"'of': '{self.of.type}' learns by no gradient, and an upscaler hands one on"
        idle = {"noise", *CanvasSpec.model_fields} - {"id", "type"}
        for name in sorted(idle):
            if getattr(self, name) != type(self).model_fields[name].default:
                yield f"'{name}' is for free colours; '{self.of.type}' in 'of' has its own"

    def needs(self) -> Set[Need]:
        return {Need.START} if self.of is None else self.of.needs()

    def reading(self, text: str) -> Mapping[str, str]:
        return self.of.reading(text) if self.of else {}

    def build(self, env: Env) -> Generator:
        from artgen_upscale.super_resolution import SuperResolutionGenerator

        return SuperResolutionGenerator(self, env)
