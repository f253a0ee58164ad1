"""Numbers of a film that follow a song, replaced by a value for each frame when the preset is checked.

::

    film: {seconds: 8}
    losses: [{type: clip, weight: {sound: song.wav, band: bass}}]

What is checked, drawn and written down from then on is plain numbers: a picture is drawn again without the song.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from artgen.errors import InputError, Mark, Notice, Problem, shown
from artgen.preset import nodes
from artgen.preset.messages import problems_of
from artgen.preset.nodes import Node
from artgen.preset.settings.film import Film
from artgen.sound.settings import Sound

if TYPE_CHECKING:
    from artgen.sound.reading import Song


@dataclass
class Sounds:
    """What was found in a preset."""

    problems: list[Problem] = field(default_factory=list)
    read: dict[Path, Song | InputError] = field(default_factory=dict)
    """Each song, or what is wrong with it, in the order of the preset."""

    @property
    def songs(self) -> list[Path]:
        """Those that could be read, in the order of the preset."""
        return [path for path, song in self.read.items() if not isinstance(song, InputError)]


def bake(tree: Node) -> Sounds:
    """Replace each ``{sound: ...}`` of a preset by plain data: ``{each: [0.2, 0.35, ...]}``.

    Where something is wrong a plain number takes its place. A song that ends before the film is told as a `Notice`.
    """
    found = Sounds()
    film = tree.child("film") if tree.is_mapping else None
    for holder, part, path in list(_places(tree)):
        node = holder.value[part]
        sound = _checked(node, path, found)
        each: Any = None
        if film is None or film.value is None:
            text = "a number follows a song over a film, and there is none; say how long, such as 'film: {seconds: 8}'"
            found.problems.append(Problem(node.mark, path, text))
        elif sound is not None and (length := _film(film)):
            each = _each(sound, length, node, path, found)
        # What is wrong is one mistake: a number in its place is none.
        holder.value[part] = nodes.from_data(_high(node) if each is None else each, node.mark, node.folder)
    if found.songs and film is not None and isinstance(film.value, dict) and "song" not in film.value:
        film.value["song"] = Node(str(found.songs[0].absolute()), film.mark, film.folder)
    return found


def _places(node: Node, path: str = "") -> Iterator[tuple[Node, Any, str]]:
    """Each mapping with the key `sound` that is no component: what holds it, its key or number there, its path."""
    items = node.value.items() if node.is_mapping else enumerate(node.value) if node.is_list else ()
    for part, child in items:
        inner = f"{path}[{part}]" if isinstance(part, int) else f"{path}.{part}".lstrip(".")
        if child.is_mapping and "sound" in child.value and "type" not in child.value and inner != "film":
            yield node, part, inner
        else:
            yield from _places(child, inner)


def _checked(node: Node, path: str, found: Sounds) -> Sound | None:
    try:
        return Sound.model_validate(node.data())
    except ValidationError as error:
        found.problems += problems_of(error, Sound, node, path)
        return None


def _each(sound: Sound, film: Film, node: Node, path: str, found: Sounds) -> dict[str, list[float]] | None:
    """The numbers of a film; None where there is a problem."""
    # numpy is imported only where there is a song.
    from artgen.sound import following

    where = node.value["sound"].mark, f"{path}.sound"
    try:
        song = _song(sound, film, where, found)
        return following.baked(sound, film.count, film.timeline.fps, song, film.bpm)
    except InputError as error:
        found.problems.append(Problem(*where, str(error)))
        return None


def _song(sound: Sound, film: Film, where: tuple[Mark, str], found: Sounds) -> Song:
    """The song, which is read once; InputError if it cannot be."""
    from artgen.sound import following

    path = sound.sound
    if path not in found.read:
        try:
            found.read[path] = song = following.heard(sound, film.count, film.timeline.fps)
        except InputError as error:
            found.read[path] = error
        else:
            fps = film.timeline.fps
            rest = film.count / fps - song.seconds
            if rest * fps > 1:
                text = f"{shown(path)}: ends {rest:.3g} seconds before the film, where it is taken for silence"
                warnings.warn(str(Problem(*where, text)), Notice, stacklevel=2)
    known = found.read[path]
    if isinstance(known, InputError):
        raise known
    return known


def _film(node: Node) -> Film | None:
    """How long the film is; None if that is not said rightly, which is its own mistake."""
    said = {name: child.data() for name in ("seconds", "fps", "hold", "bpm") if (child := node.child(name)) is not None}
    try:
        return Film.model_validate(said)
    except ValidationError:
        return None


def _high(node: Node) -> float:
    """What the number is at most, if that is said rightly."""
    number = high.value if (high := node.child("high")) else None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        return 1.0
    return number
