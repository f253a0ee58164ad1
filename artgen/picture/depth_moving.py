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
    return _closed(spread).clamp(min=FURTHEST)


def _closed(disparities: Tensor) -> Tensor:
    """Where there is none (0): that of the next one to the left or right, whichever is further.

    Along the rows, because most of what is wide in the world lies level: behind a tree, a ridge goes on as a ridge.
    """
    import torch

    if not bool((disparities > 0).any()):
        return torch.full_like(disparities, FURTHEST)
    for _ in range(2):  # rows of which nothing is known take columns
        disparities = disparities.where(disparities > 0, _next(disparities).minimum(_next(disparities.flip(1)).flip(1)))
        disparities = disparities.where(disparities.isfinite(), 0).T
    return disparities


def _next(disparities: Tensor) -> Tensor:
    """Of each pixel the nearest one to its left, itself included, that is more than 0; infinite where there is none."""
    import torch

    columns = torch.arange(disparities.shape[1]).expand_as(disparities)
    last = columns.where(disparities > 0, -1).cummax(dim=1).values
    return disparities.gather(1, last.clamp(min=0)).where(last >= 0, torch.inf)


def moved(
    image: Tensor,
    before: Tensor | None,
    after: Tensor,
    pose: poses.Pose,
    edge: moving.Edge = "mirror",
    fade: float = 0,
    outside: float = 1,
) -> Tensor:
    """(B, 4, H, W), RGB and alpha in [0, 1], as it looks after the camera has moved in the room.

    Args:
        image: the picture.
        before: (H, W), the disparities of its pixels; None where nothing in it hides anything.
        after: (H, W), those of the new view.
        pose: the move.
        edge: what comes in from outside: the picture mirrored, its edge extended, or its other side (wrap).
        fade: over which share of its shorter side the picture fades towards its border.
        outside: alpha of what comes in from outside, and of where the picture has faded.
    """
    import torch.nn.functional as F

    turn, way = _tensors(pose)
    x, y = moving.places(after.shape)
    points = _points(x, y, after) @ turn.T + way
    # What lies behind the old camera is far away, and not mirrored before it.
    depth = points[..., 2].clamp(min=1e-3)
    x, y = points[..., 0] * poses.FOCAL / depth, points[..., 1] * poses.FOCAL / depth
    made = moving.sampled(image, x, y, _scale(pose), edge, fade, outside)
    if before is None:
        return made
    # Next to a near thing, too, where its soft edge has coloured what is behind it.
    before = F.max_pool2d(before[None], 3, stride=1, padding=1)[0]
    return filled(made, _at(before, x, y, edge) - 1 / depth <= HIDDEN, after)


def filled(image: Tensor, shown: Tensor, disparities: Tensor) -> Tensor:
    """(B, C, H, W), where it is not `shown` (H, W) filled from around, from what is as far as what was hidden there.

    From the border inwards: a pixel is the mean of those around it that are known and about as far as it is. Where
    there are none such, further ones count, too, and at last all.
    """
    import torch
    import torch.nn.functional as F

    shown, height, width = shown.to(disparities), *shown.shape
    nearer = _around(disparities[None, None], torch.inf) - disparities.flatten()
    allowed = [(-math.inf, math.inf), (-math.inf, HIDDEN), (-HIDDEN, HIDDEN)]
    while not bool(shown.all()) and bool(shown.any()):
        least, most = allowed[-1]
        counted = _around(shown[None, None], 0) * ((nearer >= least) & (nearer <= most))
        count = counted.sum(dim=1).view(height, width)
        found = (count > 0) & (shown == 0)
        if not bool(found.any()):
            allowed.pop()
            continue
        pixels = F.unfold(image, 3, padding=1).view(len(image), image.shape[1], 9, height * width)
        mean = (pixels * counted.to(image)).sum(dim=2).view_as(image) / count.clamp(min=1).to(image)
        image = mean.where(found, image)
        shown = shown.maximum(found.to(shown))
    return image


def _around(image: Tensor, outside: float) -> Tensor:
    """(1, 9, H * W): of each pixel of (1, 1, H, W) itself and those around it."""
    import torch.nn.functional as F

    return F.unfold(F.pad(image, (1, 1, 1, 1), value=outside), 3)


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
    matrix = moving.normal(poses.flat(pose, 1))
    return math.sqrt(abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]))
