"""Shapes, and the pictures they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.colours.spaces import from_light, to_light
from artgen.vectors.compositing import Over
from artgen.vectors.coverage import Coverage
from artgen.vectors.fills import Rule, fill_coverage
from artgen.vectors.strokes import stroke_coverage

CHUNK = 2**18
"""How many pixels are looked at together; it changes how much memory is needed, and no picture."""


@dataclass(frozen=True)
class Shapes:
    """L shapes for each of B pictures, from the lowest to the topmost: all filled, or all drawn as strokes."""

    paths: Tensor
    """(B, L, S, 4, 2): S cubic Bézier segments of four control points, x and y in pixels from the top left corner.

    A segment begins where the one before it ends."""
    colours: Tensor
    """(B, L, 3): sRGB in [0, 1]."""
    opacities: Tensor | None = None
    """(B, L) in [0, 1]; None: all are opaque."""
    widths: Tensor | None = None
    """(B, L), or (B, L, S + 1) at the ends of the segments, in pixels: strokes with round ends and joins; None: filled.

    Strokes thinner than a pixel are fainter in place of thinner."""
    rule: Rule = "nonzero"
    """Which parts of a filled path that crosses itself are inside, as `fill-rule` of SVG."""
    loops: int = 1
    """How many closed loops of equally many segments a filled path has; each is closed by a line where it is open."""


def coverage(shapes: Shapes, size: tuple[int, int], chunk: int = CHUNK) -> Coverage:
    """What the shapes cover of canvases of (H, W): shape ``l * B + b`` is number l of picture b."""
    batch, layers, segments = shapes.paths.shape[:3]
    paths = shapes.paths.transpose(0, 1).flatten(0, 1)
    if shapes.widths is None:
        return fill_coverage(paths, shapes.loops, shapes.rule, size, chunk)
    widths = shapes.widths if shapes.widths.dim() == 3 else shapes.widths[..., None]
    widths = widths.to(paths.dtype).expand(batch, layers, segments + 1).transpose(0, 1).flatten(0, 1)
    return stroke_coverage(paths, widths, size, chunk)


def paint(
    shapes: Shapes | Sequence[Shapes], ground: Tensor, size: tuple[int, int], linear: bool = False, chunk: int = CHUNK
) -> Tensor:
    """(B, 3, H, W): shapes over a ground of sRGB, (B, 3) or (B, 3, H, W), those of a sequence one after the other.

    Colours are mixed as SVG does it, by their sRGB numbers, or by their light if `linear`.
    """
    return _painted(shapes, ground, size, linear, chunk, cover=False)


def paint_with_cover(
    shapes: Shapes | Sequence[Shapes], ground: Tensor, size: tuple[int, int], linear: bool = False, chunk: int = CHUNK
) -> tuple[Tensor, Tensor]:
    """The picture of `paint`, and (B, 1, H, W): how much of the ground the shapes hide."""
    both = _painted(shapes, ground, size, linear, chunk, cover=True)
    return both[:, :3], both[:, 3:]


def _painted(
    shapes: Shapes | Sequence[Shapes], ground: Tensor, size: tuple[int, int], linear: bool, chunk: int, cover: bool
) -> Tensor:
    groups = [shapes] if isinstance(shapes, Shapes) else list(shapes)
    batch, pixels = len(ground), size[0] * size[1]
    ground = ground if ground.dim() == 4 else ground[..., None, None].expand(batch, 3, *size)
    flat = _mixable(ground, linear).permute(0, 2, 3, 1).reshape(batch * pixels, 3)
    if cover:
        flat = torch.cat([flat, flat.new_zeros(len(flat), 1)], dim=1)
    colours, alphas, places, layers, total = [], [], [], list[tuple[int, int]](), 0
    for group in groups:
        found = coverage(group, size, chunk)
        picture = found.shape % batch
        colours.append(_colours(group, found.shape, linear, cover))
        opacity = 1 if group.opacities is None else group.opacities.t().flatten().index_select(0, found.shape)
        alphas.append(found.share * opacity)
        places.append(picture * pixels + found.pixel)
        held = torch.bincount(found.shape.div(batch, rounding_mode="floor"), minlength=group.paths.shape[1])
        for length in held.tolist():
            layers += [(total, total + length)] if length else []
            total += length
    if groups:
        flat = Over.apply(flat, torch.cat(colours), torch.cat(alphas), torch.cat(places), layers)
    image = flat.view(batch, *size, flat.shape[1]).permute(0, 3, 1, 2)
    if linear:
        image = torch.cat([from_light(image[:, :3]), image[:, 3:]], dim=1)
    return image.contiguous()


def _mixable(colours: Tensor, linear: bool) -> Tensor:
    return to_light(colours) if linear else colours


def _colours(group: Shapes, shape: Tensor, linear: bool, cover: bool) -> Tensor:
    """(F, 3) or, with a last column of ones, (F, 4)."""
    columns = list(_mixable(group.colours, linear).transpose(0, 1).flatten(0, 1).unbind(dim=1))
    picked = [column.index_select(0, shape) for column in columns]
    return torch.stack([*picked, *([torch.ones_like(picked[0])] if cover else [])], dim=1)
