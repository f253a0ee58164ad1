"""How many tokens a text is, and where a model stops reading it: counted without the model, whose import takes seconds.

The byte-pair encoding of CLIP (Sennrich et al. 2016, arXiv:1508.07909), as open_clip's own tokenizer counts it.
"""

from __future__ import annotations

import functools
import gzip
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

_SHOWN = 60
"""Characters of a text in a message."""
_KEPT = 3
"""Words of what is read, at its end, in a message."""
_LONGEST = 256
"""Letters of a word that are merged together; longer ones are none, and would take long."""
_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_VOCABULARY = 49152 - 256 - 2
"""The merges that are read of a file, however many it has."""


def cut(text: str, room: int, count: Callable[[str], int]) -> str | None:
    """The line to tell of a text of which a model reads `room` tokens only; None if that is all of it."""
    length = count(text)
    if length <= room:
        return None
    words, low, high = text.split(), 0, len(text.split())
    while low < high:  # the most words that fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(" ".join(words[:middle])) <= room else (low, middle - 1)
    kept = " ".join(words[max(0, low - _KEPT) : low])
    begin = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    end = f"as far as '{'...' * (low > _KEPT)}{kept}'," if kept else "not one word in full,"
    return f"'{begin}' is {length} tokens long; the model reads the first {room}, {end} and ignores the rest"


def counter(merges: Path) -> Callable[[str], int]:
    """What counts the tokens of a text, its start and end included."""
    ranks = _ranks(merges)
    return lambda text: 2 + sum(_pieces(word, ranks) for word in _words(text))


@functools.cache
def _ranks(merges: Path) -> _Ranks:
    lines = gzip.decompress(merges.read_bytes()).decode("utf-8").split("\n")[1 : _VOCABULARY + 1]
    return _Ranks({tuple(line.split()): rank for rank, line in enumerate(lines)})


@dataclass(frozen=True, eq=False)
class _Ranks:
    """The merges in their order; as a key it stands for itself."""

    of: Mapping[tuple[str, ...], int]


def _words(text: str) -> list[str]:
    import ftfy  # open_clip brings both
    import regex

    clean = " ".join(html.unescape(html.unescape(ftfy.fix_text(text))).split()).lower()
    # Without regard to case, as open_clip splits: some marks are letters of no case then.
    words = regex.findall(_SPLIT, clean, regex.IGNORECASE)
    return [word[start : start + _LONGEST] for word in words for start in range(0, len(word), _LONGEST)]


@functools.lru_cache(maxsize=4096)
def _pieces(word: str, ranks: _Ranks) -> int:
    """How many tokens a word is: the earliest merge first, wherever it applies."""
    letters = [_letters()[byte] for byte in word.encode()]
    parts = [*letters[:-1], letters[-1] + "</w>"]
    while len(parts) > 1:
        best = min(pairwise(parts), key=lambda pair: ranks.of.get(pair, len(ranks.of)))
        if best not in ranks.of:
            break
        merged: list[str] = []
        for part in parts:
            # What was merged just now is no half of another.
            if merged and (merged[-1], part) == best:
                merged[-1] += part
            else:
                merged.append(part)
        parts = merged
    return len(parts)


@functools.cache
def _letters() -> tuple[str, ...]:
    """The letter that stands for each byte in a file of merges: itself where it can be printed."""
    printable = set(chain(range(33, 127), range(161, 173), range(174, 256)))
    others = iter(range(256, 512))
    return tuple(chr(byte if byte in printable else next(others)) for byte in range(256))
