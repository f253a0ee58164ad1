"""What made a picture, and the PNG text that carries it.

A recipe is plain JSON: the resolved preset with its seed, the versions of everything that took part and the hashes
of the weights. ``artgen run picture.png`` reads it back.
"""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen import __version__
from artgen.errors import InputError

if TYPE_CHECKING:
    from artgen.assembly import Stage

FORMAT = 1
KEY = "artgen:recipe"
MAX_LENGTH = 1 << 20
LIBRARIES = ("torch", "torchvision", "open_clip_torch", "diffusers", "kornia", "timm", "transformers", "numpy")


def make(stage: Stage, picture: int, steps_done: int) -> dict[str, Any]:
    """The recipe of picture number `picture` of the batch."""
    import torch

    # Had memory run out, the chunk is smaller than the preset says, and the last bits depend on it.
    preset = stage.preset.model_copy(update={"chunk": stage.guidance.chunk})
    return {
        "format": FORMAT,
        "artgen": __version__,
        "preset": preset.resolved(),
        "picture": picture,
        "steps_done": steps_done,
        "plugins": stage.plugins,
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "weights": stage.weights,
        "device": stage.device.type,
        # Sums are split among threads, so their number reaches the last bits of a picture.
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
    }


def to_json(recipe: dict[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces, so that equal recipes are equal texts."""
    return json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read(path: Path) -> dict[str, Any]:
    """The recipe in a PNG's text; InputError if there is none, or it is none that this version reads."""
    from PIL import Image

    try:
        with Image.open(path, formats=["PNG"]) as image:
            text = getattr(image, "text", {}).get(KEY)
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: not a readable PNG ({error})") from None
    if text is None:
        raise InputError(f"{path}: this picture carries no artgen recipe")
    if len(text) > MAX_LENGTH:
        raise InputError(f"{path}: its recipe is larger than 1 MiB, which is none of artgen's")
    try:
        recipe = json.loads(text)
        known = recipe["format"] <= FORMAT and isinstance(recipe["preset"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path}: the recipe in this picture is damaged") from None
    if not known:
        raise InputError(f"{path}: its recipe has format {recipe['format']}, this artgen reads {FORMAT}; update artgen")
    return recipe


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
