"""What a preset may say of lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, Need, Schedule, Slider, Within
from artgen.canvas import DescentSpec
from artgen.colours import Colour

Share = Annotated[float, Field(gt=0, le=1)]
ONLY_STRING = ("nails", "frame", "windings", "harden")
ONLY_SINGLE = ("points", "roundness")


class Lines(DescentSpec):
    """One line that makes the whole picture: a thread wound round nails, or a pen that is never lifted.

    `kind: string` is string art, after P. Vrellis, "A new way to knit" (2016), and Birsak, Rist, Wonka & Musialski,
    "String Art: Towards Computational Fabrication of String Images" (2018): the nails stay, and what is searched for is
    how often the thread runs from each nail to each other. `kind: single` is a pen's line whose points move; from a
    `start` it runs as Kaplan & Bosch, "TSP Art" (2005), let it.
    """

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {
        ".svg": "the lines as curves, over the paper",
        ".plot.svg": "the middle of the lines in mm, for a pen plotter",
        ".txt": "the nails in the order of winding, or the points that a pen passes",
    }
    type: Literal["lines"] = "lines"
    synonyms: ClassVar[tuple[str, ...]] = ("string art", "thread", "one line", "tsp art", "plotter", "single line")
    kind: Literal["string", "single"] = "string"
    """`string`: a thread round nails; `single`: a pen's line, never lifted."""
    colours: Annotated[tuple[Colour, ...], Field(min_length=1, max_length=8)] = ("black",)
    """One thread, or one line, of each of these colours; later ones lie over those before."""
    width: Share | None = None
    """Width of thread or pen, as a share of the shorter side; not given: 0.0003 of a thread, 0.006 of a pen."""
    paper: Colour = "white"
    """The colour of what the lines lie on."""
    sheet: Literal["a6", "a5", "a4", "a3", "a2", "letter"] = "a4"
    """The sheet of paper that `.plot.svg` is for."""
    nails: Annotated[int, Field(ge=3, le=400)] = 150
    """How many nails; time and memory grow with their square. On a grid about so many."""
    frame: Literal["ring", "rectangle", "grid"] = "ring"
    """Where the nails are: round the largest ellipse, round the edge, or in rows all over the canvas."""
    windings: Annotated[int, Field(ge=1, le=20000)] = 4000
    """How often each thread runs from nail to nail, at most; some fifty more join it to one thread."""
    harden: Annotated[Schedule, Within(ge=0, le=1)] = Schedule.parse({"50%": 0, "80%": 1})
    """How far the drawing is what one thread can do: at 0 it may run half a time; the finished one is always at 1."""
    points: Annotated[int, Field(ge=4, le=8000)] = 1200
    """How many points each line runs through."""
    roundness: Annotated[float, Field(ge=0, le=2)] = 1
    """How the line passes its points: 0 with corners, 1 as a smooth curve, 2 in loops."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(1)
    """Length of a step: 1 is 0.05 windings, or 0.3 % of the shorter side; may change over the run."""

    @property
    def line_width(self) -> float:
        """The width as a share of the shorter side, given or not."""
        return self.width or (0.0003 if self.kind == "string" else 0.006)

    def misfits(self) -> Iterable[str]:
        others = ONLY_SINGLE if self.kind == "string" else ONLY_STRING
        for name in others:
            if getattr(self, name) != type(self).model_fields[name].default:
                yield f"'{name}' means nothing to 'kind: {self.kind}'"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        if self.kind == "string":
            from artgen_lines.string_art import StringArt

            return StringArt(self, env)
        from artgen_lines.single_line import SingleLine

        return SingleLine(self, env)
