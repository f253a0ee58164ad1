"""The network of the embedded prior, and how it is sampled; ``training/prior.py`` trains it."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TIMES = 32
"""Frequencies that tell the time."""
HAND = 8.0
"""What a hand's number is multiplied by: it is one among hundreds, and has to be heard."""


class Denoiser(nn.Module):
    """An MLP whose layers are scaled and shifted by text, hand and time (after Perez et al. 2018, arXiv 1709.07871)."""

    def __init__(self, components: int, texts: int, hands: int, width: int, condition: int, blocks: int) -> None:
        super().__init__()
        self.components, self.texts, self.hands = components, texts, hands
        self.enter = nn.Linear(components, width)
        self.tell = nn.Linear(texts + hands + 2 * TIMES, condition)
        self.first = nn.ModuleList([nn.Linear(width, width) for _ in range(blocks)])
        self.second = nn.ModuleList([nn.Linear(width, width) for _ in range(blocks)])
        self.shift = nn.ModuleList([nn.Linear(condition, 2 * width) for _ in range(blocks)])
        self.leave = nn.Linear(width, components)
        for parameter in self.shift.parameters():
            nn.init.zeros_(parameter)

    def forward(self, noisy: Tensor, time: Tensor, texts: Tensor, hands: Tensor) -> Tensor:
        """(B, K) noisy components at (B,) times in 0..1, (B, D) texts, (B, H) hands to (B, K) clean components.

        Rows of `texts` have a mean square of 1, or are 0 for no text; rows of `hands` have one 1, or none for any.
        """
        angles = time[:, None] * torch.linspace(0, 6, TIMES, device=time.device).exp()
        told = F.gelu(self.tell(torch.cat([texts, HAND * hands, angles.sin(), angles.cos()], 1)))
        x = self.enter(noisy)
        for first, second, shift in zip(self.first, self.second, self.shift, strict=True):
            scale, offset = shift(told).chunk(2, 1)
            x = x + second(F.gelu(first(F.layer_norm(x, x.shape[1:]) * (1 + scale) + offset)))
        found: Tensor = self.leave(F.layer_norm(x, x.shape[1:]))
        return found


def levels(time: float) -> tuple[float, float]:
    """What is left of the picture, and of the noise, at a time: the cosine schedule of Nichol and Dhariwal (2021)."""
    return math.cos(time * math.pi / 2), math.sin(time * math.pi / 2)


@torch.no_grad()
def sample(
    model: Denoiser,
    noise: Tensor,
    texts: Tensor,
    hands: Tensor,
    steps: int = 30,
    scale: float = 2.0,
    start: float = 0.999,
) -> Tensor:
    """(B, K) of noise to components, by the deterministic sampler of Song et al. 2020 (arXiv 2010.02502).

    `scale` exaggerates what the text says (Ho and Salimans 2022, arXiv 2207.12598); 1 does not. `start` is the time at
    which there is as much of a picture in `noise`.
    """
    x = noise
    for now, then in pairwise(torch.linspace(start, 0, steps + 1).tolist()):
        time = torch.full((len(x),), now, device=x.device)
        clean, free = model(x, time, texts, hands), model(x, time, torch.zeros_like(texts), hands)
        clean = free + scale * (clean - free)
        keep, blur = levels(now)
        after, left = levels(then)
        x = after * clean + left * (x - keep * clean) / blur
    return x
