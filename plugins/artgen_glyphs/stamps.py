"""The working half of the stamps."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen.canvas import Descending, Descent, in_range
from artgen.colours import Palette, channels
from artgen_glyphs.shapes import LEVELS, SIDE, stamps_of
from artgen_glyphs.stamps_spec import Stamps

PLACE, SIZE, TURN, COLOUR = slice(0, 2), 2, 3, slice(4, 7)
"""Where a stamp's seven numbers are."""
STRIDE, CONTRAST = 0.5, 3.0
"""What a place is, in half the shorter side, and what the colours' sigmoid gets, by their numbers."""
LAYERS = (0.15, 0.35)
"""Shares of the stamps that are laid over a picture first, and then; the rest lies over them, smaller again."""
FILL = 2.0
"""How often a layer's stamps would cover the canvas if they lay side by side, were they square."""
FINE = 2
"""Every pixel of the finished picture is the mean of so many rows and columns of finer ones."""


class StampsGenerator(Descending):
    """(B, count, 7) numbers; those of the first stamp are the lowest."""

    def __init__(self, spec: Stamps, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size, self._env = spec, env.size, env
        self._stamps = stamps_of(spec, env.device)
        self._kinds = env.random.permutation("kinds", spec.count) % len(self._stamps)
        self._palette = Palette(spec.palette, env.device) if spec.palette else None
        self._paper = torch.tensor(channels(spec.paper), device=env.device).view(1, 3, 1, 1)
        share = min(1.0, spec.sketch / min(env.size))
        self._sketch = max(1, round(env.size[0] * share)), max(1, round(env.size[1] * share))
        first = self._scattered() if env.start is None else self._like(env.start)
        self._descent = Descent(spec, [first], env.steps)
        self._cover = torch.zeros(env.batch, 1, *env.size, device=env.device)

    @property
    def _reach(self) -> Tensor:
        """(2,): how far the canvas goes from its middle, right and down, in half the shorter side."""
        height, width = self._size
        return torch.tensor([width, height], device=self._env.device) / min(self._size)

    def _scattered(self) -> Tensor:
        """Anywhere, and large ones first."""
        numbers = self._env.random.normal("stamps", (self._spec.count, 7))
        places = self._env.random.uniform("places", (self._spec.count, 2)) * 2 - 1
        numbers[..., PLACE] = places * self._reach / STRIDE
        numbers[..., SIZE] = torch.linspace(1.5, -2.5, self._spec.count, device=numbers.device)
        numbers[..., TURN] = self._turns()
        numbers[..., COLOUR] *= 0.3
        return numbers

    def _turns(self) -> Tensor:
        return 2 * math.pi * self._env.random.uniform("turns", (self._spec.count,))

    def _like(self, image: Tensor) -> Tensor:
        """Stamps that have the colours of (B, 3, H, W), about evenly over the canvas, coarse ones below fine ones."""
        first, second = (round(share * self._spec.count) for share in LAYERS)
        counts = [count for count in (first, second, self._spec.count - first - second) if count]
        places, sizes = zip(*(self._layer(count, number) for number, count in enumerate(counts)), strict=True)
        place, size = torch.cat(places, dim=1), torch.cat(sizes)
        looked = F.grid_sample(
            image.expand(len(place), -1, -1, -1), place[:, :, None], padding_mode="border", align_corners=False
        )
        colours = (looked[..., 0].mT.logit(eps=0.01)) / CONTRAST
        fitted = size.expand(place.shape[:2])[..., None]
        return torch.cat([place * self._reach / STRIDE, fitted, self._turns()[..., None], colours], dim=2)

    def _layer(self, count: int, number: int) -> tuple[Tensor, Tensor]:
        """Places, (B, count, 2) in [-1, 1], off a grid by chance, and the number that is their size, (count,)."""
        width, height = self._reach.tolist()
        columns = max(1, round((count * width / height) ** 0.5))
        rows = -(-count // columns)
        index = torch.arange(count, device=self._env.device)
        in_row = torch.where(index // columns == rows - 1, count - (rows - 1) * columns, columns)
        middles = torch.stack([(index % columns + 0.5) / in_row, (index // columns + 0.5) / rows], dim=1)
        jitter = (self._env.random.uniform(f"layer {number}", (count, 2)) - 0.5) * 0.8
        places = middles + jitter / torch.stack([in_row, torch.full_like(in_row, rows)], dim=1)
        low, high = self._spec.sizes
        wanted = (FILL * width * height / count) ** 0.5
        share = math.log(max(wanted, 1e-9) / low) / max(math.log(high / low), 1e-9)
        size = torch.tensor(min(0.98, max(0.02, share)), device=index.device).logit()
        return places * 2 - 1, size.expand(count)

    def draw(self, step: int) -> Tensor:
        return self.draw_over(self._paper, step)

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """The stamps over (B, 3, H, W) in place of the paper."""
        (numbers,) = self._descent.at(step)
        if step >= self.steps:
            fine = self._drawn(numbers, (self._size[0] * FINE, self._size[1] * FINE))
            drawn = F.avg_pool2d(fine, FINE)
        else:
            drawn = self._drawn(numbers, self._sketch)
            if self._sketch != self._size:
                drawn = F.interpolate(drawn, self._size, mode="bilinear")
        self._cover = 1 - drawn[:, 3:].detach()
        return drawn[:, :3] + drawn[:, 3:] * ground

    @property
    def cover(self) -> Tensor:
        """What the stamps cover that were drawn last."""
        return self._cover

    def _drawn(self, numbers: Tensor, size: tuple[int, int]) -> Tensor:
        """(B, 4, *size): what the stamps show, and how much of the paper is seen between them."""
        colours = (CONTRAST * numbers[..., COLOUR]).sigmoid()
        if self._palette:
            colours = self._palette(colours.movedim(2, 1)[..., None])[..., 0].movedim(1, 2)
        low, high = self._spec.sizes
        radii = low * (high / low) ** numbers[..., SIZE].sigmoid()
        reach = self._reach
        places = torch.stack([in_range(numbers[..., i] * STRIDE, -float(r), float(r)) for i, r in enumerate(reach)], 2)
        # As sharp as the canvas shows it: a version whose pixels are about as large as those of the canvas.
        blur = (SIDE / (radii.detach() * min(size))).log2().round().clamp(0, LEVELS - 1).long()
        picture = torch.zeros(len(numbers), 4, *size, device=numbers.device)
        picture[:, 3] = 1
        for index in range(self._spec.count):
            stamp = self._stamps[self._kinds[:, index], blur[:, index]]
            box = _box(places[:, index], radii[:, index], size)
            ink, own, cover = _laid(stamp, places[:, index], radii[:, index], numbers[:, index, TURN], size, box).split(
                (1, 3, 1), dim=1
            )
            picture = _over(picture, ink * colours[:, index, :, None, None] + own, cover, box)
        return picture

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from stamps that lie and are coloured as (B, 3, H, W) has it."""
        self._descent.put([self._like(image)])


Box = tuple[int, int, int, int]
"""The first column and row of a part of the canvas, and those behind the last."""


def _over(picture: Tensor, shown: Tensor, cover: Tensor, box: Box) -> Tensor:
    """(B, 4, H, W) with a piece, (B, 3, h, w) that covers (B, 1, h, w), over its `box`."""
    left, top, right, bottom = box
    if shown.requires_grad:
        around = (left, picture.shape[3] - right, top, picture.shape[2] - bottom)
        return picture * (1 - F.pad(cover, around)) + F.pad(shown, (*around, 0, 1))
    below = picture[:, :, top:bottom, left:right].mul_(1 - cover)
    below[:, :3] += shown
    return picture


def _box(place: Tensor, radius: Tensor, size: tuple[int, int]) -> Box:
    """Where a stamp of each picture may lie, however it is turned: (B, 2) is the middle, (B,) the radius."""
    height, width = size
    scale = min(size) / 2
    middle = place.detach() * scale + torch.tensor([width, height], device=place.device) / 2
    far = radius.detach()[:, None] * scale * math.sqrt(2) + 1
    low, high = (middle - far).amin(dim=0).tolist(), (middle + far).amax(dim=0).tolist()
    left, top = (min(max(0, math.floor(one)), side - 1) for one, side in zip(low, (width, height), strict=True))
    right, bottom = (min(max(1, math.ceil(one)), side) for one, side in zip(high, (width, height), strict=True))
    return left, top, max(left + 1, right), max(top + 1, bottom)


def _laid(stamp: Tensor, place: Tensor, radius: Tensor, turn: Tensor, size: tuple[int, int], box: Box) -> Tensor:
    """(B, 5, SIDE, SIDE) on the part of clear canvases of `size` that is in the box; the turn is clockwise."""
    left, top, right, bottom = box
    scale, device = min(size) / 2, stamp.device
    x = (torch.arange(left, right, device=device) + 0.5 - size[1] / 2) / scale - place[:, :1]
    y = (torch.arange(top, bottom, device=device) + 0.5 - size[0] / 2) / scale - place[:, 1:]
    cosine, sine = ((each / radius)[:, None, None] for each in (turn.cos(), turn.sin()))
    x, y = x[:, None, :], y[:, :, None]
    grid = torch.stack([cosine * x + sine * y, cosine * y - sine * x], dim=3)
    return F.grid_sample(stamp, grid, align_corners=False)
