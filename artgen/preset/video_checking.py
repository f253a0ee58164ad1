"""The videos that a preset names: whether they are any, how long they are, and whether its film can follow them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from artgen.errors import InputError, Mark, Notice, Problem, shown
from artgen.preset.model import Settings
from artgen.preset.nodes import Node
from artgen.preset.settings.film import Camera, Film
from artgen.preset.settings.start import NO_FILM, Start
from artgen.video import reading


def problems(tree: Node, settings: Settings) -> Iterator[Problem]:
    """Of `start.video`, and of what a film with one cannot have."""
    start, film = settings.start, settings.film
    if start is None or start.video is None:
        return
    mark = _mark(tree, "start", "video")
    if film is None:
        yield Problem(mark, "start.video", NO_FILM)
        return
    wrong, notes = measured(start.video, film, start.begin)
    if wrong:
        yield Problem(mark, "start.video", wrong)
    for note in notes:
        warnings.warn(str(Problem(mark, "start.video", note)), Notice, stacklevel=2)
    yield from _of_film(tree, start, film)
    if isinstance(start.flow, Path):
        yield from _of_weights(tree, start.flow)


def measured(path: Path, film: Film, begin: float = 0) -> tuple[str | None, list[str]]:
    """Why a film cannot show a video from `begin` seconds on, and what is to be told of one that it can."""
    fps = film.timeline.fps
    try:
        lasts = reading.seconds(path, reading.read_at_all(path), fps)
    except InputError as error:
        return str(error), []
    if lasts is None:
        return None, []
    if begin >= lasts:
        text = f"{shown(path)}: lasts {lasts:.3g} seconds, so that there is nothing at {begin:g}; give less 'from'"
        return text, []
    rest = begin + film.count / fps - lasts
    if rest * fps > 1:
        return None, [f"{shown(path)}: ends {rest:.3g} seconds before the film, and its last picture stands until then"]
    return None, []


def _of_film(tree: Node, start: Start, film: Film) -> Iterator[Problem]:
    mark = _mark(tree, "film")
    if film.camera != Camera():
        yield Problem(mark, "film.camera", "the pictures move as those of 'start.video' do; leave the camera out")
    if film.between:
        yield Problem(mark, "film.between", "moves as a camera does, and a video in its own way; draw more frames")
    if start.flow is None and any(keep == 1 for keep in film.keep.values):
        text = "the last frame would hide all of the video; keep less than 1, or give 'start.flow'"
        yield Problem(mark, "film.keep", text)


def _of_weights(tree: Node, file: Path) -> Iterator[Problem]:
    # torch is imported only where there are weights.
    from artgen.video import raft

    try:
        raft.network_of(file)
    except InputError as error:
        yield Problem(_mark(tree, "start", "flow"), "start.flow", str(error))


def _mark(tree: Node, *place: str) -> Mark:
    """Where that stands, or what holds it."""
    return [tree, *(child for _, child in tree.descend(place))][-1].mark
