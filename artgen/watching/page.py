"""The page, which is the same for all: what is in the folder, its script asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from artgen.pages.html import Templates, policy, shared
from artgen.version import own_version

SCRIPTS = ("words", "live", "cards", "filters", "curves", "sheet", "films", "detail", "keys")
"""The parts of the page's script, in their order."""
STYLES = ("style", "detail")

_page = Templates(Path(__file__).parent / "page")


@dataclass(frozen=True)
class Page:
    """A page and what it may do."""

    content: bytes
    policy: str


@lru_cache(maxsize=4)
def page(title: str) -> Page:
    """The page that shows a folder of that name."""
    style = "\n".join((shared.source("base.css"), *(_page.source(f"{name}.css") for name in STYLES)))
    early = shared.source("theme.js")
    base = (shared.source("base.js"), shared.source("grid.js"))
    late = "\n\n".join((*base, *(_page.source(f"{name}.js") for name in SCRIPTS)))
    allowed = policy(style, (early, late), "data: 'self'", "'self'")
    text = _page.fill(
        "page.html",
        title=title,
        version=own_version(),
        # The page's own, which are no HTML, and no text either.
        style=Markup(style),
        early=Markup(early),
        late=Markup(late),
    )
    return Page(f"{text}\n".encode("utf-8", "replace"), f"{allowed}; frame-ancestors 'none'")


@lru_cache(maxsize=4)
def refusal(heading: str, reason: str) -> Page:
    """A page for who may see nothing."""
    style = shared.source("base.css")
    text = _page.fill("refused.html", heading=heading, reason=reason, style=Markup(style))
    allowed = policy(style, (), "'none'")
    return Page(f"{text}\n".encode(), f"{allowed}; frame-ancestors 'none'")
