"""Procedural landscapes with their captions: skies, seas, mountains, cities, forests, deserts, all as batched tensors.

An image is layered from back to front: sky, disc, stars or clouds, then the ground, whose upper edge is a curve over x.
"""

from random import Random
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

# Colours at the top of the sky and at the horizon, and the light that falls on the ground.
TIMES = {
    "day": ((70, 140, 230), (190, 225, 250), (1.0, 1.0, 1.0)),
    "sunset": ((80, 50, 120), (255, 140, 50), (0.75, 0.5, 0.45)),
    "night": ((8, 10, 35), (25, 35, 80), (0.3, 0.33, 0.45)),
    "storm": ((70, 75, 85), (135, 140, 148), (0.55, 0.57, 0.6)),
}
PLACES = {
    "sea": (25, 95, 170),
    "mountain": (105, 100, 105),
    "snowy mountain": (110, 115, 130),
    "desert": (225, 180, 110),
    "meadow": (95, 170, 70),
    "forest": (35, 95, 50),
    "snowy forest": (50, 95, 75),
    "city": (90, 95, 110),
    "snow": (238, 243, 250),
    "beach": (235, 210, 155),
    "volcano": (90, 65, 60),
    "lake": (60, 130, 175),
    "sky": (0, 0, 0),
}
WORDS = {
    "sea": ["the ocean", "the sea", "the open sea", "ocean waves", "calm water"],
    "mountain": ["a mountain", "mountains", "a mountain range", "a rocky peak"],
    "snowy mountain": ["a snowy mountain", "snow capped mountains", "a mountain with snow", "snowy peaks"],
    "desert": ["a desert", "sand dunes", "the desert", "a sandy desert"],
    "meadow": ["a meadow", "green hills", "a green field", "a grassy landscape", "a field of grass"],
    "forest": ["a forest", "a pine forest", "the woods", "many trees"],
    "snowy forest": ["a snowy forest", "a winter forest", "pine trees in snow"],
    "city": ["a city", "a city skyline", "skyscrapers", "tall buildings", "a town"],
    "snow": ["a snowy landscape", "a field of snow", "snow", "a winter landscape"],
    "beach": ["a beach", "a sandy beach", "the seashore", "the coast"],
    "volcano": ["a volcano", "an erupting volcano", "a volcano with lava"],
    "lake": ["a lake", "a lake in the mountains", "a mountain lake"],
    "sky": ["the sky", "an empty sky", "the open sky"],
}
WHEN = {
    "day": ["{}", "{}", "{}", "{} under a blue sky", "{} on a sunny day", "{} by day", "blue sky over {}"],
    "sunset": [
        "a sunset over {}",
        "a sunset over {}",
        "{} at sunset",
        "the sun setting over {}",
        "{} at dusk",
        "a sunrise over {}",
        "sunset, {}",
        "an orange sky over {}",
    ],
    "night": [
        "{} at night",
        "{} at night",
        "a night sky over {}",
        "{} under the stars",
        "{} in the moonlight",
        "stars over {}",
        "the moon over {}",
    ],
    "storm": ["{} on a cloudy day", "{} under a grey sky", "dark clouds over {}", "{} in bad weather"],
}
ALONE = {
    "day": ["the sky", "a blue sky", "blue sky with clouds", "a sunny sky"],
    "sunset": ["a sunset", "a sunset sky", "an orange sky", "sunrise"],
    "night": ["a night sky", "the night sky", "a starry night", "stars in the sky", "the moon and stars"],
    "storm": ["a cloudy sky", "grey clouds", "a grey sky", "storm clouds"],
}
FRAMES = [
    "{}",
    "{}",
    "{}",
    "a picture of {}",
    "a painting of {}",
    "a photo of {}",
    "a landscape with {}",
    "a scene of {}",
    "an illustration of {}",
    "a view of {}",
]


def phrases() -> list[str]:
    """Everything these captions can say, for the tokenizer."""
    every = [*FRAMES, *(w for table in (WORDS, WHEN, ALONE) for words in table.values() for w in words)]
    return [text.replace("{}", "") for text in every]


def caption(time: str, place: str, rng: Random) -> str:
    words = rng.choice(ALONE[time]) if place == "sky" else rng.choice(WHEN[time]).format(rng.choice(WORDS[place]))
    return rng.choice(FRAMES).format(words)


