"""A picture file as a tensor that fits the canvas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artgen.picture import decoding, kept

if TYPE_CHECKING:
    from torch import Tensor


def picture_size(path: Path) -> tuple[int, int]:
    """Height and width of a picture file as they are stored, without decoding it; InputError if it is none."""
    width, height = decoding.size(path)
    return height, width


def read_picture(path: Path, size: tuple[int, int]) -> Tensor:
    """A picture file as ``(1, 3, *size)`` in [0, 1]: turned upright, put on white, and cropped to fill `size`.

    It lies on the CPU; ``.to(env.device)`` moves it.
    """
    layer = read_layer(path, size)
    return layer[:, :3] * layer[:, 3:] + (1 - layer[:, 3:])


def read_mask(path: Path, size: tuple[int, int]) -> Tensor:
    """A picture file as ``(1, 1, *size)`` in [0, 1], on the CPU: the mean of its channels; what is clear is black."""
    layer = read_layer(path, size)
    return layer[:, :3].mean(dim=1, keepdim=True) * layer[:, 3:]


def read_layer(path: Path, size: tuple[int, int]) -> Tensor:
    """A picture file as ``(1, 4, *size)`` in [0, 1], RGB and alpha, on the CPU: upright, and cropped to fill `size`.

    Raises:
        InputError: if it is no picture of a format that is read, or too large.
    """
    import numpy
    import torch
    from PIL import Image, ImageOps

    picture = decoding.decode(kept.read(path), path)
    # With the colours multiplied by alpha, what is see-through does not bleed into its neighbours.
    fitted = ImageOps.fit(picture.convert("RGBa"), (size[1], size[0]), Image.Resampling.LANCZOS).convert("RGBA")
    return torch.from_numpy(numpy.array(fitted)).permute(2, 0, 1)[None] / 255
