"""What a sentence asks for: things, their colours and how they stand, and the ground behind them.

A short grammar of English, because what it says exactly (a colour, a count, a place) is also drawn exactly; the words
that name a thing go to the prior as they are. What it cannot read is told, never dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

COLOURS = {
    "red": (0.85, 0.16, 0.16),
    "orange": (0.96, 0.53, 0.13),
    "yellow": (0.98, 0.84, 0.2),
    "golden": (0.93, 0.72, 0.2),
    "green": (0.24, 0.65, 0.28),
    "turquoise": (0.22, 0.78, 0.78),
    "teal": (0.1, 0.52, 0.52),
    "blue": (0.17, 0.41, 0.87),
    "purple": (0.52, 0.27, 0.75),
    "violet": (0.52, 0.27, 0.75),
    "pink": (0.96, 0.51, 0.71),
    "brown": (0.5, 0.33, 0.2),
    "black": (0.12, 0.12, 0.14),
    "white": (0.97, 0.97, 0.97),
    "gray": (0.56, 0.56, 0.58),
    "grey": (0.56, 0.56, 0.58),
    "silver": (0.75, 0.76, 0.78),
}
"""sRGB in [0, 1]"""
SHADES = {"light": 0.35, "pale": 0.45, "dark": -0.35, "deep": -0.25, "bright": 0.0, "deep dark": -0.45}
"""How far towards white (or black, below 0) a word before a colour moves it."""
MOST = 6
"""Things of one picture."""
NUMBERS = {"two": 2, "a pair of": 2, "a couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6}
PLACES = {
    "meadow": ("on the grass", "in the grass", "in a meadow", "in the meadow", "in a field", "on a lawn", "on grass"),
    "hills": ("on a hill", "on the hill", "in the hills", "on a green hill", "in the countryside"),
    "snow": ("in the snow", "in snow", "on snow", "in winter", "on ice", "on the snow"),
    "sea": ("on the ocean", "on the water", "on the sea", "at sea", "in the sea", "in the ocean", "on water"),
    "beach": ("on the beach", "on a beach", "at the beach", "by the sea", "on the sand", "by the ocean", "in the sand"),
    "forest": ("in the forest", "in a forest", "in the woods", "in the jungle", "in a jungle"),
    "mountain": ("in the mountains", "on a mountain", "in front of a mountain", "on the mountain"),
    "desert": ("in the desert", "in a desert"),
    "city": ("in the city", "in a city", "in a town", "in town", "over the city"),
    "lake": ("on a lake", "by a lake", "at a lake", "by the lake", "on the lake", "on a river", "by the river"),
    "sky": ("in the sky", "in the clouds", "in the air"),
    "space": ("in space", "in outer space", "among the stars", "in the galaxy"),
    "underwater": ("under water", "underwater", "under the sea", "on the sea floor"),
    "road": ("on the road", "on a road", "on the street", "in the street", "on a street"),
    "garden": ("in the garden", "in a garden", "among flowers", "in a park", "in the park"),
    "room": ("in a room", "in the room", "in the kitchen", "at home", "indoors", "in the house", "on the floor"),
    "stage": ("on stage", "on a stage"),
}
"""What people write for a place (`ground.PLACES`) that a thing is in."""
TIMES = {
    "night": ("at night", "under the stars", "in the dark", "in the moonlight", "by moonlight", "at midnight"),
    "sunset": ("at sunset", "at sunrise", "at dusk", "at dawn", "in the evening sun", "in the evening"),
    "storm": ("in a storm", "in the storm", "in the rain", "in bad weather", "on a rainy day"),
    "day": ("in the sun", "on a sunny day", "by day", "under a blue sky", "in summer", "in spring"),
}
SCENES = {
    "meadow": ("a meadow", "a field", "a green field", "a grassy landscape"),
    "hills": ("green hills", "hills", "rolling hills", "a landscape", "the countryside"),
    "snow": ("a snowy landscape", "a winter landscape", "a field of snow"),
    "sea": ("the ocean", "the sea", "the open sea", "calm water", "ocean waves"),
    "beach": ("a beach", "a sandy beach", "the beach", "the seashore", "the coast"),
    "forest": ("a forest", "the forest", "a pine forest", "the woods", "the jungle"),
    "snowy forest": ("a snowy forest", "a winter forest"),
    "mountain": ("a mountain", "mountains", "a mountain range", "the mountains"),
    "snowy mountain": ("a snowy mountain", "snowy mountains", "snow capped mountains", "a snow-capped mountain"),
    "desert": ("a desert", "the desert", "sand dunes", "a sandy desert"),
    "city": ("a city", "the city", "a city skyline", "skyscrapers", "a town", "a skyline"),
    "lake": ("a lake", "a mountain lake", "a lake in the mountains"),
    "volcano": ("a volcano", "an erupting volcano"),
    "sky": ("the sky", "a blue sky", "a cloudy sky", "the night sky", "a night sky", "a starry night", "a starry sky"),
    "space": ("space", "outer space", "a galaxy", "the galaxy", "the universe"),
    "underwater": ("the sea floor", "a coral reef"),
    "garden": ("a garden", "a park"),
}
"""What people write for a place that is the whole picture."""
SCENE_TIMES = {
    "a sunset over {}": "sunset",
    "sunset over {}": "sunset",
    "a sunrise over {}": "sunset",
    "{} under the stars": "night",
    "a night sky over {}": "night",
    "the moon over {}": "night",
    "a storm over {}": "storm",
}
FRAME = re.compile(
    r"^(an? |the )?(simple |cute |beautiful |colou?rful |flat |digital )*"
    r"(drawing|picture|illustration|painting|image|icon|sketch|cartoon|photo|clip ?art|emoji|sticker|artwork)s? of "
)
MANNER = re.compile(
    r",? (in )?(an? )?(flat|cartoon|glossy|outlined|simple|minimalist|vector|watercolou?r|oil painting|digital)"
    r"( art| design| style| illustration| painting)*$|,? (clip ?art|icon|sticker|emoji|drawing|illustration|isolated)$"
)
ARTICLE = re.compile(r"^(an? |the |one |some |my |your |our |his |her )")
BESIDE = re.compile(r" (?:and|with|next to|beside|near|alongside|by|plus|&) ")
ABOVE = re.compile(r" (?:above|over|on top of|on|riding(?: on)?|sitting on|standing on|upon) ")
BELOW = re.compile(r" (?:under|below|beneath|underneath) ")
BEFORE = re.compile(r" (?:in front of) ")
BEHIND = re.compile(r" (?:behind) ")
INSIDE = re.compile(r" (?:inside of|inside|in|within) ")
POT = re.compile(r" in an? (?:[a-z]+ )?(?:flower ?pot|plant pot|pot|planter)$")
TAIL = re.compile(
    r" (?:(?:made|that|which|who|from|for|to|at|of the|during|with) .*"
    r"|(?:wearing|holding|playing|flying|running|swimming|sleeping|jumping|eating|reading)(?: .*)?)$"
)


@dataclass(frozen=True)
class Thing:
    """One thing: the words that the prior is told, without an article, and its colour by name if it was given one."""

    words: str
    colour: str | None = None


@dataclass(frozen=True)
class Caption:
    """What a sentence asks for."""

    things: tuple[Thing, ...] = ()
    relation: str = "beside"
    """How the things stand: beside each other, or the first above, on, before or inside the second."""
    potted: bool = False
    """Whether the last thing, which the words about the pot follow, stands in one."""
    place: str | None = None
    time: str = "day"
    ground: str | None = None
    """The colour of an even ground; None for white."""
    unread: tuple[str, ...] = ()
    """Parts of the sentence that are left to the guidance."""


@dataclass(frozen=True)
class Reader:
    """Reads sentences; `known` are the names that the prior learnt, lower-case and without articles."""

    known: Collection[str]

    def read(self, sentence: str) -> Caption:
        """What it asks for; a sentence that says nothing that could be drawn is one thing as a whole."""
        text = " ".join(sentence.lower().split()).strip(" .!")
        text = MANNER.sub("", FRAME.sub("", text))
        if self._is_known(text):
            return Caption((self._thing(text),))
        found = self._read(text)
        return found if found.things or found.place else Caption((Thing(sentence),))

    def _read(self, text: str) -> Caption:
        found, text = self._ground(text)
        if not text:
            return found
        scene = _scene(text)
        if scene and not self._is_known(text):
            return replace(found, place=scene[0], time=scene[1] if scene[1] != "day" else found.time)
        if match := POT.search(text):
            found, text = replace(found, potted=True), text[: match.start()]
        return self._things(text, found)

    def _is_known(self, text: str) -> bool:
        return ARTICLE.sub("", text) in self.known

    def _ground(self, text: str) -> tuple[Caption, str]:
        """Takes places, times and even grounds off the end of a sentence."""
        found, more = Caption(), True
        while more and not self._is_known(text):
            more = False
            for table, field in ((PLACES, "place"), (TIMES, "time")):
                for value, phrases in table.items():
                    for phrase in phrases:
                        if text.endswith(" " + phrase) or text.endswith(", " + phrase):
                            found, more = replace(found, **{field: value}), True  # type: ignore[arg-type]
                            text = text.removesuffix(phrase).rstrip(" ,")
            if match := self._even.search(text):
                found, text, more = replace(found, ground=match["colour"]), text[: match.start()], True
        if found.place is None and found.time != "day":
            found = replace(found, place="hills")
        return found, text

    @cached_property
    def _even(self) -> re.Pattern[str]:
        shades, colours = "|".join(SHADES), "|".join(COLOURS)
        colour = rf"(?P<colour>(?:(?:{shades}) )?(?:{colours}))"
        surface = "(?: background| backdrop| ground| canvas| wall)?"
        return re.compile(rf",? (?:on|with|in front of|against|over)(?: an?)? {colour}{surface}$")

    def _things(self, text: str, found: Caption) -> Caption:
        """One thing, or several and how they stand; a known name is never taken apart."""
        for relation, pattern, swapped in (
            ("before", BEFORE, False),
            ("before", BEHIND, True),
            ("above", BELOW, True),
            ("on", ABOVE, False),
            ("inside", INSIDE, False),
        ):
            match = pattern.search(text)
            if match and not self._is_known(text):
                pair = [text[: match.start()], text[match.end() :]]
                way = "above" if relation == "on" and match[0].strip() in ("above", "over") else relation
                scene = None if swapped or self._is_known(pair[1]) else _scene(pair[1])
                if scene:
                    return replace(self._things(pair[0], found), place=scene[0])
                things, unread = self._several(pair[::-1] if swapped else pair)
                if len(things) == 2:
                    return replace(found, things=things, relation=way, unread=unread)
                # Only two things stand in such a way; more stand beside each other, and it is told.
                return replace(found, things=things, unread=(*unread, match[0].strip()))
        parts = [text] if self._is_known(text) else [p for p in re.split(r",(?: and)? |" + BESIDE.pattern, text) if p]
        things, unread = self._several(parts)
        return replace(found, things=things, unread=unread)

    def _several(self, parts: list[str]) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
        things: list[Thing] = []
        unread: list[str] = []
        for part in parts[:MOST]:
            count, rest = _counted(part)
            if (match := TAIL.search(rest)) and not self._is_known(rest):
                unread.append(match[0].strip())
                rest = rest[: match.start()]
            things += [self._thing(rest)] * count
        return tuple(things[:MOST]), (*unread, *parts[MOST:])

    def _thing(self, text: str) -> Thing:
        """The words of a thing; a colour is taken off unless it belongs to a known name."""
        words = ARTICLE.sub("", text.strip())
        if words in self.known:
            first, _, rest = words.partition(" ")
            return Thing(words, first if first in COLOURS and rest in self.known else None)
        colours, shades = "|".join(COLOURS), "|".join(SHADES)
        colour = rf"(?:(?:{shades})[ -])?(?:{colours})"
        match = re.search(rf"^(?P<before>.*?)\b(?P<colour>{colour})\b[ ,]*(?:and (?:{colours}) )?(?P<after>.+)$", words)
        if match is None:
            return Thing(self._nearest(words))
        return Thing(self._nearest((match["before"] + match["after"]).strip()), match["colour"].replace("-", " "))

    def _nearest(self, words: str) -> str:
        """The known name that the words end with, in the singular if need be; else the words."""
        parts = words.split()
        for start in range(len(parts)):
            name = " ".join(parts[start:])
            for form in (name, name.removesuffix("s"), name.removesuffix("es"), re.sub("ies$", "y", name)):
                if form in self.known:
                    return form
        return words


def _counted(text: str) -> tuple[int, str]:
    """How many, and of what."""
    for word, count in NUMBERS.items():
        if text.startswith(word + " "):
            return count, text.removeprefix(word + " ")
    return 1, text


def _scene(text: str) -> tuple[str, str] | None:
    """The place and time that are the whole picture."""
    for place, phrases in SCENES.items():
        if text in phrases or ARTICLE.sub("", text) in {ARTICLE.sub("", p) for p in phrases}:
            return place, "night" if "night" in text or "starry" in text else "day"
        for frame, time in SCENE_TIMES.items():
            if text in {frame.format(phrase) for phrase in phrases}:
                return place, time
    return None


def rgb(colour: str) -> tuple[float, float, float]:
    """A colour by name, with a shade before it, as sRGB in [0, 1]."""
    shade, _, name = colour.rpartition(" ")
    towards = SHADES.get(shade, 0.0)
    red, green, blue = (
        value + (1 - value) * towards if towards > 0 else value * (1 + towards) for value in COLOURS[name]
    )
    return red, green, blue
