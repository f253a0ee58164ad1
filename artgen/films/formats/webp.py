"""Animated WebP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image

from artgen.films.formats.footage import Footage, Shown
from artgen.recipe import metadata

QUALITY, METHOD = 88, 4
"""Of 100, and of 6: how well, and how slowly."""
FEW = 256
"""Pictures of at most so many colours, such as pixel art, are kept without loss, and are smaller so."""
_LOOKED_AT = 3


def write(footage: Footage, file: Path, recipe: Mapping[str, Any] | None = None) -> None:
    """Write `footage` to `file`, over and over; what is clear stays clear. Only what is encoded is held in memory."""
    shown = footage.pictures()
    first, _ = next(shown)
    moments = list(footage.moments(1000))
    options = metadata.options(file.with_suffix(".webp"), recipe)
    if not _is_plain(footage):
        options |= {"lossless": False, "quality": QUALITY, "allow_mixed": False}
    rest = [_Rest(footage.size, shown, len(footage.parts) - 1)] if len(footage.parts) > 1 else []
    durations = [later - earlier for earlier, later in pairwise(moments)]
    with file.open("wb") as out:
        first.save(out, **options, method=METHOD, save_all=True, append_images=rest, duration=durations, loop=0)


def _is_plain(footage: Footage) -> bool:
    """Whether the pictures have few colours; some of them are looked at."""
    last = len(footage.parts) - 1
    places = sorted({round(i * last / (_LOOKED_AT - 1)) for i in range(_LOOKED_AT)})
    some = Footage(tuple(footage.parts[i] for i in places), footage.fps, footage.size)
    return all(picture.getcolors(FEW) is not None for picture, _ in some.pictures())


class _Rest(Image.Image):
    """Pictures as Pillow sees those of an animated file: one after the other, each read when it is sought."""

    def __init__(self, size: tuple[int, int], shown: Iterator[Shown], count: int) -> None:
        super().__init__()
        self.__setstate__(Image.new("RGBA", size).__getstate__())
        self.shown, self.n_frames, self.at = shown, count, -1

    def seek(self, frame: int) -> None:
        if frame > self.at:
            self.at = frame
            self.paste(next(self.shown)[0])
