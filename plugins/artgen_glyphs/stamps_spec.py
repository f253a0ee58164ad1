"""What a preset says about stamps."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, Need, PictureFile
from artgen.canvas import DescentSpec
from artgen.colours import Colour, PaletteColours

Shape = Literal["circle", "crescent", "drop", "heart", "leaf", "petal", "square", "star", "triangle"]
Share = Annotated[float, Field(gt=0, le=2)]
MOST = 64


class Stamps(DescentSpec):
    """Stamps that are laid over each other on paper: each finds its place, turn, size and colour; leaves, or your own.

    What is below shows beside a stamp and through what is clear of it; large ones lie below small ones.
    """

    can_paint: ClassVar[bool] = True
    type: Literal["stamps"] = "stamps"
    synonyms: ClassVar[tuple[str, ...]] = ("stickers", "sprites", "pressed flowers", "photo collage", "arcimboldo")
    shapes: Annotated[tuple[Shape, ...], Field(min_length=1)] | None = None
    """What is stamped, shared out by chance; default: leaves and petals, or the `pictures`."""
    pictures: Annotated[tuple[PictureFile, ...], Field(min_length=1, max_length=MOST)] | None = None
    """Your own instead, best with a clear background; each is shrunk to 128 pixels before the run."""
    count: Annotated[int, Field(ge=1, le=1024)] = 96
    """How many stamps there are; later ones lie over those before."""
    sizes: tuple[Share, Share] = (0.08, 0.5)
    """The least and the greatest diameter of a stamp, as shares of the shorter side."""
    tint: Annotated[float, Field(ge=0, le=1)] = 0
    """How far `pictures` are multiplied by a colour of each stamp's own: 0, they keep theirs; 1, fully."""
    palette: PaletteColours | None = None
    r"""The only colours of stamps: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures."""
    paper: Colour = "white"
    """The colour of what the stamps lie on."""
    sketch: Annotated[int, Field(ge=16, le=8192)] = 128
    """Pixels of the shorter side at which it is drawn while it grows; the finished picture is drawn in full."""

    def misfits(self) -> Iterable[str]:
        if self.sizes[0] > self.sizes[1]:
            yield "'sizes' are the least and the greatest diameter, in this order"
        if self.shapes is not None and self.pictures is not None:
            yield "'pictures' are stamped instead of 'shapes'; give one of them"
        if self.pictures is None and self.tint:
            yield "'tint' colours 'pictures'; shapes have colours of their own"
        if self.pictures is not None and self.palette is not None and not self.tint:
            yield "'palette' has the colours of a 'tint', which is 0"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_glyphs.stamps import StampsGenerator

        return StampsGenerator(self, env)
