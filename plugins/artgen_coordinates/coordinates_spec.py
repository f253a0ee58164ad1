"""What presets say about coordinate networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Generator, Need, Schedule, Slider, Within
from artgen.canvas import Colours, DescentSpec

Activation = Literal["arctan", "square", "sine", "gaussian", "ridge"]


class CoordinateSpec(DescentSpec):
    """A network from places to colours: the fields that all of them have."""

    can_paint: ClassVar[bool] = True
    exports: ClassVar[Mapping[str, str]] = {".glsl": "a fragment shader (WebGL) that draws the same at any size"}
    width: Annotated[int, Field(ge=1, le=256)]
    """Numbers that each layer hands on."""
    depth: Annotated[int, Field(ge=1, le=32)]
    """How many layers there are before the one that makes colours."""
    sketch: Annotated[int, Field(ge=8, le=8192)] = 128
    """Pixels of the shorter side at which it is drawn while it learns; the finished picture is drawn in full."""
    fit: Annotated[int, Field(ge=1, le=5000)] = 300
    """Steps in which it learns a `start` picture or an overlay by heart, as well as it can."""
    colours: Colours = "decorrelated"
    """How numbers become colours: `rgb`, a sigmoid each; `decorrelated`, along natural pictures' colour axes."""

    def needs(self) -> Set[Need]:
        return {Need.START}


class Cppn(CoordinateSpec):
    """A compositional pattern producing network: smooth forms of a few functions laid into each other, at any size."""

    type: Literal["cppn"] = "cppn"
    synonyms: ClassVar[tuple[str, ...]] = ("compositional pattern producing network", "pattern network", "shader")
    width: Annotated[int, Field(ge=1, le=256)] = 24
    """Numbers that each layer makes; each activation hands on as many."""
    depth: Annotated[int, Field(ge=1, le=32)] = 8
    """How many layers there are before the one that makes colours; more of them draw finer, more folded forms."""
    activation: Annotated[tuple[Activation, ...], Field(min_length=1)] = ("arctan", "square")
    """What becomes of a layer's numbers, side by side: `arctan`, `square` (of the arctan), `sine`, `gaussian` (a bump),
    `ridge` (a crease)."""
    scale: Annotated[float, Field(gt=0, le=32), Slider(0.1, 10, scale="log")] = 1.0
    """How far the places lie apart: 2 has forms half as large."""
    folds: Annotated[int, Field(ge=1, le=24)] = 1
    """How often the picture repeats on its way round the middle."""
    mirror: bool = False
    """Whether each fold is the same on both sides of its middle; of one fold: left and right."""
    contrast: Annotated[float, Field(ge=0, le=10), Slider(0, 2)] = 0.3
    """How strong the colours are that it starts with; 0: grey."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.005)
    """Length of a step; may change over the run."""

    def misfits(self) -> Iterable[str]:
        if len(set(self.activation)) < len(self.activation):
            yield "'activation' names a function twice"

    def build(self, env: Env) -> Generator:
        from artgen_coordinates.cppn import CppnGenerator

        return CppnGenerator(self, env)


class Siren(CoordinateSpec):
    """A network of sines, which draws fine detail and learns a picture by heart; at any size."""

    type: Literal["siren"] = "siren"
    synonyms: ClassVar[tuple[str, ...]] = ("sinusoidal representation network", "implicit representation", "deep daze")
    width: Annotated[int, Field(ge=1, le=256)] = 64
    """Numbers that each layer hands on."""
    depth: Annotated[int, Field(ge=1, le=32)] = 4
    """How many layers of sines there are before the one that makes colours."""
    omega: Annotated[float, Field(gt=0, le=200), Slider(1, 200, scale="log")] = 30.0
    """How fast the first layer's sines go: more makes finer detail, and grain."""
    hidden_omega: Annotated[float, Field(gt=0, le=200), Slider(1, 200, scale="log")] = 30.0
    """The same of the layers after it; more makes all of them learn faster."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.001)
    """Length of a step; may change over the run."""

    def build(self, env: Env) -> Generator:
        from artgen_coordinates.siren import SirenGenerator

        return SirenGenerator(self, env)
