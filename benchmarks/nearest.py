"""How far are pictures from the nearest drawing that the models learnt from?

    python -m benchmarks.nearest --pictures runs/quality/pictures --art data/drawings.npy

By pixels: the root of the mean squared difference at 32 px, on white. By features: those of VGG16, relu1_2 to relu4_3,
each place's channels scaled to a length of 1, squared differences summed over channels, averaged over places and over
layers; that is LPIPS without its learnt weights (Zhang et al. 2018, "The Unreasonable Effectiveness of Deep Features as
a Perceptual Metric"). What differs from the ground of a picture is made as large as the canvas and set on white, as the
drawings are, so that a copy is found on another ground, in another place and at another size; it is compared both ways
round, so that a mirrored copy is found, too.

All drawings are compared by pixels; by features those that are nearest by pixels or by what VGG16 finds in the whole
picture. These descriptions are made once, in ten minutes, and kept beside the drawings. What to hold the figures
against is what is found the same way for drawings, among the drawings by others of the same thing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize, pad

from artgen.files import write_text
from artgen.picture import images
from benchmarks import sheets
from training.drawings import SIZE, Drawings
from training.things import EVERYDAY
from training.vgg import Vgg16

LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
SMALL, SIDE = 32, 64
"""Pixels a side at which pixels and features are compared."""
NEAR = 8
"""Drawings that are compared by features, of those nearest by either description."""
GROUND = 0.08
"""Largest difference of a channel up to which a pixel is ground; at twice that it is all thing."""
YARDSTICK, SEED = 200, 5
"""Drawings that are compared with those of others."""


@dataclass(frozen=True)
class Found:
    """The nearest drawing of a picture by pixels and by features, and how far each is."""

    pixels: float
    by_pixels: int
    features: float
    by_features: int


class Eye:
    """Compares pictures on white, (B, 3, H, W) in [0, 1]."""

    def __init__(self) -> None:
        self.net = Vgg16()

    @torch.no_grad()
    def features(self, pictures: Tensor) -> list[Tensor]:
        """Of each layer (B, C, h, w), every place's channels of length 1."""
        seen = self.net(small(pictures, SIDE).contiguous(memory_format=torch.channels_last))
        return [normalize(seen[layer], dim=1) for layer in LAYERS]

    def described(self, pictures: Tensor) -> Tensor:
        """(B, 512) of length 1: what is in the whole picture."""
        return normalize(self.features(pictures)[-1].mean((2, 3)), dim=1)


