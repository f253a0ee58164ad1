"""How alike two pictures are: pixel by pixel, in structure, in colour as it is seen, and to a perceptor.

Pictures are Pillow's, or tensors or arrays (3, H, W) or (4, H, W) in [0, 1], RGB with or without alpha. See-through
ones are seen over white and over black, and the worse of the two counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy
import torch
from PIL import Image
from torch import Tensor

from artgen.errors import InputError
from artgen.files import atomic_path

Levels = numpy.ndarray[Any, Any]
Picture = Image.Image | Tensor | Levels
Closeness = Callable[[Tensor, Tensor], float]
"""Two pictures (3, H, W) in [0, 1] to the cosine similarity of their embeddings."""

WINDOW = 11
"""Side of the window that SSIM compares through, in pixels; it is a Gaussian of standard deviation 1.5."""
_AT_ONCE = 1 << 18
"""Pixels that are compared at once, so that memory does not grow with the picture."""
_DPI = 100
_SMALLEST, _LARGEST, _LEGEND = 320, 2048, 64
"""Of a heat map: its narrowest width, the longest side that it draws, and its legend's height, in pixels."""


@dataclass(frozen=True)
class Likeness:
    """What `compare` found."""

    identical: bool
    """The same pixels, alpha included."""
    mean_difference: float
    """Of all channels, alpha among them where a picture has it, in [0, 1]."""
    max_difference: float
    """The largest of any channel."""
    ssim: float
    """Structural similarity, 1 for equal pictures, averaged over the pixels and the three channels.

    Wang, Bovik, Sheikh & Simoncelli, "Image quality assessment: from error visibility to structural similarity"
    (2004), with their Gaussian window of 11 x 11 pixels where it is whole; smaller pictures are mirrored at their edge.
    """
    delta_e: float
    """Mean colour difference, CIEDE2000: about 1 can just be seen, black to white is 100."""
    delta_e_95: float
    """The colour difference that 95 % of the pixels do not exceed."""
    perceptor: float | None = None
    """Cosine similarity of the embeddings, in [-1, 1]; None where no perceptor looked."""

    def __str__(self) -> str:
        if self.identical:
            return "identical pixels"
        seen = "" if self.perceptor is None else f", perceptor {self.perceptor:.4f}"
        return (
            f"SSIM {self.ssim:.4f}, delta-E {self.delta_e:.2f} (95 % within {self.delta_e_95:.2f}), "
            f"difference {self.mean_difference:.4f} (at most {self.max_difference:.4f}){seen}"
        )


def compare(first: Picture, second: Picture, closeness: Closeness | None = None) -> Likeness:
    """How alike two pictures of one size are; InputError if their sizes differ.

    Tensors are taken as they are: one that was not rounded to 8 bits is not identical to its own file.
    """
    one, two = _pair(first, second)
    grounds = _over_grounds(one, two)
    difference = (one - two).abs()[: 3 if len(grounds) == 1 else 4]
    colours = _colour_differences(grounds)
    return Likeness(
        identical=torch.equal(one, two),
        mean_difference=float(difference.double().mean()),
        max_difference=float(difference.max()),
        ssim=min(_ssim(a, b) for a, b in grounds),
        delta_e=float(colours.mean(dtype=numpy.float64)),
        delta_e_95=float(numpy.quantile(colours, 0.95)),
        perceptor=min(closeness(a, b) for a, b in grounds) if closeness else None,
    )


def colour_differences(first: Picture, second: Picture) -> Levels:
    """(H, W): the CIEDE2000 of each pixel; InputError if the sizes differ."""
    return _colour_differences(_over_grounds(*_pair(first, second)))


def _pair(first: Picture, second: Picture) -> tuple[Tensor, Tensor]:
    """Both (4, H, W)."""
    one, two = _layer(first), _layer(second)
    if one.shape != two.shape:
        sizes = " and ".join(f"{picture.shape[2]}x{picture.shape[1]}" for picture in (one, two))
        raise InputError(f"the pictures have different sizes, {sizes}; only those of one size can be compared")
    return one, two


