"""The nouns of WordNet 3.0 (Princeton University) from the files of Debian's package `wordnet-base`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

KINDS = {5: "animal", 6: "artifact", 8: "body", 13: "food", 17: "object", 18: "person", 20: "plant"}
"""WordNet's own groups of nouns, those of what can be drawn; by the number of the lexicographer's file."""
_BASE = 16
"""WordNet counts the words of a set in hexadecimal."""


@dataclass(frozen=True)
class Meaning:
    """A set of synonyms."""

    place: int
    """Where it stands in the file, which names it."""
    kind: str
    """One of `KINDS`, or "" for what cannot be drawn."""
    words: tuple[str, ...]
    """As they are written, with capitals where they have them."""
    above: tuple[int, ...]
    """What it is a kind of."""
    below: tuple[int, ...]
    is_single: bool
    """Whether it is one person or place, and no kind of thing."""
    gloss: str
    """What it means, without examples."""

    @property
    def is_wood(self) -> bool:
        return bool(re.search(r"\bwood of\b", self.gloss))

    def tells(self, word: str) -> bool:
        """Whether it is one of its words: a name only as the beginning of several words, as in `Arctic fox`."""
        named = (text for text in self.words if " " in text and text.split()[-1].islower())
        return word in self.words or any(text.lower() == word for text in named)


class WordNet:
    """Meanings by place, and the places of a word's meanings, the most frequent first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.meanings = {one.place: one for one in map(_meaning, _lines(folder / "data.noun"))}
        self.places = dict(map(_places, _lines(folder / "index.noun")))

    @cached_property
    def counts(self) -> dict[str, list[int]]:
        """How often each meaning of a noun was met in texts that people tagged; only nouns that were met."""
        found: dict[str, list[int]] = {}
        for word, number, count, is_noun in self._met():
            counts = found.setdefault(word, [0] * len(self.of(word))) if is_noun else []
            if number <= len(counts):  # not so for some names in capitals
                counts[number - 1] = count
        return found

    @cached_property
    def others(self) -> dict[str, int]:
        """How often a word was met there as anything but a noun; 0 for adjectives and adverbs that were not met."""
        files = (self._folder / f"index.{kind}" for kind in ("adj", "adv"))
        found = {fields[0].replace("_", " "): 0 for file in files for fields in _lines(file)}
        for word, _, count, is_noun in self._met():
            if not is_noun:
                found[word] = found.get(word, 0) + count
        return found

    def _met(self) -> Iterator[tuple[str, int, int, bool]]:
        for line in (self._folder / "cntlist.rev").read_text(encoding="ascii").splitlines():
            key, number, count = line.split()
            word, _, rest = key.partition("%")
            yield word.replace("_", " "), int(number), int(count), rest.startswith("1:")

    def of(self, word: str) -> list[Meaning]:
        return [self.meanings[place] for place in self.places.get(word, ())]

    def usual(self, word: str) -> Meaning | None:
        """The meaning of a noun that is meant mostly, if that can be drawn; no names, no wood where there is a tree."""
        meant = [one for one in self.of(word) if one.tells(word) and not one.is_single]
        grown = [one for one in meant if not one.is_wood]
        first = next(iter(grown or meant), None)
        return first if first and first.kind else None

    def above(self, meaning: Meaning) -> Iterator[tuple[int, Meaning]]:
        """What it is a kind of, level by level."""
        row, seen, level = [meaning], {meaning.place}, 0
        while row:
            level += 1
            places = {place: None for one in row for place in one.above if place not in seen}
            row = [self.meanings[place] for place in places]
            seen |= set(places)
            yield from ((level, one) for one in row)


def _lines(path: Path) -> Iterator[list[str]]:
    """The fields of each line; the licence at the top is indented."""
    with path.open(encoding="ascii") as file:
        yield from (line.split(" ") for line in file if not line.startswith(" "))


def _meaning(fields: list[str]) -> Meaning:
    count = int(fields[3], _BASE)
    words = tuple(word.replace("_", " ") for word in fields[4 : 4 + 2 * count : 2])
    rest = fields[4 + 2 * count :]
    pointers = [tuple(rest[1 + 4 * i : 3 + 4 * i]) for i in range(int(rest[0]))]
    gloss = " ".join(rest).partition("| ")[2].partition(';  "')[0].partition('; "')[0].strip()
    return Meaning(
        place=int(fields[0]),
        kind=KINDS.get(int(fields[1]), ""),
        words=words,
        above=tuple(int(place) for sign, place in pointers if sign == "@"),
        below=tuple(int(place) for sign, place in pointers if sign == "~"),
        is_single=any(sign == "@i" for sign, _ in pointers),
        gloss=gloss,
    )


def _places(fields: list[str]) -> tuple[str, tuple[int, ...]]:
    meanings = int(fields[2])
    return fields[0].replace("_", " "), tuple(int(place) for place in fields[-meanings - 2 :] if len(place) == 8)
