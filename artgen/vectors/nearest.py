"""Which straight piece of a stroke is the nearest to a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.vectors.curves import Pieces

NONE = 2**63 - 1
LOW = 2**32 - 1


@dataclass(frozen=True)
class Search:
    """Pieces of N strokes, and the pixels that each of them may touch."""

    numbers: Tensor
    """(T, 6), float32: two ends, and half the width at each."""
    owner: Tensor
    """(T,): the stroke of a piece, sorted."""
    boxes: Tensor
    """(T, 4): left, top, right and bottom, the last two behind the last pixel."""
    outer: Tensor
    """(N, 4): the box of all of a stroke's pieces."""
    behind: list[int]
    """N numbers: how many pieces a stroke and those before it have."""
    margin: float
    """How far outside of a piece, in pixels, the middle of a pixel may be."""

    @classmethod
    def of(cls, cut: Pieces, halves: Tensor, count: int, size: tuple[int, int], margin: float) -> Search:
        """`halves` is (segments, 2): half the width where each begins and where it ends."""
        first, last = halves[cut.segment].unbind(dim=1)
        wide = torch.stack([first.lerp(last, cut.span[:, 0]), first.lerp(last, cut.span[:, 1])], dim=1)
        numbers = torch.cat([cut.ends, wide], dim=1)
        boxes = _boxes(numbers, size, margin)
        owned = boxes.new_zeros(count).index_add(0, cut.owner, torch.ones_like(cut.owner))
        outer = _outer(boxes, cut.owner, count)
        return cls(numbers.float(), cut.owner, boxes, outer, owned.cumsum(0).tolist(), margin)

    def areas(self) -> Tensor:
        """(N,): pixels in each stroke's box."""
        return (self.outer[:, 2:] - self.outer[:, :2]).prod(dim=1)


@dataclass(frozen=True)
class Hits:
    """F pixels with the piece that is the nearest to each."""

    piece: Tensor
    x: Tensor
    y: Tensor
    outside: Tensor
    """How far outside of the piece, in pixels."""


def nearest_pieces(search: Search, first: int, last: int, most: int) -> Hits:
    """For the strokes from `first` to before `last`: all pixels that may be covered, stroke by stroke."""
    outer = search.outer[first:last]
    held = search.areas()[first:last]
    start = held.cumsum(0) - held
    span = slice(search.behind[first - 1] if first else 0, search.behind[last - 1])
    best = torch.full((int(held.sum()),), NONE, dtype=torch.long, device=outer.device)
    owner = search.owner[span] - first
    # Where in `best` the pixel (0, 0) of a stroke would be, and how far a row is from the next.
    across = (outer[:, 2] - outer[:, 0])[owner]
    origin = (start - outer[:, 1] * (outer[:, 2] - outer[:, 0]) - outer[:, 0])[owner]
    _search(search, span, across, origin, best, most)
    place = (best != NONE).nonzero()[:, 0]
    both = best[place]
    piece = (both & LOW) + span.start
    of = search.owner[piece] - first
    local, wide = place - start[of], (outer[:, 2] - outer[:, 0])[of]
    row = local.div(wide, rounding_mode="floor")
    return Hits(piece, outer[:, 0][of] + local - row * wide, outer[:, 1][of] + row, _unordered(both >> 32))


def _search(search: Search, span: slice, across: Tensor, origin: Tensor, best: Tensor, most: int) -> None:
    """Put into `best` how far outside a pixel is, in its upper half, and of which piece of the span, in its lower.

    In one number, so that the least of them says both, in whatever order they come.
    """
    numbers, boxes = search.numbers[span], search.boxes[span]
    sides = boxes[:, 2:] - boxes[:, :2]
    some = (sides > 0).all(dim=1).nonzero()[:, 0]
    # Boxes of about the same size are looked at together, as rectangles that hold the largest.
    order = some[(sides[some, 0] * 2**20 + sides[some, 1]).argsort(stable=True)]
    for group in order.split(_GROUP) if len(order) else ():
        wide, high = sides[group].amax(dim=0).tolist()
        for number in group.split(max(1, most // (wide * high))):
            outside = _outside(numbers[number], boxes[number], wide, high)
            piece, row, column = (outside < search.margin).nonzero(as_tuple=True)
            which = number[piece]
            x, y = boxes[:, 0][which] + column, boxes[:, 1][which] + row
            value = (_ordered(outside[piece, row, column]) << 32) | which
            best.scatter_reduce_(0, origin[which] + y * across[which] + x, value, "amin")


_GROUP = 512


def _outside(numbers: Tensor, boxes: Tensor, wide: int, high: int) -> Tensor:
    """(T, high, wide): how far outside of its piece the middle of each pixel is, right and down from its box's corner.

    Infinitely far, where that is beyond the box.
    """
    ax, ay, bx, by, half_a, half_b = (numbers[:, i, None, None] for i in range(6))
    step = torch.arange(max(wide, high), device=numbers.device)
    column, row = step[:wide][None, None], step[:high][None, :, None]
    left, top, right, bottom = (boxes[:, i, None, None] for i in range(4))
    x, y = (left + column) + 0.5 - ax, (top + row) + 0.5 - ay
    bx, by = bx - ax, by - ay
    square = (bx * bx + by * by).clamp(min=1e-12)
    t = (x * (bx / square) + y * (by / square)).clamp_(0, 1)
    far = torch.hypot(x - t * bx, y - t * by) - (half_a + t * (half_b - half_a))
    beyond = ((left + column) >= right) | ((top + row) >= bottom)
    return far.masked_fill_(beyond, torch.inf)


def _ordered(values: Tensor) -> Tensor:
    """float32 as integers that have the same order: their bits, reversed for those below 0."""
    bits = values.view(torch.int32)
    return torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()


def _unordered(numbers: Tensor) -> Tensor:
    """The float32 that `_ordered` had."""
    bits = numbers.int()
    return torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).view(torch.float32)


def _boxes(numbers: Tensor, size: tuple[int, int], margin: float) -> Tensor:
    """(T, 4): the pixels whose middles may be inside of a piece, or no further outside than the margin."""
    half = numbers[:, 4:].amax(dim=1, keepdim=True) + margin
    low = torch.minimum(numbers[:, :2], numbers[:, 2:4]) - half
    high = torch.maximum(numbers[:, :2], numbers[:, 2:4]) + half
    limit = torch.tensor([size[1], size[0]], device=numbers.device, dtype=numbers.dtype)
    low, high = (low - 0.5).ceil().clamp(min=0).minimum(limit), (high + 0.5).floor().clamp(min=0).minimum(limit)
    return torch.cat([low, torch.maximum(low, high)], dim=1).long()


def _outer(boxes: Tensor, owner: Tensor, count: int) -> Tensor:
    """(N, 4): the box of all pieces of each stroke."""
    far = 2**40
    empty = (boxes[:, 2:] <= boxes[:, :2]).any(dim=1, keepdim=True)
    to = owner[:, None].expand(-1, 2)
    low = boxes.new_full((count, 2), far).scatter_reduce(0, to, boxes[:, :2].masked_fill(empty, far), "amin")
    high = boxes.new_zeros(count, 2).scatter_reduce(0, to, boxes[:, 2:].masked_fill(empty, 0), "amax")
    # Of a stroke that is nowhere on the canvas nothing is left.
    return torch.cat([low, high], dim=1).masked_fill((high <= low).any(dim=1, keepdim=True), 0)
