"""Every text that a text with choices can become, where a run would draw one of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product
from pathlib import Path

from artgen.prompts.templates import Pieces, WildcardChoice, parse
from artgen.prompts.wordlists import Filler


def expansions(source: str, folder: Path | None = None, most: int = 10_000) -> list[str]:
    """All of them, in the order of the options; see `artgen.prompts.wildcards` for the notation.

    Options that are drawn several at a time, ``{2$$a|b|c}``, are taken in their order.

    Args:
        source: the text.
        folder: where the files of its wildcards are looked for; default: the current folder.
        most: how many there may be.

    Raises:
        ValueError: if there are more, if the text is none, or if it has variables, which are of a run.
    """
    parts = Filler(folder or Path()).filled(parse(source))
    found = list(islice(_texts(parts), most + 1))
    if len(found) > most:
        raise ValueError(f"more than {most} texts come of the choices")
    return list(dict.fromkeys(" ".join(text.split()) for text in found))


def _texts(parts: Pieces) -> Iterator[str]:
    if not parts:
        yield ""
        return
    first, rest = parts[0], parts[1:]
    for head in _of_piece(first):
        for tail in _texts(rest):
            yield head + tail


def _of_piece(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, WildcardChoice):
        high = len(part.options) if part.high is None else min(part.high, len(part.options))
        for count in range(part.low, high + 1):
            for chosen in combinations(part.options, count):
                for texts in product(*(list(_texts(option)) for option in chosen)):
                    yield part.separator.join(texts)
    else:
        raise ValueError("variables such as ${colour} are drawn by a run; write the choices in their place")
