"""A picture as another camera would see it: zoomed, panned, turned and tilted, by one bicubic sampling.

A move is a homography, 3 x 3 (R. Hartley and A. Zisserman, "Multiple View Geometry in Computer Vision", 2nd ed. 2004,
section 2.3): it says of each place in the new picture where in the old one it comes from. Places count from the
centre of the picture, x to the right and y downwards, in halves of its height, so that a turn is rigid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from torch import Tensor

Matrix = tuple[float, ...]
"""Nine numbers, row by row."""
Edge = Literal["mirror", "extend", "wrap"]
FIELD_OF_VIEW = 40.0
"""Of a camera that tilts, in degrees from top to bottom."""
STILL: Matrix = (1, 0, 0, 0, 1, 0, 0, 0, 1)


class CameraMove(TypedDict):
    """What a camera does between two pictures, as `homography` takes it."""

    zoom: float
    pan: tuple[float, float]
    turn: float
    tilt: tuple[float, float]
    centre: tuple[float, float]


def homography(
    *,
    zoom: float = 1,
    pan: tuple[float, float] = (0, 0),
    turn: float = 0,
    tilt: tuple[float, float] = (0, 0),
    centre: tuple[float, float] = (0, 0),
) -> Matrix:
    """The move of a camera.

    Args:
        zoom: how many times larger things become, about `centre`.
        pan: how far the camera moves to the right and down, in halves of the height.
        turn: degrees by which the picture turns clockwise about `centre`.
        tilt: degrees by which the camera looks further to the right and further up.
        centre: the place that stays under zoom and turn.
    """
    x, y = centre
    cosine, sine = math.cos(math.radians(turn)) / zoom, math.sin(math.radians(turn)) / zoom
    spin = (cosine, sine, 0, -sine, cosine, 0, 0, 0, 1)
    return normal(product((_shift(*pan), _tilted(*tilt), _shift(x, y), spin, _shift(-x, -y))))


def _shift(x: float, y: float) -> Matrix:
    return (1, 0, x, 0, 1, y, 0, 0, 1)


def _tilted(right: float, up: float) -> Matrix:
    """What a pinhole camera sees after it was turned in its place: K R K^-1."""
    focal = 1 / math.tan(math.radians(FIELD_OF_VIEW / 2))
    lens, back = (focal, 0, 0, 0, focal, 0, 0, 0, 1), (1 / focal, 0, 0, 0, 1 / focal, 0, 0, 0, 1)
    return product((lens, rotation(right, up), back))


def rotation(right: float, up: float) -> Matrix:
    """Of a camera that is turned in its place by that many degrees: from what it sees to what it saw."""
    yaw, pitch = math.radians(right), math.radians(up)
    around_y = (math.cos(yaw), 0, math.sin(yaw), 0, 1, 0, -math.sin(yaw), 0, math.cos(yaw))
    around_x = (1, 0, 0, 0, math.cos(pitch), -math.sin(pitch), 0, math.sin(pitch), math.cos(pitch))
    return product((around_y, around_x))


def product(matrices: Iterable[Matrix]) -> Matrix:
    """One after the other: the move that looks through all of them, the first one last."""
    return reduce(_times, matrices, STILL)


def _times(one: Matrix, other: Matrix) -> Matrix:
    return tuple(
        sum(one[3 * row + k] * other[3 * k + column] for k in range(3)) for row in range(3) for column in range(3)
    )


def inverse(matrix: Matrix) -> Matrix:
    """The way back; ZeroDivisionError if there is none."""
    a, b, c, d, e, f, g, h, i = matrix
    turned = (e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f)
    last = (d * h - e * g, b * g - a * h, a * e - b * d)
    scale = determinant(matrix)
    return normal(tuple(number / scale for number in (*turned, *last)))


def determinant(matrix: Matrix) -> float:
    a, b, c, d, e, f, g, h, i = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def normal(matrix: Matrix) -> Matrix:
    """The same move with 1 as its last number."""
    return tuple(number / matrix[8] for number in matrix)


def rounded(matrix: Matrix) -> Matrix:
    """With nine digits, as recipes hold it."""
    return tuple(float(f"{number:.9g}") for number in normal(matrix))


def source(matrix: Matrix, x: float, y: float) -> tuple[float, float] | None:
    """Where the place (x, y) comes from; None if that lies behind the camera."""
    a, b, c, d, e, f, g, h, i = matrix
    depth = g * x + h * y + i
    return ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth) if depth > 0 else None


def coverage(matrix: Matrix, aspect: float) -> float:
    """Which share of the new picture comes from inside of the old one, nearly; `aspect` is width over height."""
    places = [(aspect * column / 8, row / 8) for row in range(-7, 8, 2) for column in range(-7, 8, 2)]
    sources = [source(matrix, x, y) for x, y in places]
    return sum(found is not None and abs(found[0]) <= aspect and abs(found[1]) <= 1 for found in sources) / len(places)


def moved(image: Tensor, matrix: Matrix, edge: Edge = "mirror", fade: float = 0, outside: float = 1) -> Tensor:
    """(B, 4, H, W), RGB and alpha in [0, 1], as it looks after a move.

    Args:
        image: the picture.
        matrix: the move.
        edge: what comes in from outside: the picture mirrored, its edge extended, or its other side (wrap).
        fade: over which share of its shorter side the picture fades towards its border.
        outside: alpha of what comes in from outside, and of where the picture has faded.
    """
    import torch

    x, y = _sources(image.shape[-2:], torch.tensor(matrix, dtype=torch.float64).view(3, 3))
    scale = math.sqrt(abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]))
    return sampled(image, x, y, scale, edge, fade, outside)


def sampled(
    image: Tensor, x: Tensor, y: Tensor, scale: float, edge: Edge = "mirror", fade: float = 0, outside: float = 1
) -> Tensor:
    """(B, 4, H, W), each of whose pixels comes from the place (x, y) of the picture; see `moved`.

    Args:
        image: the picture.
        x: (H, W), where each pixel comes from, in halves of the height from the centre.
        y: likewise, downwards.
        scale: how many times smaller things become, about.
        edge: what comes in from outside.
        fade: over which share of its shorter side the picture fades towards its border.
        outside: alpha of what comes in from outside, and of where the picture has faded.
    """
    import torch
    import torch.nn.functional as F

    height, width = image.shape[-2:]
    grid = torch.stack((x / (width / height), y), dim=-1).to(image)[None].expand(len(image), -1, -1, -1)
    small = _shrunk(image, scale)
    filled, inner = _wrapped(small, grid) if edge == "wrap" else (small, grid)
    padding = "reflection" if edge == "mirror" else "border"
    made = F.grid_sample(filled, inner, mode="bicubic", padding_mode=padding, align_corners=False).clamp(0, 1)
    if outside == 1:
        return made
    inside = _feathered(small.shape[-2:], fade).to(image).expand(len(image), -1, -1, -1)
    shown = F.grid_sample(inside, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return torch.cat((made[:, :3], made[:, 3:] * (outside + (1 - outside) * shown)), dim=1)


def places(size: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Where each pixel lies: x and y, each (H, W), float64, in halves of the height."""
    import torch

    height, width = size
    rows = (torch.arange(height, dtype=torch.float64) * 2 + 1) / height - 1
    columns = ((torch.arange(width, dtype=torch.float64) * 2 + 1) / width - 1) * (width / height)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return x, y


