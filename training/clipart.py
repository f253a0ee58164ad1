"""The Open Clip Art Library, as Debian packages it: drawings by hundreds of hands, given to the public domain."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

# What is no drawing of a thing: outlines by the hundred, patterns, flags, road signs, interface themes.
LEFT_OUT = {"shapes", "special", "signs_and_symbols", "computer", "buttons", "logos", "decorations", "geography"}
LARGEST = 600_000  # bytes of a file; the few above take minutes to draw
# Titles that name the artist, the series or nothing.
NAMELESS = re.compile(r"various|clip ?art|untitled|^\W*$|^\d+$|\bicon\b|architetto|francesco", re.IGNORECASE)
_TITLE = re.compile(r"<dc:title>([^<]{2,60})</dc:title>")
_CREATOR = re.compile(r"<dc:creator>.*?<dc:title>([^<]*)</dc:title>", re.DOTALL)
_KEYWORD = re.compile(r"<rdf:li>([^<]{2,40})</rdf:li>")


@dataclass(frozen=True)
class Clip:
    """One file."""

    name: str
    """Its title in words, or its file's name where the title says nothing."""
    author: str
    path: Path


def read(folder: Path, half: int) -> Iterator[Clip]:
    """The drawings of every second artist (`half` 0 or 1), in the order of their paths."""
    root = folder / "usr" / "share" / "openclipart" / "svg"
    for path in sorted(root.rglob("*.svg")):
        if path.relative_to(root).parts[0] in LEFT_OUT or path.stat().st_size > LARGEST:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if "PublicDomain" not in text:  # four say GPL, some say nothing
            continue
        author = _first(_CREATOR, text) or "unknown"
        if hashlib.sha256(author.encode()).digest()[0] % 2 == half:
            yield Clip(_name(text, path), author, path)


def keywords(path: Path) -> list[str]:
    """What the artist filed it under."""
    return [word.strip().lower() for word in _KEYWORD.findall(path.read_text(encoding="utf-8", errors="replace"))]


def draw(path: Path, size: int) -> np.ndarray | None:
    """RGBA of `size` x `size`: the drawing cut out of its page and put into the middle; None if it is nearly empty."""
    try:
        # Pages in millimetres have no size without a resolution.
        png = bytes(resvg_py.svg_to_bytes(svg_path=str(path), width=3 * size, dpi=96))
    except (ValueError, OSError):
        return None
    page = Image.open(io.BytesIO(png)).convert("RGBA")
    box = page.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < size // 8:
        return None
    cut = page.crop(box).convert("RGBa")
    cut.thumbnail((size, size), Image.Resampling.BOX)
    whole = Image.new("RGBa", (size, size))
    whole.paste(cut, ((size - cut.width) // 2, (size - cut.height) // 2))
    pixels = np.asarray(whole.convert("RGBA"))
    return pixels if pixels[..., 3].mean() > 5 else None


def _name(text: str, path: Path) -> str:
    title = _first(_TITLE, text)
    chosen = path.stem if not title or NAMELESS.search(title) else title
    return re.sub(r"[\W_]+|\d+", " ", chosen.lower()).strip() or path.stem.lower()


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1).strip() if found else ""
