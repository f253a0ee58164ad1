"""Pages that are one file: templates with values put in, what the page may do, and files as addresses in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent


class Templates:
    """A folder of a page's own files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = Environment(
            autoescape=True,
            loader=FileSystemLoader(folder),
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )

    def fill(self, name: str, **values: object) -> str:
        """The file `name` as the template that it is, with values of these names; each is text, and is escaped."""
        return self._environment.get_template(name).render(values)

    def source(self, name: str) -> str:
        """The file `name` as it is."""
        return (self._folder / name).read_text(encoding="utf-8").strip("\n")


shared = Templates(FOLDER)
"""What every page has: ``base.css``; ``theme.js``, which runs before anything is drawn; ``base.js``, after all is.

``grid.js`` is for those that show a grid of cards.
"""


def policy(style: str, scripts: Iterable[str], images: str, asks: str = "") -> str:
    """What a page may do (Content Security Policy 3): show pictures and films, and its style and scripts by hash.

    Args:
        style: its only style sheet.
        scripts: all its scripts.
        images: where pictures and films may come from, such as ``data: 'self'``.
        asks: where its scripts may ask for data, such as ``'self'``; by default nowhere.
    """
    rules = {
        "default-src": "'none'",
        "img-src": images,
        "media-src": images,
        "style-src": _hash(style),
        "script-src": " ".join(map(_hash, scripts)),
        **({"connect-src": asks} if asks else {}),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{rule} {value}" for rule, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def data_address(kind: str, content: bytes) -> str:
    """The ``data:`` URL (RFC 2397) of a file."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