def _sources(size: Sequence[int], matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Where each pixel comes from: x and y, each (H, W), in halves of the height."""
    import torch

    x, y = places(size)
    sources = torch.stack((x, y, torch.ones_like(x)), dim=-1) @ matrix.T
    # What lies behind the camera is far away, and not mirrored before it.
    depth = sources[..., 2].clamp(min=1e-3)
    return sources[..., 0] / depth, sources[..., 1] / depth


def _shrunk(image: Tensor, scale: float) -> Tensor:
    """Made smaller first where the move makes it smaller, because sampling would skip pixels."""
    import torch.nn.functional as F

    if scale <= 1.2:
        return image
    size = [max(2, round(side / scale)) for side in image.shape[-2:]]
    return F.interpolate(image, size, mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)


def _feathered(size: Sequence[int], fade: float) -> Tensor:
    """(1, 1, H, W): 1 inside, 0 at the border, smooth between."""
    import torch

    reach = max(0.5, fade * min(size))
    down, across = (((torch.arange(side) + 0.5).minimum(side - 0.5 - torch.arange(side)) / reach) for side in size)
    inside = down.view(-1, 1).minimum(across.view(1, -1)).clamp(0, 1)
    return (inside * inside * (3 - 2 * inside))[None, None]


def _wrapped(image: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
    """A picture with its other side around it, and the places in that, brought inside."""
    import torch
    import torch.nn.functional as F

    margin, (height, width) = 2, image.shape[-2:]
    share = torch.tensor([width / (width + 2 * margin), height / (height + 2 * margin)]).to(grid)
    return F.pad(image, (margin, margin, margin, margin), mode="circular"), ((grid + 1).remainder(2) - 1) * share
