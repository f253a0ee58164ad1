"""A picture of a room as another camera in it would see it: near things move further than far ones.

How near each pixel is, is its disparity, 1 / z: 1 in the middle between near and far. With the disparities of the new
view the pixels are fetched from the old one, as `kornia.geometry.depth.warp_frame_depth` fetches them, but by one
bicubic sampling, and with what is chosen for the edge. A new view's disparities come from the old one's by moving each
pixel as a point, the nearest of those that meet. What no point reaches was hidden, and is filled from around it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from artgen.picture import moving, poses

if TYPE_CHECKING:
    from torch import Tensor

Plane = Literal["floor", "tunnel"]
FURTHEST = 1e-3
"""The least disparity: a thousand times as far as the middle, where nothing moves any more."""
HIDDEN = 0.08
"""How much nearer, in disparity, a thing must be than what is looked for, to hide it. Less are roundings."""
FINER = 2
"""Points on each pixel's side, so that few gaps open between them where things grow."""
_PADDING = {"mirror": "reflect", "extend": "replicate", "wrap": "circular"}


def disparity(near: Tensor, relief: float) -> Tensor:
    """Of how near things are, from 0 (far) to 1 (near): 1 - relief to 1 + relief."""
    return (1 + relief * (2 * near - 1)).clamp(min=FURTHEST)


def plane(kind: Plane, size: tuple[int, int], horizon: float) -> Tensor:
    """(H, W), from 0 to 1: how near a floor is below its horizon, or a tunnel's wall around its middle.

    1 / z of a floor grows evenly downwards from its horizon, and that of a round wall evenly from the middle, by the
    pinhole's f y / z and f r / z with the floor's depth y, or the wall's radius r.
    """
    x, y = moving.places(size)
    if kind == "floor":
        return (((y + 1) / 2 - horizon) / (1 - horizon)).clamp(0, 1)
    aspect = size[1] / size[0]
    return (x.square() + y.square()).sqrt() / math.hypot(aspect, 1)


