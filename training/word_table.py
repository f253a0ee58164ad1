"""Make the table of known names for words that the embedded models have not learnt: ``python -m training.word_table``.

WordNet first: a synonym, what a word is a kind of, or the thing that its definition begins with. Which of several names
stands for a word, and how far one may be from it, is decided by the likeness of their definitions, as a sentence
encoder embeds them (all-MiniLM-L6-v2); animals, plants, people and the names listed as alike need none, since they look
like what they are kinds of. The table was read through; word_table.yaml holds what was chosen, added and taken out.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from artgen_clip import words as shipped
from artgen_drawings import caption, catalogue
from training.captions import FORMS
from training.names import Emoji
from training.sentences import Encoder
from training.word_lists import Lists
from training.wordnet import Meaning, WordNet

OF_GROUP = {
    1: ("person",),
    3: ("animal", "plant"),
    4: ("food", "plant"),
    5: ("artifact", "object", "plant"),
    6: ("artifact", "object"),
    7: ("artifact", "object", "food"),
}
"""What the things of a group of emoji may be to WordNet, for a name to be taken in the right one of its meanings."""
NEAREST = (0.0, 0.15, 0.25, 0.35, 0.42, 0.45)
"""How alike a word and a name have to be, by the levels from one up to the other; the last, for all further ones."""
BONUS = (0.5, 0.3, 0.18, 0.06, 0.0)
"""How much that counts, in cosines, where several names could be meant; less by `FURTHER` for each further level."""
FURTHER = 0.06
DEFINITION = -1
"""The level of a name that a definition begins with."""
NEAREST_DEFINITION, BONUS_DEFINITION = 0.4, 0.15
CLEAR = 0.6
"""The share of a noun's uses in which it has to mean what it is taken for."""
ALIKE = frozenset({"animal", "plant", "person"})
"""What looks like whatever it is a kind of, at any level."""
LIVING = frozenset({"animal", "plant"})
EATEN = frozenset({"animal", "food", "plant"})
GREEN = frozenset({"herb", "leafy tree"})
"""Drawings of plants without flowers, which stand for small ones with flowers too."""
WOODY = frozenset({"fir tree", "leafy tree", "pine tree", "tree"})
"""Drawings of what a colour in front tells no colour of: `white oak`."""
FLOWERS = re.compile(r"\b(flowers?|flowered|flower ?heads?|blooms|blossoms)\b")
"""What the definition of a plant says that is known for them."""
MOST, MOST_OF_PLANT = 3, 2
"""Words of an entry."""
REFUSED = re.compile(
    "offensive|disparag|derogat|slang|sexual|genital|vulgar|obscene|prostitut|nazi|racial|ethnic|corpse|torture|execution"
)
"""What the definition of a word may not say."""
_BEFORE_GENUS = re.compile(
    r"^\W*(any of (several|various|numerous|many|the)?|an?|the|(a|any) (kind|type|species|breed) of) "
)
_AFTER_GENUS = re.compile(
    r"[,;:(]| (of|with|that|which|who|used|for|in|from|having|on|to|by|or|and|at|as|whose|where|made|consisting|worn"
    r"|native|resembling|containing|usually|found|built|designed|covered|is|are|being|into|without|when|growing"
    r"|bearing) "
)


