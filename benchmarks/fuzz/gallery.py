"""The gallery's page of pictures by strangers: every text stays a text."""

from __future__ import annotations

import contextlib
import json
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import yaml

from benchmarks.fuzz import damage
from benchmarks.fuzz.recipes import as_json, carried, drawn
from benchmarks.fuzz.watch import Undocumented, command

_FOREIGN = ("iframe", "object", "embed", "base", "form", "frame", "applet", "template", "portal")
_PLAIN = ("svg", "path", "polyline", "figure", "figcaption", "a", "p", "ul", "li", "b", "h3", "dl", "dt", "dd")
"""What a page of other pictures may have, and the sound one has not."""
_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")


class Page(HTMLParser):
    """What of a page could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.tags: set[str] = set()
        self.evil: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "script":
            self.scripts.append("")
        if tag in _FOREIGN:
            self.evil.append(tag)
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on") or (
                name in _ADDRESSES and address.startswith(("javascript:", "vbscript:", "data:text"))
            ):
                self.evil.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts:
            self.scripts[-1] += data


def parsed(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


class Gallery:
    """A picture with a recipe, its losses and its entry, damaged, and the page that is built of it."""

    def __init__(self, folder: Path) -> None:
        self.recipe = drawn(folder)
        self.sound: Page | None = None

    def base(self, random: Random) -> dict[str, Any]:
        curve = [[step, 1 / (step + 1)] for step in range(3)]
        entry = {"file": "x.png", "title": "A heart", "by": "me", "note": "quick", "tags": ["a", "b"]}
        return {"recipe": self.recipe, "losses": {"total": curve, "smoothness": curve}, "entry": entry}

    def damage(self, random: Random, found: dict[str, Any]) -> dict[str, Any]:
        part = random.choice(("recipe", "recipe", "recipe", "losses", "entry"))
        return {**found, part: damage.tree(random, found[part])}

    def attempt(self, found: dict[str, Any]) -> None:
        if self.sound is None:
            self._write(self.base(Random(0)), Path("sound"))
            if command(
                "gallery", "build", "--gallery", "sound", "--out", "sound.html", "--no-alike", "--overwrite"
            ).code:
                raise Undocumented("gallery: the sound one cannot be built")
            self.sound = parsed(Path("sound.html"))
        self._write(found, Path("g"))
        said = command("gallery", "build", "--gallery", "g", "--out", "page.html", "--no-alike", "--overwrite")
        if said.code:
            return
        page = parsed(Path("page.html"))
        strange = {*page.evil, *page.tags} - {*self.sound.evil, *self.sound.tags, *_PLAIN}
        if strange:
            raise Undocumented(f"gallery: the page has {min(strange)}")
        if len(page.scripts) != len(self.sound.scripts):
            raise Undocumented("gallery: the page has another script")

    def _write(self, found: dict[str, Any], folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "x.png").write_bytes(carried("itxt.png", as_json(found["recipe"])))
        (folder / "x.losses.json").write_text(as_json(found["losses"]), encoding="utf-8")
        text = as_json([found["entry"]])
        with contextlib.suppress(yaml.YAMLError, RecursionError, ValueError, UnicodeError):
            text = yaml.safe_dump([json.loads(text)[0]], allow_unicode=True)
        (folder / "gallery.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")

    def keep(self, found: dict[str, Any], folder: Path) -> None:
        self._write(found, folder)
