"""Oklab, once for torch and once for numpy (B. Ottosson, "A perceptual color space for image processing", 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


# sRGB without its gamma to the responses of the eye's cones, and their cube roots to lightness and two hues.
TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)


TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab(colours: Tensor) -> Tensor:
    """(..., 3) sRGB in [0, 1] to Oklab; the gradient is finite everywhere, black included."""
    import torch

    linear = torch.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    response = linear @ colours.new_tensor(TO_LMS).T
    # The cube root is infinitely steep at 0; below 1e-4 (less than a third of an 8-bit step) it is cut.
    return response.clamp(min=1e-4) ** (1 / 3) @ colours.new_tensor(TO_LAB).T


def squared_distances(points: Tensor, others: Tensor) -> Tensor:
    """(..., N): how far each of `points` (..., 3) lies from each of `others` (N, 3), squared."""
    # |a|^2 - 2ab + |b|^2 keeps no (..., N, 3) in memory.
    return (points**2).sum(-1, keepdim=True) - 2 * points @ others.T + (others**2).sum(-1)


def oklab_array(rgb: NDArray[Any]) -> NDArray[Any]:
    """(..., 3) sRGB in [0, 1] to Oklab, for numpy; the exact cube root, because no gradient is taken here."""
    import numpy as np

    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    converted: NDArray[Any] = np.cbrt(linear @ np.array(TO_LMS).T) @ np.array(TO_LAB).T
    return converted


def rgb_array(lab: NDArray[Any]) -> NDArray[Any]:
    """The inverse of `oklab_array`, cut to what a screen can show."""
    import numpy as np

    linear = (lab @ np.linalg.inv(TO_LAB).T) ** 3 @ np.linalg.inv(TO_LMS).T
    linear = linear.clip(0, 1)
    converted: NDArray[Any] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return converted
