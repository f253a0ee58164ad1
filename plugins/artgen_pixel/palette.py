"""Pictures in a few colours, with a gradient.

Nearness is judged in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020), where equal
distances look about equally different.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from artgen_pixel.colours import channels

_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab(colours: Tensor) -> Tensor:
    """(..., 3) sRGB in [0, 1] to Oklab; the gradient is finite everywhere, black included."""
    linear = torch.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    response = linear @ colours.new_tensor(_TO_LMS).T
    # The cube root is infinitely steep at 0; below 1e-4 (less than a third of an 8-bit step) it is cut.
    return response.clamp(min=1e-4) ** (1 / 3) @ colours.new_tensor(_TO_LAB).T


class Palette:
    """Maps a picture onto palette colours."""

    def __init__(self, colours: Sequence[str], device: torch.device) -> None:
        self.colours = torch.tensor([channels(colour) for colour in colours], device=device)
        self._lab = oklab(self.colours)

    def __call__(self, image: Tensor, softness: float) -> Tensor:
        """(B, 3, H, W) in [0, 1] to the same in palette colours, or in blends of them where `softness` > 0.

        Hard colours pass the gradient straight through (Bengio, Leonard & Courville 2013).
        """
        if softness > 0:
            weights = (-self._distances(image) / softness).softmax(dim=-1)
            return (weights @ self.colours).movedim(-1, 1)
        with torch.no_grad():
            hard = self.colours[self._distances(image).argmin(dim=-1)].movedim(-1, 1)
        return hard + (image - image.detach())  # the bracket is exactly 0, so the colours are exact

    def _distances(self, image: Tensor) -> Tensor:
        """(B, H, W, colours) squared Oklab distances."""
        # |a|^2 - 2ab + |b|^2 keeps no (B, H, W, colours, 3) in memory.
        lab = oklab(image.movedim(1, -1))
        return (lab**2).sum(-1, keepdim=True) - 2 * lab @ self._lab.T + (self._lab**2).sum(-1)
