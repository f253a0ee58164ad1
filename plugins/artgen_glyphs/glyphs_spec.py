"""What a preset says about glyphs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from artgen.api import Env, Generator, Need, PictureFile, Schedule, Slider, Within
from artgen.canvas import DescentSpec
from artgen.colours import Colour, PaletteColours

Kind = Literal["ascii", "type", "truchet", "triangles", "bricks", "stitches", "pictures"]
Cells = Annotated[int, Field(ge=1)]
FREE = "free"
COLOURED = ("bricks", "stitches")
"""Tiles that are one form, or few, and draw by their colours."""
MOST = 256
"""Tiles that a cell may choose from."""


def _kind(value: Any) -> str:
    return "free" if value == FREE else "one"


Ink = Annotated[Annotated[Literal["free"], Tag("free")] | Annotated[Colour, Tag("one")], Discriminator(_kind)]


class Glyphs(DescentSpec):
    """A grid whose cells choose a tile each: characters, Truchet's tiles, bricks, cross-stitches or your pictures.

    A cell is a blend of all tiles at first, by a softmax that is annealed: the finished picture has one tile a cell.
    Characters are those of the DejaVu fonts that matplotlib brings.
    """

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {".txt": "the tiles as text: a character for each cell, a line for each row"}
    type: Literal["glyphs"] = "glyphs"
    synonyms: ClassVar[tuple[str, ...]] = (
        "ascii", "ascii art", "tiles", "truchet", "lego", "bricks", "cross stitch", "cross-stitch",
        "typography",
    )  # fmt: skip
    tiles: Kind = "ascii"
    """`ascii`: typed characters; `type`: bold letters; `truchet`: arcs of several widths (Smith 1987); `triangles`:
    Truchet's own of 1704; `bricks`: plates with a stud; `stitches`: crosses on cloth; `pictures`: your own."""
    characters: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    """Which characters `ascii` and `type` have, each of them once, a space for blank cells; default: all of ASCII, and
    A to Z with a space."""
    pictures: Annotated[tuple[PictureFile, ...], Field(min_length=1, max_length=MOST)] | None = None
    """The tiles of `pictures`, each cropped to its cell; what is see-through shows the paper."""
    grid: tuple[Cells, Cells] | None = None
    """Columns and rows of cells; default: so that 24 cells fit the shorter side, or 24 lines of `ascii`."""
    ink: Ink | None = None
    """The colour of all tiles, or `free`: each cell finds its own. Default: black; free for `bricks` and `stitches` and
    where there is a `palette`; `pictures` keep their own colours, and are multiplied by an ink that is given."""
    palette: PaletteColours | None = None
    r"""The only colours of free inks: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures."""
    paper: Colour = "white"
    """The colour of what the tiles lie on."""
    temperature: Annotated[Schedule, Within(gt=0)] = Schedule.parse({0: 1, "100%": 0.1})
    """How undecided the cells are: 1, a blend at first; near 0, one tile. The finished picture has one each."""
    variety: Annotated[float, Field(ge=0)] = 0.1
    """How much each cell leans by chance to some tiles before the first step: with 0 the best, with 1 any good one."""
    straight_through: bool = False
    """Whether a cell shows one tile from the beginning, and only its gradient is that of the blend."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.1)
    """Length of a step; may change over the run."""

    def misfits(self) -> Iterable[str]:
        if self.characters is not None and self.tiles not in ("ascii", "type"):
            yield f"'characters' belongs to 'tiles: ascii' and 'tiles: type', not to '{self.tiles}'"
        if (self.pictures is None) == (self.tiles == "pictures"):
            yield "'pictures' and 'tiles: pictures' belong together"
        if self.palette is not None and self.ink not in (None, FREE):
            yield "'palette' has the colours of a free ink; leave 'ink' out, or 'palette'"
        text = self.characters or ""
        if odd := [character for character in text if not character.isprintable()]:
            yield f"'characters' holds {odd[0]!r}, which cannot be printed"
        elif len(set(text)) > MOST:
            yield f"'characters' has {len(set(text))} different ones; at most {MOST} are chosen from"

    @property
    def free(self) -> bool:
        """Whether each cell has an ink of its own."""
        return self.ink == FREE or (self.ink is None and (self.palette is not None or self.tiles in COLOURED))

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_glyphs.glyphs import GlyphsGenerator

        return GlyphsGenerator(self, env)
