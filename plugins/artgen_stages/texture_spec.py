"""What a picture is on, or printed with: paper, canvas, grain, dots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec
from artgen.colours import PaletteColours

SIZES = {"paper": 0.005, "canvas": 0.009, "grain": 0.003, "halftone": 0.011, "riso": 0.0035}
STRENGTHS = {"paper": 0.5, "canvas": 0.5, "grain": 0.5, "halftone": 1.0, "riso": 1.0}
RISO = ("#0078bf", "#ff48b0", "#ffe800")
MOST = 6


class Texture(FinishSpec):
    """Gives the picture the surface of paper or canvas, film grain, or the dots and offset inks of a print."""

    type: Literal["texture"] = "texture"
    synonyms = ("paper", "canvas", "film grain", "grain", "halftone", "riso", "risograph", "noise texture")
    kind: Literal["paper", "canvas", "grain", "halftone", "riso"] = "paper"
    """Rough `paper`, woven `canvas`, film `grain`, four-colour `halftone` dots; `riso`: few grainy inks, askew."""
    strength: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much of it is seen: 0 none, 1 all; default: half of a surface or grain, all of a print."""
    size: Annotated[float, Field(ge=0.001, le=0.2)] | None = None
    """Of a bump, a thread, a grain or a dot's cell: a share of the shorter side; default: what suits."""
    inks: PaletteColours | None = None
    """For `riso`: the inks, up to 6, each printed over the others; default: blue, pink and yellow."""

    def misfits(self) -> Iterable[str]:
        if self.inks is not None and self.kind != "riso":
            yield "'inks' belongs to 'kind: riso'"
        if self.inks is not None and len(self.inks) > MOST:
            text = f"riso prints in 1 to {MOST} inks, not in {len(self.inks)}"
            yield text

    def build(self, env: Env) -> Finish:
        from artgen_stages.texture import TextureFinish

        return TextureFinish(self, env)
