"""Pictures without a gradient: evolution moves any generator's numbers, such as those of cut paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from artgen.api import AnyGenerator, Env, Generator, GeneratorSpec, Need, Schedule, Slider, Within, hookimpl
from artgen.canvas import DescentSpec
from artgen.colours import Colour, PaletteColours

SHEETS = ("#f7f0e0", "#e4572e", "#f3a712", "#f6c9c4", "#3d8d6d", "#8fc1b5", "#2b59c3", "#7d3f8c", "#1c2030")
"""Cut paper is bought in few colours: paper white, vermilion, amber, rose, green, mint, blue, purple, ink."""


class Collage(DescentSpec):
    """Cut paper: leaves of one colour each, large ones first, laid over each other on a ground."""

    type: Literal["collage"] = "collage"
    synonyms: ClassVar[tuple[str, ...]] = ("cut paper", "paper cut", "cutout shapes", "leaves", "matisse")
    sheets: Annotated[int, Field(ge=1, le=256)] = 16
    """How many leaves of paper there are; each has 14 numbers."""
    palette: PaletteColours = SHEETS
    r"""The colours of the paper: names, `#rrggbb`, ramps (`red->gold\8`), palette files or pictures."""
    ground: Colour = SHEETS[0]
    """The colour of what the leaves lie on."""
    largest: Annotated[float, Field(gt=0, le=4), Slider(0.02, 2, scale="log")] = 0.4
    """About the radius of the first leaf, as a share of half the shorter side; each one after it starts smaller."""
    smallest: Annotated[float, Field(gt=0, le=4), Slider(0.02, 2, scale="log")] = 0.07
    """About the radius of the last leaf."""
    shadow: Annotated[float, Field(ge=0, le=1)] = 0.25
    """How dark a leaf makes what lies beside it, as if it stood off a little; 0: flat."""
    sketch: Annotated[int, Field(ge=16, le=8192)] = 128
    """Pixels of the shorter side at which it is drawn while it grows; the finished picture is drawn in full."""
    edge: Annotated[Schedule, Within(ge=0, le=1)] = Schedule.constant(0)
    """Width of the blur at the edges, as a share of half the shorter side; 0: a pixel. A gradient needs some."""

    def misfits(self) -> Iterable[str]:
        if self.smallest > self.largest:
            yield "'smallest' is more than 'largest'"

    def build(self, env: Env) -> Generator:
        from artgen_evolve.collage import CollageGenerator

        return CollageGenerator(self, env)


class Evolve(GeneratorSpec):
    """Moves another generator's numbers by evolution (CMA-ES): tries several drawings a step and leans to the better.

    The losses need no gradient then: filters may cut and count as they like, and a step is only looked at.
    """

    uses_gradient: ClassVar[bool] = False
    type: Literal["evolve"] = "evolve"
    synonyms: ClassVar[tuple[str, ...]] = (
        "cma-es", "cmaes", "evolution", "evolution strategy", "genetic", "genetic algorithm", "gradient-free",
    )  # fmt: skip
    example: ClassVar[Mapping[str, Any]] = {"of": Collage(sheets=3), "population": 6}
    of: AnyGenerator = Collage()
    """The generator whose numbers evolve, such as `{type: pixel, grid: [16, 16]}`; how a gradient would move them
    (`optimiser`, `learning_rate`, `decay`, ...) does not count."""
    population: Annotated[int, Field(ge=4, le=1000)] | None = None
    """How many drawings are tried for each picture and step; null: 4 + 3 ln(how many numbers there are)."""
    sigma: Annotated[float, Field(gt=0, le=100), Slider(0.01, 20, scale="log")] = 0.3
    """How far the first drawings lie apart: the standard deviation of each number; it adapts from there."""
    search: Literal["separable", "full"] = "separable"
    """What is learnt of the numbers: how far each may move (`separable`), or how they move together as well (`full`),
    for at most 1000 of them."""

    def needs(self) -> Set[Need]:
        return self.of.needs()

    def reading(self, text: str) -> Mapping[str, str]:
        return self.of.reading(text)

    def build(self, env: Env) -> Generator:
        from artgen_evolve.evolution import EvolveGenerator

        return EvolveGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Collage, Evolve]
