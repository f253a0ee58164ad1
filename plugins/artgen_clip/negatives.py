"""The negatives: other texts that a prompt has to win against.

A text about the same object as the prompt is none: the picture should not be punished for showing what was asked. The
prompt itself in other colours is one: that is what makes colours come out right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from artgen.api import InputError
from artgen_clip import catalogue

# The basic colour terms of Berlin & Kay (1969).
_COLOURS = ("black", "white", "red", "green", "yellow", "blue", "brown", "purple", "pink", "orange", "gray")
_SPELLINGS = {"grey": "gray"}
_PLAIN = re.compile(
    "a|an|the|of|on|in|at|by|with|and|or|to|from|its|his|her|over|under|above|behind|near|front|background|"
    "picture|photo|drawing|painting|illustration|icon|image|art|clip"
)
_WORD = re.compile(r"[^\W_]+")
MOST_RECOLOURED = 64
"""No text tower of a CLIP reads so many colours: all end at 77 tokens or so, and each colour costs ten texts."""


@dataclass(frozen=True)
class Negative:
    """One text of the bank that negatives are taken from."""

    text: str
    subject: str
    """The words for what it shows; the text itself where the bank does not say."""

    @classmethod
    def parse(cls, line: str) -> Negative:
        """``text`` or ``text<TAB>words``, where the words are all that the text's object is called."""
        text, _, words = (part.strip() for part in line.partition("\t"))
        return cls(text, f"{text} {words}")


def read(bank: Path | tuple[str, ...] | None) -> list[Negative]:
    """The texts of a list, of a file, or of the bank that comes with the embedded model."""
    lines = bank if isinstance(bank, tuple) else _lines(bank or catalogue.BANK)
    found = [Negative.parse(line) for line in lines if line.strip()]
    if not found:
        raise InputError(f"{bank or catalogue.BANK}: the bank holds no text")
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(
            f"the bank of prompts {path.name} is not installed; reinstall artgen, or give a 'bank'"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error})") from None


def unrelated(prompt: str, negatives: list[Negative]) -> list[int]:
    """Which of them are about something else than the prompt."""
    asked = set(_content(prompt))
    return [index for index, negative in enumerate(negatives) if asked.isdisjoint(_content(negative.subject))]


def recoloured(prompt: str) -> list[str]:
    """The prompt with each of its colours, the first `MOST_RECOLOURED` of them, replaced by every other one."""
    words = (match for match in _WORD.finditer(prompt) if _base(match[0]) in _COLOURS)
    return [
        prompt[: match.start()] + colour + prompt[match.end() :]
        for match in islice(words, MOST_RECOLOURED)
        for colour in _COLOURS
        if colour != _base(match[0])
    ]


def _content(text: str) -> Iterator[str]:
    """The words that say what is shown: no colours, no function words, no plurals."""
    words = (_base(match[0]) for match in _WORD.finditer(text))
    return (word for word in words if word not in _COLOURS and not _PLAIN.fullmatch(word))


def _base(word: str) -> str:
    word = word.lower()
    word = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return _SPELLINGS.get(word, word)
