"""What lies around a picture: a mat, a stamp's edge, round corners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Finish, FinishSpec
from artgen.colours import Colour

WIDTHS = {"mat": 0.14, "stamp": 0.07, "rounded": 0.08}
PAPER = "#f8f5ee"


class Frame(FinishSpec):
    """Puts the picture into a mat or on a stamp, which makes it larger, or rounds its corners."""

    type: Literal["frame"] = "frame"
    synonyms = ("mat", "passepartout", "passe-partout", "stamp", "rounded corners", "border")
    kind: Literal["mat", "stamp", "rounded"] = "mat"
    """A `mat` of board with a bevelled window, the perforated edge of a `stamp`, or `rounded` corners."""
    width: Annotated[float, Field(gt=0, le=0.5)] | None = None
    """Of the mat, the stamp's margin or the corners' radius: a share of the shorter side; default: what suits."""
    colour: Colour = PAPER
    """Of the mat, or of the stamp's paper."""
    outside: Colour | None = None
    """What lies beyond a stamp's edge or round corners; default: nothing, it is transparent."""

    def misfits(self) -> Iterable[str]:
        if self.kind == "rounded" and self.colour != PAPER:
            yield "'colour' is a mat's or a stamp's; what lies beyond round corners is 'outside'"
        if self.kind == "mat" and self.outside is not None:
            yield "'outside' is what lies beyond a stamp's edge or round corners; a mat has 'colour'"

    def pixels(self, size: tuple[int, int]) -> int:
        """How wide it is around a picture of that height and width."""
        width = WIDTHS[self.kind] if self.width is None else self.width
        return max(1, round(width * min(size)))

    def resized(self, size: tuple[int, int]) -> tuple[int, int]:
        more = 0 if self.kind == "rounded" else 2 * self.pixels(size)
        return size[0] + more, size[1] + more

    def build(self, env: Env) -> Finish:
        from artgen_stages.frame import FrameFinish

        return FrameFinish(self, env)
