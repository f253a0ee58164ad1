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


# The white of printing, and XYZ under it to sRGB without its gamma (by Bradford's adaptation to D65).
D50 = (0.96422, 1.0, 0.82521)
D50_TO_RGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)


def to_light(colours: Tensor) -> Tensor:
    """sRGB in [0, 1] to amounts of light (IEC 61966-2-1)."""
    import torch

    return torch.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def from_light(light: Tensor) -> Tensor:
    """Amounts of light in [0, 1] to sRGB; the gradient is finite everywhere."""
    import torch

    return torch.where(light <= 0.0031308, light * 12.92, 1.055 * light.clamp(min=1e-6) ** (1 / 2.4) - 0.055)


def oklab(colours: Tensor) -> Tensor:
    """(..., 3) sRGB in [0, 1] to Oklab; the gradient is finite everywhere, black included."""
    response = to_light(colours) @ colours.new_tensor(TO_LMS).T
    # The cube root is infinitely steep at 0; below 1e-4 (less than a third of an 8-bit step) it is cut.
    return response.clamp(min=1e-4) ** (1 / 3) @ colours.new_tensor(TO_LAB).T


def srgb(lab: Tensor) -> Tensor:
    """The inverse of `oklab`, cut to [0, 1]."""
    import torch

    response = lab @ torch.linalg.inv(lab.new_tensor(TO_LAB)).T
    return from_light((response**3 @ torch.linalg.inv(lab.new_tensor(TO_LMS)).T).clamp(0, 1))


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


def rgb_of_cielab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """CIELAB under D50, as printing has it, to sRGB, not cut to [0, 1]; L from 0 to 100."""
    middle = (lightness + 16) / 116
    # CIE 15: the cube of what is above 6/29, and a straight line below.
    shares = (
        f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29) for f in (middle + a / 500, middle, middle - b / 200)
    )
    point = [share * white for share, white in zip(shares, D50, strict=True)]
    linear = [sum(factor * value for factor, value in zip(row, point, strict=True)) for row in D50_TO_RGB]
    red, green, blue = (1.055 * max(v, 0.0) ** (1 / 2.4) - 0.055 if v > 0.0031308 else 12.92 * v for v in linear)
    return red, green, blue
