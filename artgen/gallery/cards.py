"""One picture on the page: all that its card in the grid and its view in full say of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy
from PIL import Image
from rich.filesize import decimal

from artgen.errors import InputError
from artgen.gallery import films
from artgen.gallery.minimal_preset import short_yaml
from artgen.gallery.model import MAX_INPUT, Gallery, GalleryEntry, open_recipe
from artgen.gallery.sparklines import Sparkline, sparklines
from artgen.gallery.template import searchable
from artgen.pages.html import data_address
from artgen.picture import blocks, decoding
from artgen.prompts.titles import asked, titles, ways
from artgen.recipe import inputs
from artgen.weights import sha256

LONGEST = 512
"""The longer side of a thumbnail, in pixels."""
SHOWN = ("rotate-90", "rotate-180", "rotate-270", "mirror", "negative")
"""The ways to see a picture that the page's style can show."""
_KEY = re.compile(r"( *(?:- )?)([A-Za-z_]\w*:)")


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
        """InputError, in one line: it is not there, has no full recipe, damaged losses, or a film that is too large."""
        path = gallery.picture(entry)
        if not path.is_file():
            raise decoding.missing(path)
        gallery.curves(entry)
        films.beside(path)
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
        return blocks.block(self.picture)

    @property
    def caption(self) -> str:
        """What is read out for the picture in the grid; the title need not be said twice."""
        return self.alt if self.alt.casefold() != self.entry.title.casefold() else ""

    @property
    def words(self) -> str:
        """What the page's search looks through."""
        said = (self.entry.title, self.entry.by, self.generator, *self.entry.tags, self.alt)
        return searchable(" ".join(filter(None, said)))

    @property
    def ratio(self) -> str:
        """The class that says how wide it is; an attribute `style` would break the page's own rules."""
        return f"r{self.picture.width}-{self.picture.height}"

    @property
    def edges(self) -> str:
        """The class that says whether a browser enlarges it with hard edges."""
        return "blocks" if self.block > 1 else "smooth"

    @property
    def seen(self) -> str:
        """The class that says how it is shown under the pointer, where a prompt sees it so; else empty."""
        found = ways(self.preset)
        return f"seen-{found[0]}" if len(found) == 1 and found[0] in SHOWN else ""

    @property
    def size(self) -> str:
        return decimal(self.path.stat().st_size)

    def address(self, folder_mode: bool) -> str:
        """Where the page finds the picture itself."""
        return self.entry.file if folder_mode else data_address("image/png", self.path.read_bytes())

    def films(self, folder_mode: bool) -> list[tuple[films.FilmFile, str]]:
        """The forms of its film and where the page finds them; a page that holds all itself has only the first."""
        found = films.beside(self.path)
        if folder_mode:
            return [(film, film.path.name) for film in found]
        return [(film, data_address(film.kind, film.path.read_bytes())) for film in found[:1]]

    def thumbnail(self) -> str:
        """A small WebP as a data: address."""
        is_clear = numpy.asarray(self.picture)[..., 3].min() < 255
        small = self.picture.copy() if is_clear else self.picture.convert("RGB")
        if self.block > 1:
            return _address(blocks.without_blocks(small, self.block), {"lossless": True})
        small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return _address(small, {"quality": 85})

    def prompts(self) -> Iterator[tuple[str, str]]:
        """Each title with its weight, ``""`` for 1."""
        return titles(self.preset)

    def losses(self) -> list[Sparkline]:
        return list(sparklines(self.gallery.curves(self.entry)))

    def preset_lines(self) -> Iterator[tuple[str, str, str]]:
        """The preset in YAML: of each line what is before its key, the key, and the rest; ``""`` for no key."""
        for line in short_yaml(self.path, self.recipe).split("\n"):
            if found := _KEY.match(line):
                yield found[1], found[2], line[found.end() :]
            else:
                yield "", "", line

    def facts(self) -> Iterator[tuple[str, str]]:
        preset, recipe = self.preset, self.recipe
        yield "Generator", self.generator
        yield "Size", f"{self.picture.width} × {self.picture.height}"
        for film in films.beside(self.path)[:1]:
            if told := films.duration(film):
                yield "Film", told
        steps, done = preset.get("steps", "?"), recipe["steps_done"]
        # Some generators take more steps than the preset counts.
        ended_early = isinstance(steps, int) and 0 < done < steps
        yield "Steps", f"{done} of {steps}" if ended_early else str(steps)
        yield "Seed", _seed(preset, recipe["picture"])
        if recipe.get("read_as"):
            yield "Read as", ", ".join(f"{name} for {word}" for word, name in recipe["read_as"].items())
        if recipe.get("credits"):
            yield "Learnt from", "; ".join(recipe["credits"])

    @property
    def maker(self) -> str:
        recipe = self.recipe
        where = " ".join(word for word in (recipe["device"], recipe.get("hardware", "")) if word)
        return f"artgen {recipe['artgen']}, torch {recipe['libraries'].get('torch', '?')}, {where}"

    def versions(self) -> Iterator[tuple[str, str]]:
        recipe = self.recipe
        yield from {"artgen": recipe["artgen"], **recipe["plugins"], **recipe["libraries"]}.items()
        yield "Python", f"{recipe['python']} {recipe.get('system', '')}".strip()
        yield "threads", str(recipe["threads"])
        yield from ((name, f"sha256 {digest[:12]}…") for name, digest in recipe["weights"].items())

    def links(self, folder_mode: bool) -> list[tuple[str, str]]:
        """The name and the address of each file that the recipe reads, which has to lie beside the picture."""
        return [
            (name, f"{inputs.FOLDER}/{place.name}" if folder_mode else _held(place)) for name, place in self.reads()
        ]

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


def _address(picture: Image.Image, options: Mapping[str, Any]) -> str:
    file = io.BytesIO()
    picture.save(file, format="WEBP", method=6, **options)
    return data_address("image/webp", file.getvalue())


def _held(place: Path) -> str:
    return data_address("application/octet-stream", place.read_bytes())


def _seed(preset: Mapping[str, Any], number: int) -> str:
    seed, batch = preset.get("seed"), preset.get("batch", 1)
    own = str(seed + number) if isinstance(seed, int) else str(seed)
    return own if batch == 1 else f"{own}, no. {number + 1} of {batch}"
