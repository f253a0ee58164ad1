"""The page's files with values put in; every value is text, and is escaped."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "page"


def fill(name: str, **values: object) -> str:
    """The file `name` of the page as the template that it is, with values of these names."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        loader=FileSystemLoader(FOLDER),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def source(name: str) -> str:
    """One of the page's own files as it is."""
    return (FOLDER / name).read_text(encoding="utf-8").strip("\n")


def searchable(text: str) -> str:
    """Lower case without accents, as the page's search writes what is typed."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M")).lower()
