"""The page's files with values put in. Whatever is not marked as HTML is text, and is escaped."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "page"


class Html(str):
    """Text that is HTML already, because it was made by `fill` or `tag`, or is one of the page's own files."""

    def __add__(self, other: str) -> Html:
        return Html(str.__add__(self, _safe(other)))


def fill(name: str, /, **values: object) -> Html:
    """The file `name` of the page with ``$key`` replaced by each value, escaped for text and quoted attributes."""
    return Html(Template(source(name)).substitute({key: _safe(value) for key, value in values.items()}))


def tag(name: str, content: object, /, **attributes: object) -> Html:
    """An element; ``class_`` and ``aria_label`` stand for ``class`` and ``aria-label``."""
    pairs = "".join(f' {key.strip("_").replace("_", "-")}="{_safe(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{pairs}>{_safe(content)}</{name}>")


def joined(parts: Iterable[object], between: str = "\n") -> Html:
    """One after the other."""
    return Html(between.join(map(_safe, parts)))


@functools.cache
def source(name: str) -> Html:
    """One of the page's own files."""
    return Html((FOLDER / name).read_text(encoding="utf-8").strip("\n"))


def _safe(value: object) -> str:
    # A recipe may hold halves of a character, which no file can.
    return value if isinstance(value, Html) else escape(str(value).encode("utf-8", "replace").decode("utf-8"))


def searchable(text: str) -> str:
    """Lower case without accents, as the page's search writes what is typed."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M")).lower()
