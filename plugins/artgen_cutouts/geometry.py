"""Where each view lies: one 3 x 3 homography per view, from the view's square to the picture.

Both sides are in [-1, 1] from edge to edge (x to the right, y down), so 1 is the picture's border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from kornia.geometry.transform import get_perspective_transform
from torch import Tensor

from artgen_cutouts import Cutouts
from artgen_cutouts.plan import ViewPlan

GRID = 4
"""Points to a side that an elastic distortion moves."""

# Mean and deviation of a view's side for the normal spread, as in Crowson's clip-guided-diffusion.
_MEAN, _DEVIATION = 0.8, 0.3

_CORNERS = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))

# How many numbers each field of `Draws` takes. Their order is part of every picture: a new one goes to the end.
_WIDTHS = (1, 1, 2, 1, 1, 1, 8, 2)
NUMBERS = sum(_WIDTHS)
"""Uniform numbers that one view takes."""


@dataclass(frozen=True)
class Draws:
    """What is left to chance in each view: uniform numbers in [0, 1), (B, n) or, where several, (B, n, k)."""

    quantile: Tensor
    """How large it is among the views of its kind."""
    ratio: Tensor
    """How wide it is for its height."""
    centre: Tensor
    """(B, n, 2): where it lies, from the left and from the top."""
    mirror: Tensor
    """Whether it is mirrored."""
    angle: Tensor
    """How far it is turned."""
    is_bent: Tensor
    """Whether it is bent."""
    corners: Tensor
    """(B, n, 8): how far each corner, clockwise from the left upper one, moves inwards; across and down."""
    shift: Tensor
    """(B, n, 2): how far it is moved from its place, across and down."""

    @classmethod
    def of(cls, numbers: Tensor) -> Draws:
        """From (B, n, NUMBERS) uniform numbers."""
        parts = numbers.split(_WIDTHS, dim=-1)
        names = (field.name for field in fields(cls))
        return cls(**{name: part.squeeze(-1) for name, part in zip(names, parts, strict=True)})


@dataclass(frozen=True)
class Views:
    """The views of each picture: (B, n, ...)."""

    matrix: Tensor
    """(B, n, 3, 3): view to picture."""
    pixels: Tensor
    """(B, n): side of the view in pixels of the picture (the root of its area)."""


@dataclass(frozen=True)
class _Kinds:
    """What differs between zoom and whole views, one row per view: (n,)."""

    smallest: Tensor
    largest: Tensor
    ratio: Tensor
    """(n, 2): natural logarithms of the range."""
    bend: Tensor
    first: Tensor
    """The stratum of the view, and how many there are."""
    strata: Tensor


def place(spec: Cutouts, plan: ViewPlan, size: tuple[int, int], numbers: Tensor) -> Views:
    """The views for (B, n, NUMBERS) uniform numbers on a picture of `size` (H, W) pixels."""
    # In float64 on the CPU: few numbers, and a device's own sine would give the same seed other views on each of them.
    draws = Draws.of(numbers.double().cpu())
    kinds = _kinds(spec, plan, size)
    boxes = _boxes(spec, plan, kinds, draws)
    # One matrix for it all: the picture is read once, since each further reading would blur it.
    matrix = _box_matrix(spec, boxes, size, draws)
    bend = kinds.bend * (draws.is_bent < spec.perspective_probability)
    if bend.any():
        matrix = _perspective(bend, draws.corners) @ matrix
    return Views(matrix, boxes.prod(dim=-1).sqrt())


def _kinds(spec: Cutouts, plan: ViewPlan, size: tuple[int, int]) -> _Kinds:
    # A zoom view of area 1 just fits into the picture, and a whole view of area 1 just holds it.
    short, long = min(size) ** 2, max(size) ** 2
    # In logarithms, so that twice as wide is as likely as twice as high.
    low, high = (plan.column(math.log(bound), 0.0) for bound in spec.zoom_ratio)
    return _Kinds(
        smallest=plan.column(plan.zoom_scale[0] * short, plan.wide_scale[0] * long),
        largest=plan.column(plan.zoom_scale[1] * short, plan.wide_scale[1] * long),
        ratio=torch.stack((low, high), dim=-1),
        bend=plan.column(spec.zoom_perspective, spec.wide_perspective),
        first=torch.cat((torch.arange(plan.zooms), torch.arange(plan.wides))).double(),
        strata=plan.column(plan.zooms, plan.wides),
    )


def _boxes(spec: Cutouts, plan: ViewPlan, kinds: _Kinds, draws: Draws) -> Tensor:
    """(B, n, 2): width and height of each view in pixels of the picture."""
    quantile = draws.quantile
    if spec.stratified:
        # View i draws from the i-th part of the range, as in Crowson's clip-guided-diffusion: among a few views chance
        # alone would now have no close one and now no wide one, and the gradient would sway from step to step.
        quantile = (kinds.first + quantile) / kinds.strata
    zoom, wide = quantile.split((plan.zooms, plan.wides), dim=-1)
    area = torch.lerp(kinds.smallest, kinds.largest, torch.cat((_spread(spec, plan, zoom), wide), dim=-1))
    ratio = torch.lerp(kinds.ratio[:, 0], kinds.ratio[:, 1], draws.ratio).exp()
    return torch.stack(((area * ratio).sqrt(), (area / ratio).sqrt()), dim=-1)


def _spread(spec: Cutouts, plan: ViewPlan, quantile: Tensor) -> Tensor:
    """How far between the smallest and the largest area zoom views of these quantiles are."""
    quantile = quantile**plan.zoom_power
    low, high = (bound**0.5 for bound in plan.zoom_scale)
    if spec.zoom_spread == "area" or low == high:
        return quantile
    side = low + (high - low) * quantile
    if spec.zoom_spread == "normal":
        # The truncated normal's quantiles keep the strata; normal numbers cut to it would heap views at its ends.
        first, last = torch.special.ndtr((quantile.new_tensor((low, high)) - _MEAN) / _DEVIATION)
        side = _MEAN + _DEVIATION * torch.special.ndtri(first + (last - first) * quantile)
    # Far from the mean ndtr is 1 and its inverse infinite; the clamp brings such a side back.
    share: Tensor = (side.clamp(low, high) ** 2 - low**2) / (high**2 - low**2)
    return share


def _box_matrix(spec: Cutouts, boxes: Tensor, size: tuple[int, int], draws: Draws) -> Tensor:
    """Mirror, stretch to the box, turn, and move to its place: (B, n, 3, 3)."""
    picture = boxes.new_tensor((size[1], size[0]))
    # A small view stays inside the picture; in a large one the picture stays inside the view.
    centre = _signed(draws.centre) * (picture - boxes).abs() / 2 + _signed(draws.shift) * spec.translate * boxes
    mirror = torch.where(draws.mirror < spec.flip, -1.0, 1.0)
    angle = _signed(draws.angle) * math.radians(spec.rotation)
    half = boxes / 2
    across, down = half[..., 0] * mirror, half[..., 1]
    # Turned in pixels: in [-1, 1] the axes of a picture that is no square have different units, and a turn would shear.
    rows = (
        torch.stack((angle.cos() * across, -angle.sin() * down, centre[..., 0]), dim=-1) * 2 / size[1],
        torch.stack((angle.sin() * across, angle.cos() * down, centre[..., 1]), dim=-1) * 2 / size[0],
        boxes.new_tensor((0.0, 0.0, 1.0)).expand(*boxes.shape[:2], 3),
    )
    return torch.stack(rows, dim=-2)


def _signed(numbers: Tensor) -> Tensor:
    """Numbers of [0, 1) spread over [-1, 1)."""
    return 2 * numbers - 1


def _perspective(bend: Tensor, inwards: Tensor) -> Tensor:
    """(B, n, 3, 3): from the bent picture, whose corners moved inwards by up to `bend`, to the flat one."""
    corners = bend.new_tensor(_CORNERS)
    moved = corners * (1 - bend[..., None, None] * inwards.unflatten(-1, (4, 2)))
    flat = corners.expand_as(moved)
    return get_perspective_transform(moved.flatten(0, 1), flat.flatten(0, 1)).view(*bend.shape, 3, 3)


def shear(angle: Tensor) -> Tensor:
    """(..., 3, 3): slants a view's upright lines by `angle` in radians."""
    slant = torch.eye(3).to(angle).repeat(*angle.shape, 1, 1)
    slant[..., 0, 1] = angle.tan()
    return slant


