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
        tell = _part(done, sum(costs[:number]) / sum(costs), costs[number] / sum(costs))
        image = _passed(image, step, network, tile, wrap, tell)
    return image


def _part(done: Callable[[float], None], before: float, share: float) -> Callable[[float], None]:
    """Tells how much of the whole is done, of a part of it."""
    return lambda own: done(before + share * own)


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
    old = image.shape[2], image.shape[3]
    rows_seen, columns_seen = _span(down, old[0], network, wrap), _span(across, old[1], network, wrap)
    drawn = network(taken(image, rows_seen, columns_seen, wrap))
    if not wrap:  # what filled the last fold is no part of the picture
        bottom, right = (
            network.scale * (min(seen[1], side) - seen[0])
            for seen, side in zip((rows_seen, columns_seen), old, strict=True)
        )
        drawn = drawn[..., :bottom, :right]
    wanted = [
        (part.first - network.scale * seen[0], part.stop - network.scale * seen[0])
        for part, seen in ((down, rows_seen), (across, columns_seen))
    ]
    return applied(taken(drawn.clamp(0, 1), wanted[0], wanted[1], wrap=False), down, across)


def _span(part: Rows, length: int, network: Network, wrap: bool) -> tuple[int, int]:
    """The old pixels that the network has to see; a whole number of its folds from the picture's first one on.

    At a border it sees none beyond, unless the picture goes on there.
    """
    first = math.floor(part.first / network.scale) - network.reach
    stop = math.ceil(part.stop / network.scale) + network.reach
    if not wrap:
        first, stop = max(first, 0), min(stop, length)
    return first // network.fold * network.fold, -(-stop // network.fold) * network.fold
