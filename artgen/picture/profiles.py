"""Colour profiles: what a picture's numbers mean, brought to sRGB, which is what all of artgen takes them for."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

SAME = 2
"""A profile that moves no colour by more than so many of 255 levels is sRGB, and the pixels stay as they are."""

_UNREADABLE = "its colour profile cannot be read; its colours are taken for sRGB"


def to_srgb(picture: Image.Image, note: Callable[[str], None]) -> Image.Image:
    """A picture of 8-bit levels as RGBA in sRGB, by the ICC profile that it carries; without one it is sRGB already.

    A profile that is damaged or of another kind than the picture changes nothing, and `note` is told.
    """
    profile = picture.info.get("icc_profile")
    if picture.mode == "LAB":
        return _converted(picture, None)
    if not profile:
        return picture.convert("RGBA")
    try:
        return _converted(picture, profile)
    except _Unfit as error:
        note(str(error))
    except Exception:  # a damaged profile, in one of many ways, or a Pillow that was built without LittleCMS
        note(_UNREADABLE)
    return picture.convert("RGBA")


class _Unfit(Exception):
    """A profile that does not belong to its picture."""


def _converted(picture: Image.Image, profile: bytes | None) -> Image.Image:
    from PIL import ImageCms

    if profile is None:
        source, space = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "Lab"
    else:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        described: Any = source.profile  # Pillow's types say nothing of what it holds
        space = described.xcolor_space.strip()
    plain = _in_space(picture, space)
    target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    # Its optimisations give up nearly ten levels of a dark grey, and save no time here.
    change = ImageCms.buildTransform(source, target, plain.mode, "RGB", flags=ImageCms.Flags.NOOPTIMIZE)
    if _is_srgb(change, plain.mode):
        return picture.convert("RGBA")
    moved = ImageCms.applyTransform(plain, change)
    assert moved is not None
    # Alpha is no colour; the transform would give it up.
    moved.putalpha(picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else 255)
    return moved


def _in_space(picture: Image.Image, space: str) -> Image.Image:
    """The picture's colours without alpha, as a profile of that space takes them."""
    if space == "RGB" and picture.mode not in ("CMYK", "LAB"):
        return picture.convert("RGB")
    if space == "GRAY" and picture.mode in ("1", "L", "LA", "La"):
        return picture.convert("LA").getchannel("L")
    if space.upper() == picture.mode:
        return picture
    raise _Unfit(f"its colour profile is one for {space} and not for {picture.mode} pixels, and is not used")


def _is_srgb(change: Any, mode: str) -> bool:
    from PIL import ImageChops, ImageCms

    if mode not in ("RGB", "L"):
        return False
    samples = _samples(mode)
    moved = ImageCms.applyTransform(samples, change)
    assert moved is not None
    bands = ImageChops.difference(moved, samples.convert("RGB")).getextrema()
    return all(high <= SAME for _, high in bands)  # type: ignore[misc]  # one pair for each band of RGB


@functools.cache
def _samples(mode: str) -> Image.Image:
    """Every grey, and of RGB colours from all over the cube."""
    from PIL import Image

    greys = bytes(range(256))
    if mode == "L":
        return Image.frombytes("L", (256, 1), greys)
    steps = range(0, 256, 17)
    colours = bytes(level for r in steps for g in steps for b in steps for level in (r, g, b))
    return Image.frombytes("RGB", (256, 16), colours)