def seen_from(before: Tensor, pose: poses.Pose, edge: moving.Edge) -> Tensor:
    """(H, W): the disparities after a move, of those before it; what was hidden is as far as what is around it."""
    import torch
    import torch.nn.functional as F

    if pose == poses.STILL:
        return before
    height, width = before.shape
    margin = height // 2, width // 2
    padded = F.pad(before[None, None], (margin[1], margin[1], margin[0], margin[0]), mode=_PADDING[edge])
    # By nearest pixels, because a thing between near and far at an edge is not there.
    fine = F.interpolate(padded, scale_factor=FINER, mode="nearest")[0, 0]
    tall, wide = fine.shape
    x, y = moving.places((tall, wide))
    scale = tall / (height * FINER)
    turn, way = _tensors(pose)
    column, row, depth = _pixels((_points(x * scale, y * scale, fine) - way) @ turn, (height, width))
    hit = (depth > 0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    spread = torch.zeros(height * width, dtype=torch.float64)
    places = row[hit] * width + column[hit]
    spread = spread.scatter_reduce(0, places, 1 / depth[hit], "amax").view(height, width)
    return filled(spread[None, None], (spread > 0)[None, None], spread[None, None])[0, 0].clamp(min=FURTHEST)


def moved(
    image: Tensor,
    before: Tensor,
    after: Tensor,
    pose: poses.Pose,
    edge: moving.Edge = "mirror",
    fade: float = 0,
    outside: float = 1,
) -> Tensor:
    """(B, 4, H, W), RGB and alpha in [0, 1], as it looks after the camera has moved in the room.

    Args:
        image: the picture.
        before: (H, W), the disparities of its pixels.
        after: (H, W), those of the new view.
        pose: the move.
        edge: what comes in from outside: the picture mirrored, its edge extended, or its other side (wrap).
        fade: over which share of its shorter side the picture fades towards its border.
        outside: alpha of what comes in from outside, and of where the picture has faded.
    """
    turn, way = _tensors(pose)
    x, y = moving.places(after.shape)
    points = _points(x, y, after) @ turn.T + way
    # What lies behind the old camera is far away, and not mirrored before it.
    depth = points[..., 2].clamp(min=1e-3)
    x, y = points[..., 0] * poses.FOCAL / depth, points[..., 1] * poses.FOCAL / depth
    made = moving.sampled(image, x, y, _scale(pose), edge, fade, outside)
    met = _at(before, x, y, edge)
    shown = (met - 1 / depth <= HIDDEN).to(image)[None, None]
    return filled(made, shown.expand(len(image), -1, -1, -1), after.to(image)[None, None])


def filled(image: Tensor, shown: Tensor, nearness: Tensor) -> Tensor:
    """(B, C, H, W), where it is not `shown` (B, 1, H, W) filled from around, and from the far things there before all.

    Means over ever larger squares, the coarsest first (push and pull; S. J. Gortler and others, "The Lumigraph",
    SIGGRAPH 1996, section 3.4).
    """
    import torch.nn.functional as F

    shown = shown.to(image)
    if bool(shown.all()):
        return image
    weight = shown * nearness.clamp(min=FURTHEST).pow(-4).clamp(max=1e6)
    levels = [(image * weight, weight)]
    while max(levels[-1][0].shape[-2:]) > 1:
        # Their sums, not their means, lest a hole at the border be diluted: only the ratio counts.
        levels.append((_halved(levels[-1][0]), _halved(levels[-1][1])))
    made = levels[-1][0] / levels[-1][1].clamp(min=1e-30)
    for total, held in reversed(levels[:-1]):
        larger = F.interpolate(made, total.shape[-2:], mode="bilinear", align_corners=False)
        made = (total / held.clamp(min=1e-30)).where(held > 0, larger)
    return image.where(shown > 0, made)


def _halved(image: Tensor) -> Tensor:
    import torch.nn.functional as F

    return F.avg_pool2d(image, 2, ceil_mode=True, count_include_pad=False)


def _points(x: Tensor, y: Tensor, disparities: Tensor) -> Tensor:
    """(H, W, 3): the points in the room that are seen at these places."""
    import torch

    return torch.stack((x / poses.FOCAL, y / poses.FOCAL, torch.ones_like(x)), dim=-1) / disparities[..., None]


def _pixels(points: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Column, row and depth of each point in a picture of that size."""
    height, width = size
    depth = points[..., 2]
    safe = depth.clamp(min=1e-6)
    column = ((points[..., 0] * poses.FOCAL / safe) * height + width) / 2
    row = ((points[..., 1] * poses.FOCAL / safe) + 1) * height / 2
    far = 1 << 30
    return column.clamp(-far, far).floor().long(), row.clamp(-far, far).floor().long(), depth


def _at(disparities: Tensor, x: Tensor, y: Tensor, edge: moving.Edge) -> Tensor:
    """(H, W): the disparities at these places."""
    import torch
    import torch.nn.functional as F

    height, width = disparities.shape
    grid = torch.stack((x / (width / height), y), dim=-1)[None]
    if edge == "wrap":
        grid = (grid + 1).remainder(2) - 1
    padding = "reflection" if edge == "mirror" else "border"
    return F.grid_sample(disparities[None, None], grid, padding_mode=padding, align_corners=False)[0, 0]


def _tensors(pose: poses.Pose) -> tuple[Tensor, Tensor]:
    """R (3, 3) and t (3), float64."""
    import torch

    turn = torch.tensor(poses.turn_of(pose), dtype=torch.float64).view(3, 3)
    return turn, torch.tensor(poses.way_of(pose), dtype=torch.float64)


def _scale(pose: poses.Pose) -> float:
    """How many times smaller things in the middle become."""
    matrix = poses.flat(pose, 1)
    return math.sqrt(abs(matrix[0] * matrix[4] - matrix[1] * matrix[3])) / abs(matrix[8])
