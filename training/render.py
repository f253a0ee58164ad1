"""Draw every icon once, small: ``python -m training.render --data data --out sprites.npz [--size 128]``."""

import argparse
import io
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import resvg_py
from PIL import Image

from training import clipart, names
from training.sources import Source, art

SIZE = 64
"""What the perceptors and the diffusion model are trained on; the VQGAN takes 128."""
T = TypeVar("T")
Picture = tuple[str, np.ndarray]


def icons(path: Path) -> Iterator[tuple[str, str]]:
    """(name, svg text) of every icon of a file of Iconify's."""
    table = json.loads(path.read_text(encoding="utf-8"))
    for name, icon in table["icons"].items():
        width = icon.get("width", table.get("width", 16))
        height = icon.get("height", table.get("height", 16))
        left, top = icon.get("left", 0), icon.get("top", 0)
        yield (
            name,
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'
            ),
        )


def draw_svg(svg: str, size: int = SIZE) -> np.ndarray | None:
    """RGBA at `size`, small ones drawn at twice the size and averaged down; None for a drawing that is nearly empty."""
    drawn = 2 * size if size <= 128 else size
    try:
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=drawn, height=drawn))
    except ValueError:
        return None
    return fit(Image.open(io.BytesIO(png)), size)


def fit(image: Image.Image, size: int = SIZE) -> np.ndarray | None:
    """Shrink with premultiplied alpha (Pillow does so for RGBa), so that edges take no colour from nowhere."""
    small = image.convert("RGBA").convert("RGBa").resize((size, size), Image.Resampling.BOX).convert("RGBA")
    pixels = np.asarray(small)
    return pixels if pixels[..., 3].mean() > 5 else None


def pictures(source: Source, folder: Path, size: int = SIZE) -> Iterator[Picture]:
    """(icon name, RGBA) of every usable icon of one package."""
    if source.debian:
        clips = list(clipart.read(folder, source.half))
        yield from _drawn([c.name for c in clips], [c.path for c in clips], partial(clipart.draw, size=size))
    elif source.files:
        paths = sorted((folder / "assets").glob("*.webp"))
        yield from _drawn([p.stem for p in paths], paths, partial(_read, size=size))
    else:
        found = icons(folder / source.file)
        skip = re.compile(source.skip) if source.skip else None
        chosen = [(name, svg) for name, svg in found if names.wanted(name) and not (skip and skip.search(name))]
        yield from _drawn([name for name, _ in chosen], [svg for _, svg in chosen], partial(draw_svg, size=size))


def _read(path: Path, size: int) -> np.ndarray | None:
    return fit(Image.open(path), size)


def _drawn(labels: list[str], jobs: list[T], draw: Callable[[T], np.ndarray | None]) -> Iterator[Picture]:
    with ProcessPoolExecutor(2) as pool:  # resvg holds the interpreter's lock
        drawn = zip(labels, pool.map(draw, jobs, chunksize=16), strict=True)
        yield from ((label, rgba) for label, rgba in drawn if rgba is not None)


class Collector:
    """Sprites of all sets, with the number of their concept and style."""

    def __init__(self, emoji: names.Emoji) -> None:
        self.emoji = emoji
        self.number: dict[str, int] = {}
        self.concepts: list[names.Concept] = []
        self.pixels: list[np.ndarray] = []
        self.concept_of: list[int] = []
        self.style_of: list[int] = []

    def add(self, style: int, icon: str, rgba: np.ndarray, only_emoji: bool) -> None:
        """Files named by code point include skin tones, which are unknown to the table and left out."""
        found = self.emoji.find(icon)
        if found is None and only_emoji:
            return
        concept = self.emoji.concepts[found] if found else names.other(icon)
        if concept.weight <= 0:
            return
        name = found or names.key(concept.names[0])
        if name not in self.number:
            self.number[name] = len(self.concepts)
            self.concepts.append(concept)
        self.keep(rgba)
        self.concept_of.append(self.number[name])
        self.style_of.append(style)

    def keep(self, rgba: np.ndarray) -> None:
        self.pixels.append(rgba)

    def save(self, path: Path) -> None:
        """The pixels as one array; the names as JSON beside it."""
        np.savez(
            path,
            pixels=np.stack(self.pixels),
            concept=np.array(self.concept_of, np.int32),
            style=np.array(self.style_of, np.int32),
        )
        table = {"concepts": [vars(c) for c in self.concepts], "styles": [vars(s) for s in art()]}
        path.with_suffix(".json").write_text(json.dumps(table, indent=0), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/sprites.npz"))
    parser.add_argument("--size", type=int, default=SIZE, help=f"pixels a side (default: {SIZE})")
    args = parser.parse_args()
    collector = Collector(names.Emoji(args.data / "emojibase"))
    for style, source in enumerate(art()):
        for icon, rgba in pictures(source, args.data / source.folder, args.size):
            collector.add(style, icon, rgba, only_emoji=source.files)
        print(f"{source.set:12} {len(collector.pixels):6} sprites, {len(collector.concepts)} concepts", flush=True)
    collector.save(args.out)


if __name__ == "__main__":
    main()
