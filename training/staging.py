"""Pictures with the captions that people write: a thing, in a colour, in a place, in a pot, and two or three things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import Tensor

from training import captions, scenes
from training.captions import article
from training.drawings import SIZE, Drawings

LUMA = torch.tensor([0.3, 0.59, 0.11]).view(3, 1, 1)
PLACES = {
    "meadow": ["on the grass", "in a meadow", "in a field", "on a green hill"],
    "snow": ["in the snow", "in winter", "on snow"],
    "sea": ["by the sea", "on the ocean", "on the water"],
    "beach": ["on the beach", "on the sand"],
    "forest": ["in the forest", "in the woods"],
    "mountain": ["in the mountains", "in front of a mountain"],
    "desert": ["in the desert"],
    "city": ["in the city", "in a town"],
    "night": ["at night", "under the stars", "in the dark"],
    "sunset": ["at sunset", "in the evening sun"],
}
PLAIN = ["{}", "{}", "{}", "{}", "{}", "a drawing of {}", "a picture of {}", "{} on a white background"]
LOOKS = ["small", "big", "cute", "old", "happy", "beautiful", "little", "funny"]
POTTED = {3, 4}  # emojibase's groups that may stand in a pot: animals and plants, food
BESIDE = ["{0} and {1}", "{0} and {1}", "{0} and {1}", "{0} next to {1}", "{0} beside {1}", "{0} with {1}"]
ABOVE = ["{0} above {1}", "{0} over {1}", "{0} on top of {1}", "{1} under {0}", "{1} below {0}"]
THREE = ["{0}, {1} and {2}", "{0}, {1}, and {2}", "{0} and {1} and {2}"]


@dataclass(frozen=True)
class Cast:
    """Drawings of one hand, with the chance of each."""

    index: np.ndarray
    bounds: np.ndarray

    def pick(self, rng: Random) -> int:
        return int(self.index[min(int(np.searchsorted(self.bounds, rng.random())), len(self.index) - 1)])


@dataclass
class Stage:
    """Draws pictures without end; the same seed draws the same."""

    drawings: Drawings
    hands: Mapping[str, list[str]]
    share: Mapping[str, float]
    kinds: Mapping[str, float]
    seed: int
    casts: dict[str, Cast] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.known = everyday(self.drawings)
        self.names = [self._names(i) for i in range(len(self.drawings.concepts))]
        self.casts = {hand: self._cast(sets) for hand, sets in self.hands.items()}

    def picture(self) -> tuple[Tensor, str, str]:
        """(3, 256, 256) in [0, 1], its caption, and the hand that drew it."""
        rng = self.rng
        hand = rng.choices(list(self.share), list(self.share.values()))[0]
        kind = rng.choices(list(self.kinds), list(self.kinds.values()))[0]
        image, text = getattr(self, f"_{kind}")(self.casts[hand])
        return image, text, hand

    def _plain(self, cast: Cast) -> tuple[Tensor, str]:
        index = cast.pick(self.rng)
        name = self._name(index)
        if self.rng.random() < 0.12:
            return _on(_white(), self._posed(index)), article(f"{self.rng.choice(LOOKS)} {name}")
        return _on(_white(), self._posed(index)), self.rng.choice(PLAIN).format(article(name))

    def _painted(self, cast: Cast) -> tuple[Tensor, str]:
        index = self._unnamed_colour(cast)
        colour = self.rng.choice(list(captions.COLOURS))
        rgba = painted(self._posed(index), torch.tensor(captions.COLOURS[colour]) / 255)
        name = f"{captions.colour_word(colour, self.rng)} {self._name(index)}"
        return _on(_white(), rgba), article(name)

    def _ground(self, cast: Cast) -> tuple[Tensor, str]:
        index, colour = cast.pick(self.rng), self.rng.choice(list(captions.COLOURS))
        tone = torch.tensor(captions.COLOURS[colour]) / 255 + 0.03 * torch.tensor([self.rng.gauss(0, 1) for _ in "rgb"])
        image = _on(tone.clamp(0, 1).view(3, 1, 1).expand(3, SIZE, SIZE), self._posed(index, 0.84))
        return image, f"{article(self._name(index))} {captions.background(colour, self.rng)}"

    def _place(self, cast: Cast) -> tuple[Tensor, str]:
        """Standing on the ground of a landscape, a little below the middle."""
        place = self.rng.choice(list(PLACES))
        index, share = cast.pick(self.rng), self.rng.uniform(0.6, 0.72)
        image = _on(_landscape(place, self.rng), self._posed(index, share, down=(0.94 - share) / 2))
        return image, f"{article(self._name(index))} {self.rng.choice(PLACES[place])}"

    def _pot(self, cast: Cast) -> tuple[Tensor, str]:
        index = cast.pick(self.rng)
        for _ in range(40):
            if self.drawings.concepts[self.drawings.concept[index]]["group"] in POTTED:
                break
            index = cast.pick(self.rng)
        image = _on(_white(), self._posed(index, 0.64, down=-0.12))
        pot = self.rng.choice(["pot", "pot", "flower pot"])
        return _on(image, _flowerpot(self.rng)), f"{article(self._name(index))} in a {pot}"

    def _several(self, cast: Cast) -> tuple[Tensor, str]:
        """Two things beside each other or one above the other, or three in a row, by one hand."""
        count = 3 if self.rng.random() < 0.2 else 2
        chosen = [cast.pick(self.rng) for _ in range(count)]
        texts = [article(self._name(i)) for i in chosen]
        image = _white()
        if count == 3:
            for index, x in zip(chosen, (-0.325, 0, 0.325), strict=True):
                image = _on(image, self._posed(index, 0.32, right=x))
            return image, self.rng.choice(THREE).format(*texts)
        above = self.rng.random() < 0.25
        for index, at in zip(chosen, (-0.24, 0.24), strict=True):
            image = _on(image, self._posed(index, 0.48, right=0 if above else at, down=at if above else 0))
        return image, self.rng.choice(ABOVE if above else BESIDE).format(*texts)

    def _landscape(self, cast: Cast) -> tuple[Tensor, str]:
        images, texts, _ = scenes.draw(1, SIZE, self.rng.getrandbits(31), torch.device("cpu"))
        return images[0], texts[0]

    def _posed(self, index: int, share: float = 0.92, right: float = 0.0, down: float = 0.0) -> Tensor:
        """(4, 256, 256): one drawing at a share of the canvas, moved by shares of it, at times mirrored."""
        rgba = self.drawings.rgba(np.array([index]))
        side = 2 * round(SIZE * share / 2)
        small = F.interpolate(rgba, (side, side), mode="bilinear", antialias=True)[0]
        small = small.flip(-1) if self.rng.random() < 0.3 else small
        room = (SIZE - side) // 2
        x, y = (min(2 * room, max(0, room + round(SIZE * at))) for at in (right, down))
        return F.pad(small, (x, SIZE - side - x, y, SIZE - side - y))

    def _unnamed_colour(self, cast: Cast) -> int:
        """A drawing whose name does not settle its colour."""
        while True:
            index = cast.pick(self.rng)
            if not set(self._name(index).split()) & set(captions.COLOURS):
                return index

    def _name(self, index: int) -> str:
        names = self.names[int(self.drawings.concept[index])]
        return names[0] if self.rng.random() < 0.7 else self.rng.choice(names)

    def _names(self, concept: int) -> list[str]:
        names: list[str] = self.drawings.concepts[concept]["names"]
        if self.drawings.concepts[concept]["group"] >= 0:
            return names
        return self.known.get(last_known(names[0], self.known), [])

    def _cast(self, sets: list[str]) -> Cast:
        of_set = np.array([s["set"] in sets for s in self.drawings.sets])[self.drawings.set]
        told = np.array([bool(n) for n in self.names])[self.drawings.concept]
        weight = np.where(self.drawings.weight >= 0.15, np.sqrt(np.maximum(self.drawings.weight, 0.2)), 0)
        weight = np.where(np.isin(self.drawings.family, ["openclipart"]), 1.0, weight)
        index = np.where(of_set & told & (weight > 0))[0]
        return Cast(index, np.cumsum(weight[index] / weight[index].sum()))


def painted(rgba: Tensor, colour: Tensor) -> Tensor:
    """A drawing in one colour: its shading stays, and so do its whites and blacks, such as eyes and outlines."""
    alpha = rgba[3:].clamp(min=1e-3)
    rgb = rgba[:3] / alpha
    luma = (rgb * LUMA).sum(0, keepdim=True)
    mean = (luma * rgba[3:]).sum() / rgba[3:].sum().clamp(min=1)
    spread = rgb.amax(0, keepdim=True) - rgb.amin(0, keepdim=True)
    kept = ((luma > 0.93) | (luma < 0.12)).float() * (spread < 0.12).float()
    tone = colour.view(3, 1, 1) + 0.9 * (luma - mean)
    return torch.cat([(tone * (1 - kept) + rgb * kept).clamp(0, 1) * rgba[3:], rgba[3:]])


def _white() -> Tensor:
    return torch.ones(3, SIZE, SIZE)


def _on(image: Tensor, rgba: Tensor) -> Tensor:
    return image * (1 - rgba[3:]) + rgba[:3]


def _landscape(place: str, rng: Random) -> Tensor:
    """One procedural scene of a kind, (3, 256, 256)."""
    time, ground = (place, rng.choice(["meadow", "sea", "snow", "desert"])) if place in scenes.TIMES else ("day", place)
    return scenes.paint(time, ground, SIZE, rng.getrandbits(31))


def _flowerpot(rng: Random) -> Tensor:
    """(4, 256, 256): a pot at the bottom, in terracotta or another colour, with a rim."""
    tone = (196, 98, 58) if rng.random() < 0.6 else captions.COLOURS[rng.choice(list(captions.COLOURS))]
    image = Image.new("RGBA", (2 * SIZE, 2 * SIZE))
    pen = ImageDraw.Draw(image)
    dark = tuple(int(0.85 * c) for c in tone)
    wide, narrow = rng.randint(100, 124), rng.randint(72, 92)
    pen.polygon([(256 - wide, 356), (256 + wide, 356), (256 + narrow, 498), (256 - narrow, 498)], fill=(*tone, 255))
    pen.rounded_rectangle((256 - wide - 16, 322, 256 + wide + 16, 366), 8, fill=(*dark, 255))
    small = np.asarray(image.convert("RGBa").resize((SIZE, SIZE), Image.Resampling.BOX))
    return torch.from_numpy(small.copy()).permute(2, 0, 1).float() / 255


def everyday(drawings: Drawings) -> dict[str, list[str]]:
    """The names of everyday things, by each of their names."""
    found: dict[str, list[str]] = {}
    for concept in drawings.concepts:
        if concept["group"] >= 0 and concept["weight"] >= 0.3:
            for name in concept["names"]:
                found.setdefault(name, concept["names"])
    return found


def last_known(title: str, known: dict[str, list[str]]) -> str:
    """The longest run of a title's words that is an everyday name, the last of them; "" for none."""
    words = title.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length, -1, -1):
            part = " ".join(words[start : start + length])
            for name in (part, part.removesuffix("s")):
                if name in known:
                    return name
    return ""
