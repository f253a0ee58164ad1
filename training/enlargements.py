"""Pairs for the upscaler: ``python -m training.enlargements --data data --count 1200 --out data/enlargements.npy``.

Parts of crisp drawings, rendered large, beside what the embedded VQGAN makes of them at a quarter of the size. Its
codes are disturbed a little first, as guidance disturbs them, so that the upscaler learns to undo that as well.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen_drawings.catalogue import VQGAN
from artgen_drawings.codec import Codec
from artgen_drawings.loading import embedded
from training import clipart, names
from training.render import draw_svg, icons
from training.sources import Source, art

SCALE = 4
SIDE = 96
"""Pixels a side of the small picture of a pair."""
THINGS = (110, 360)
"""Pixels that a thing measures in the small picture, at the least and at the most."""
PARTS = 4  # pairs that a drawing is used for, since drawing it is what takes long
SECOND = 0.3  # share of pairs with two things, one over the other
COLOURED = 0.45  # share of grounds that are not white
DISTURBED = 0.12  # the most by which a code is moved, as a share of the distance of two levels
LOST = 0.037  # mean absolute difference from which on too much is gone for anyone to draw it again

Draw = Callable[[int], "np.ndarray | None"]


class Originals:
    """Art that can be drawn at any size; every set in proportion to the root of its length, silhouettes seldom."""

    def __init__(
        self, data: Path, families: Callable[[str], bool], seed: int, things: tuple[int, int] = THINGS
    ) -> None:
        self.things = things
        self.rng = np.random.default_rng(seed)
        self.sets = [
            (source, found)
            for source in art()
            if families(source.family) and not source.files and (found := _drawable(source, data / source.folder))
        ]
        chance = np.array([len(found) ** 0.5 * (0.3 if source.tint else 1.0) for source, found in self.sets])
        self.chance = chance / chance.sum()
        self.drawn: list[np.ndarray] = []

    def take(self) -> np.ndarray:
        """A drawing of any size; of the last few each comes `PARTS` times, in a mixed order."""
        if not self.drawn:
            sizes = SCALE * np.exp(self.rng.uniform(math.log(self.things[0]), math.log(self.things[1]), 4))
            self.drawn = [drawing for size in sizes for drawing in [self.draw(int(size))] * PARTS]
        return self.drawn.pop(int(self.rng.integers(len(self.drawn))))

    def draw(self, size: int) -> np.ndarray:
        """(size, size, 4) of float in [0, 1], colours multiplied by alpha: a drawing by chance."""
        while True:
            source, found = self.sets[int(self.rng.choice(len(self.sets), p=self.chance))]
            rgba = found[int(self.rng.integers(len(found)))](size)
            if rgba is not None:
                break
        pixels = rgba.astype(np.float32) / 255
        if source.tint:
            pixels[..., :3] = self.rng.random(3, dtype=np.float32)
        pixels[..., :3] *= pixels[..., 3:]
        return pixels

    def part(self) -> np.ndarray:
        """(side, side, 3) of uint8: a place of a drawing or two on a ground, at the large size."""
        side, rng = SIDE * SCALE, self.rng
        image = self._ground(side)
        for _ in range(2 if rng.random() < SECOND else 1):
            rgba = self.take()
            size = len(rgba)
            rgba = rgba[:, ::-1] if rng.random() < 0.5 else rgba
            top, left = (int(rng.integers(min(0, size - side), max(0, size - side) + 1)) for _ in range(2))
            _lay(image, rgba, top, left)
        found: np.ndarray = (image * 255).round().clip(0, 255).astype(np.uint8)
        return found

    def _ground(self, side: int) -> np.ndarray:
        """White, one colour, or a slow change from one to another."""
        rng = self.rng
        ends = np.ones((2, 3), np.float32)
        if rng.random() < COLOURED:
            ends[:] = rng.random((1, 3))
            if rng.random() < 0.5:
                ends[1] += 0.5 * (rng.random(3) - ends[1])
        ramp = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
        return np.broadcast_to(ends[0] * (1 - ramp) + ends[1] * ramp, (side, side, 3)).copy()


def _lay(image: np.ndarray, rgba: np.ndarray, top: int, left: int) -> None:
    """Draw `rgba` over `image` so that its pixel (top, left) falls on the corner; either may be negative."""
    side, size = len(image), len(rgba)
    rows, columns = (slice(max(0, -at), min(side, size - at)) for at in (top, left))
    part = rgba[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left]
    image[rows, columns] = part[..., :3] + (1 - part[..., 3:]) * image[rows, columns]


def _drawable(source: Source, folder: Path) -> list[Draw]:
    if source.debian:
        return [partial(clipart.draw, clip.path) for clip in clipart.read(folder, source.half)]
    skip = re.compile(source.skip) if source.skip else None
    found = icons(folder / source.file)
    return [partial(draw_svg, svg) for name, svg in found if names.wanted(name) and not (skip and skip.search(name))]


def smaller(large: Tensor, mode: str = "area") -> Tensor:
    """(B, 3, H, W) at a quarter of the size; an even mean, or a sharper kernel."""
    if mode == "area":
        return F.avg_pool2d(large, SCALE)
    size = (large.shape[2] // SCALE, large.shape[3] // SCALE)
    return F.interpolate(large, size, mode=mode, antialias=True, align_corners=False).clamp(0, 1)


@torch.no_grad()
def redrawn(codec: Codec, small: Tensor, disturbed: float, generator: torch.Generator) -> Tensor:
    """(B, 3, H, W) as the VQGAN draws it, its codes moved by `disturbed` of the distance of two levels."""
    codes = codec.encode(small)
    step = 0.5  # five levels from -1 to 1
    noise = torch.randn(codes.shape, generator=generator)
    return codec.decode(codes + disturbed * step * noise).clamp(0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/enlargements.npy"))
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--held-out", nargs="*", default=[], help="families to draw; else all that are not held out")
    parser.add_argument("--leave-out", nargs="*", default=["emojione", "fxemoji", "openclipart-b"])
    parser.add_argument("--seed", type=int, default=21)
    args = parser.parse_args()
    only, without = set(args.held_out), set(args.leave_out)
    wanted: Callable[[str], bool] = (lambda f: f in only) if only else (lambda f: f not in without)
    write(Originals(args.data, wanted, args.seed), args.count, args.out)


def write(originals: Originals, count: int, out: Path) -> None:
    """The large parts to `out`, the small ones as the VQGAN draws them to ``small-`` beside it."""
    codec, _ = embedded(torch.device("cpu"), VQGAN)
    generator = torch.Generator().manual_seed(1)
    side = SCALE * SIDE
    large = np.lib.format.open_memmap(out, "w+", np.uint8, (count, side, side, 3))
    small = np.lib.format.open_memmap(out.with_name(f"small-{out.name}"), "w+", np.uint8, (count, SIDE, SIDE, 3))
    begun = time.monotonic()
    for row in range(count):
        lost = 1.0
        while lost > LOST:
            large[row] = originals.part()
            image = torch.from_numpy(large[row]).permute(2, 0, 1)[None].float() / 255
            given = smaller(image)
            made = redrawn(codec, given, DISTURBED * float(originals.rng.random()) ** 2, generator)
            lost = (made - given).abs().mean().item()
        small[row] = (made[0] * 255).round().byte().permute(1, 2, 0).numpy()
        if row % 500 == 499:
            print(f"{row + 1:6} pairs, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