def elastic(numbers: Tensor, size: int) -> Tensor:
    """(B, n, size, size, 2) smooth moves in [-1, 1] or little more, for (B, n, 2 GRID^2) uniform numbers."""
    # From corner to corner, so that the outermost points lie on the view's border and nothing is extrapolated.
    coarse = _signed(numbers).flatten(0, 1).view(-1, 2, GRID, GRID)
    fine = F.interpolate(coarse, (size, size), mode="bicubic", align_corners=True)
    moves: Tensor = fine.permute(0, 2, 3, 1).unflatten(0, numbers.shape[:2])
    return moves


def coordinates(matrix: Tensor, size: int, moves: Tensor | None = None) -> Tensor:
    """(B, n, size, size, 2): the place in the picture of the centre of each of a view's pixels.

    `moves`, of the same shape, first shift the centres, in units of half the view's side.
    """
    centres = (torch.arange(size).to(matrix) + 0.5) * 2 / size - 1
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    points = torch.stack((x, y, torch.ones_like(x)), dim=-1).flatten(0, 1)
    if moves is not None:
        points = points + F.pad(moves.flatten(2, 3), (0, 1))
    mapped = points @ matrix.transpose(-1, -2)
    # Beyond the horizon, where the depth is negative, a homography shows the picture again, mirrored; there, show what
    # is far outside. On the horizon itself the clamp keeps the division finite.
    depth = mapped[..., 2:].clamp(min=1e-3)
    places: Tensor = (mapped[..., :2] / depth).unflatten(-2, (size, size))
    return places