def distances(one: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """(B,): from the features of one picture to those of others."""
    parts = [(a - b).square().sum(1).mean((1, 2)) for a, b in zip(one, others, strict=True)]
    return torch.stack(parts).mean(0)


def small(pictures: Tensor, side: int) -> Tensor:
    return interpolate(pictures, (side, side), mode="bilinear", antialias=True).clamp(0, 1)


def on_white(picture: Tensor) -> Tensor:
    """(3, H, W) to (3, 256, 256): what is not the ground, the median colour of the border, large on white."""
    image = small(picture[None], SIZE)[0]
    border = torch.cat([side.flatten(1) for side in (image[:, :4], image[:, -4:], image[..., :4], image[..., -4:])], 1)
    off = (image - border.median(1).values[:, None, None]).abs().amax(0, keepdim=True)
    alpha = (off / GROUND - 1).clamp(0, 1)
    return filled(torch.cat([image * alpha, alpha]))


def filled(rgba: Tensor) -> Tensor:
    """(4, H, W), colours multiplied by alpha, to (3, 256, 256): what is there, as large as the canvas, on white."""
    rows, columns = (torch.where(rgba[3].amax(side) > 0.02)[0] for side in (1, 0))
    if not len(rows):
        return torch.ones(3, SIZE, SIZE)
    there = rgba[:, int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    scale = SIZE / max(there.shape[1:])
    height, width = (max(1, round(scale * side)) for side in there.shape[1:])
    shown = interpolate(there[None], (height, width), mode="bilinear", antialias=True)[0]
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    on = pad(shown, (left, SIZE - width - left, top, SIZE - height - top))
    return (on[:3] + 1 - on[3:]).clamp(0, 1)


class Art:
    """The drawings, with descriptions to find near ones by."""

    def __init__(self, drawings: Drawings, eye: Eye, kept: Path) -> None:
        self.drawings, self.eye = drawings, eye
        if not kept.exists():
            self._describe(kept)
        with np.load(kept) as file:
            self.pixels = torch.from_numpy(file["pixels"]).float() / 255
            """(N, 3 * 32 * 32)"""
            self.whole = torch.from_numpy(file["whole"]).float()
            """(N, 512)"""
        self.squares = self.pixels.square().sum(1)

    def shown(self, index: Sequence[int] | np.ndarray) -> Tensor:
        """(B, 3, 256, 256) on white"""
        return torch.stack([filled(one) for one in self.drawings.rgba(np.asarray(index))])

    def _describe(self, kept: Path) -> None:
        pixels, whole = [], []
        for part in np.array_split(np.arange(len(self.drawings)), -(-len(self.drawings) // 64)):
            shown = self.shown(part)
            pixels.append((small(shown, SMALL) * 255).round().byte().flatten(1))
            whole.append(self.eye.described(shown).half())
        draft = kept.with_suffix(".part.npz")
        np.savez(draft, pixels=torch.cat(pixels).numpy(), whole=torch.cat(whole).numpy())
        draft.rename(kept)

    def nearest(self, picture: Tensor, among: Tensor) -> Found:
        """Of the drawings numbered `among` (N,), the nearest of a picture (3, 256, 256) on white, either way round."""
        ways = [self._nearest(way, among) for way in (picture, picture.flip(2))]
        by_pixels, by_features = min(ways, key=lambda way: way.pixels), min(ways, key=lambda way: way.features)
        return Found(by_pixels.pixels, by_pixels.by_pixels, by_features.features, by_features.by_features)

    def _nearest(self, picture: Tensor, among: Tensor) -> Found:
        pixels = small(picture[None], SMALL).flatten()
        near = (self.squares - 2 * self.pixels @ pixels)[among]
        alike = (self.whole @ self.eye.described(picture[None])[0])[among]
        count = min(NEAR, len(among))
        some = among[torch.cat([near.topk(count, largest=False).indices, alike.topk(count).indices]).unique()]
        off = (self.pixels[some] - pixels).square().mean(1).sqrt()
        far = distances(self.eye.features(picture[None]), self.eye.features(self.shown(some.numpy())))
        return Found(off.min().item(), int(some[off.argmin()]), far.min().item(), int(some[far.argmin()]))


def yardstick(art: Art, count: int = YARDSTICK) -> list[Found]:
    """The nearest drawings, by others of the same thing, of some that have any."""
    drawings = art.drawings
    found: list[Found] = []
    known = ~drawings.tint & (drawings.weight >= EVERYDAY)
    for i in np.random.default_rng(SEED).permutation(np.where(known)[0]):
        others = known & (drawings.concept == drawings.concept[i]) & (drawings.family != drawings.family[i])
        if others.any() and len(found) < count:
            found.append(art.nearest(art.shown([i])[0], torch.from_numpy(np.where(others)[0])))
    return found


def summary(found: Sequence[Found]) -> dict[str, Any]:
    """Median, lowest tenth and smallest of the distances."""
    told: dict[str, Any] = {"pictures": len(found)}
    for kind in ("pixels", "features"):
        far = torch.tensor([getattr(one, kind) for one in found])
        cuts = {"median": far.median(), "tenth": far.quantile(0.1), "smallest": far.min()}
        told[kind] = {name: round(cut.item(), 4) for name, cut in cuts.items()}
    return told


def sheet(path: Path, art: Art, pictures: Sequence[Path], found: Sequence[Found]) -> None:
    """Each picture above its nearest drawing by features, the nearest first; below, both distances and the set."""
    tiles = []
    for picture, one in sorted(zip(pictures, found, strict=True), key=lambda pair: pair[1].features):
        of_set = art.drawings.sets[art.drawings.set[one.by_features]]["set"]
        drawing = images.to_pil(art.shown([one.by_features])[0])
        tiles.append(sheets.Tile([picture, drawing], f"{one.features:.2f} {one.pixels:.2f} {of_set}"))
    sheets.save(path, tiles, columns=min(20, len(tiles)))


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nearest", description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder of PNG files")
    parser.add_argument("--art", type=Path, default=Path("data/drawings.npy"), help="what training.drawings wrote")
    parser.add_argument("--out", type=Path, default=Path("runs/nearest"), help="folder of nearest.json and nearest.png")
    given = parser.parse_args(argv)
    paths = sorted(given.pictures.rglob("*.png"))
    if not paths:
        parser.error(f"{given.pictures}: no PNG files; give the folder in which the pictures are")
    given.out.mkdir(parents=True, exist_ok=True)
    drawings = Drawings(given.art)
    art = Art(drawings, Eye(), given.art.with_suffix(".near.npz"))
    every = torch.arange(len(drawings))
    found = [art.nearest(on_white(images.load(path)), every) for path in paths]
    of_others = yardstick(art)
    summaries = {"pictures": summary(found), **({"drawings_by_others": summary(of_others)} if of_others else {})}
    print(json.dumps(summaries, indent=1))
    rows = [
        {"picture": str(path.relative_to(given.pictures)), **vars(one)} for path, one in zip(paths, found, strict=True)
    ]
    write_text(given.out / "nearest.json", json.dumps({**summaries, "found": rows}, indent=1))
    sheet(given.out / "nearest.png", art, paths, found)


if __name__ == "__main__":
    main()
