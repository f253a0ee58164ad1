"""Known names in place of words that the embedded models have not learnt, so that `a kitten` is drawn as a cat.

The table, words.tsv, is made by ``training/word_table.py``. Nothing is looked up in the model itself: its text tower
makes something of any word, and mostly something else.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from artgen.api import InputError, Word
from artgen_clip import catalogue
from artgen_drawings.caption import COLOURS
from artgen_drawings.catalogue import names

TABLE = catalogue.FOLDER / "words.tsv"
"""A word a line, in the order of the alphabet: the word, a tab, and the name that stands for it."""
EMOJI = catalogue.FOLDER / "emoji.tsv"
"""An emoji a line, a tab, and the name that it is read as; made by ``training/emoji_names.py``."""
LOOK = "\ufe0f"
"""The character that asks for an emoji in colours."""
SKINS = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""Characters that give an emoji before them a colour of skin."""
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
_IRREGULAR = {"men": "man", "mice": "mouse", "geese": "goose", "feet": "foot", "teeth": "tooth", "children": "child"}
"""Ends of plurals by those of their singulars."""
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
    is_emoji: bool = False


def replaced(text: str) -> tuple[str, dict[str, str]]:
    """The text with known names in the place of words that are not, and what was put for what."""
    found: dict[str, str] = {}
    parts: list[str] = []
    done, after_emoji = 0, False
    for match in _substituted(text):
        name = _plural(match.name) if match.plural else match.name
        before = _with_article(text[done : match.start], name)
        if match.is_emoji and after_emoji and not before.strip():
            before = " and "  # two in a row are two things
        parts += [before, " " if match.is_emoji and _joins("".join([*parts, before])) else "", name]
        after_emoji = match.is_emoji
        found[text[match.start : match.end].lower()] = name
        done = match.end
        if match.is_emoji and text[done : done + 1].isalnum():
            parts.append(" ")
    return "".join([*parts, text[done:]]), found


def _joins(before: str) -> bool:
    """Whether a name right behind it would become a part of its last word."""
    return before[-1:].isalnum()


def tables_of(found: Iterable[str]) -> list[Path]:
    """The tables that words came from which `replaced` has found."""
    return sorted({EMOJI if _bare(word) in emoji_names() else TABLE for word in found})


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
    """The matches of the table. One right before another name or a colour describes that, and is left as it is."""
    for match, after in pairwise([*_matches(text), None]):
        assert match is not None
        followed = after is not None and not after.is_emoji and not text[match.end : after.start].strip(" ")
        describes = followed and after is not None and (after.name or text[after.start : after.end].lower() in COLOURS)
        if match.name and not match.is_learnt and (match.is_emoji or not describes):
            yield match


def _matches(text: str) -> Iterator[Match]:
    """Every word and known emoji once: in the longest name that begins there, or by itself, with an empty name."""
    done = 0
    for shown in _emoji().finditer(text):
        yield from _in_words(text, done, shown.start())
        yield Match(shown.start(), shown.end(), emoji_names()[_bare(shown[0])], False, False, is_emoji=True)
        done = shown.end()
    yield from _in_words(text, done, len(text))


def _in_words(text: str, start: int, end: int) -> Iterator[Match]:
    """Those of a part of the text in which there is no emoji."""
    words = list(_WORD.finditer(text, start, end))
    place = 0
    while place < len(words):
        match, count = _longest(text, words[place : place + _most()])
        yield match
        place += count


def _bare(shown: str) -> str:
    """An emoji without its look and its skin."""
    return "".join(character for character in shown if character != LOOK and character not in SKINS)


@functools.cache
def _emoji() -> re.Pattern[str]:
    """Any of the known ones, the longest first, with a look and a skin wherever these may stand."""
    more = f"[{LOOK}{''.join(sorted(SKINS))}]*"
    known = sorted(emoji_names(), key=len, reverse=True)
    return re.compile("|".join(more.join(map(re.escape, character)) + more for character in known))


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
    return _read(TABLE)


@functools.cache
def emoji_names() -> Mapping[str, str]:
    return _read(EMOJI)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
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
    found = {said} | {said.removesuffix(end) + one for end, one in _IRREGULAR.items() if said.endswith(end)}
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
