"""What a gallery's folder holds: `gallery.yaml` with an entry a picture, the pictures, their losses and inputs.

::

    - {file: heart.png, title: "A heart", by: "artgen", note: "Drawn with eight colours.", tags: [pixel, palette]}

Beside ``heart.png`` lies ``heart.losses.json`` (`artgen.reporters.curves`), and where it is a frame of a film that film
(`artgen.gallery.films`); what a recipe reads lies in ``inputs/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from artgen.errors import InputError, Mark, PresetError, Problem, hint
from artgen.fields.block import Block
from artgen.fields.paths import neighbours
from artgen.preset import nodes
from artgen.preset.messages import problems_of
from artgen.recipe import metadata
from artgen.reporters import curves

FILE = "gallery.yaml"
PNG = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.png"
"""A picture's name is also a part of an address and of a page, so only plain letters may stand in it."""
MAX_INPUT = 32 << 20
"""A file that a recipe reads and that is larger has no place in a gallery, such as the weights of a network."""

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")]


class GalleryEntry(Block):
    """One picture of the gallery."""

    file: Annotated[str, Field(pattern=f"^{PNG}$")]
    title: Line
    by: Line | None = None
    note: Annotated[str, Field(max_length=2000)] | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()

    @property
    def name(self) -> str:
        """The file's name without its ending, by which the picture is called."""
        return self.file.removesuffix(".png")


@dataclass(frozen=True)
class Gallery:
    """A folder and its entries, in the order of the file."""

    folder: Path
    entries: tuple[GalleryEntry, ...]

    def picture(self, entry: GalleryEntry) -> Path:
        return self.folder / entry.file

    def losses(self, entry: GalleryEntry) -> Path:
        return self.folder / f"{entry.name}.losses.json"

    def curves(self, entry: GalleryEntry) -> curves.Curves:
        """The loss curves of a picture; none if there is no file of them. InputError if it is damaged."""
        file = self.losses(entry)
        return curves.read(file) if file.exists() else {}

    def named(self, names: Sequence[str]) -> list[GalleryEntry]:
        """The entries of these names, or all if there are none; InputError if one is unknown."""
        known = {entry.name: entry for entry in self.entries}
        for name in names:
            if name.removesuffix(".png") not in known:
                raise InputError(f"{self.folder / FILE}: has no picture '{name}'{hint(name, known)}")
        return [known[name.removesuffix(".png")] for name in dict.fromkeys(names)] if names else list(self.entries)


def read(folder: Path) -> Gallery:
    """The gallery in a folder.

    Raises:
        InputError: if there is none.
        PresetError: with every mistake of its file, each at its line and column.
    """
    file = folder / FILE
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder{neighbours(folder, Path.is_dir)}; name one with --gallery")
    if not file.is_file():
        raise InputError(f"{file}: there is no such file; `artgen gallery add` begins one")
    tree, problems = nodes.from_file(file)
    return Gallery(folder, entries(tree, problems))


def entries(tree: nodes.Node, problems: Iterable[Problem] = ()) -> tuple[GalleryEntry, ...]:
    """The entries of a tree; PresetError with its mistakes besides the `problems` that are known already."""
    found, wrong = [], list(problems)
    # An empty file, or one of comments alone, is an empty gallery.
    items = tree.value if tree.is_list else []
    if not tree.is_list and tree.value:
        wrong.append(Problem(tree.mark, "", "expected a list of pictures: - {file: heart.png, title: A heart}"))
    seen: dict[str, Mark] = {}
    for i, node in enumerate(items):
        try:
            entry = GalleryEntry.model_validate(node.data())
        except ValidationError as error:
            wrong += problems_of(error, GalleryEntry, node, f"[{i}]")
            continue
        found.append(entry)
        if entry.file in seen:
            wrong.append(Problem(node.mark, f"[{i}]", f"'{entry.file}' is listed on line {seen[entry.file].line}, too"))
        seen[entry.file] = node.mark
    if wrong:
        raise PresetError(wrong)
    return tuple(found)


def open_recipe(picture: Path) -> dict[str, Any]:
    """The recipe of a picture that can be made again by anyone; InputError if it has none or tells only a part."""
    recipe = metadata.read(picture)
    if "private" in recipe:
        raise InputError(
            f"{picture}: keeps its prompts to itself, so nobody could replay it; run it again without --private"
        )
    return recipe
