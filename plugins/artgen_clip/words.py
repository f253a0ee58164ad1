"""Known names in place of words that the embedded models have not learnt, so that `a kitten` is drawn as a cat.

The table, words.tsv, is made by ``training/word_table.py``. Nothing is looked up in the model itself: its text tower
makes something of any word, and mostly something else.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from artgen.api import InputError, Word
from artgen_clip import catalogue
from artgen_drawings.catalogue import names

TABLE = catalogue.FOLDER / "words.tsv"
"""A word a line, in the order of the alphabet: the word, a tab, and the name that stands for it."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)
_PLAIN = re.compile(
    "a|an|the|one|some|my|your|our|his|her|its|and|or|with|of|on|in|at|by|to|from|for|over|under|above|below|"
    "behind|near|next|beside|between|inside|before|after|front|top|two|three|four|five|six|pair|couple|black|"
    "white|red|green|yellow|blue|brown|purple|violet|pink|orange|gray|grey|golden|silver|turquoise|teal|cyan|"
    "light|dark|pale|deep|bright|small|big|large|little|tiny|cute|simple|beautiful|old|young|drawing|picture|"
    "illustration|painting|image|icon|sketch|cartoon|photo|clip|art|emoji|sticker|artwork|style|flat|glossy|"
    "outlined|background|backdrop|canvas|day|night|sunset|sunrise"
)
"""Words of the captions that the model was trained with, besides names: no things."""
_EITHER = re.compile("fish|sheep|deer|shrimp|moose|bison|squid|broccoli|bread|bacon|corn|rice|coffee")
"""Names that are the same for one and for several."""


@dataclass(frozen=True)
class Match:
    """A run of words that is a name: learnt, or one of the table's."""

    start: int
    end: int
    name: str
    is_learnt: bool
    plural: bool


def replaced(text: str) -> tuple[str, dict[str, str]]:
    """The text with known names in the place of words that are not, and what was put for what."""
    found: dict[str, str] = {}
    parts: list[str] = []
    done = 0
    for match in _substituted(text):
        name = _plural(match.name) if match.plural else match.name
        parts += [_with_article(text[done : match.start], name), name]
        found[text[match.start : match.end].lower()] = name
        done = match.end
    return "".join([*parts, text[done:]]), found


def note_of(word: str, name: str) -> str:
    """The line that tells of it."""
    return f"drawing '{name}' for '{word}' (the embedded CLIP has not learnt it)"


def understood(text: str, replace: bool) -> Iterator[Word]:
    """What is known of each word or name of a text, in its order; nothing is said of articles, colours and the like."""
    put = {match.start: match for match in _substituted(text)} if replace else {}
    for match in _matches(text):
        said = text[match.start : match.end]
        if match.start in put:
            yield Word(said, "replaced", put[match.start].name)
        elif match.is_learnt:
            yield Word(said, "known", match.name)
        elif not _PLAIN.fullmatch(said.lower()):
            yield Word(said, "met" if _singulars(said.lower()) & _met() else "unknown")


def _substituted(text: str) -> Iterator[Match]:
    """The matches of the table. One that stands right before another name describes that, and is left as it is."""
    for match, after in pairwise([*_matches(text), None]):
        assert match is not None
        describes = after is not None and after.name and not text[match.end : after.start].strip(" ")
        if match.name and not match.is_learnt and not describes:
            yield match


def _matches(text: str) -> Iterator[Match]:
    """Every word of the text once: in the longest name that begins there, or by itself, with an empty name."""
    words = list(_WORD.finditer(text))
    place = 0
    while place < len(words):
        match, count = _longest(text, words[place : place + _most()])
        yield match
        place += count


def _longest(text: str, words: list[re.Match[str]]) -> tuple[Match, int]:
    for count in range(len(words), 0, -1):
        start, end = words[0].start(), words[count - 1].end()
        said = " ".join(text[start:end].lower().split())
        for form in sorted(_singulars(said), key=lambda form: (form != said, form)):
            if form in learnt():
                return Match(start, end, form, True, form != said), count
            if form in table():
                return Match(start, end, table()[form], False, form != said), count
    return Match(words[0].start(), words[0].end(), "", False, False), 1


@functools.cache
def table() -> Mapping[str, str]:
    try:
        lines = TABLE.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise InputError("the table of words of the embedded model is not installed; reinstall artgen") from None
    return dict(line.split("\t") for line in lines)


@functools.cache
def learnt() -> frozenset[str]:
    """The names that the embedded models learnt, without articles."""
    bank = {re.sub("^(an?|the) ", "", line.partition("\t")[0]) for line in _bank()}
    # No names, but what a plant stands in: `a rose in a flower pot`.
    return names() | bank | {"pot", "planter"}


@functools.cache
def _most() -> int:
    """Words of the longest name."""
    return max(len(name.split()) for name in learnt())


@functools.cache
def _met() -> frozenset[str]:
    """Words by which drawings were called now and then in training, such as keywords."""
    return frozenset(word for line in _bank() for word in line.replace("\t", " ").split())


def _bank() -> list[str]:
    return catalogue.BANK.read_text(encoding="utf-8").splitlines()


def _singulars(said: str) -> set[str]:
    """The words, and what they may be the plural of."""
    found = {said}
    if said.endswith("s") and not said.endswith("ss"):
        found.add(said[:-1])
        if said.endswith("es"):
            found.add(said[:-2])
        if said.endswith("ies"):
            found.add(said[:-3] + "y")
        if said.endswith("ves"):
            found |= {said[:-3] + "f", said[:-3] + "fe"}
    return found


def _plural(name: str) -> str:
    """Of several; the first noun of `cup of tea`."""
    head, *rest = re.split(r"(?= (?:of|with|on|in|behind) )", name, maxsplit=1)
    if _EITHER.fullmatch(head.split()[-1]) or _is_several(head):
        return name
    if re.search("[^aeiou]y$", head):
        head = head[:-1] + "ies"
    else:
        head += "es" if re.search("(s|x|z|ch|sh)$", head) else "s"
    return head + "".join(rest)


def _is_several(name: str) -> bool:
    return name.endswith("s") and not name.endswith(("ss", "us"))


def _with_article(before: str, name: str) -> str:
    """The text before a name, with the article that the name wants if one stands right there; none before `grapes`."""
    match = _ARTICLE.search(before)
    if not match:
        return before
    if _is_several(name):
        return before[: match.start()]
    article = "an" if name[0] in "aeiou" else "a"
    return before[: match.start()] + (article.capitalize() if match[1][0].isupper() else article) + match[2]
