"""What a model knows of a text, for whoever asks before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Word:
    """A word of a text, or several that are one name."""

    text: str
    """As it is written."""
    state: Literal["known", "replaced", "met", "unknown"]
    """A name that the model has learnt; a word in whose place it is told a name; one that it has met beside names; or
    one that it knows nothing of, and which is left as it is."""
    name: str = ""
    """The name, in the singular."""
