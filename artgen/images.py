"""Pictures on disk: PNGs that carry their recipe, and the strip that shows how a run went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, PngImagePlugin
from torch import Tensor

from artgen import __version__, recipe
from artgen.api import Result
from artgen.errors import InputError
from artgen.files import atomic_path

MAX_PIXELS = 1 << 26
"""An image file with more pixels than this is refused unread."""


def to_pil(image: Tensor) -> Image.Image:
    """(3, H, W) in [0, 1] to an 8-bit RGB picture, (4, H, W) to an RGBA one, rounded to the nearest level."""
    levels = (image.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).cpu().numpy())


def save_png(path: Path, image: Tensor, made: dict[str, Any] | None = None) -> None:
    """Write (3, H, W), or (4, H, W) with alpha, as a PNG, whole or not at all, with its recipe in the text."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", f"artgen {__version__}")
    if made is not None:
        text.add_itxt(recipe.KEY, recipe.to_json(made))
    with atomic_path(path) as temporary:
        to_pil(image).save(temporary, format="PNG", pnginfo=text)


def load(path: Path) -> Tensor:
    """An image file as (3, H, W) RGB in [0, 1]; transparency over white.

    Raises:
        InputError: if it is no image that Pillow reads, or larger than `MAX_PIXELS`.
    """
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise InputError(f"{path}: {opened.width}x{opened.height} is too large an image")
            rgba = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: not a readable image ({error})") from None
    flat = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return torch.from_numpy(np.array(flat)).permute(2, 0, 1).float() / 255


def layer(result: Result, picture: int) -> Tensor:
    """(3, H, W), or (4, H, W) where the run made alpha: picture number `picture` of a result."""
    colours = result.images[picture]
    return colours if result.alpha is None else torch.cat((colours, result.alpha[picture]))


def on_white(image: Tensor) -> Tensor:
    """(3, H, W) of what `layer` gives."""
    return image if len(image) == 3 else image[:3] * image[3:] + (1 - image[3:])


def save_strip(path: Path, frames: Sequence[Tensor], height: int = 192, gap: int = 4) -> None:
    """Frames (3, H, W) side by side, each `height` pixels high, white gaps between."""
    pictures = [to_pil(frame) for frame in frames]
    width = max(1, round(pictures[0].width * height / pictures[0].height))
    # Small pixel art keeps its hard edges; pictures that shrink are averaged.
    kind = Image.Resampling.NEAREST if pictures[0].height < height else Image.Resampling.BOX
    strip = Image.new("RGB", (len(pictures) * (width + gap) - gap, height), "white")
    for i, picture in enumerate(pictures):
        strip.paste(picture.resize((width, height), kind), (i * (width + gap), 0))
    with atomic_path(path) as temporary:
        strip.save(temporary, format="PNG")
