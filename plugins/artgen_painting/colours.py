"""Painting in brightness alone: the colours stay the drawing's."""

from __future__ import annotations

from kornia.color import rgb_to_grayscale
from kornia.filters import gaussian_blur2d
from torch import Tensor

from artgen.canvas import in_range

_BROAD = 0.05
"""What is broader than this share of the shorter side is the drawing's tone, what is finer the painter's stroke."""
_TINY = 1e-6


def brightness(image: Tensor) -> Tensor:
    """(B, 3, H, W) to (B, 1, H, W): Y of YIQ."""
    grey: Tensor = rgb_to_grayscale(image)
    return grey


def strokes_on_tones(painted: Tensor, drawing: Tensor) -> Tensor:
    """(B, 1, H, W) both: the brightness of a painting, brought to the drawing's mean, deviation and broad tones.

    Mean and deviation as Gatys et al. match them for "luminance-only transfer" in "Preserving color in neural artistic
    style transfer" (2016, arXiv 1606.05897, section 4); the broad tones besides, so that a white ground stays white.
    """
    matched = _standard(painted) * _deviation(drawing) + drawing.mean(dim=(2, 3), keepdim=True)
    return matched - _broad(matched) + _broad(drawing)


def recoloured(grey: Tensor, image: Tensor) -> Tensor:
    """The brightness of `grey` (B, 1, H, W), and the hues of `image` (B, 3, H, W).

    I and Q of YIQ are the image's, or as much of them as there is room for at that brightness, so that hues stay.
    """
    grey = in_range(grey)
    colour = image - brightness(image)
    room = (1 - grey).where(colour > 0, grey) / colour.abs().clamp(min=_TINY)
    return grey + room.amin(dim=1, keepdim=True).clamp(max=1) * colour


def _standard(values: Tensor) -> Tensor:
    return (values - values.mean(dim=(2, 3), keepdim=True)) / _deviation(values)


def _deviation(values: Tensor) -> Tensor:
    return (values.var(dim=(2, 3), correction=0, keepdim=True) + _TINY).sqrt()


def _broad(values: Tensor) -> Tensor:
    sigma = _BROAD * min(values.shape[2:])
    reach = min(round(3 * sigma), min(values.shape[2:]) - 1)
    side = 2 * reach + 1
    blurred: Tensor = gaussian_blur2d(values, (side, side), (sigma, sigma))
    return blurred
