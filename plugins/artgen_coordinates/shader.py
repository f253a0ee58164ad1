"""A network as a fragment shader: GLSL ES 1.00, as WebGL, The Book of Shaders and glslViewer take it.

Numbers go by fours, as GLSL's vectors and matrices do, and the network is spelt out without loops and arrays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import ExportSource
from artgen.canvas import Colours, to_rgb
from artgen_coordinates.coordinates_spec import Cppn
from artgen_coordinates.cppn import FUNCTIONS, SPREAD
from artgen_coordinates.drawing import CoordinateGenerator
from artgen_coordinates.siren import SirenGenerator

_HEAD = """precision highp float;
uniform vec2 u_resolution;

"""
_BEGIN = """
void main() {
  vec2 place = (2.0 * gl_FragCoord.xy - u_resolution) * vec2(1.0, -1.0) / min(u_resolution.x, u_resolution.y);
"""
# Graphics processors are exact near 0 alone.
_WAVE = "vec4 wave(vec4 x) { return sin(x - 6.28318531 * floor(x / 6.28318531 + 0.5)); }\n"
_FOLDED = """  float radius = length(place);
  vec2 turn = vec2(-place.y, place.x) / max(radius, 1e-6);
  vec2 fold = turn;
"""
_FOLD = "  fold = vec2(fold.x * turn.x - fold.y * turn.y, fold.x * turn.y + fold.y * turn.x);\n"


def file_of(generator: CoordinateGenerator, source: ExportSource) -> bytes:
    """The shader of one picture, below what it is and the recipe."""
    about = ["Drawn by artgen: the picture at any size. u_resolution is the size in pixels."]
    if source.recipe is not None:
        about.append(f"recipe: {json.dumps(source.recipe)}")
    comment = "".join(f"// {line}\n" for line in about)
    return (comment + shader(generator, source.picture)).encode()


def shader(generator: CoordinateGenerator, picture: int) -> str:
    """GLSL that draws picture number `picture` as `generator` draws it after its last step."""
    spec, numbers = generator.spec, [number[picture].cpu() for number in generator.numbers_at(generator.steps)]
    parts = len(spec.activation) if isinstance(spec, Cppn) else 1
    lines = [_HEAD, *_functions(generator), _BEGIN, *_places(generator)]
    for layer in range(spec.depth + 1):
        weight, bias = numbers[2 * layer], numbers[2 * layer + 1][0]
        if layer == spec.depth:
            weight, bias = (generator.gain * value @ _colour_matrix(spec.colours) for value in (weight, bias))
        lines += _layer(weight, bias, layer, parts if layer else 1)
        if layer < spec.depth:
            lines += _activated(generator, layer)
    lines.append(f"  gl_FragColor = vec4(1.0 / (1.0 + exp(-a{spec.depth}_0.rgb)), 1.0);\n}}\n")
    return "".join(lines)


def _functions(generator: CoordinateGenerator) -> Iterator[str]:
    spec = generator.spec
    if not isinstance(spec, Cppn):
        yield _WAVE
        return
    for name in spec.activation:
        function = FUNCTIONS[name]
        yield f"vec4 {name}(vec4 x) {{ return ({function.glsl} - {function.mean}) / {function.deviation}; }}\n"


def _places(generator: CoordinateGenerator) -> Iterator[str]:
    """What the first layer gets, as h0_0."""
    spec = generator.spec
    if not isinstance(spec, Cppn):
        yield "  vec4 h0_0 = vec4(place, 0.0, 0.0);\n"
        return
    yield _FOLDED + (spec.folds - 1) * _FOLD
    across = "abs(fold.y)" if spec.mirror else "fold.y"
    yield f"  vec4 h0_0 = {_number(SPREAD * spec.scale)} * radius * vec4({across}, -fold.x, 1.0, 0.0);\n"


def _layer(weight: Tensor, bias: Tensor, layer: int, parts: int) -> Iterator[str]:
    """(in, out) and (out,) as sums of matrices times vectors: h0_0, ... become a0_0, ...

    What goes in are `parts` equal parts, each of which is filled up to fours.
    """
    inputs, outputs = len(weight) // parts, weight.shape[1]
    weight = F.pad(weight.unflatten(0, (parts, inputs)), (0, -outputs % 4, 0, -inputs % 4)).flatten(0, 1)
    bias = F.pad(bias, (0, -outputs % 4))
    for group, (columns, start) in enumerate(zip(weight.split(4, dim=1), bias.split(4), strict=True)):
        products = (f"\n    + mat4({_listed(block)}) * h{layer}_{n}" for n, block in enumerate(columns.split(4)))
        yield f"  vec4 a{layer}_{group} = vec4({_listed(start)}){''.join(products)};\n"


def _activated(generator: CoordinateGenerator, layer: int) -> Iterator[str]:
    """a0_0, ... become h1_0, ..."""
    groups = -(-generator.spec.width // 4)
    if isinstance(generator, SirenGenerator):
        omega = _number(generator.omega(layer))
        for group in range(groups):
            yield f"  vec4 h{layer + 1}_{group} = wave({omega} * a{layer}_{group});\n"
    elif isinstance(generator.spec, Cppn):
        for part, name in enumerate(generator.spec.activation):
            for group in range(groups):
                yield f"  vec4 h{layer + 1}_{part * groups + group} = {name}(a{layer}_{group});\n"


def _colour_matrix(colours: Colours) -> Tensor:
    """(3, 3): what numbers are multiplied by, from the right, before the sigmoid that makes them colours."""
    unit = torch.eye(3, dtype=torch.double)[None, :, None]
    return to_rgb(unit, colours).logit()[0, :, 0].T.float()


def _listed(values: Tensor) -> str:
    return ", ".join(_number(value) for value in values.flatten().tolist())


def _number(value: float) -> str:
    """As GLSL writes floats, with as many digits as show in a picture."""
    written = f"{value:.7g}"
    return written if "." in written or "e" in written else f"{written}.0"