def draw(n: int, size: int, seed: int, device: torch.device) -> tuple[Tensor, list[str], list[int]]:
    """n landscapes (n,3,size,size) in [0,1], their captions, and a number for each kind of landscape."""
    rng = Random(seed)
    kinds = [(rng.choice(list(TIMES)), rng.choice(list(PLACES))) for _ in range(n)]
    painter = _Painter(kinds, size, torch.Generator().manual_seed(seed), device)
    numbers = [list(TIMES).index(t) * len(PLACES) + list(PLACES).index(p) for t, p in kinds]
    return painter.paint(), [caption(t, p, rng) for t, p in kinds], numbers


class _Painter:
    """Paints one batch; every mask and colour has a leading batch dimension, so no image needs a loop of its own."""

    def __init__(self, kinds: list[tuple[str, str]], size: int, rng: torch.Generator, device: torch.device) -> None:
        self.times, self.places = [k[0] for k in kinds], [k[1] for k in kinds]
        self.n, self.size, self.rng, self.device = len(kinds), size, rng, device
        line = (torch.arange(size, device=device) + 0.5) / size
        self.y, self.x = line.view(1, 1, -1, 1), line.view(1, 1, 1, -1)
        self.light = self._table([TIMES[t][2] for t in self.times])
        self.horizon = self._number(0.45, 0.72)

    def paint(self) -> Tensor:
        image = self._sky()
        image = self._discs(image)
        image = self._clouds(image)
        image = self._far(image)
        image = self._ground(image)
        return (image + 0.03 * (self._number(0, 1) - 0.5)).clamp(0, 1)

    def _number(self, low: float, high: float) -> Tensor:
        return (low + (high - low) * torch.rand(self.n, 1, 1, 1, generator=self.rng)).to(self.device)

    def _table(self, rows: list[Any]) -> Tensor:
        return torch.tensor(rows, dtype=torch.float32, device=self.device).view(self.n, 3, 1, 1)

    def _colours(self, rows: list[Any], spread: float = 0.09) -> Tensor:
        noise = torch.randn(self.n, 3, 1, 1, generator=self.rng).to(self.device)
        return (self._table(rows) / 255 + spread * noise).clamp(0, 1)

    def _is(self, values: list[str], *wanted: str) -> Tensor:
        return torch.tensor([v in wanted for v in values], dtype=torch.float32, device=self.device).view(-1, 1, 1, 1)

    def _noise(self, across: int, down: int) -> Tensor:
        """Smooth noise in [0,1] with about so many bumps."""
        coarse = torch.rand(self.n, 1, down, across, generator=self.rng).to(self.device)
        return F.interpolate(coarse, (self.size, self.size), mode="bicubic", align_corners=False).clamp(0, 1)

    def _curve(self, bumps: int) -> Tensor:
        return self._noise(bumps, 1)[:, :, :1]

    @staticmethod
    def _over(image: Tensor, mask: Tensor, colour: Tensor) -> Tensor:
        return image + mask.clamp(0, 1) * (colour - image)

    def _edge(self, distance: Tensor) -> Tensor:
        """A mask with an edge about a pixel wide: 1 where distance > 0."""
        return (distance * self.size + 0.5).clamp(0, 1)

    def _sky(self) -> Tensor:
        top, low = (self._colours([TIMES[t][i] for t in self.times]) for i in (0, 1))
        depth = (self.y / self.horizon).clamp(0, 1) ** self._number(0.7, 1.6)
        image = (top + (low - top) * depth).expand(self.n, 3, self.size, self.size)
        fine = min(self.size, 128)  # a star is as large a part of a larger canvas
        stars = torch.rand(self.n, 1, fine, fine, generator=self.rng).to(self.device)
        stars = F.interpolate(stars, (self.size, self.size), mode="nearest-exact")
        return self._over(
            image, self._is(self.times, "night") * (stars > self._number(0.97, 0.99)) * 0.9, torch.ones_like(image)
        )

    def _discs(self, image: Tensor) -> Tensor:
        """The sun by day, low and glowing at sunset; the moon by night; nothing in a storm."""
        sunset, night = self._is(self.times, "sunset"), self._is(self.times, "night")
        self.sun_x = self._number(0.2, 0.8)
        sun_y = sunset * (self.horizon - self._number(-0.03, 0.15)) + (1 - sunset) * self._number(0.1, 0.3)
        radius = self._number(0.06, 0.13) * (1 + 0.4 * sunset)
        distance = ((self.x - self.sun_x) ** 2 + (self.y - sun_y) ** 2).sqrt()
        shown = (1 - self._is(self.times, "storm")) * (self._number(0, 1) < 0.5 + 0.4 * sunset)
        colour = (
            self._table(
                [{"sunset": (255, 200, 90), "night": (240, 240, 220)}.get(t, (255, 235, 110)) for t in self.times]
            )
            / 255
        )
        glow = shown * (0.25 + 0.4 * sunset - 0.15 * night) * torch.exp(-distance / (2 * radius))
        self.shown = shown
        return self._over(self._over(image, glow, colour), shown * self._edge(radius - distance), colour)

    def _clouds(self, image: Tensor) -> Tensor:
        storm, sunset = self._is(self.times, "storm"), self._is(self.times, "sunset")
        present = (self._number(0, 1) < 0.45).float() * (1 - self._is(self.times, "night"))
        shape = 0.6 * self._noise(4, 6) + 0.4 * self._noise(8, 12)
        mask = ((shape - 0.55 + 0.15 * storm) * 6).clamp(0, 0.85) * torch.maximum(present, storm)
        colour = (
            self._table(
                [{"sunset": (250, 150, 130), "storm": (95, 98, 105)}.get(t, (250, 250, 252)) for t in self.times]
            )
            / 255
        )
        return self._over(image, mask * (1 - 0.4 * sunset), colour)

    def _far(self, image: Tensor) -> Tensor:
        """Peaks behind the ground: mountains, snowy or not, one cone for a volcano, a range behind a lake."""
        mountain = self._is(self.places, "mountain", "snowy mountain", "lake")
        volcano = self._is(self.places, "volcano")
        ridge = torch.full((self.n, 1, 1, self.size), 2.0, device=self.device)
        for i in range(3):
            top, where = self._number(0.15, 0.5), self._number(0.1, 0.9)
            top, where = (volcano * t + (1 - volcano) * o for t, o in ((0.3, top), (0.5, where)))
            peak = top + (self.x - where).abs() * self._number(0.8, 1.5)
            ridge = torch.minimum(ridge, peak if i == 0 else peak + 9 * volcano)
        ridge = ridge + 0.06 * (self._curve(16) - 0.5)
        flat_top = volcano * 0.38
        ridge = torch.maximum(ridge, flat_top)
        shade = 0.8 + 0.4 * self._noise(12, 6)
        rock = self._colours([(100, 96, 104) if p != "volcano" else (85, 62, 58) for p in self.places], 0.06)
        present = torch.maximum(mountain, volcano)
        image = self._over(image, present * self._edge(self.y - ridge), rock * shade * self.light.sqrt())
        height = self._number(0.1, 0.3) + 0.12 * (self._curve(12) - 0.5)
        snowy = self._is(self.places, "snowy mountain") + self._is(self.places, "lake") * 0.5
        snow = snowy.round() * self._edge(self.y - ridge) * self._edge(ridge.amin(3, True) + height - self.y)
        image = self._over(image, snow, self.light.sqrt() * (0.88 + 0.12 * shade).clamp(max=1.08) * 0.98)
        lava = volcano * self._edge(self.y - ridge) * self._edge(0.05 + 0.4 * (self._curve(7)) ** 3 - (self.y - ridge))
        smoke = volcano * self._edge(0.12 - ((self.x - 0.5) ** 2 + (self.y - 0.25) ** 2).sqrt()) * self._noise(5, 5)
        red = self._table([(255, 80, 20)] * self.n) / 255
        return self._over(self._over(image, smoke, torch.full_like(red, 0.5)), lava, red)

    def _ground(self, image: Tensor) -> Tensor:
        edge = self.horizon.expand(self.n, 1, 1, self.size)
        hilly = self._is(self.places, "desert", "meadow", "snow", "snowy mountain", "mountain", "volcano")
        edge = edge + hilly * 0.18 * (self._curve(4) - 0.5)
        edge = edge + 0.1 * self._is(self.places, "mountain", "snowy mountain")
        edge = torch.where(self._is(self.places, "sky") > 0, 2.0, edge)
        edge = self._buildings_and_trees(edge)
        below = self._edge(self.y - edge)
        base = self._colours([PLACES[p] for p in self.places], 0.06)
        texture = 1 + 0.25 * (self._noise(6, 24) - 0.5)
        texture = texture - 0.25 * (self.y - edge).clamp(0, 1) + self._is(self.places, "desert") * 0.2 * self._dunes()
        ground = base * texture * self.light
        water = self._is(self.places, "sea", "lake", "beach")
        ground = self._water(ground, water * self._edge(edge + self._shore() - self.y))
        image = self._over(image, below, ground)
        return self._windows(image, below, edge)

    def _shore(self) -> Tensor:
        """How far below the horizon the water reaches: to the bottom, or to the sand of a beach."""
        beach = self._is(self.places, "beach")
        return beach * (0.15 + 0.1 * self._curve(3)) + (1 - beach) * 9.0

    def _dunes(self) -> Tensor:
        return torch.sin(14 * (self.y * self._number(0.6, 1.4) + 0.35 * self._curve(4)) + 6 * self._number(0, 1))

    def _water(self, ground: Tensor, mask: Tensor) -> Tensor:
        """Blue by day, the sky's colour otherwise, with flat waves and a glittering path below the sun or moon."""
        blue = self._colours([(30, 100, 175)] * self.n, 0.05)
        warm = self._colours([(200, 95, 60)] * self.n, 0.05)
        sunset = self._is(self.times, "sunset")
        colour = (blue + (warm - blue) * sunset * 0.55) * (self.light + 0.25 * sunset).clamp(max=1)
        waves = 1 + 0.35 * (self._noise(5, 32) - 0.5)
        path = self.shown * torch.exp(-(((self.x - self.sun_x) / 0.1) ** 2)) * (self._noise(9, 40) > 0.45)
        sea = self._over(colour * waves, 0.7 * path, self._table([(255, 225, 150)] * self.n) / 255)
        return self._over(ground, mask, sea)

    def _buildings_and_trees(self, edge: Tensor) -> Tensor:
        """Raise the skyline: boxes of random width for a city, rows of spruces for a forest."""
        city, forest = self._is(self.places, "city"), self._is(self.places, "forest", "snowy forest")
        blocks = torch.rand(self.n, 1, 1, 11, generator=self.rng).to(self.device)
        boxes = 0.2 + 0.55 * F.interpolate(blocks[:, :, 0], self.size, mode="nearest").unsqueeze(2)
        count = self._number(4, 9)
        phase = (self.x * count + self._number(0, 1)) % 1 - 0.5
        lean = 0.9 * phase.abs() + 0.35 * ((self.x * count).floor() * 0.7).sin().abs()
        spruce = self._number(0.1, 0.3) + lean * self._number(0.5, 0.9)
        skyline = city * torch.minimum(boxes, edge + 0.1) + forest * torch.minimum(spruce, edge)
        return edge * (1 - city - forest) + skyline

    def _windows(self, image: Tensor, below: Tensor, edge: Tensor) -> Tensor:
        """Lit at night and at sunset, dark panes by day; snow on a snowy forest's tops and floor."""
        city, night = self._is(self.places, "city"), self._is(self.times, "night", "sunset")
        lattice = ((self.x * 22 % 1) > 0.45) & ((self.y * 16 % 1) > 0.5)
        draw = torch.rand(self.n, 1, 16, 22, generator=self.rng).to(self.device)
        cells = F.interpolate(draw, self.size, mode="nearest")
        lit = city * below * lattice * (cells > 0.35) * self._edge(self.y - edge - 0.03)
        glow = self._table([(255, 220, 120)] * self.n) / 255
        image = self._over(image, lit * (0.9 * night + 0.35 * (1 - night)), glow * night + 0.25 * (1 - night))
        frost = self._is(self.places, "snowy forest") * below
        floor = torch.maximum(self._edge(0.06 - (self.y - edge)), self._edge(self.y - 0.8))
        return self._over(image, frost * floor * 0.9, self.light.sqrt() * 0.97)
