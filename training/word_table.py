"""Make the table of known names for words that the embedded models have not learnt: ``python -m training.word_table``.

WordNet first: a synonym, what a word is a kind of, or the thing that its definition begins with. Which of several names
stands for a word, and how far one may be from it, is decided by the likeness of their definitions, as a sentence
encoder embeds them (all-MiniLM-L6-v2). A person has read the table once; word_table.yaml holds what was taken out.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from artgen_clip import words as shipped
from artgen_drawings import caption, catalogue
from training.captions import FORMS
from training.names import Emoji
from training.sentences import Encoder
from training.wordnet import Meaning, WordNet

CHOICES = Path(__file__).with_name("word_table.yaml")
OF_GROUP = {
    1: ("person",),
    3: ("animal", "plant"),
    4: ("food", "plant"),
    5: ("artifact", "object", "plant"),
    6: ("artifact", "object"),
    7: ("artifact", "object", "food"),
}
"""What the things of a group of emoji may be to WordNet, for a name to be taken in the right one of its meanings."""
NEAREST = {"synonym": 0.0, "kind": 0.15, "kind of a kind": 0.25, "definition": 0.4, "third": 0.35, "fourth": 0.42}
"""How alike a word and a name have to be, by the way from one to the other."""
BONUS = {"synonym": 0.5, "kind": 0.3, "kind of a kind": 0.18, "definition": 0.15, "third": 0.06, "fourth": 0.0}
"""How much a way counts, in cosines, where several names could be meant."""
LEVELS = ("kind", "kind of a kind", "third", "fourth")
CLEAR = 0.6
"""The share of a noun's uses in which it has to mean what it is taken for."""
MOST = 3
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
class Lists:
    """What a person decided."""

    kinds: dict[str, str]
    """Words of WordNet's for kinds of things, and the names by which these are drawn: for `tower`, `castle`."""
    unused: set[str]
    """Names that stand for nothing but themselves."""
    words: set[str]
    """Words that are left as they are."""
    pairs: dict[str, set[str]]
    """Words by names that they shall not be drawn as."""
    added: dict[str, str]
    """Words that WordNet leads elsewhere or nowhere."""

    @classmethod
    def read(cls) -> Lists:
        data: Any = yaml.safe_load(CHOICES.read_text(encoding="utf-8"))
        pairs = {name: set(text.split(", ")) for name, text in data["pairs"].items()}
        return cls(data["kinds"], set(data["unused"]), set(data["words"]), pairs, data["added"])


@dataclass
class Maker:
    """Finds a name for each word."""

    net: WordNet
    emoji: Emoji
    common: frozenset[str]
    """The words of English that are not rare."""
    encoder: Encoder
    lists: Lists = field(default_factory=Lists.read)

    def table(self) -> dict[str, str]:
        ways = {word: found for word in self.net.places if (found := self._ways(word))}
        rows = self._rows({word: f"{word}: {self._meant(word).gloss}" for word in ways})
        table = dict(self.lists.kinds) | {word: self._best(word, rows[word], ways[word]) for word in ways}
        table = {word: name for word, name in table.items() if name and word not in self.lists.pairs.get(name, ())}
        table |= self.lists.added
        return {word: name for word, name in sorted(table.items()) if not self._is_known(word) and word != name}

    def _best(self, word: str, row: Tensor, ways: Mapping[str, str]) -> str:
        """The name that is likest, if it is like enough."""
        likeness = {name: max(float(row @ told) for told in self._named[name]) for name in ways}
        near = [name for name, way in ways.items() if likeness[name] >= NEAREST[way]]
        return max(near, key=lambda name: (likeness[name] + BONUS[ways[name]], name), default="")

    def _rows(self, texts: Mapping[str, str]) -> dict[str, Tensor]:
        return dict(zip(texts, self.encoder(list(texts.values())), strict=True))

    @cached_property
    def _named(self) -> dict[str, list[Tensor]]:
        """What each name means, and the kinds of things that it stands for."""
        kinds = {word: meaning for word in self.lists.kinds if (meaning := self._drawable(word))}
        meant = [*((name, name, meaning) for name, meaning in self._senses.items())]
        meant += [(self.lists.kinds[word], word, meaning) for word, meaning in kinds.items()]
        rows = self.encoder([f"{word}: {meaning.gloss}" for _, word, meaning in meant])
        found: dict[str, list[Tensor]] = {}
        for (name, _, _), row in zip(meant, rows, strict=True):
            found.setdefault(name, []).append(row)
        return found

    def _is_known(self, word: str) -> bool:
        return word in self._known or word in self._plain or word in self.lists.words

    @cached_property
    def _known(self) -> frozenset[str]:
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
        return next((meaning for meaning in self.net.of(word) if meaning.kind), None)

    def _meant(self, word: str) -> Meaning:
        meaning = self.net.usual(word)
        assert meaning
        return meaning

    def _ways(self, word: str) -> dict[str, str]:
        """The names that could stand for a word, and how they are come to."""
        if not self._is_noun(word):
            return {}
        meaning = self._meant(word)
        found: dict[str, str] = {}
        for level, above in self.net.above(meaning, len(LEVELS)):
            for name in self._by_meaning.get(above.place, ()):
                found.setdefault(name, LEVELS[level - 1])
        if meaning.kind != "person" and (genus := self._genus(meaning)):
            found.setdefault(genus, "definition")
        found |= dict.fromkeys(self._by_meaning.get(meaning.place, ()), "synonym")
        return {} if self._is_told(word, found) else found

    def _is_noun(self, word: str) -> bool:
        """Whether it is an everyday word that mostly names a kind of thing."""
        parts, meaning = word.split(), self.net.usual(word)
        if self._is_known(word) or meaning is None or meaning.kind == "body" or word not in meaning.words:
            return False
        if len(parts) > MOST or not re.fullmatch("[a-z][a-z' -]{2,}", word) or not {*parts} <= self.common:
            return False
        return self._is_clear(word) and not REFUSED.search(meaning.gloss)

    def _is_clear(self, word: str) -> bool:
        counts = self.net.counts.get(word, [])
        others = self.net.others.get(word, -1)
        if others > sum(counts) or (others == 0 and word in self.net.others and not sum(counts)):
            return False
        return not sum(counts) or counts[0] >= CLEAR * sum(counts)

    def _is_told(self, word: str, names: Mapping[str, str]) -> bool:
        """Whether what is meant is told by the last word already, as in `tabby cat`."""
        *before, last = word.split()
        return bool(before) and (last in self._known or any(name.split()[-1] == last for name in names))

    def _genus(self, meaning: Meaning) -> str:
        """The name that a definition begins with: `young domestic cat`."""
        begin = _AFTER_GENUS.split(_BEFORE_GENUS.sub("", meaning.gloss.lower()))[0].split()
        for start in range(len(begin)):
            for name in (" ".join(begin[start:]), " ".join(begin[start:]).removesuffix("s")):
                if (sense := self._senses.get(name)) and sense.kind == meaning.kind:
                    return name
        return ""


def singular(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Without what follows from the rest: plurals, and names of several words whose last is drawn as the same."""
    for word, name in table.items():
        *before, last = word.split()
        is_plural = word.endswith("s") and table.get(word[:-1]) == name
        if not is_plural and not (before and table.get(last) == name):
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
        rows = list(singular(maker.table()))
    given.to.write_text("".join(f"{word}\t{name}\n" for word, name in rows), encoding="utf-8")
    print(f"{len(rows)} words, {len({name for _, name in rows})} names")


if __name__ == "__main__":
    main()
