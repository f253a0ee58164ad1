"""Generators one above the other, which are drawn and learn together, and an even ground for the lowest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import (
    Angle,
    AnyGenerator,
    Env,
    Exporter,
    ExportSource,
    Generator,
    GeneratorSpec,
    Need,
    Schedule,
    Slider,
    WhereField,
    Within,
    hookimpl,
)
from artgen.canvas import DescentSpec
from artgen.colours import Colour


class Ground(DescentSpec):
    """A ground of one colour, or of some that run into each other, such as a sky's."""

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {".svg": "the ground as a gradient"}
    type: Literal["ground"] = "ground"
    synonyms: ClassVar[tuple[str, ...]] = ("background", "gradient", "sky", "backdrop", "solid colour")
    colours: Annotated[tuple[Colour, ...], Field(min_length=1, max_length=64)] = ("white",)
    """The colours that it begins with, in equal distances."""
    angle: Annotated[float, Angle(-180, 180)] = 0
    """Where the colours run to, in degrees: 0 from top to bottom, 90 from right to left, clockwise from there."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.01)
    """How far a colour's channels, of 0 to 1, change in a step; 0: the colours stay."""

    def build(self, env: Env) -> Generator:
        from artgen_layers.ground import GroundGenerator

        return GroundGenerator(self, env)


class Layers(GeneratorSpec):
    """Draws one generator above another, such as brush strokes above a sky; both learn from the picture they make.

    For more than two, let one of them be of the type `layers` as well. `--export svg` writes them as one drawing, if
    all of them can be SVG.
    """

    can_paint: ClassVar[bool] = True
    type: Literal["layers"] = "layers"
    synonyms: ClassVar[tuple[str, ...]] = ("composite", "compositing", "foreground", "stack", "collage of generators")
    example: ClassVar[Mapping[str, GeneratorSpec | float]] = {"above": Ground(colours=("red", "blue")), "opacity": 0.5}
    below: AnyGenerator = Ground()
    """The generator whose drawing lies below, such as `{type: fourier}`."""
    above: AnyGenerator
    """The generator whose drawing lies above, such as `{type: strokes, count: 64}`."""
    cut_out: bool = True
    """Whether the upper one is seen through where it draws nothing: between strokes, for instance, in place of its
    paper."""
    where: WhereField | None = None
    """The part of the picture where the upper one is seen, as a prompt's `where`; its `soft` edges blend the two."""
    opacity: Annotated[Schedule, Within(ge=0, le=1)] = Schedule.constant(1)
    """How much of the upper one is seen, 0 to 1; may change over the run."""

    def misfits(self) -> Iterable[str]:
        for name, spec in self.held():
            if not spec.uses_gradient:
                yield f"'{name}': '{spec.type}' learns by no gradient, and layers learn together by one"

    def held(self) -> tuple[tuple[str, GeneratorSpec], ...]:
        """The generators, from the lowest, with the names of their settings."""
        return ("below", self.below), ("above", self.above)

    def needs(self) -> Set[Need]:
        return self.below.needs() | self.above.needs()

    def reading(self, text: str) -> Mapping[str, str]:
        found = {name: spec.reading(text) for name, spec in self.held()}
        if found["below"] and found["above"] and found["below"] != found["above"]:
            return {f"{name}, {part}": said for name, parts in found.items() for part, said in parts.items()}
        return found["below"] or found["above"]

    def build(self, env: Env) -> Generator:
        from artgen_layers.drawing import build

        return build(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Ground, Layers]


def _svg(source: ExportSource) -> bytes:
    from artgen_layers.exporting import svg_of

    return svg_of(source)


@hookimpl
def artgen_exporters() -> list[Exporter]:
    return [Exporter(".svg", "a group for each layer, if all of them can be SVG", _svg, (Layers,))]
