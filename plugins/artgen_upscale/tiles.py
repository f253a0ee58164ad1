"""Enlarging tile by tile: memory is that of a tile, and the result that of the whole picture at once."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor

from artgen_upscale.networks import Network
from artgen_upscale.resampling import Rows, applied, resized, rows, taken

Size = tuple[int, int]


def sizes(old: Size, new: Size, scale: int) -> list[Size]:
    """The sizes after each pass of a network that enlarges `scale` times; the last one is `new`.

    Each but the first makes its picture exactly `scale` times as large, to a pixel; the first makes what is left.
    """
    found = [new]
    while any(-(-wanted // scale) > have for wanted, have in zip(found[0], old, strict=True)):
        found.insert(0, (-(-found[0][0] // scale), -(-found[0][1] // scale)))
    return found


def enlarged(
    image: Tensor, size: Size, network: Network, tile: int, wrap: bool, done: Callable[[float], None]
) -> Tensor:
    """(1, 3, H, W) to (1, 3, *size), in as many passes as it takes; `done` is told the share that is."""
    old: Size = (image.shape[2], image.shape[3])
    steps = sizes(old, size, network.scale)
    if all(new <= have for new, have in zip(size, old, strict=True)):
        return resized(image, size, wrap)
    costs = [height * width for height, width in (old, *steps[:-1])]
    for number, step in enumerate(steps):
        before, cost = sum(costs[:number]), costs[number]
        image = _passed(
            image, step, network, tile, wrap, lambda share, a=before, c=cost: done((a + share * c) / sum(costs))
        )
    return image


def _passed(
    image: Tensor, size: Size, network: Network, tile: int, wrap: bool, done: Callable[[float], None]
) -> Tensor:
    made = image.new_empty(1, 3, *size)
    old = image.shape[2], image.shape[3]
    # A tile of the old picture, as it is in the new one.
    sides = [max(1, round(tile * new / have)) for new, have in zip(size, old, strict=True)]
    places = [(top, left) for top in range(0, size[0], sides[0]) for left in range(0, size[1], sides[1])]
    for number, (top, left) in enumerate(places, 1):
        bottom, right = min(top + sides[0], size[0]), min(left + sides[1], size[1])
        down = rows(network.scale * old[0], size[0], top, bottom)
        across = rows(network.scale * old[1], size[1], left, right)
        made[:, :, top:bottom, left:right] = _drawn(image, down, across, network, wrap)
        done(number / len(places))
    return made


def _drawn(image: Tensor, down: Rows, across: Rows, network: Network, wrap: bool) -> Tensor:
    """The new pixels that `down` and `across` make of what the network draws."""
    spans = [_span(part, image.shape[dim], network, wrap) for dim, part in ((2, down), (3, across))]
    drawn = network(taken(image, *spans, wrap))
    found = []
    for dim, part, (first, stop) in zip((2, 3), (down, across), spans, strict=True):
        # Beyond the border of the old picture there is nothing but what filled the last fold.
        drawn = drawn.narrow(dim, 0, network.scale * ((stop if wrap else min(stop, image.shape[dim])) - first))
        found.append((part.first - network.scale * first, part.stop - network.scale * first))
    return applied(taken(drawn.clamp(0, 1), *found, wrap=False), down, across)


def _span(part: Rows, length: int, network: Network, wrap: bool) -> tuple[int, int]:
    """The old pixels that the network has to see; a whole number of its folds from the picture's first one on.

    At a border it sees none beyond, unless the picture goes on there.
    """
    first = math.floor(part.first / network.scale) - network.reach
    stop = math.ceil(part.stop / network.scale) + network.reach
    if not wrap:
        first, stop = max(first, 0), min(stop, length)
    return first // network.fold * network.fold, -(-stop // network.fold) * network.fold
