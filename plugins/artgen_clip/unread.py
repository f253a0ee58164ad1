"""Signs that the embedded model has never seen in a text: it knows English words, and no emoji or other letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_LATIN = 0x24F
"""The last of Unicode's Latin letters that people write words with."""
_SHOWN = 20


def note_of(texts: Sequence[str]) -> str | None:
    """One line, if a text has such signs, however many have."""
    found = [signs for signs in map(_unread, texts) if signs]
    if not found:
        return None
    more = f", and those of {len(found) - 1} more" if len(found) > 1 else ""
    return f"'{found[0][:_SHOWN]}' means nothing to the embedded model{more}; it knows English words, so write those"


def _unread(text: str) -> str:
    """Its letters and symbols that are not Latin's."""
    return "".join(sign for sign in text if ord(sign) > _LATIN and unicodedata.category(sign)[0] in "LS")
