"""Two pictures, runs, recipes or presets side by side: their settings, how they were made, their pixels and scores."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.compare.settings import Difference, differences
from artgen.errors import ArtgenError, InputError, one_line
from artgen.fields.paths import PICTURE, confined
from artgen.picture import decoding, formats
from artgen.preset import loading, needs
from artgen.preset import model as presets
from artgen.prompts.titles import texts_of
from artgen.recipe import metadata

if TYPE_CHECKING:
    from PIL import Image

    from artgen.compare.likeness import Likeness
    from artgen.compare.perceptual import Scorer


@dataclass(frozen=True)
class Side:
    """One of the two."""

    name: str
    preset: Mapping[str, Any] | None = None
    """The resolved preset as plain data; None where nothing tells of it."""
    made: Mapping[str, Any] | None = None
    """The rest of the recipe."""
    picture: Path | None = None
    lacks: str = ""
    """Why there is no preset, in one line."""

    @property
    def home(self) -> Path:
        """The folder that its preset may read from."""
        path = Path(self.name)
        return path if path.is_dir() else path.parent


@dataclass
class Comparison:
    """What `compare` found."""

    settings: list[Difference] = field(default_factory=list)
    made: list[Difference] = field(default_factory=list)
    """Versions, weights, device and the like."""
    pixels: Likeness | None = None
    """None where there are no two pictures of one size."""
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    """For each prompt its cosine similarity to both pictures."""
    notes: list[str] = field(default_factory=list)
    """What could not be compared, and why."""
    other_size: bool = False

    @property
    def equal(self) -> bool:
        """Whether nothing that could be compared differs."""
        same_pixels = self.pixels is None or self.pixels.identical
        return not (self.settings or self.made or self.other_size) and same_pixels


def side(name: str) -> Side:
    """A picture, the folder of a run, a recipe's JSON file, or a preset's file or name; InputError if it is none."""
    path = Path(name)
    if path.is_dir():
        return _run_folder(path)
    if path.suffix.lower() == ".json":
        return _with_recipe(name, path, None)
    if formats.is_picture(name):
        if not path.is_file():
            raise decoding.missing(path)
        return _with_recipe(name, path, path)
    return Side(name, loading.load(name).resolved())


def _run_folder(folder: Path) -> Side:
    """Where the picture keeps its recipe to itself, the preset beside it tells of the settings."""
    picture, preset = folder / PICTURE, folder / "preset.yaml"
    found = _with_recipe(str(folder), folder, picture if picture.is_file() else None)
    if found.preset is None and preset.is_file():
        return Side(str(folder), loading.load(preset).resolved(), picture=picture)
    return found


def _with_recipe(name: str, source: Path, picture: Path | None) -> Side:
    try:
        recipe = metadata.read(source)
    except InputError as error:
        if picture is None:
            raise
        return Side(name, picture=picture, lacks=str(error))
    made = {key: value for key, value in recipe.items() if key != "preset"}
    return Side(name, recipe["preset"], made, picture)


def compare(first: Side, second: Side, scores: bool, note: Callable[[str], None]) -> Comparison:
    """Everything that can be compared; InputError if nothing can."""
    found = Comparison()
    if first.preset is not None and second.preset is not None:
        found.settings = list(differences(*_resolved(first, second)))
    found.notes += [f"settings: not compared; {one.lacks}" for one in (first, second) if one.lacks]
    if first.made is not None and second.made is not None:
        found.made = list(differences(first.made, second.made))
    if first.picture and second.picture:
        # The hash in the recipe says no more than the pictures themselves.
        found.made = [row for row in found.made if row.path != "pixels"]
        _compare_pictures(found, first, second, scores, note)
    elif first.preset is None or second.preset is None:
        raise InputError(f"{first.name} and {second.name}: nothing to compare; one has no settings, one no picture")
    return found


def _resolved(first: Side, second: Side) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Both presets with today's defaults for what an older recipe does not say; as they are if one cannot be read."""
    try:
        return _parsed(first).resolved(), _parsed(second).resolved()
    except InputError:
        return first.preset, second.preset


def _compare_pictures(found: Comparison, first: Side, second: Side, scores: bool, note: Callable[[str], None]) -> None:
    assert first.picture and second.picture
    pictures = [decoding.read(path, note) for path in (first.picture, second.picture)]
    scorers: Sequence[Scorer] = ()
    if scores and pictures[0] != pictures[1]:
        scorers = _score(found, first, second, pictures, note)
    sizes = [f"{picture.width}x{picture.height}" for picture in pictures]
    found.other_size = sizes[0] != sizes[1]
    if found.other_size:
        found.notes.append(f"pixels: not compared; {first.name} is {sizes[0]}, {second.name} is {sizes[1]}")
    else:
        found.pixels = _likeness(pictures, scorers)


def _likeness(pictures: Sequence[Image.Image], scorers: Sequence[Scorer]) -> Likeness:
    from artgen.compare import likeness, perceptual

    return likeness.compare(pictures[0], pictures[1], perceptual.closeness(scorers) if scorers else None)


def _score(
    found: Comparison, first: Side, second: Side, pictures: Sequence[Image.Image], note: Callable[[str], None]
) -> Sequence[Scorer]:
    """Fill in the scores; the perceptors that looked, none if they cannot be had here."""
    prompts = list(dict.fromkeys([*_texts(first), *_texts(second)]))
    scored_by = first if first.preset is not None else second
    if scored_by.preset is None:
        return ()
    try:
        scorers = _scorers(scored_by, note)
        found.scores = _scores(scorers, pictures, prompts) if prompts else {}
    except ArtgenError as error:
        found.notes.append(f"scores: not made; {one_line(error)}")
        return ()
    if not prompts:
        found.notes.append("scores: not made; there is no prompt that is a text")
    return scorers


def _scorers(scored_by: Side, note: Callable[[str], None]) -> Sequence[Scorer]:
    """The perceptors of a side's preset; InputError if one would have to be downloaded, which is not worth it."""
    from artgen.compare import perceptual

    preset = _parsed(scored_by)
    if missing := needs.missing(needs.downloads_of(preset.perceptors.values())):
        raise InputError(f"{missing[0]} is not on this machine; `artgen weights fetch` brings it")
    with _confined(scored_by):
        return perceptual.scorers(preset, scored_by.name, note)


def _parsed(one: Side) -> presets.Preset:
    with _confined(one):
        return loading.parse(one.preset or {}, source=one.name, written_down=one.made is not None)


def _confined(one: Side) -> contextlib.AbstractContextManager[None]:
    """A recipe may be a stranger's, who shall not choose which files are read."""
    return contextlib.nullcontext() if one.made is None else confined((Path(), one.home))


def _scores(
    scorers: Sequence[Scorer], pictures: Sequence[Image.Image], prompts: Sequence[str]
) -> dict[str, tuple[float, float]]:
    from artgen.compare import perceptual

    flat = [decoding.on_white(picture) for picture in pictures]
    seen = [scorer.embed_pictures([scorer.prepare(picture) for picture in flat]) for scorer in scorers]
    one, two = perceptual.similarities(scorers, seen, [scorer.embed_texts(prompts) for scorer in scorers]).tolist()
    return {prompt: (a, b) for prompt, a, b in zip(prompts, one, two, strict=True)}


def _texts(one: Side) -> Iterator[str]:
    for prompt in (one.preset or {}).get("prompts") or ():
        if isinstance(prompt, Mapping):
            yield from texts_of(prompt)
