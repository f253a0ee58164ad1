"""Between tensors and 8-bit pictures; the hash of their pixels, and the strip that shows how a run went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from artgen.files import atomic_path
from artgen.picture import decoding
from artgen.picture.preview import contact_sheet


def to_pil(image: Tensor) -> Image.Image:
    """(3, H, W) in [0, 1] to an 8-bit RGB picture, (4, H, W) to an RGBA one, rounded to the nearest level."""
    levels = (image.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).cpu().numpy())


def load(path: Path) -> Tensor:
    """An image file as (3, H, W) RGB in [0, 1]; transparency over white. InputError, in one line, if it is none."""
    flat = decoding.on_white(decoding.read(path))
    return torch.from_numpy(np.array(flat)).permute(2, 0, 1).float() / 255


def on_white(image: Tensor) -> Tensor:
    """(3, H, W) as it is, or (4, H, W) with what its alpha lets through shown as white."""
    return image if len(image) == 3 else image[:3] * image[3:] + (1 - image[3:])


def save_strip(
    path: Path, frames: Sequence[Tensor], height: int = 192, gap: int = 4, text: PngInfo | None = None
) -> None:
    """Frames (3, H, W) side by side, each `height` pixels high, white gaps between; a PNG with `text` in it."""
    pictures = [to_pil(frame) for frame in frames]
    width = max(1, round(pictures[0].width * height / pictures[0].height))
    strip = contact_sheet([_scaled(picture, (width, height)) for picture in pictures], len(pictures), gap, "white")
    with atomic_path(path) as temporary:
        strip.save(temporary, format="PNG", pnginfo=text)


def _scaled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Small pixel art keeps its hard edges; pictures that shrink are averaged."""
    kind = Image.Resampling.NEAREST if picture.height < size[1] else Image.Resampling.BOX
    return picture.resize(size, kind)
