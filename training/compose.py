"""Training pairs without end: sprites on backgrounds, with captions, composed in batches on whatever device trains."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training import captions, scenes

PALETTE = torch.tensor(list(captions.COLOURS.values()), dtype=torch.float32) / 255
COLOUR_NAMES = list(captions.COLOURS)
SCENE_KEY = 1_000_000  # keys of landscapes start here; below are concepts
# Share of pictures that are a landscape, two objects, or an object in one flat colour that is not its own.
SCENE, PAIR, PAINTED = 0.13, 0.08, 0.16
BACKDROPS = {"white": 0.28, "plain": 0.34, "gradient": 0.14, "noise": 0.1, "scene": 0.14}


@dataclass
class Batch:
    """`key` is equal for pictures whose captions could be swapped, which must not be told apart.

    `sprite` is the number of the sprite that a picture shows, or -1 where it does not show exactly one.
    """

    images: Tensor
    captions: list[str]
    key: Tensor
    sprite: Tensor


class Sprites:
    """The rendered art of some families, on one device, with the chance of each sprite to be drawn."""

    def __init__(
        self,
        path: Path,
        size: int,
        device: torch.device,
        leave_out: Sequence[str] = (),
        only: Sequence[str] = (),
        boost: dict[str, float] | None = None,
    ) -> None:
        data = np.load(path)
        table = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        self.concepts: list[dict[str, Any]] = table["concepts"]
        self.styles: list[dict[str, Any]] = table["styles"]
        family = np.array([s["family"] for s in self.styles])[data["style"]]
        keep = ~np.isin(family, leave_out) if not only else np.isin(family, only)
        self.concept = torch.from_numpy(data["concept"][keep]).long()
        self.style = torch.from_numpy(data["style"][keep]).long()
        self.rgba = _premultiplied(torch.from_numpy(data["pixels"][keep]), size).to(device)
        self.colour = _own_colour(self.rgba)
        self.named = torch.tensor([_named_colour(c["names"]) for c in self.concepts])[self.concept]
        self.tint = torch.tensor([s["tint"] for s in self.styles])[self.style]
        self.chance = self._chances(boost or {})
        self.size, self.device = size, device

    def _chances(self, boost: dict[str, float]) -> Tensor:
        """A concept's weight shared among its sprites; shapes without colour count a third.

        What every set draws is an everyday thing and comes more often than what only some have.
        """
        weight = torch.tensor([c["weight"] * boost.get(c["names"][0], 1.0) for c in self.concepts])
        drawn = torch.bincount(self.concept, minlength=len(weight))
        weight = weight * (0.4 + (drawn / 8) ** 2).clamp(max=2.0)
        share = torch.where(self.tint, 0.33, 1.0)
        total = torch.zeros(len(self.concepts)).index_add_(0, self.concept, share)
        return weight[self.concept] * share / total[self.concept] * total[self.concept].clamp(max=1.0)


def _named_colour(names: list[str]) -> int:
    """The colour that a name settles ("red heart", "orange book"), or -1."""
    words = {word for name in names for word in name.split()}
    return next((i for i, colour in enumerate(COLOUR_NAMES) if colour in words), -1)


def _premultiplied(pixels: Tensor, size: int) -> Tensor:
    """uint8 (N,H,W,4) as half-precision (N,4,size,size) with colours multiplied by alpha, in slices to save memory."""
    parts = []
    for part in pixels.split(512):
        rgba = part.permute(0, 3, 1, 2).float() / 255
        rgba = torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], 1)
        parts.append(F.interpolate(rgba, (size, size), mode="bilinear", antialias=True).half())
    return torch.cat(parts)


def _own_colour(rgba: Tensor) -> Tensor:
    """The palette colour of at least 55 % of a sprite, or -1."""
    palette, parts = PALETTE.to(rgba.device), []
    for part in rgba.split(512):
        alpha = part[:, 3].float().flatten(1)
        rgb = part[:, :3].float().flatten(2) / alpha.clamp(min=1e-3).unsqueeze(1)
        nearest = _nearest(rgb.transpose(1, 2), palette)
        share = torch.stack([(alpha * (nearest == i)).sum(1) for i in range(len(palette))], 1)
        share = share / alpha.sum(1, keepdim=True).clamp(min=1e-3)
        best, which = share.max(1)
        parts.append(torch.where(best > 0.55, which, -1))
    return torch.cat(parts).cpu()


def _nearest(rgb: Tensor, palette: Tensor) -> Tensor:
    """Nearest palette entry with hue counting for more than brightness."""

    def chroma(c: Tensor) -> Tensor:
        luma = c.mean(-1, keepdim=True)
        return torch.cat([0.5 * luma, 1.5 * (c - luma)], -1)

    return torch.cdist(chroma(rgb), chroma(palette)).argmin(-1)


class Composer:
    """Draws batches from sprites and landscapes; the same seed gives the same batches."""

    def __init__(self, sprites: Sprites, seed: int, wild: float = 0.0) -> None:
        self.wild = wild
        self.sprites, self.size, self.device = sprites, sprites.size, sprites.device
        self.words = Random(seed)
        self.rng = torch.Generator().manual_seed(seed)

    def batch(self, n: int) -> Batch:
        """n pictures with captions, of each sort at least one; n is 3 or more."""
        count = {
            name: max(1, sum(self._chance(p) for _ in range(n - 1))) for name, p in (("scene", SCENE), ("pair", PAIR))
        }
        parts = [
            self._landscapes(count["scene"]),
            self._pairs(count["pair"]),
            self._objects(n - count["scene"] - count["pair"]),
        ]
        images = torch.cat([p.images for p in parts])
        key, sprite = (torch.cat([getattr(p, name) for p in parts]) for name in ("key", "sprite"))
        return Batch(self._camera(images), [c for p in parts for c in p.captions], key, sprite)

    def _chance(self, p: float) -> bool:
        return self.words.random() < p

    def _uniform(self, n: int, low: float, high: float) -> Tensor:
        return (low + (high - low) * torch.rand(n, generator=self.rng)).to(self.device)

    def _pick(self, n: int) -> Tensor:
        return torch.multinomial(self.sprites.chance, n, replacement=True, generator=self.rng)

    def _landscapes(self, n: int) -> Batch:
        images, texts, kinds = scenes.draw(n, self.size, self.words.getrandbits(31), self.device)
        key = torch.tensor([SCENE_KEY + k for k in kinds], dtype=torch.long)
        return Batch(images, texts, key, torch.full_like(key, -1))

    def _objects(self, n: int) -> Batch:
        index = self._pick(n)
        rgba, colours = self._painted(index)
        images, behind = self._backdrops(n)
        moved = self._place(rgba, self._uniform(n, 0.62, 1.05), self._uniform(n, -1, 1), self._uniform(n, -1, 1))
        texts = [self._caption(int(i), c, b) for i, c, b in zip(index, colours, behind, strict=True)]
        return Batch(_over(images, moved), texts, self.sprites.concept[index], index)

    def _pairs(self, n: int) -> Batch:
        """Two objects side by side or one above the other."""
        first, second = self._pick(n), self._pick(n)
        images, behind = self._backdrops(n)
        beside = torch.rand(n, generator=self.rng) < 0.5
        shift = self._uniform(n, 0.4, 0.5)
        relations, texts = ["left" if b else "above" for b in beside.tolist()], []
        names = []
        for index, sign in ((first, -1), (second, 1)):
            rgba, colours = self._painted(index)
            x = torch.where(beside.to(self.device), sign * shift, 0.15 * self._uniform(n, -1, 1))
            y = torch.where(beside.to(self.device), 0.15 * self._uniform(n, -1, 1), sign * shift)
            images = _over(images, self._place(rgba, self._uniform(n, 0.45, 0.58), x, y, free=True))
            names.append(
                [captions.subject(self._name(int(i)), c, self.words) for i, c in zip(index, colours, strict=True)]
            )
        for a, b, relation, back in zip(*names, relations, behind, strict=True):
            text = captions.pair(a, b, relation, self.words)
            texts.append(text + (" " + back if back and self._chance(0.5) else ""))
        key = torch.arange(n) - n  # negative keys: no two pairs are the same
        return Batch(images, texts, key, torch.full_like(key, -1))

    def _name(self, index: int) -> str:
        return captions.thing(self.sprites.concepts[int(self.sprites.concept[index])], self.words)

    def _caption(self, index: int, colour: str | None, behind: str | None) -> str:
        bare = captions.subject(self._name(index), colour, self.words)
        style = self.sprites.styles[int(self.sprites.style[index])]["style"]
        return captions.sentence(bare, style, behind, self.words)

    def _painted(self, index: Tensor) -> tuple[Tensor, list[str | None]]:
        """The sprites, some painted in one colour, and the colour that their captions may tell."""
        rgba = self.sprites.rgba[index.to(self.device)].float()
        n = len(index)
        named = self.sprites.named[index]
        paint = self.sprites.tint[index] | ((torch.rand(n, generator=self.rng) < PAINTED) & (named < 0))
        which = torch.where(named < 0, torch.randint(len(COLOUR_NAMES), (n,), generator=self.rng), named)
        colour = self._jittered(which)
        luma = rgba[:, :3].mean(1, keepdim=True)
        alpha = rgba[:, 3:]
        # Shading stays: darker parts of the sprite give a darker tone of the paint, lighter parts a lighter one.
        flat = self.sprites.tint[index].to(self.device).view(-1, 1, 1, 1)
        shade = torch.where(flat, 1.0, (0.35 + luma / alpha.clamp(min=1e-3)).clamp(0.35, 1.25))
        tinted = (colour[..., None, None] * shade).clamp(0, 1) * alpha
        mask = paint.to(self.device).view(-1, 1, 1, 1)
        rgba = torch.cat([torch.where(mask, tinted, rgba[:, :3]), alpha], 1)
        odd = (torch.rand(n, generator=self.rng) < self.wild) & ~paint & (named < 0)
        rgba = torch.where(odd.to(self.device).view(-1, 1, 1, 1), self._recoloured(rgba), rgba) if odd.any() else rgba
        own = torch.where(odd, -1, self.sprites.colour[index]).tolist()
        told = [self._told(bool(p), int(w), o) for p, w, o in zip(paint, which, own, strict=True)]
        return rgba, told

    def _recoloured(self, rgba: Tensor) -> Tensor:
        """Hue turned by any angle about the grey axis, colour faded, contrast changed and at times inverted."""
        n, grey = len(rgba), torch.full((3, 3), 1 / 3, device=self.device)
        angle = self._uniform(n, -3.14, 3.14).view(n, 1, 1)
        cross = torch.tensor([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=self.device) / 3**0.5
        turn = angle.cos() * torch.eye(3, device=self.device) + angle.sin() * cross + (1 - angle.cos()) * grey
        keep = self._uniform(n, -0.2, 1.1).clamp(min=0).view(n, 1, 1)
        rgb = torch.einsum("nij,njhw->nihw", keep * turn + (1 - keep) * grey, rgba[:, :3])
        middle, contrast = rgba[:, 3:] / 2, self._uniform(n, -0.7, 1.5).view(n, 1, 1, 1)
        rgb = middle + (rgb - middle) * contrast + self._uniform(n, -0.2, 0.2).view(n, 1, 1, 1) * rgba[:, 3:]
        return torch.cat([torch.minimum(rgb.clamp(min=0), rgba[:, 3:]), rgba[:, 3:]], 1)

    def _told(self, painted: bool, paint: int, own: int) -> str | None:
        if painted:
            return COLOUR_NAMES[paint]
        return COLOUR_NAMES[own] if own >= 0 and self._chance(0.3) else None

    def _jittered(self, which: Tensor) -> Tensor:
        noise = torch.randn(len(which), 3, generator=self.rng) * 0.05
        return (PALETTE[which] + noise).clamp(0, 1).to(self.device)

    def _backdrops(self, n: int) -> tuple[Tensor, list[str | None]]:
        """What stands behind: white, one colour, a gradient, blotches or a landscape; plain colours may be told."""
        kinds = self.words.choices(list(BACKDROPS), list(BACKDROPS.values()), k=n)
        first, second = (torch.randint(len(COLOUR_NAMES), (n,), generator=self.rng) for _ in range(2))
        first = torch.where(torch.tensor([k == "white" for k in kinds]), COLOUR_NAMES.index("white"), first)
        one, two = self._jittered(first)[..., None, None], self._jittered(second)[..., None, None]
        line = torch.linspace(-1, 1, self.size, device=self.device)
        angle = self._uniform(n, 0, 6.2832).view(n, 1, 1, 1)
        ramp = (line.view(1, 1, -1, 1) * angle.sin() + line.view(1, 1, 1, -1) * angle.cos()) / 2.8 + 0.5
        coarse = torch.rand(n, 1, 5, 5, generator=self.rng).to(self.device)
        blotch = F.interpolate(coarse, (self.size, self.size), mode="bicubic").clamp(0, 1)
        is_kind = {k: torch.tensor([v == k for v in kinds], device=self.device).view(n, 1, 1, 1) for k in BACKDROPS}
        mix = ramp * is_kind["gradient"] + blotch * is_kind["noise"]
        images = one + mix * (two - one)
        behind = is_kind["scene"].flatten().nonzero().flatten()
        if len(behind):
            images[behind] = scenes.draw(len(behind), self.size, self.words.getrandbits(31), self.device)[0]
        return images, [self._backdrop_words(k, int(c)) for k, c in zip(kinds, first, strict=True)]

    def _backdrop_words(self, kind: str, colour: int) -> str | None:
        told = {"white": 0.25, "plain": 0.55}.get(kind, 0.0)
        return captions.background(COLOUR_NAMES[colour], self.words) if self._chance(told) else None

    def _place(self, rgba: Tensor, scale: Tensor, x: Tensor, y: Tensor, free: bool = False) -> Tensor:
        """Scale, turn a little, mirror half of them, and shift; x and y span the room that is left unless free."""
        room = torch.ones_like(scale) if free else (1.02 - scale).clamp(min=0.03)
        turn = (0.22 + 0.2 * self.wild) * self._uniform(len(scale), -1, 1)
        mirror = torch.where(self._uniform(len(scale), 0, 1) < 0.4, -1.0, 1.0)
        mirror = mirror * torch.exp(0.35 * self.wild * self._uniform(len(scale), -1, 1))  # narrower or wider
        cos, sin = turn.cos() / scale, turn.sin() / scale
        x, y = x * room, y * room
        rows = torch.stack(
            [mirror * cos, mirror * sin, -mirror * (x * cos + y * sin), -sin, cos, x * sin - y * cos], 1
        ).view(-1, 2, 3)
        grid = F.affine_grid(rows, list(rgba.shape), False)
        if self.wild:
            dents = torch.randn(len(scale), 2, 4, 4, generator=self.rng).to(self.device)
            dents = F.interpolate(dents, tuple(rgba.shape[2:]), mode="bicubic", align_corners=False)
            grid = grid + 0.12 * self.wild * dents.permute(0, 2, 3, 1)
        return F.grid_sample(rgba, grid, align_corners=False)

    def _camera(self, images: Tensor) -> Tensor:
        """Small differences of light and focus, so that no exact pixel value carries a meaning."""
        n = len(images)
        gain, shift = self._uniform(n, 0.85, 1.12).view(n, 1, 1, 1), self._uniform(n, -0.05, 0.05).view(n, 1, 1, 1)
        images = images * gain + shift
        soft = (self._uniform(n, 0, 1) < 0.25).view(n, 1, 1, 1)
        blurred = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
        images = torch.where(soft, blurred, images)
        grain = torch.randn(images.shape, generator=self.rng).to(self.device)
        return (images + grain * self._uniform(n, 0, 0.04).view(n, 1, 1, 1)).clamp(0, 1)


def _over(images: Tensor, rgba: Tensor) -> Tensor:
    """Premultiplied colours over an opaque picture."""
    return images * (1 - rgba[:, 3:]) + rgba[:, :3]
