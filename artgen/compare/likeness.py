"""How alike two pictures are: pixel by pixel, in structure, in colour as it is seen, and to a perceptor.

Pictures are Pillow's, or tensors or arrays (3, H, W) or (4, H, W) in [0, 1], RGB with or without alpha. See-through
ones are seen over white and over black, and the worse of the two counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from artgen.compare.ciede2000 import ciede2000
from artgen.errors import InputError
from artgen.files import atomic_path

Picture = Image.Image | Tensor | numpy.ndarray[Any, Any]
Closeness = Callable[[Tensor, Tensor], float]
"""Two pictures (3, H, W) in [0, 1] to the cosine similarity of their embeddings."""

WINDOW = 11
"""Side of the window that SSIM compares through, in pixels; it is a Gaussian of standard deviation 1.5."""
_AT_ONCE = 1 << 18
"""Pixels whose colour difference is worked out at once."""
_ROWS = 256
"""Rows whose structure is compared at once."""
_SMALLEST, _BAR, _TEXT, _GAP = 320, 12, 14, 8
"""Of a heat map: its narrowest width, its legend's height and letters, and what is between them, in pixels."""


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
    (2004), with their Gaussian window of 11 x 11 pixels where it is whole; of a smaller picture, the largest that fits.
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
        delta_e=float(colours.mean()),
        # numpy's: torch's quantile takes 16 million numbers at most.
        delta_e_95=float(numpy.quantile(colours.numpy(), 0.95)),
        perceptor=min(closeness(a, b) for a, b in grounds) if closeness else None,
    )


def colour_differences(first: Picture, second: Picture) -> Tensor:
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
    from kornia.metrics import ssim

    side = min(WINDOW, *one.shape[1:])
    side -= 1 - side % 2
    places, total = one.shape[1] - side + 1, 0.0
    for top in range(0, places, _ROWS):
        a, b = (picture[None, :, top : top + _ROWS + side - 1].contiguous() for picture in (one, two))
        # Without kornia's eps, which would tell two equal black pictures apart.
        total += float(ssim(a, b, side, eps=0, padding="valid").mean(dim=(0, 1, 3)).double().sum())
    mean: float = total / places
    return mean


def _colour_differences(grounds: list[tuple[Tensor, Tensor]]) -> Tensor:
    """(H, W): the larger difference of those over each ground."""
    return torch.stack([_over_pixels(one, two) for one, two in grounds]).amax(dim=0)


def _over_pixels(one: Tensor, two: Tensor) -> Tensor:
    pairs = zip(one.flatten(1).split(_AT_ONCE, dim=1), two.flatten(1).split(_AT_ONCE, dim=1), strict=True)
    return torch.cat([ciede2000(_lab(a), _lab(b)).float() for a, b in pairs]).view(one.shape[1:])


def _lab(colours: Tensor) -> Tensor:
    """(3, N) sRGB to (N, 3) CIELAB under D65, in double precision."""
    from kornia.color import rgb_to_lab

    return rgb_to_lab(colours.double()[..., None])[..., 0].T


def save_heat_map(path: Path, differences: Tensor) -> None:
    """Draw (H, W) colour differences as a PNG, dark to bright, with a legend below."""
    from matplotlib import colormaps

    top = max(1.0, float(differences.max()))
    heat = Image.fromarray(colormaps["inferno"]((differences / top).numpy(), bytes=True)[..., :3])
    times = max(1, _SMALLEST // heat.width)
    heat = heat.resize((heat.width * times, heat.height * times), Image.Resampling.NEAREST)
    ramp = numpy.linspace(0, 1, max(heat.width, _SMALLEST) - 2 * _GAP)
    bar = Image.fromarray(colormaps["inferno"](numpy.tile(ramp, (_BAR, 1)), bytes=True)[..., :3])
    with atomic_path(path) as temporary:
        _with_legend(heat, bar, top).save(temporary, format="PNG")


def _with_legend(heat: Image.Image, bar: Image.Image, top: float) -> Image.Image:
    width, left = bar.width + 2 * _GAP, _GAP
    sheet = Image.new("RGB", (width, heat.height + _BAR + _TEXT + 3 * _GAP), "white")
    sheet.paste(heat, ((width - heat.width) // 2, 0))
    sheet.paste(bar, (left, heat.height + _GAP))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(_TEXT)
    line = heat.height + 2 * _GAP + _BAR - 4
    labels = ((left, "0", "la"), (width // 2, "colour difference, CIEDE2000", "ma"), (width - left, f"{top:.3g}", "ra"))
    for place, text, anchor in labels:
        pen.text((place, line), text, fill="black", font=font, anchor=anchor)
    return sheet
