"""Pictures on disk: those that carry their recipe, and the strip that shows how a run went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from artgen.api import Result
from artgen.errors import InputError
from artgen.files import atomic_path, expanded
from artgen.picture import decoding
from artgen.recipe import metadata
from artgen.recipe import model as recipe


def to_pil(image: Tensor) -> Image.Image:
    """(3, H, W) in [0, 1] to an 8-bit RGB picture, (4, H, W) to an RGBA one, rounded to the nearest level."""
    levels = (image.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).cpu().numpy())


def save(path: Path, image: Tensor, made: Mapping[str, Any] | None = None) -> None:
    """Write (3, H, W), or (4, H, W) with alpha, whole or not at all, with what it may tell of the recipe `made`.

    The suffix of `path` chooses PNG, WebP (lossless) or JPEG; a JPEG shows what is transparent over white.

    Raises:
        InputError: if the suffix is none of these, or the place cannot be written to.
    """
    options = metadata.options(path, made and recipe.told(made, image))
    picture = to_pil(on_white(image) if options["format"] == "JPEG" else image)
    with atomic_path(path) as temporary:
        picture.save(temporary, **options)


def load(path: Path) -> Tensor:
    """An image file as (3, H, W) RGB in [0, 1]; transparency over white. InputError, in one line, if it is none."""
    flat = decoding.on_white(decoding.read(path))
    return torch.from_numpy(np.array(flat)).permute(2, 0, 1).float() / 255


def layer(result: Result, picture: int) -> Tensor:
    """(3, H, W), or (4, H, W) where the run made alpha: picture number `picture` of a result."""
    colours = result.images[picture]
    return colours if result.alpha is None else torch.cat((colours, result.alpha[picture]))


def save_result(result: Result, path: Path, picture: int) -> Path:
    """Write picture number `picture` of a result with its recipe; the path it went to. InputError as `save` has it."""
    if not 0 <= picture < len(result.images):
        raise InputError(f"there is no picture {picture}; the result has {len(result.images)}, counted from 0")
    place = expanded(path)
    save(place, layer(result, picture), {**result.recipe, "picture": picture})
    return place


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
