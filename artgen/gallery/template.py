"""The page's files with values put in; every value is text, and is escaped."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from artgen.pages.html import Templates

FOLDER = Path(__file__).parent / "page"

_templates = Templates(FOLDER)
fill, source = _templates.fill, _templates.source


def searchable(text: str) -> str:
    """Lower case without accents, as the page's search writes what is typed."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M")).lower()
