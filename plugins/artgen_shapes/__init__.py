"""Pictures of flat shapes: circles, triangles, polygons and blobs, few at first and more where the losses ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, GeneratorSpec, Need, Schedule, Slider, Within, hookimpl
from artgen.canvas import DescentSpec
from artgen.colours import Colour

Kind = Literal["circle", "triangle", "polygon", "blob"]
Share = Annotated[float, Field(gt=0, le=1)]
Rate = Annotated[float, Field(ge=0), Slider(scale="log")]
CORNERS = 8


class FlatShapes(DescentSpec):
    """Flat shapes that move, bend and change colour: large ones below, smaller ones added where the losses ask.

    Shapes come in rounds, as in Ma et al., "Towards Layer-wise Image Vectorization" (LIVE, 2022), here where the
    gradient of the picture is longest; those that nobody sees begin anew, as in Jain, Xie & Abbeel, "VectorFusion"
    (2022). The rates are those of Frans, Soros & Witkowski, "CLIPDraw" (2021), for a canvas of 224 pixels. Few
    triangles that evolve (`evolve`, with a `sigma` of about 10) are the art of Tian & Ha, "Modern Evolution Strategies
    for Creativity" (2021).
    """

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {".svg": "the shapes as curves, a layer for each run of like colours"}
    type: Literal["shapes"] = "shapes"
    synonyms: ClassVar[tuple[str, ...]] = (
        "circles", "triangles", "polygons", "blobs", "flat shapes", "live", "vectorfusion", "low poly",
    )  # fmt: skip
    kind: Kind = "blob"
    """What the shapes are; a `blob` is closed by curves."""
    corners: Annotated[int, Field(ge=3, le=32)] = CORNERS
    """How many corners a polygon has, or how many curves a blob."""
    count: Annotated[int, Field(ge=1, le=4096)] = 64
    """How many shapes there are in the end; later ones lie over those before."""
    first: Annotated[int, Field(ge=1, le=4096)] | None = None
    """How many there are from the start; null: an eighth, or three quarters if there is a picture to begin with."""
    rounds: Annotated[int, Field(ge=1, le=64)] = 4
    """How many times shapes are added, equally many each time."""
    until: Share = 0.6
    """The share of the run after which the last shapes are added."""
    sizes: tuple[Share, Share] = (0.25, 0.02)
    """Radius of the first and the last shapes when they come, as shares of the shorter side."""
    regions: Annotated[int, Field(ge=2, le=64)] = 8
    """How many colours such a picture is divided into; each region of one becomes a polygon or a blob."""
    fit: Annotated[int, Field(ge=0, le=10_000)] = 80
    """In how many steps, before the first, the shapes are fitted to such a picture."""
    paper: Colour = "white"
    """The colour of what the shapes lie on."""
    paper_moves: bool = False
    """Whether the paper's colour is searched for as well, from `paper` on."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(1)
    """Length of a step, times that of the two rates below; may change over the run."""
    point_rate: Rate = 1.0
    """Pixels that a point moves in a step, on a canvas whose shorter side has 224."""
    colour_rate: Rate = 0.01
    """How far a colour's channels, of 0 to 1, and a shape's opacity change in a step."""
    renew: Annotated[float, Field(ge=0, le=1)] = 0.05
    """When shapes are added, those with a lower opacity than this begin anew there as well; 0: none."""
    decay: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0)
    """Pull of the points to the middle and of the colours to clear black."""

    def misfits(self) -> Iterable[str]:
        if self.sizes[0] < self.sizes[1]:
            yield "'sizes' are those of the first and of the last shapes, which are no larger"
        if self.first is not None and self.first > self.count:
            yield f"'first' is {self.first}; 'count' allows {self.count} in all"
        if self.corners != CORNERS and self.kind in ("circle", "triangle"):
            yield f"'corners' are those of polygons and blobs; 'kind' is '{self.kind}'"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Generator:
        from artgen_shapes.drawing import ShapesGenerator

        return ShapesGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [FlatShapes]
