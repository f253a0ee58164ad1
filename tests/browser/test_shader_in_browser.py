"""A network's shader in Chromium's WebGL: the picture, pixel by pixel."""

import json

import pytest
import torch

from artgen.api import Env
from artgen.rng import Random
from artgen_coordinates import Cppn, Siren
from artgen_coordinates.cppn import FUNCTIONS
from artgen_coordinates.shader import shader

HEIGHT, WIDTH = 40, 56
# Each shader is compiled, draws on a canvas of the page and is read back, from the top row down.
PAGE = """
([source, width, height]) => {
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const gl = canvas.getContext("webgl");
  if (!gl) return "no WebGL";
  const program = gl.createProgram();
  const compile = (kind, text) => {
    const part = gl.createShader(kind);
    gl.shaderSource(part, text);
    gl.compileShader(part);
    gl.attachShader(program, part);
    return gl.getShaderInfoLog(part);
  };
  const told = compile(gl.VERTEX_SHADER, "attribute vec2 p; void main() { gl_Position = vec4(p, 0.0, 1.0); }")
    + compile(gl.FRAGMENT_SHADER, source);
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return told + gl.getProgramInfoLog(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  const place = gl.getAttribLocation(program, "p");
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
  gl.viewport(0, 0, width, height);
  gl.uniform2f(gl.getUniformLocation(program, "u_resolution"), width, height);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  const pixels = new Uint8Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return Array.from(pixels);
}
"""
EVERY = {
    "cppn": Cppn(depth=4, contrast=2),
    "cppn with all": Cppn(width=6, depth=3, activation=tuple(FUNCTIONS), folds=5, mirror=True, contrast=2, scale=1.5),
    "siren": Siren(),
    "siren in rgb": Siren(width=30, depth=2, omega=60, colours="rgb"),
}


def drawn(spec):
    """A generator of two pictures, and the second of them as a PNG holds it, (H, W, 3)."""
    cpu = torch.device("cpu")
    random = Random(seeds=(3, 4), component="part", device=cpu)
    generator = spec.build(Env(device=cpu, size=(HEIGHT, WIDTH), batch=2, steps=4, random=random))
    return generator, (255 * generator.draw(4)[1].detach()).round().permute(1, 2, 0)


@pytest.mark.parametrize("spec", EVERY.values(), ids=EVERY.keys())
def test_a_shader_draws_the_picture(spec, chromium):
    generator, expected = drawn(spec)
    assert expected.std() > 20
    page = chromium.new_page()
    pixels = page.evaluate(PAGE, [shader(generator, 1), WIDTH, HEIGHT])
    page.close()
    assert isinstance(pixels, list), pixels
    shown = torch.tensor(pixels).view(HEIGHT, WIDTH, 4).flip(0)
    assert (shown[..., 3] == 255).all()
    assert (shown[..., :3] - expected).abs().max() <= 2


def test_a_run_leaves_a_shader_with_its_recipe(artgen, tmp_path):
    """Of the kept picture of a batch, without being asked."""
    text = "seed: 5\nsize: 24\nsteps: 1\nbatch: 2\ngenerator: {type: cppn, depth: 1}\nlosses: [{type: saturation}]\n"
    (tmp_path / "one.yaml").write_text(text)
    artgen("run", tmp_path / "one.yaml", "--out", tmp_path / "run", code=0)
    lines = (tmp_path / "run/image.glsl").read_text().splitlines()
    recipe = json.loads(lines[1].removeprefix("// recipe: "))
    assert recipe["preset"]["generator"]["type"] == "cppn"
    assert lines[2] == "precision highp float;"
