"""Where strokes lie before the first step: anywhere, or as a picture has it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen_strokes import Strokes

LAYERS = (0.1, 0.3)
"""Shares of the strokes that are laid over a picture first, and then; the rest lies over them, finer again."""
FILL = 1.6
"""How often a layer's strokes would cover the canvas if they lay side by side."""
ASPECT = 2.5
"""How many times longer than wide a stroke is that follows a picture."""
OPACITY = 0.9
"""Of strokes that follow a picture; less than 1, so that the gradient reaches what lies below."""


def at_random(spec: Strokes, env: Env) -> list[Tensor]:
    """Points in pixels, widths in pixels, colours with opacities: short strokes of any colour, as CLIPDraw's are."""
    height, width = env.size
    start = env.random.uniform("places", (spec.count, 1, 2))
    bends = env.random.uniform("bends", (spec.count, 3 * spec.segments, 2)) - 0.5
    corner = torch.tensor([width, height], device=start.device)
    path = torch.cat([torch.zeros_like(start), bends.cumsum(dim=2)], dim=2) * 2 * spec.length * min(env.size)
    points = start * corner + path
    colours = env.random.uniform("colours", (spec.count, 4))
    return [points, torch.full_like(colours[..., 0], spec.width * min(env.size)), colours]


def from_picture(spec: Strokes, env: Env, image: Tensor) -> list[Tensor]:
    """The same of strokes that have the colours of (B, 3, H, W) and run along its edges, coarse ones below fine ones.

    As painters of photographs do it (Hertzmann, "Painterly Rendering with Curved Brush Strokes of Multiple Sizes",
    1998), with as many strokes as there are.
    """
    first, second = (round(share * spec.count) for share in LAYERS)
    counts = [count for count in (first, second, spec.count - first - second) if count]
    layers = [_layer(spec, env, image, count, number) for number, count in enumerate(counts)]
    return [torch.cat(parts, dim=1) for parts in zip(*layers, strict=True)]


def _layer(spec: Strokes, env: Env, image: Tensor, count: int, number: int) -> list[Tensor]:
    height, width = env.size
    side = min(env.size)
    low, high = (share * side for share in spec.widths)
    broad = min(high, max(low, spec.width * side, (FILL * height * width / count / ASPECT) ** 0.5))
    soft = _blurred(image, broad / 2)
    places = _scattered(env, count, number)
    points = places * torch.tensor([width, height], device=image.device)
    colours = _looked_up(soft, places)
    along = _direction(soft, places)
    reach = torch.linspace(-0.5, 0.5, 3 * spec.segments + 1, device=image.device) * (ASPECT - 1) * broad
    path = points[:, :, None] + along[:, :, None] * reach[:, None]
    opacities = torch.full_like(colours[..., :1], OPACITY)
    return [path, torch.full_like(colours[..., 0], broad), torch.cat([colours, opacities], dim=2)]


def _scattered(env: Env, count: int, number: int) -> Tensor:
    """(B, count, 2) in [0, 1]: about evenly over the canvas, off a grid by chance."""
    height, width = env.size
    columns = max(1, round((count * width / height) ** 0.5))
    rows = -(-count // columns)
    cell = torch.arange(count, device=env.device)
    grid = torch.stack([cell % columns, cell // columns], dim=1)
    # The last row may be shorter, and is spread over the width as the others are.
    in_row = torch.where(cell // columns == rows - 1, count - (rows - 1) * columns, columns)
    jitter = env.random.uniform(f"layer {number}", (count, 2))
    return (grid + jitter) / torch.stack([in_row, torch.full_like(in_row, rows)], dim=1)


def _looked_up(image: Tensor, places: Tensor) -> Tensor:
    """(B, C, H, W) at (B, n, 2) in [0, 1]: (B, n, C)."""
    image, grid = image.expand(len(places), -1, -1, -1), places[:, :, None] * 2 - 1
    found: Tensor = F.grid_sample(image, grid, padding_mode="border", align_corners=False)
    return found.squeeze(3).transpose(1, 2)


def _direction(image: Tensor, places: Tensor) -> Tensor:
    """(B, n, 2), of length 1: along the edges; level, where there are none."""
    grey = F.pad(image.mean(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    right, down = grey[:, :, 1:-1, 2:] - grey[:, :, 1:-1, :-2], grey[:, :, 2:, 1:-1] - grey[:, :, :-2, 1:-1]
    across = _looked_up(torch.cat([right, down], dim=1), places)
    length = across.norm(dim=2, keepdim=True)
    along = torch.stack([-across[..., 1], across[..., 0]], dim=2) / length.clamp(min=1e-9)
    level: Tensor = along.new_tensor([1.0, 0.0])
    return torch.where(length > 1e-5, along, level)


def _blurred(image: Tensor, deviation: float) -> Tensor:
    """A blur of about that many pixels."""
    height, width = image.shape[2:]
    share = max(1.0, deviation)
    small = F.interpolate(image, (max(1, round(height / share)), max(1, round(width / share))), mode="area")
    return F.interpolate(small, (height, width), mode="bilinear")
