"""A case is a number: the same one makes the same input, on every machine."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz.targets import Target
from benchmarks.fuzz.watch import fault

_MOST = 6
"""Damages of one input."""


@dataclass(frozen=True)
class Finding:
    """An input that ended as it may not."""

    name: str
    """The target and the seed, such as ``presets:123``; what ``--again`` takes."""
    reason: str
    damages: tuple[int, ...]
    """The damages of it that are needed."""


def damages(seed: int) -> list[int]:
    """The seeds of the damages that a case has."""
    random = Random(seed)
    random.random()
    return [random.getrandbits(48) for _ in range(min(_MOST, 1 + int(random.expovariate(0.7))))]


def built(target: Target[Any], seed: int, chosen: Sequence[int]) -> Any:
    """The case's sound input with the chosen damages."""
    found = target.base(Random(seed))
    for damage in chosen:
        found = target.damage(Random(damage), found)
    return found


def _fault(target: Target[Any], seed: int, chosen: Sequence[int]) -> str | None:
    found = built(target, seed, chosen)
    return fault(lambda: target.attempt(found))


def tried(name: str, target: Target[Any], seed: int, folder: Path) -> Finding | None:
    """Try one case in the target's folder; a finding comes with the fewest damages that still do it."""
    with contextlib.chdir(folder):
        chosen = damages(seed)
        if (reason := _fault(target, seed, chosen)) is None:
            return None
        for damage in list(chosen):
            fewer = [other for other in chosen if other != damage]
            if fewer and _fault(target, seed, fewer) == reason:
                chosen = fewer
        return Finding(f"{name}:{seed}", reason, tuple(chosen))


def kept(finding: Finding, target: Target[Any], out: Path) -> Path:
    """Write the input of a finding for a person; its folder."""
    place = out / finding.name.replace(":", "-")
    place.mkdir(parents=True, exist_ok=True)
    seed = int(finding.name.partition(":")[2])
    with contextlib.suppress(Exception):  # what cannot be written can still be made again
        target.keep(built(target, seed, finding.damages), place)
    (place / "finding.txt").write_text(
        f"{finding.reason}\npython -m benchmarks.fuzz --again {finding.name}\n", encoding="utf-8", errors="replace"
    )
    return place
