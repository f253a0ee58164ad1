"""The whole picture as a perceptor was published to see it, in the manner of open_clip's own evaluation."""

from __future__ import annotations

from typing import Any

from torchvision.transforms import InterpolationMode, functional

from artgen import api

LONGEST = 4
"""A picture that is longer than so many times its shorter side is cut to that before it is resized."""

_OF_ALL: Any = functional
"""Its types name tensors alone; it resizes pictures of Pillow's, too."""


def whole_view(picture: Any, seer: api.Perceptor) -> Any:
    """A picture of Pillow's, or (..., 3, H, W), in the perceptor's size: as that says, or with the middle kept."""
    kind = seer.interpolation if isinstance(seer, api.HasInterpolation) else "bicubic"
    mode = InterpolationMode.BILINEAR if kind == "bilinear" else InterpolationMode.BICUBIC
    size, shape = seer.size, seer.resize_mode if isinstance(seer, api.HasResizeMode) else "shortest"
    if shape == "squash":
        return _OF_ALL.resize(picture, [size, size], mode)
    if shape == "longest":
        # Where the sides are that unlike, a pixel of the shorter one is left.
        _, *sides = _OF_ALL.get_dimensions(picture)
        scale = size / max(sides)
        small = [max(1, round(side * scale)) for side in sides]
        return _OF_ALL.center_crop(_OF_ALL.resize(picture, small, mode), [size, size])
    return _OF_ALL.center_crop(_OF_ALL.resize(_bounded(picture), [size], mode), [size])


def _bounded(picture: Any) -> Any:
    """Without the ends of a long strip, which would become endless when its width is made to fit."""
    _, height, width = _OF_ALL.get_dimensions(picture)
    most = LONGEST * min(width, height)
    top, left = max(0, height - most) // 2, max(0, width - most) // 2
    return _OF_ALL.crop(picture, top, left, min(height, most), min(width, most))
