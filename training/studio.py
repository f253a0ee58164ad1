"""Clean pictures for models that draw: one upright sprite on a quiet ground, or a landscape, without camera noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from training import captions, scenes
from training.compose import COLOUR_NAMES, PALETTE, Sprites
from training.evaluate import framed

SCENE = 0.12
GROUNDS = {"white": 0.72, "plain": 0.2, "gradient": 0.08}
GROUP = 16  # sprites that are scaled together


@dataclass
class Studio:
    """Draws from the coloured sprites, at a scale of 0.8 to 1 and mirrored half of the time."""

    sprites: Sprites
    seed: int
    grounds: Mapping[str, float] = field(default_factory=lambda: GROUNDS)
    """How often objects stand on each kind of ground."""
    posed: bool = False
    """Whether objects stand in the middle instead, unmirrored, on a narrow margin."""

    def __post_init__(self) -> None:
        self.words = Random(self.seed)
        self.rng = torch.Generator().manual_seed(self.seed)
        self.chance = torch.where(self.sprites.tint, 0.0, self.sprites.chance)

    def pictures(self, n: int) -> tuple[Tensor, list[str]]:
        """(n, 3, size, size) in [0, 1] on the sprites' device, and a caption each."""
        count = sum(self.words.random() < SCENE for _ in range(n))
        parts = [self._objects(min(GROUP, n - count - done)) for done in range(0, n - count, GROUP)]
        if count:
            seed, size, device = self.words.getrandbits(31), self.sprites.size, self.sprites.device
            parts.append(scenes.draw(count, size, seed, device)[:2])
        return torch.cat([images for images, _ in parts]), [text for _, texts in parts for text in texts]

    def _objects(self, n: int) -> tuple[Tensor, list[str]]:
        index = torch.multinomial(self.chance, n, replacement=True, generator=self.rng)
        ground, behind = self._grounds(n)
        rgba = self._placed(self.sprites.rgba[index.to(self.sprites.device)].float())
        texts = [self._caption(int(i), told) for i, told in zip(index, behind, strict=True)]
        return ground * (1 - rgba[:, 3:]) + rgba[:, :3], texts

    def _placed(self, rgba: Tensor) -> Tensor:
        """Shrunk by whole pixels and shifted by whole pixels, so that edges stay sharp."""
        if self.posed:
            return framed(rgba)
        size = self.sprites.size
        side = self.words.randint(round(0.8 * size), size)
        small = F.interpolate(rgba, (side, side), mode="bilinear", antialias=True) if side < size else rgba
        placed = []
        for sprite in small:
            left, top = self.words.randint(0, size - side), self.words.randint(0, size - side)
            sprite = sprite.flip(-1) if self.words.random() < 0.5 else sprite
            placed.append(F.pad(sprite, (left, size - side - left, top, size - side - top)))
        return torch.stack(placed)

    def _grounds(self, n: int) -> tuple[Tensor, list[str | None]]:
        kinds = self.words.choices(list(self.grounds), list(self.grounds.values()), k=n)
        colours = [self.words.randrange(len(COLOUR_NAMES)) for _ in range(n)]
        ends = (
            PALETTE[torch.tensor([colours, colours[::-1]])] + torch.randn(2, n, 3, generator=self.rng) * 0.06
        ).clamp(0, 1)
        for i, kind in enumerate(kinds):
            if kind == "white":
                ends[:, i] = 1.0
            elif kind == "plain":
                ends[1, i] = ends[0, i]
        ramp = torch.linspace(0, 1, self.sprites.size).view(1, 1, -1, 1)
        ground = ends[0][:, :, None, None] * (1 - ramp) + ends[1][:, :, None, None] * ramp
        ground = ground.expand(-1, -1, -1, self.sprites.size)
        told = [
            captions.background(COLOUR_NAMES[c], self.words) if k == "plain" else None
            for k, c in zip(kinds, colours, strict=True)
        ]
        return ground.to(self.sprites.device), told

    def _caption(self, sprite: int, behind: str | None) -> str:
        """Mostly the plain name, which is how people prompt."""
        names = self.sprites.concepts[int(self.sprites.concept[sprite])]["names"]
        own = int(self.sprites.colour[sprite])
        name = names[0] if self.words.random() < 0.7 else self.words.choice(names)
        colour = (
            COLOUR_NAMES[own] if own >= 0 and self.sprites.named[sprite] < 0 and self.words.random() < 0.3 else None
        )
        text = captions.article(f"{colour} {name}" if colour else name)
        return f"{text} {behind}" if behind and self.words.random() < 0.6 else text
