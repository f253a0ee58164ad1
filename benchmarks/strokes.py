"""What it costs to draw strokes with a gradient, and how much a dense rasteriser needs for the same::

    python -m benchmarks.strokes

The dense one asks every pixel of the canvas how far it is from every piece of every stroke. Both are timed in turn,
because a busy machine slows both; the median of the ratios is what counts. Memory is the most that tensors of one
drawing and its gradient held at once, as torch's profiler counts it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from artgen.vectors import Shapes, chain, paint

PIECES = 12
"""Straight pieces of a segment in the dense rasteriser."""


def scene(count: int, size: int, seed: int = 0) -> Shapes:
    """Strokes as CLIPDraw's are once it has drawn for a while: three segments each, up to 10 px wide at 224."""
    draw = torch.Generator().manual_seed(seed)
    begin = torch.rand(1, count, 1, 2, generator=draw)
    path = torch.cat([begin, begin + ((torch.rand(1, count, 9, 2, generator=draw) - 0.5) * 0.2).cumsum(2)], dim=2)
    widths = (1 + 9 * torch.rand(1, count, generator=draw)) * size / 224
    colours, opacities = torch.rand(1, count, 3, generator=draw), torch.rand(1, count, generator=draw)
    leaves = [(path * size), widths, colours, opacities]
    points, widths, colours, opacities = (leaf.requires_grad_() for leaf in leaves)
    return Shapes(chain(points), colours, opacities, widths)


def dense(shapes: Shapes, size: int) -> Tensor:
    """(1, 3, size, size) on white."""
    t = torch.linspace(0, 1, PIECES + 1)[:, None]
    weights = torch.cat([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], dim=1)
    rows, columns = torch.meshgrid(torch.arange(size) + 0.5, torch.arange(size) + 0.5, indexing="ij")
    pixels = torch.stack([columns, rows], dim=-1)[..., None, :]
    picture = torch.ones(1, 3, size, size)
    assert shapes.widths is not None and shapes.opacities is not None
    for number in range(shapes.paths.shape[1]):
        places = weights @ shapes.paths[0, number]
        begin, end = places[:, :-1].flatten(0, 1), places[:, 1:].flatten(0, 1)
        along = end - begin
        share = ((pixels - begin) * along).sum(-1) / along.square().sum(-1).clamp(min=1e-9)
        nearest = begin + share.clamp(0, 1)[..., None] * along
        distance = ((pixels - nearest).square().sum(-1) + 1e-9).sqrt().amin(dim=-1)
        cover = (0.5 + shapes.widths[0, number] / 2 - distance).clamp(0, 1) * shapes.opacities[0, number]
        picture = picture.lerp(shapes.colours[0, number].view(1, 3, 1, 1), cover)
    return picture


def ours(shapes: Shapes, size: int) -> Tensor:
    """The same by `artgen.vectors`."""
    return paint(shapes, torch.ones(1, 3), (size, size))


def seconds(draw: Callable[[Shapes, int], Tensor], count: int, size: int) -> float:
    """How long a drawing and its gradient take."""
    shapes = scene(count, size)
    begin = time.perf_counter()
    draw(shapes, size).square().sum().backward()
    return time.perf_counter() - begin


def mebibytes(draw: Callable[[Shapes, int], Tensor], count: int, size: int) -> float:
    """The most memory that its tensors held at once."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        draw(scene(count, size), size).square().sum().backward()
    held = most = 0
    for event in seen.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            most = max(most, held)
    return most / 2**20


def main() -> None:
    """Print both."""
    torch.set_num_threads(1)
    for count, size in ((16, 64), (32, 128)):
        off = (ours(scene(count, size), size) - dense(scene(count, size), size)).abs().mean().item()
        pairs = [(seconds(dense, count, size), seconds(ours, count, size)) for _ in range(5)]
        times = statistics.median(one / other for one, other in pairs)
        memory = mebibytes(dense, count, size) / mebibytes(ours, count, size)
        print(f"{count} strokes at {size}: {times:.0f}x as fast as dense, {memory:.0f}x less memory, {off:.4f} off")
    for count, size in ((256, 224), (256, 512), (1024, 512)):
        took = statistics.median(seconds(ours, count, size) for _ in range(5))
        print(f"{count} strokes at {size}: {took:.2f} s, {mebibytes(ours, count, size):.0f} MiB")


if __name__ == "__main__":
    main()
