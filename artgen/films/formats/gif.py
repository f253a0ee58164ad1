"""Animated GIF (GIF89a): one palette for the whole film and a fixed pattern of dots, so that nothing flickers."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import GifImagePlugin, Image

from artgen.errors import InputError
from artgen.films.formats.changes import Levels, changed
from artgen.films.formats.footage import Footage
from artgen.picture import decoding
from artgen.recipe import metadata

MOST_FPS = 50
"""Frames in a second; what is shown for less than two hundredths, browsers show for ten."""
COLOURS = 255
"""So many are in the palette; one more stands for what has not changed."""
SAMPLED, SAMPLE = 48, 128
"""From so many pictures the palette is made, each of at most so many pixels a side."""
FLAT, FLAT_SHARE = 64, 0.002
"""At most so many colours, each of which covers that share of the film at least, are kept as they are."""
_MOST_BLOCK = 255
_UNCHANGED = COLOURS


def write(footage: Footage, file: Path, recipe: Mapping[str, Any] | None = None) -> None:
    """Write `footage` to `file`, over and over; what is clear lies over white.

    Raises:
        InputError: if it has more frames a second than a GIF shows.
    """
    if footage.fps > MOST_FPS:
        raise InputError(f"{file.suffix}: shows at most {MOST_FPS} frames a second; choose fewer, or .webp")
    palette = GifPalette.of(footage)
    with file.open("wb") as out:
        out.write(_beginning(footage.size, palette, recipe))
        for box, shown, hundredths in _frames(footage, palette):
            picture = Image.fromarray(shown)
            told = {"duration": 10 * hundredths, "transparency": _UNCHANGED, "disposal": 1}
            out.writelines(GifImagePlugin.getdata(picture, box, **told))
        out.write(b";")


def _frames(footage: Footage, palette: GifPalette) -> Iterator[tuple[tuple[int, int], Levels, int]]:
    """The upper left corner, the numbers of colours, and the duration of what changes from picture to picture."""
    before: Levels | None = None
    for (picture, _), (start, end) in zip(footage.pictures(), pairwise(footage.moments(100)), strict=True):
        now = palette.indices(_flat(picture))
        box = changed(before, now)
        part = now[box.rows, box.columns]
        if before is not None:
            part = np.where(part == before[box.rows, box.columns], np.uint8(_UNCHANGED), part)
        yield (box.left, box.top), np.ascontiguousarray(part), end - start
        before = now


def _flat(picture: Image.Image) -> Levels:
    return np.asarray(decoding.on_white(picture))


def _beginning(size: tuple[int, int], palette: GifPalette, recipe: Mapping[str, Any] | None) -> bytes:
    """Up to the first frame: the size, the palette, that it begins again, and what a recipe says."""
    if max(size) >= 1 << 16:
        raise InputError(f"a GIF has sides of at most {(1 << 16) - 1} pixels, not {size[0]}x{size[1]}")
    table = np.zeros((256, 3), dtype=np.uint8)
    table[: len(palette.colours)] = palette.colours
    again = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    comment = _comment(metadata.escaped(recipe).encode("ascii")) if recipe else b""
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0xF7, 0, 0) + table.tobytes() + again + comment


def _comment(text: bytes) -> bytes:
    blocks = (text[i : i + _MOST_BLOCK] for i in range(0, len(text), _MOST_BLOCK))
    return b"!\xfe" + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


class GifPalette:
    """The colours of a film, and how others are mixed from them.

    Where the film has no more colours than fit, they are its own. Others are shown by dots in the pattern of Bayer
    ("An optimum method for two-level rendition of continuous-tone pictures", 1973), which stays where it is from
    frame to frame, as strong as the palette is coarse. What has a colour of the palette has no dots.
    """

    def __init__(self, colours: Levels, strength: float) -> None:
        self.known, places = np.unique(_packed(colours), return_index=True)
        self.colours = colours[places]
        """(n, 3), by `_packed`."""
        self.pattern = strength * (_bayer(3) - 0.5)
        self.picture = Image.new("P", (1, 1))
        # Unused places repeat the last colour: black would draw dark colours to itself.
        self.picture.putpalette(np.pad(self.colours, ((0, 256 - len(self.colours)), (0, 0)), mode="edge").tobytes())

    @classmethod
    def of(cls, footage: Footage) -> GifPalette:
        if (own := _own_colours(footage)) is not None:
            return cls(own, 0)
        sample = _sample(footage)
        common = _common(sample)
        picture = Image.fromarray(sample)
        reduced = picture.quantize(COLOURS - len(common), Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
        found = np.frombuffer(bytes(reduced.getpalette() or ()), dtype=np.uint8).reshape(-1, 3)
        apart = sample.astype(np.float32) - np.asarray(reduced.convert("RGB"), dtype=np.float32)
        return cls(np.concatenate((common, found[: COLOURS - len(common)])), 3 * float(np.sqrt((apart**2).mean())))

    def indices(self, levels: Levels) -> Levels:
        """(H, W, 3) to the numbers of its colours, (H, W)."""
        packed = _packed(levels)
        own = np.searchsorted(self.known, packed).clip(0, len(self.known) - 1)
        exact = self.known[own] == packed
        if exact.all():
            return own.astype(np.uint8)
        height, width = levels.shape[:2]
        pattern = np.tile(self.pattern, (-(-height // 8), -(-width // 8)))[:height, :width, None]
        mixed = Image.fromarray((levels + pattern).round().clip(0, 255).astype(np.uint8))
        found = np.asarray(mixed.quantize(palette=self.picture, dither=Image.Dither.NONE))
        return np.where(exact, own, np.minimum(found, len(self.colours) - 1)).astype(np.uint8)


def _packed(levels: Levels) -> Levels:
    """(..., 3) as one number a colour."""
    wide = levels.astype(np.uint32)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def _unpacked(colours: Levels) -> Levels:
    """(n,) to (n, 3)."""
    return np.stack((colours >> 16, colours >> 8 & 255, colours & 255), axis=1).astype(np.uint8)


def _own_colours(footage: Footage) -> Levels | None:
    """Its colours in the order of their numbers; None if they are too many."""
    found = np.empty(0, dtype=np.uint32)
    for picture, _ in footage.pictures():
        found = np.union1d(found, _packed(_flat(picture)))
        if len(found) > COLOURS:
            return None
    return _unpacked(found)


def _sample(footage: Footage) -> Levels:
    """Pixels of pictures from all over the film, one below the other."""
    step = -(-len(footage.parts) // SAMPLED)
    some = Footage(footage.parts[::step], footage.fps, footage.size)
    rows, columns = (-(-side // SAMPLE) for side in (footage.size[1], footage.size[0]))
    return np.concatenate([_flat(picture)[::rows, ::columns] for picture, _ in some.pictures()])


def _common(sample: Levels) -> Levels:
    """The colours of flat grounds, which are kept as they are, the most common first."""
    found, counts = np.unique(_packed(sample), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:FLAT]
    return _unpacked(found[order[counts[order] >= FLAT_SHARE * sample.size / 3]])


def _bayer(doublings: int) -> Levels:
    """Bayer's thresholds in a square of 2^doublings pixels a side, in (0, 1)."""
    order = np.zeros((1, 1))
    for _ in range(doublings):
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return (order + 0.5) / order.size
