"""One picture on the page: what is known of it, its card in the grid, and its view in full."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

from artgen.errors import InputError
from artgen.gallery.minimal_preset import short_yaml
from artgen.gallery.model import MAX_INPUT, Gallery, GalleryEntry, open_recipe
from artgen.gallery.sparklines import plots
from artgen.gallery.template import Html, fill, joined, searchable, tag
from artgen.picture import decoding
from artgen.prompts.titles import asked, titles
from artgen.recipe import inputs
from artgen.weights import sha256

LONGEST = 512
"""The longer side of a thumbnail, in pixels."""
BLOCKS = range(64, 2, -1)
"""The sides of squares of one colour, in pixels, that a picture may be made of to be shown with hard edges."""


@dataclass(frozen=True)
class Card:
    """A picture of a gallery with everything that the page says of it."""

    gallery: Gallery
    entry: GalleryEntry
    recipe: Mapping[str, Any]
    picture: Image.Image
    """RGBA."""

    @classmethod
    def of(cls, gallery: Gallery, entry: GalleryEntry) -> Card:
        """InputError, in one line, if it is not there, carries no full recipe, or its losses are damaged."""
        path = gallery.picture(entry)
        if not path.is_file():
            raise decoding.missing(path)
        gallery.curves(entry)
        return cls(gallery, entry, open_recipe(path), decoding.read(path))

    @property
    def preset(self) -> Mapping[str, Any]:
        preset: Mapping[str, Any] = self.recipe["preset"]
        return preset

    @property
    def path(self) -> Path:
        return self.gallery.picture(self.entry)

    @property
    def generator(self) -> str:
        found = self.preset.get("generator")
        return str(found.get("type", "?")) if isinstance(found, Mapping) else "?"

    @property
    def alt(self) -> str:
        return asked(self.preset) or self.entry.title

    @cached_property
    def block(self) -> int:
        """The side of the squares of one colour that it is made of; 1 if of none."""
        levels = numpy.asarray(self.picture)
        height, width = levels.shape[:2]
        fitting = (side for side in BLOCKS if not (width % side or height % side))
        return next((side for side in fitting if _is_of(levels, side)), 1)

    def thumbnail(self) -> str:
        """A small WebP as a data: address."""
        is_clear = numpy.asarray(self.picture)[..., 3].min() < 255
        small = self.picture.copy() if is_clear else self.picture.convert("RGB")
        if self.block > 1:
            size = small.width // self.block, small.height // self.block
            return _address(small.resize(size, Image.Resampling.NEAREST), {"lossless": True})
        small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return _address(small, {"quality": 85})

    def reads(self) -> Iterator[tuple[str, Path]]:
        """The name and the place of each file that the recipe reads, as far as they are in the gallery.

        A stranger's recipe may name any file there; only one whose content it knows is shown to others.
        """
        for path, digest in self.recipe["inputs"].items():
            try:
                place = inputs.find(path, digest, [self.gallery.folder])
                if place.stat().st_size <= MAX_INPUT and sha256(place) == digest:
                    yield Path(path).name, place
            except (InputError, OSError):
                continue


def _is_of(levels: numpy.ndarray[Any, Any], side: int) -> bool:
    corners = levels[::side, ::side]
    return bool((corners.repeat(side, axis=0).repeat(side, axis=1) == levels).all())


def _address(picture: Image.Image, options: Mapping[str, Any]) -> str:
    file = io.BytesIO()
    picture.save(file, format="WEBP", method=6, **options)
    return data_address("image/webp", file.getvalue())


def data_address(kind: str, content: bytes) -> str:
    """The ``data:`` URL (RFC 2397) of a file."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def card_html(card: Card) -> Html:
    """The picture in the grid."""
    entry, picture = card.entry, card.picture
    said = (entry.title, entry.by, card.generator, *entry.tags, card.alt)
    return fill(
        "card.html",
        name=entry.name,
        words=searchable(" ".join(filter(None, said))),
        generator=card.generator,
        ratio=ratio_class(picture),
        blocks="blocks" if card.block > 1 else "smooth",
        thumbnail=card.thumbnail(),
        width=picture.width,
        height=picture.height,
        title=entry.title,
        # Also what is read out for the picture; the title need not be said twice.
        caption=card.alt if card.alt.casefold() != entry.title.casefold() else "",
    )


def ratio_class(picture: Image.Image) -> str:
    """The class that says how wide a picture is; an attribute `style` would break the page's own rules."""
    return f"r{picture.width}-{picture.height}"