def _layer(picture: Picture) -> Tensor:
    if isinstance(picture, Image.Image):
        picture = torch.from_numpy(numpy.array(picture.convert("RGBA"))).permute(2, 0, 1).float() / 255
    layer = torch.as_tensor(picture).detach().float().cpu()
    return layer if len(layer) == 4 else torch.cat((layer, torch.ones_like(layer[:1])))


def _over_grounds(one: Tensor, two: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Both (3, H, W) over white and black; as they are, where nothing is see-through."""
    if bool((one[3] == 1).all() and (two[3] == 1).all()):
        return [(one[:3], two[:3])]
    return [(_over(one, ground), _over(two, ground)) for ground in (1.0, 0.0)]


def _over(layer: Tensor, ground: float) -> Tensor:
    return layer[:3] * layer[3:] + ground * (1 - layer[3:])


def _ssim(one: Tensor, two: Tensor) -> float:
    from skimage.metrics import structural_similarity

    side = min(WINDOW, *one.shape[1:])
    side -= 1 - side % 2
    places, total = int(one.shape[1]) - side + 1, 0.0
    for a, b in _strips(one, two, side - 1):
        mean = structural_similarity(
            a,
            b,
            channel_axis=2,
            data_range=1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            win_size=side,
        )
        total += cast("float", mean) * (len(a) - side + 1)
    return float(total / places)


def _strips(one: Tensor, two: Tensor, more: int = 0) -> Iterator[tuple[Levels, Levels]]:
    """Both (3, H, W) as strips (rows, W, 3) in double precision, which share `more` rows with the next."""
    height, width = one.shape[1:]
    rows = max(1 + more, _AT_ONCE // width)
    for top in range(0, height - more, rows):
        a, b = (
            picture[:, top : top + rows + more].permute(1, 2, 0).double().contiguous().numpy() for picture in (one, two)
        )
        yield a, b


def _colour_differences(grounds: list[tuple[Tensor, Tensor]]) -> Levels:
    """(H, W): the larger difference of those over each ground."""
    found: Levels = numpy.max([_over_pixels(one, two) for one, two in grounds], axis=0)
    return found


def _over_pixels(one: Tensor, two: Tensor) -> Levels:
    from skimage.color import deltaE_ciede2000, rgb2lab

    strips = (deltaE_ciede2000(rgb2lab(a), rgb2lab(b)).astype(numpy.float32) for a, b in _strips(one, two))
    return numpy.concatenate(list(strips))


def save_heat_map(path: Path, differences: Levels) -> None:
    """Draw (H, W) colour differences as a PNG, dark to bright, with a legend below.

    Of a large picture it shows the largest difference in each square of so many pixels.
    """
    from matplotlib.figure import Figure

    square = math.ceil(max(differences.shape) / _LARGEST)
    for axis, side in enumerate(differences.shape):
        differences = numpy.maximum.reduceat(differences, range(0, side, square), axis)
    times = max(1, _SMALLEST // max(differences.shape))
    height, width = (side * times for side in differences.shape)
    sheet_width, sheet_height = max(width, _SMALLEST), height + _LEGEND
    figure = Figure((sheet_width / _DPI, sheet_height / _DPI), _DPI)
    # A pixel is a pixel of the sheet, or a square of them.
    left, bottom = (sheet_width - width) // 2 / sheet_width, _LEGEND / sheet_height
    axes = figure.add_axes((left, bottom, width / sheet_width, height / sheet_height))
    axes.set_axis_off()
    heat = axes.imshow(
        differences, "inferno", aspect="auto", interpolation="nearest", vmin=0, vmax=max(1.0, float(differences.max()))
    )
    bar = figure.add_axes((16 / sheet_width, 44 / sheet_height, 1 - 32 / sheet_width, 12 / sheet_height))
    figure.colorbar(heat, bar, orientation="horizontal", label="colour difference, CIEDE2000")
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png")
