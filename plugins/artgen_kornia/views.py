"""The working half of the views by kornia."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from artgen.api import Env
from artgen_kornia import Kornia
from artgen_kornia.changing import resized
from artgen_kornia.trial import tried

LONGEST = 16
"""A picture that is longer than so many of its shorter sides is squeezed to that."""


class KorniaView:
    """(B, 3, H, W) to (B*n, 3, size, size), the views of each picture with random numbers of its own streams.

    Each augmentation has a stream, so that one more leaves the draws of the others as they are. What it draws depends
    on the size of a view where kornia draws for each pixel; else perceptors of two sizes see the same views.
    """

    def __init__(self, spec: Kornia, env: Env) -> None:
        self._spec, self._random = spec, env.random
        sides = sorted({_side(spec, perceptor.size) for perceptor in env.perceptors.values()})
        self._changes = list(zip(_streams(spec), tried(spec.apply, sides, env), strict=True))

    def __call__(self, image: Tensor, size: int, step: int) -> Tensor:
        places = self._random.uniform("window", (self._spec.count,), step)
        shown = windows(image, _side(self._spec, size), places)
        seeds = zip(*(self._seeds(stream, step) for stream, _ in self._changes), strict=True)
        made = [self._changed(views, own, size) for views, own in zip(shown, seeds, strict=True)]
        return torch.cat(made).clamp(0, 1)

    def _changed(self, views: Tensor, seeds: Iterable[int], size: int) -> Tensor:
        """The views of one picture, (n, 3, size, size)."""
        for (_, change), seed in zip(self._changes, seeds, strict=True):
            views = change(views, seed)
        return resized(views, (size, size))

    def _seeds(self, stream: str, step: int) -> list[int]:
        """A number of 48 bits for each picture."""
        halves = (self._random.uniform(stream, (2,), step).double() * 2**24).long().tolist()
        return [(high << 24) + low for high, low in halves]


def _side(spec: Kornia, size: int) -> int:
    return round(spec.detail * size)


def _streams(spec: Kornia) -> Iterator[str]:
    """The name of the augmentation, with a number from the second of a name on."""
    names = [name for one in spec.apply for name in one]
    for place, name in enumerate(names):
        before = names[:place].count(name)
        yield f"{name}#{before + 1}" if before else name


def windows(image: Tensor, side: int, places: Tensor) -> Sequence[Tensor]:
    """For each picture (n, 3, side, side): squares on its shorter side, at the (B, n) `places` in [0, 1) of its longer.

    The picture is first brought to `side` on its shorter side.
    """
    shorter = min(image.shape[2:])
    height, width = (min(max(side, round(edge * side / shorter)), LONGEST * side) for edge in image.shape[2:])
    whole = resized(image, (height, width))
    room = max(height, width) - side
    if room == 0:
        return [picture.expand(places.shape[1], -1, -1, -1) for picture in whole]
    along = 1 if height > width else 2
    starts = (places * (room + 1)).long().tolist()
    return [
        torch.stack([picture.narrow(along, start, side) for start in own])
        for picture, own in zip(whole, starts, strict=True)
    ]
