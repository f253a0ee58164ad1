"""Keyed random streams: the same key gives the same numbers, whatever else takes part in the run.

A stream is named by seed, component, purpose and step, so a resumed run needs no random state, adding a
component moves nobody else's draws, and picture i of a batch draws what it would draw alone. Numbers are
drawn on the CPU and then moved, because generators differ between devices.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor


def stream(seed: int, component: str, purpose: str, step: int = 0) -> torch.Generator:
    """A CPU generator seeded with blake2b of the key."""
    key = f"{seed}/{component}/{purpose}/{step}".encode()
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return torch.Generator("cpu").manual_seed(int.from_bytes(digest, "big") >> 1)


@dataclass(frozen=True)
class Random:
    """The random numbers of one component. Each method returns one row per picture of the batch: ``(B, *shape)``."""

    seeds: tuple[int, ...]
    component: str
    device: torch.device
    later: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """Steps from which on other seeds count, from early to late, and those."""

    def normal(self, purpose: str, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Standard normal numbers, ``(B, *shape)``."""
        return self._stack([torch.randn(shape, generator=g) for g in self._streams(purpose, step)])

    def uniform(self, purpose: str, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Uniform numbers in [0, 1), ``(B, *shape)``."""
        return self._stack([torch.rand(shape, generator=g) for g in self._streams(purpose, step)])

    def permutation(self, purpose: str, n: int, step: int = 0) -> Tensor:
        """A random order of 0 .. n-1 per picture, (B, n), int64."""
        return self._stack([torch.randperm(n, generator=g) for g in self._streams(purpose, step)])

    def _streams(self, purpose: str, step: int) -> list[torch.Generator]:
        seeds = next((seeds for begins, seeds in reversed(self.later) if begins <= step), self.seeds)
        return [stream(seed, self.component, purpose, step) for seed in seeds]

    def _stack(self, rows: list[Tensor]) -> Tensor:
        return torch.stack(rows).to(self.device)
