"""Resampling whose gradient is added up in one order, for the operations of torch whose gradient is not on a GPU.

CUDA adds up the gradients of `interpolate`, `grid_sample`, `adaptive_avg_pool2d` and mirrored borders with atomic
operations, in the order in which threads happen to finish; under `torch.use_deterministic_algorithms` they raise. Here
they are written with operations that torch's documentation of that switch calls deterministic: matrix products,
indexing, and slices. Values and gradients are the originals', to rounding.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

SUMMED = ("bilinear", "bicubic", "area", "lanczos")
"""The modes of `interpolate` in which an input pixel's gradient is a sum that CUDA adds up in no fixed order."""

Scale = float | Sequence[float]


def resize(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: Scale | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`torch.nn.functional.interpolate`: of pictures (B, C, H, W), in the modes `SUMMED`, as two matrix products."""
    how = {"mode": mode, "align_corners": align_corners, "antialias": antialias}
    scaling = {"recompute_scale_factor": recompute_scale_factor}
    if mode not in SUMMED or input.dim() != 4:
        return F.interpolate(input, size, scale_factor, **how, **scaling)  # type: ignore[arg-type]
    # Half precision is added up in single, as torch's own kernels do.
    dtype = torch.promote_types(input.dtype, torch.float32)
    # Every mode is separable: what happens along a column does not depend on the row.
    matrices = []
    for dim in (2, 3):
        given = {"size": _along(size, dim), "scale_factor": _along(scale_factor, dim), **scaling, **how}
        matrices.append(_matrix(input.shape[dim], tuple(given.items()), dtype, input.device))
    down, across = matrices
    # Picture by picture, so that none is rounded otherwise in a larger batch.
    return torch.stack([down @ picture.to(dtype) @ across.T for picture in input]).to(input.dtype)


def _along(given: float | Sequence[float] | None, dim: int) -> float | None:
    return given[dim - 2] if isinstance(given, Sequence) else given


@functools.lru_cache(maxsize=64)
@torch.no_grad()
def _matrix(length: int, given: tuple[tuple[str, Any], ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """(new length, length): what torch itself makes of each unit vector, laid in a row; `given` is for the width."""
    options = dict(given)
    # Resized along one side only, a row for each input pixel: the matrix is torch's own resampling, whatever the mode.
    size, scale = options.pop("size"), options.pop("scale_factor")
    options |= {"size": None if size is None else (length, size), "scale_factor": None if scale is None else (1, scale)}
    rows = torch.eye(length, dtype=dtype)[None, None]
    return F.interpolate(rows, **options)[0, 0].T.contiguous().to(device)


def warp(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """`torch.nn.functional.grid_sample`: of pictures (B, C, H, W) at (B, h, w, 2), the modes `TAPS`, by indexing."""
    if mode not in TAPS or input.dim() != 4:
        return F.grid_sample(input, grid, mode, padding_mode, align_corners)
    height, width = input.shape[2:]
    across = TAPS[mode](grid[..., 0], width, padding_mode, bool(align_corners))
    down = TAPS[mode](grid[..., 1], height, padding_mode, bool(align_corners))
    picture = torch.arange(len(input), device=input.device)[:, None, None] * (height * width)
    # The pixels around each place: their number in the flat batch, and how much each counts.
    corners = [(picture + y * width + x, share * other) for y, share in down for x, other in across]
    places, weights = (torch.stack(parts) for parts in zip(*corners, strict=True))
    pixels = input.permute(0, 2, 3, 1).flatten(0, 2)
    # Reading by index has a gradient that torch sorts before it adds up; that of its own kernel comes in any order.
    return (pixels[places] * weights[..., None]).sum(dim=0).permute(0, 3, 1, 2).to(input.dtype)


def _two(places: Tensor, length: int, padding: str, align: bool) -> list[tuple[Tensor, Tensor]]:
    """The two pixels beside each of `places`, in [-1, 1] along a side of `length`, and what each of them counts."""
    pixels = _padded(_pixels(places, length, align), length, padding, align)
    # Which pixels are beside a place is no smooth question; only how much they count has a gradient.
    first = pixels.detach().floor()
    share = pixels - first
    return _inside([(first, 1 - share), (first + 1, share)], length)


def _four(places: Tensor, length: int, padding: str, align: bool) -> list[tuple[Tensor, Tensor]]:
    """The two pixels on either side, and what they count by cubic convolution (Keys 1981; torch's a is -0.75)."""
    pixels = _pixels(places, length, align)
    first = pixels.detach().floor()
    part = pixels - first
    inner = [(1.25 * x - 2.25) * x * x + 1 for x in (part, 1 - part)]
    outer = [((-0.75 * x + 3.75) * x - 6) * x + 3 for x in (1 + part, 2 - part)]
    counts = (outer[0], inner[0], inner[1], outer[1])
    # Unlike in two taps, each pixel is sent back into the picture by itself.
    taps = [(_padded(first + n, length, padding, align), count) for n, count in enumerate(counts, start=-1)]
    return _inside(taps, length)


def _pixels(places: Tensor, length: int, align: bool) -> Tensor:
    return (places + 1) / 2 * (length - 1) if align else ((places + 1) * length - 1) / 2


def _padded(pixels: Tensor, length: int, padding: str, align: bool) -> Tensor:
    if padding == "reflection":
        pixels = _reflected(pixels, *((0, length - 1) if align else (-0.5, length)))
    return pixels if padding == "zeros" else pixels.clamp(0, length - 1)


def _inside(taps: list[tuple[Tensor, Tensor]], length: int) -> list[tuple[Tensor, Tensor]]:
    """Numbers of pixels; those outside the picture count nothing."""
    return [
        (tap.clamp(0, length - 1).long(), torch.where((tap >= 0) & (tap < length), counts, 0)) for tap, counts in taps
    ]


TAPS = {"bilinear": _two, "bicubic": _four}
"""The modes of `grid_sample` whose gradient CUDA adds up in no fixed order."""


def _reflected(pixels: Tensor, low: float, span: float) -> Tensor:
    """Mirrored at `low` and at `low` + `span`."""
    return low + span - ((pixels - low) % (2 * span) - span).abs() if span else torch.zeros_like(pixels)


def pool(input: Tensor, output_size: int | Sequence[int | None] | None) -> Tensor:
    """`torch.nn.functional.adaptive_avg_pool2d`: of pictures (B, C, H, W), as two matrix products."""
    sides = output_size if isinstance(output_size, Sequence) else (output_size, output_size)
    height, width = (have if want is None else want for want, have in zip(sides, input.shape[-2:], strict=True))
    # To a single pixel it is a mean, for torch too, and that is no trouble.
    if input.dim() != 4 or (height, width) == (1, 1):
        return F.adaptive_avg_pool2d(input, (height, width))
    return resize(input, (height, width), mode="area")


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """`torch.nn.functional.pad`: with mirrored borders, by slices."""
    if mode != "reflect":
        return F.pad(input, list(pad), mode, value)
    for dim, (before, after) in enumerate(zip(pad[::2], pad[1::2], strict=True), start=1):
        first = input.narrow(-dim, 1, before).flip(-dim)
        last = input.narrow(-dim, input.shape[-dim] - 1 - after, after).flip(-dim)
        input = torch.cat((first, input, last), dim=-dim)
    return input
