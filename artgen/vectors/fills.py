"""What filled paths cover: the exact area in each pixel, from the borders alone.

Each piece of the border adds the area that lies to the right of it, with its sign, to the pixels of its rows; the sum
from the left is how often a pixel is wound round. It is what font rasterisers do (R. Levien, "font-rs", 2016), and it
has an exact gradient.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from artgen.vectors.coverage import Coverage, joined
from artgen.vectors.curves import pieces
from artgen.vectors.ragged import pick, runs, spread

Rule = Literal["nonzero", "evenodd"]
FLAT = 0.005
"""How far a piece may be from its curve, in pixels."""
LONGEST = 1e9
"""Pieces may be as long as they are straight."""
ROUNDING = 1e-5
"""What sums from the left may be off."""


def fill_coverage(paths: Tensor, loops: int, rule: Rule, size: tuple[int, int], most: int) -> Coverage:
    """(N, S, 4, 2), each of so many loops of as many segments, on a canvas of (H, W), about `most` pixels at once."""
    closed = _closed(paths, loops)
    every = paths.new_ones(len(paths))
    cut = pieces(closed, FLAT * every, LONGEST * every)
    boxes = _boxes(paths.detach(), size)
    high, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    owned = boxes.new_zeros(len(paths)).index_add(0, cut.owner, torch.ones_like(cut.owner))
    behind = owned.cumsum(0).tolist()
    parts: list[Coverage] = []
    for first, last in runs(high * wide, most):
        span = slice(behind[first - 1] if first else 0, behind[last - 1])
        owner = cut.owner[span] - first
        wound = _wound(cut.ends[span], owner, boxes[first:last])
        parts.append(_covered(wound, boxes[first:last], first, rule, size[1]))
    return joined(parts, paths)


def _closed(paths: Tensor, loops: int) -> Tensor:
    """(N, S + loops, 4, 2): with a straight line from the end of each loop to its start."""
    count, segments = paths.shape[:2]
    each = paths.reshape(count, loops, segments // loops, 4, 2)
    end, start = each[:, :, -1:, 3:], each[:, :, :1, :1]
    line = torch.cat([end, end + (start - end) / 3, end + (start - end) * 2 / 3, start], dim=3)
    return torch.cat([each, line], dim=2).flatten(1, 2)


def _boxes(paths: Tensor, size: tuple[int, int]) -> Tensor:
    """(N, 4): left, top, right and bottom of the pixels that a path may touch, the last two behind the last."""
    points = paths.flatten(1, 2)
    limit = torch.tensor([size[1], size[0]], device=paths.device, dtype=paths.dtype)
    low = points.amin(dim=1).floor().clamp(min=0).minimum(limit)
    high = (points.amax(dim=1).floor() + 1).clamp(min=0).minimum(limit)
    boxes = torch.cat([low, high], dim=1).long()
    return boxes.masked_fill((high <= low).any(dim=1, keepdim=True), 0)


def _wound(ends: Tensor, owner: Tensor, boxes: Tensor) -> Tensor:
    """(rows of all boxes, widest box): how often each pixel is wound round, on the mean over its square."""
    high = boxes[:, 3] - boxes[:, 1]
    wide = int((boxes[:, 2] - boxes[:, 0]).max())
    start = high.cumsum(0) - high
    row, number, dy, left, right = _by_rows(ends, boxes[owner])
    shape = owner[number]
    box = boxes[shape]
    first, last = left.detach().ceil().long() - 1, right.detach().floor().long() + 1
    # What lies left of the box counts in full in its first column.
    first, last = first.maximum(box[:, 0]).minimum(box[:, 2] - 1), last.maximum(box[:, 0]).minimum(box[:, 2] - 1)
    here = (left.detach().floor() < box[:, 2]).long()
    part, place = spread((last - first + 1) * here)
    column = first[part] + place
    dy, left, right = pick(torch.stack([dy, left, right], dim=1), part)
    at_first = column == box[:, 0][part]
    u = column.to(dy.dtype)
    right_of, before, after = _beyond(u, left, right), _beyond(u - 1, left, right), _beyond(u + 1, left, right)
    more = dy * (after - right_of - torch.where(at_first, 0, right_of - before))
    cell = (start[shape] + row - box[:, 1])[part] * wide + column - box[:, 0][part]
    rows = int(high.sum())
    sums = dy.new_zeros(rows * wide).index_add(0, cell, more)
    return sums.view(rows, wide).cumsum(dim=1)


def _by_rows(ends: Tensor, box: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Pieces cut at the rows of pixels: row, number of the piece, height with its sign, least and greatest x."""
    low, high = torch.minimum(ends[:, 1], ends[:, 3]).detach(), torch.maximum(ends[:, 1], ends[:, 3]).detach()
    top, bottom = low.floor(), torch.maximum(high.ceil(), low.floor() + 1)
    top = top.maximum(box[:, 1].to(top.dtype))
    bottom = bottom.minimum(box[:, 3].to(top.dtype))
    number, place = spread((bottom - top).clamp(min=0).long())
    row = top.long()[number] + place
    ax, ay, bx, by = pick(ends, number)
    above = row.to(ends.dtype)
    begin, end = _between(ay, above), _between(by, above)
    level = (by - ay).detach().abs() < 1e-6
    slope = (bx - ax) / torch.where(level, 1, by - ay)
    from_x = torch.where(level, ax, ax + (begin - ay) * slope)
    to_x = torch.where(level, bx, ax + (end - ay) * slope)
    return row, number, end - begin, torch.minimum(from_x, to_x), torch.maximum(from_x, to_x)


def _between(y: Tensor, above: Tensor) -> Tensor:
    """No less than `above`, no more than 1 below it. Unlike that of clamp, the gradient passes at the bounds, too."""
    return torch.where(y < above, above, torch.where(y > above + 1, above + 1, y))


def _beyond(u: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """The mean of max(u - x, 0) over x in [left, right]."""
    inside = (u - left).clamp(min=0).square() / (2 * (right - left).clamp(min=1e-6))
    # Upright between two columns: the derivative is the mean of those to both sides.
    past = (u - (left + right) / 2) * torch.where(u == left, 0.5, 1)
    return torch.where(u >= right, past, torch.where(u <= left, 0, inside))


def _covered(wound: Tensor, boxes: Tensor, first: int, rule: Rule, width: int) -> Coverage:
    """The coverage of shapes whose first has the number `first`."""
    if rule == "nonzero":
        # Where a pixel is full but for rounding, the gradient still says what would open it.
        share = torch.where(wound.abs() > 1 + ROUNDING, 1, wound.abs())
    else:
        share = 1 - (wound.abs() % 2 - 1).abs()
    shape_of_row, place = spread(boxes[:, 3] - boxes[:, 1])
    row, column = (share.detach() > ROUNDING).nonzero(as_tuple=True)
    shape = shape_of_row[row]
    y, x = boxes[:, 1][shape] + place[row], boxes[:, 0][shape] + column
    seen = (x < boxes[:, 2][shape]).nonzero()[:, 0]
    values = share.flatten().index_select(0, (row * share.shape[1] + column)[seen])
    return Coverage(shape[seen] + first, (y * width + x)[seen], values)
