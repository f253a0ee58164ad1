"""A small byte-pair vocabulary in the file format that open_clip's SimpleTokenizer reads.

Byte-pair encoding after Sennrich et al. 2016 (https://arxiv.org/abs/1508.07909): the commonest pair of neighbouring
symbols becomes a symbol, again and again. Words here are few, so plain counting is quick enough.
"""

import gzip
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from open_clip.tokenizer import SimpleTokenizer

CONTEXT = 16
BYTES_AND_MARKS = 2 * 256 + 2  # each byte, each byte that ends a word, and the start and end of a text


def learn(corpus: list[str], merges: int) -> list[tuple[str, str]]:
    """The first `merges` merges for these lines; stops early when every word is one symbol."""
    counts = Counter(word for line in corpus for word in re.findall(r"[a-z]+", line.lower()))
    words = {word: [*word[:-1], word[-1] + "</w>"] for word in counts}
    found: list[tuple[str, str]] = []
    while len(found) < merges:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in words.items():
            for pair in pairwise(symbols):
                pairs[pair] += counts[word]
        if not pairs:
            break
        found += _best(pairs, merges - len(found))
        words = {word: _merge(symbols, found) for word, symbols in words.items()}
    return found


def _best(pairs: Counter[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """Several merges a round: the commonest pairs that share no symbol, which do not change each other's counts."""
    used: set[str] = set()
    chosen = []
    for pair, _ in pairs.most_common(64):
        if used.isdisjoint(pair):
            chosen.append(pair)
            used.update(pair)
    return chosen[:room]


def _merge(symbols: list[str], merges: list[tuple[str, str]]) -> list[str]:
    for first, second in merges[-64:]:
        i = 0
        while i < len(symbols) - 1:
            if symbols[i] == first and symbols[i + 1] == second:
                symbols = [*symbols[:i], first + second, *symbols[i + 2 :]]
            i += 1
    return symbols


def write(merges: list[tuple[str, str]], path: Path) -> None:
    """One merge a line below a heading line; a fixed time stamp keeps the file's hash stable."""
    text = "\n".join(["#version: 1", *(f"{a} {b}" for a, b in merges)])
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


def load(path: Path) -> SimpleTokenizer:
    return SimpleTokenizer(bpe_path=str(path), context_length=CONTEXT)
