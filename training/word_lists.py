"""What a person decided about the table of words, from word_table.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHOICES = Path(__file__).with_name("word_table.yaml")


@dataclass
class Lists:
    """The file's parts."""

    kinds: dict[str, str]
    """Kinds of things, as WordNet calls them, and the names by which these are drawn: for `tower`, `castle`."""
    alike: set[str]
    """Names that whatever WordNet has beneath them looks like."""
    never: set[str]
    """Kinds of things of which nothing is drawn."""
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
        return cls(
            kinds=_by_word(data["kinds"]),
            alike=set(data["alike"]),
            never=set(data["never"]),
            unused=set(data["unused"]),
            words=set(data["words"]),
            pairs={name: set(text.split(", ")) for name, text in data["pairs"].items()},
            added=_by_word(data["added"]),
        )


def _by_word(by_name: dict[str, str]) -> dict[str, str]:
    return {word: name for name, text in by_name.items() for word in text.split(", ")}