@dataclass
class Maker:
    """Finds a name for each word."""

    net: WordNet
    emoji: Emoji
    common: frozenset[str]
    """The words of English that are not rare."""
    encoder: Encoder
    lists: Lists = field(default_factory=Lists.read)
    _usuals: dict[str, Meaning | None] = field(default_factory=dict, init=False)

    def table(self) -> dict[str, str]:
        ways = {word: found for word in self.net.places if (found := self._ways(word))}
        rows = self._rows({word: f"{word}: {self._meant(word).gloss}" for word in ways})
        table = {word: name for word, name in self.lists.kinds.items() if "#" not in word}
        table |= {word: self._best(word, rows[word], ways[word]) for word in ways}
        table = {word: name for word, name in table.items() if name and word not in self.lists.pairs.get(name, ())}
        table |= self.lists.added
        return {word: name for word, name in sorted(table.items()) if not self._is_known(word) and word != name}

    def _best(self, word: str, row: Tensor, ways: Mapping[str, int]) -> str:
        """The name that is likest, if it is like enough."""
        meaning = self._meant(word)
        likeness = {name: max(float(row @ told) for told in self._named[name]) for name in ways}
        near = [name for name, level in ways.items() if likeness[name] >= self._nearest(meaning, name, level)]
        best = max(near, key=lambda name: (likeness[name] + _bonus(ways[name]), name), default="")
        in_bloom = meaning.kind == "plant" and best in GREEN and FLOWERS.search(meaning.gloss)
        return "blossom" if in_bloom else best

    def _nearest(self, meaning: Meaning, name: str, level: int) -> float:
        if level == DEFINITION:
            return NEAREST_DEFINITION
        is_alike = name in self.lists.alike or meaning.kind in ALIKE
        return -1.0 if is_alike else NEAREST[min(level, len(NEAREST) - 1)]

    def _rows(self, texts: Mapping[str, str]) -> dict[str, Tensor]:
        return dict(zip(texts, self.encoder(list(texts.values())), strict=True))

    @cached_property
    def _named(self) -> dict[str, list[Tensor]]:
        """What each name means, and the kinds of things that it stands for."""
        kinds = {word: meaning for word in self.lists.kinds if (meaning := self._drawable(word))}
        meant = [*((name, name, meaning) for name, meaning in self._senses.items())]
        meant += [(self.lists.kinds[word], word.partition("#")[0], meaning) for word, meaning in kinds.items()]
        rows = self.encoder([f"{word}: {meaning.gloss}" for _, word, meaning in meant])
        found: dict[str, list[Tensor]] = {}
        for (name, _, _), row in zip(meant, rows, strict=True):
            found.setdefault(name, []).append(row)
        return found

    def _is_known(self, word: str) -> bool:
        return word in self.known or word in self._plain or word in self.lists.words

    @cached_property
    def known(self) -> frozenset[str]:
        """Names of either model, and what sentences are read by."""
        everyday = {name for concept in self.emoji.concepts.values() for name in concept.names}
        return frozenset(everyday | catalogue.names() | shipped.learnt())

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The words of sentences around the names."""
        tables = (caption.PLACES, caption.TIMES, caption.SCENES)
        phrases = [phrase for table in tables for found in table.values() for phrase in found]
        lines = (*FORMS, *phrases, *caption.COLOURS, *caption.SHADES, caption.FRAME.pattern, caption.MANNER.pattern)
        return frozenset(word for line in lines for word in re.findall("[a-z]+", line))

    @cached_property
    def _senses(self) -> dict[str, Meaning]:
        """What each name that is drawn means."""
        groups = {name: one.group for one in self.emoji.concepts.values() for name in one.names}
        found: dict[str, Meaning] = {}
        for name in sorted(catalogue.names() - self.lists.unused):
            kinds = OF_GROUP.get(groups.get(name, -1), ())
            meant = [m for form in (name, name.removesuffix("s")) for m in self.net.of(form) if m.kind in kinds]
            found |= {name: meant[0]} if meant else {}
        return found

    @cached_property
    def _by_meaning(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for name, meaning in self._senses.items():
            found.setdefault(meaning.place, []).append(name)
        for word, name in self.lists.kinds.items():
            if (meaning_of_kind := self._drawable(word)) and meaning_of_kind.place not in found:
                found[meaning_of_kind.place] = [name]
        return found

    def _drawable(self, word: str) -> Meaning | None:
        text, _, number = word.partition("#")
        meant = self.net.of(text)
        return meant[int(number) - 1] if number else next((meaning for meaning in meant if meaning.kind), None)

    def _usual(self, word: str) -> Meaning | None:
        """What a noun means mostly; the animal rather than its meat, and the fruit rather than its plant."""
        if word not in self._usuals:
            self._usuals[word] = self._likeliest(word)
        return self._usuals[word]

    def _likeliest(self, word: str) -> Meaning | None:
        usual = self.net.usual(word)
        wanted = {"food": "animal", "plant": "food"}.get(usual.kind if usual else "")
        others = (one for one in self.net.of(word) if one.kind == wanted and one.tells(word))
        return next((one for one in others if self._above(one)), usual)

    def _meant(self, word: str) -> Meaning:
        meaning = self._usual(word)
        assert meaning
        return meaning

    @cached_property
    def _never(self) -> frozenset[int]:
        meant = map(self._drawable, self.lists.never)
        return frozenset(meaning.place for meaning in meant if meaning)

    def _ways(self, word: str) -> dict[str, int]:
        """The names that could stand for a word, and the levels up to them."""
        if not self._is_noun(word):
            return {}
        meaning = self._meant(word)
        found = self._above(meaning)
        if meaning.kind != "person" and (genus := self._genus(meaning)):
            found.setdefault(genus, DEFINITION)
        return found

    def _above(self, meaning: Meaning) -> dict[str, int]:
        found: dict[str, int] = {}
        for level, above in ((0, meaning), *self.net.above(meaning)):
            if above.place in self._never:
                return {}
            for name in self._by_meaning.get(above.place, ()):
                found.setdefault(name, level)
        return found

    def _is_noun(self, word: str) -> bool:
        """Whether it is an everyday word that mostly names a kind of thing."""
        parts, meaning = word.split(), self._usual(word)
        if self._is_known(word) or meaning is None or meaning.kind == "body":
            return False
        most = MOST_OF_PLANT if meaning.kind == "plant" else MOST
        if len(parts) > most or not re.fullmatch("[a-z][a-z' -]{2,}", word):
            return False
        if not all(part in self.common or part.capitalize() in self.common for part in parts):
            return False
        if self._is_latin(word, meaning) or REFUSED.search(meaning.gloss):
            return False
        return self._is_clear(word, meaning) and self._is_told_by_last(word, meaning)

    def _is_told_by_last(self, word: str, meaning: Meaning) -> bool:
        """Whether what lives is so by its last word: `sea lion`, and neither `elephant ear` nor `large white`."""
        *before, last = word.split()
        if not before or meaning.kind not in LIVING:
            return True
        drawn = self._senses.get(last)
        if last in caption.COLOURS or (last in catalogue.names() and not (drawn and drawn.kind in EATEN)):
            return False
        is_cut = meaning.kind == "plant" and "'" in word
        return not is_cut and any(one.kind in LIVING for one in self.net.of(last))

    def _is_latin(self, word: str, meaning: Meaning) -> bool:
        """Whether it is the name of a species, such as `Accipiter nisus`."""
        genus = any(re.search(r"\bgenus\b", one.gloss) for one in self.net.of(word.split()[0]) if not one.kind)
        return genus and word not in meaning.words

    def _is_clear(self, word: str, meaning: Meaning) -> bool:
        counts = self.net.counts.get(word, [])
        others = self.net.others.get(word, -1)
        if others > sum(counts) or (others == 0 and word in self.net.others and not sum(counts)):
            return False
        meant = zip(self.net.of(word), counts, strict=bool(counts))
        here = sum(count for one, count in meant if one == meaning or {one.kind, meaning.kind} <= EATEN or one.is_wood)
        return not sum(counts) or here >= CLEAR * sum(counts)

    def _genus(self, meaning: Meaning) -> str:
        """The name that a definition begins with: `young domestic cat`."""
        begin = _AFTER_GENUS.split(_BEFORE_GENUS.sub("", meaning.gloss.lower()))[0].split()
        for start in range(len(begin)):
            for name in (" ".join(begin[start:]), " ".join(begin[start:]).removesuffix("s")):
                if (sense := self._senses.get(name)) and sense.kind == meaning.kind:
                    return name
        return ""


def _bonus(level: int) -> float:
    if level == DEFINITION:
        return BONUS_DEFINITION
    return BONUS[level] if level < len(BONUS) else BONUS[-1] - FURTHER * (level - len(BONUS) + 1)


def without_rest(table: Mapping[str, str], known: Set[str], given: Set[str]) -> Iterator[tuple[str, str]]:
    """Without plurals that follow from the rest, and colours before what is known (`black bear`), unless so given."""
    for word, name in table.items():
        first, _, rest = word.partition(" ")
        is_plural = word.endswith("s") and table.get(word[:-1]) == name
        is_coloured = first in caption.COLOURS and (rest in table or rest in known)
        is_species = name in WOODY and (table.get(rest) == name or rest in name.split())
        if not is_plural and (is_species or not is_coloured or word in given):
            yield word, name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of training.fetch (default: data)")
    parser.add_argument("--encoder", type=Path, required=True, help="the folder of all-MiniLM-L6-v2")
    parser.add_argument("--to", type=Path, default=shipped.TABLE, help="the table (default: the one that is shipped)")
    given = parser.parse_args()
    share = given.data / "wordnet-base" / "usr" / "share" / "wordnet"
    lists = [given.data / f"w{kind}-large" / "usr" / "share" / "dict" for kind in ("american", "british")]
    common = {word for folder in lists for file in folder.iterdir() for word in file.read_text("utf-8").split("\n")}
    maker = Maker(WordNet(share), Emoji(given.data / "emojibase"), frozenset(common), Encoder(given.encoder))
    with torch.no_grad():
        rows = list(without_rest(maker.table(), maker.known, maker.lists.added.keys()))
    given.to.write_text("".join(f"{word}\t{name}\n" for word, name in rows), encoding="utf-8")
    print(f"{len(rows)} words, {len({name for _, name in rows})} names")


if __name__ == "__main__":
    main()