def detail_html(card: Card, source: str, alike: Iterable[GalleryEntry], folder_mode: bool) -> Html:
    """The picture in full, with how it was made; `source` is the address of the PNG."""
    entry, picture = card.entry, card.picture
    losses = plots(card.gallery.curves(entry))
    return fill(
        "detail.html",
        name=entry.name,
        title=entry.title,
        by=tag("p", f"by {entry.by}", class_="by") if entry.by else "",
        note=tag("p", entry.note, class_="note") if entry.note else "",
        prompts=joined(_prompts(card)),
        source=source,
        file=entry.file,
        blocks="blocks" if card.block > 1 else "smooth",
        ratio=ratio_class(picture),
        alt=card.alt,
        width=picture.width,
        height=picture.height,
        facts=joined(tag("div", tag("dt", name) + tag("dd", value)) for name, value in _facts(card)),
        size=_amount(card.path.stat().st_size),
        reads=_reads(card, folder_mode),
        preset=_keys(short_yaml(card.path, card.recipe)),
        losses=tag("section", _head("Losses") + losses) if losses else "",
        versions=joined(tag("div", tag("dt", name) + tag("dd", value)) for name, value in _versions(card)),
        maker=_maker(card),
        tags=joined(tag("button", word, type="button", data_tag=word) for word in entry.tags),
        alike=_alike(alike),
    )


def _prompts(card: Card) -> Iterator[Html]:
    for title, weight in titles(card.preset):
        more = tag("span", weight, class_="weight") if weight else ""
        yield tag("li", joined((tag("q", title, dir="auto"), more), " "))


def _facts(card: Card) -> Iterator[tuple[str, str]]:
    preset, recipe = card.preset, card.recipe
    yield "Generator", card.generator
    yield "Size", f"{card.picture.width} × {card.picture.height}"
    steps, done = preset.get("steps", "?"), recipe["steps_done"]
    # Some generators take more steps than the preset counts.
    ended_early = isinstance(steps, int) and 0 < done < steps
    yield "Steps", f"{done} of {steps}" if ended_early else str(steps)
    yield "Seed", _seed(preset, recipe["picture"])
    if recipe.get("read_as"):
        yield "Read as", ", ".join(f"{name} for {word}" for word, name in recipe["read_as"].items())
    if recipe.get("credits"):
        yield "Learnt from", "; ".join(recipe["credits"])


def _seed(preset: Mapping[str, Any], number: int) -> str:
    seed, batch = preset.get("seed"), preset.get("batch", 1)
    own = str(seed + number) if isinstance(seed, int) else str(seed)
    return own if batch == 1 else f"{own}, no. {number + 1} of {batch}"


def _maker(card: Card) -> str:
    recipe = card.recipe
    where = " ".join(word for word in (recipe["device"], recipe.get("hardware", "")) if word)
    return f"artgen {recipe['artgen']}, torch {recipe['libraries'].get('torch', '?')}, {where}"


def _versions(card: Card) -> Iterator[tuple[str, str]]:
    recipe = card.recipe
    yield from {"artgen": recipe["artgen"], **recipe["plugins"], **recipe["libraries"]}.items()
    yield "Python", f"{recipe['python']} {recipe.get('system', '')}".strip()
    yield "threads", str(recipe["threads"])
    yield from ((name, f"sha256 {digest[:12]}…") for name, digest in recipe["weights"].items())


def _reads(card: Card, folder_mode: bool) -> Html:
    """Links to the files that the recipe reads, which have to lie beside the picture."""
    links = []
    for name, place in card.reads():
        own = f"{inputs.FOLDER}/{place.name}"
        address = own if folder_mode else data_address("application/octet-stream", place.read_bytes())
        links.append(tag("a", name, href=address, download=name))
    if not links:
        return Html()
    return tag("p", joined(("It reads", *links, "— to be saved beside it."), " "), class_="reads")


def _alike(alike: Iterable[GalleryEntry]) -> Html:
    links = [tag("li", tag("a", entry.title, href=f"#{entry.name}")) for entry in alike]
    return tag("section", _head("More like this") + tag("ul", joined(links)), class_="alike") if links else Html()


def _head(text: str) -> Html:
    return tag("div", tag("h3", text), class_="head")


def _keys(text: str) -> Html:
    """YAML with its keys marked, where a line begins with one."""
    marked = re.sub(r"(?m)^( *(?:- )?)([A-Za-z_]\w*:)", r"\1<b>\2</b>", escape(text))
    return Html(marked)


def _amount(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
