"""Whether what a preset says of a film can be made, and whether it says nothing of films where it makes none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from artgen import api
from artgen.api import Need
from artgen.errors import Problem
from artgen.fields.schedules import Schedule
from artgen.picture import moving, poses
from artgen.preset.model import Settings
from artgen.preset.nodes import Node
from artgen.preset.settings.depth import Depth
from artgen.preset.settings.film import Film

Place = tuple[str | int, ...]
LOOKED_AT = 240
"""How many frames of a camera's way are tried; more would only cost time."""


def problems(
    tree: Node,
    settings: Settings,
    generator: api.GeneratorSpec | None,
    valid: Iterable[tuple[api.Spec, Node, str]],
) -> Iterator[Problem]:
    """Of a preset whose parts are each right alone; `valid` are its specs, with their nodes and places."""
    said: list[tuple[BaseModel, Node, str]] = [(settings, tree, ""), *valid]
    for model, node, path in said:
        for place, schedule in schedules_in(model):
            if wrong := _wrong(schedule, settings.film):
                yield _at(node, path, place, wrong)
    if settings.film is not None:
        yield from _unable(tree, settings, settings.film, generator)
        yield from _of_camera(tree, settings, settings.film)


def schedules_in(value: object, place: Place = ()) -> Iterator[tuple[Place, Schedule]]:
    """Every number over the run in a model, with where it stands there."""
    if isinstance(value, Schedule):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from schedules_in(inner, (*place, name))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from schedules_in(inner, (*place, number))


def _wrong(schedule: Schedule, film: Film | None) -> str | None:
    units = {at.unit for at, _ in schedule.points}
    if film is None:
        moment = next((str(at) for at, _ in schedule.points if at.unit), None)
        return f"{moment} is a moment of a film, and this preset makes none; give 'film', or steps" if moment else None
    if "b" in units and film.bpm is None:
        return "counts in beats; say with film.bpm how many a minute has"
    if schedule.over_film and any(not at.unit and not at.percent and at.number for at, _ in schedule.points):
        return "counts in steps and in moments of the film; write frames as 40f"
    return None


def remarks(tree: Node, settings: Settings | None, valid: Iterable[tuple[api.Spec, Node, str]]) -> Iterator[Problem]:
    """Of a preset without mistakes: points that its film never comes to."""
    if settings is None or settings.film is None:
        return
    film = settings.film
    said: list[tuple[BaseModel, Node, str]] = [(settings, tree, ""), *valid]
    for model, node, path in said:
        for place, schedule in schedules_in(model):
            late = [str(at) for at, _ in schedule.points if at.unit and film.timeline.place(at) > film.count]
            if late:
                yield _at(node, path, place, f"{late[0]} lies beyond the film of {film.seconds:g} seconds")


def _unable(tree: Node, settings: Settings, given: Film, generator: api.GeneratorSpec | None) -> Iterator[Problem]:
    """What a film cannot have."""
    film = tree.value["film"]
    if generator is not None and Need.START not in generator.needs():
        told = f"the generator '{generator.type}' begins in its own way, and each frame begins with the last one"
        yield Problem(film.mark, "film", f"{told}; choose another, such as pixel or vqgan")
    if settings.transparent:
        yield Problem(tree.value["transparent"].mark, "transparent", "a film has no transparency; leave it out")
    reporters = tree.value.get("reporters")
    if reporters is not None and reporters.value:
        yield Problem(reporters.mark, "reporters", "they watch one picture, and a film has many; leave them out")
    draft = tree.value.get("draft")
    begun = settings.start is not None or (draft is not None and draft.value is not None)
    if not begun and any(keep < 1 for keep in given.keep.values):
        told = "there is nothing to put in the place of what is not kept; give 'start', such as perlin, or 'draft'"
        yield Problem(film.mark, "film.keep", told)


def _of_camera(tree: Node, settings: Settings, film: Film) -> Iterator[Problem]:
    """The first frame in which nothing of the last one is left in view."""
    timeline, aspect = film.timeline, settings.size[0] / settings.size[1]
    if any(_wrong(schedule, film) for _, schedule in schedules_in(film)):
        return
    frames = sorted({1 + number * (film.count - 2) // (LOOKED_AT - 1) for number in range(LOOKED_AT)})
    for frame in frames:
        if not _in_view(film, frame, aspect):
            left = f"the camera leaves the picture: at {frame / timeline.fps:.3g}s nothing of the last frame is in view"
            yield Problem(tree.value["film"].mark, "film.camera", f"{left}; move it more slowly, or give more fps")
            return
    if film.camera.depth is not None and film.camera.depth.picture:
        yield from _of_depth(tree, film, film.camera.depth, aspect)


def _in_view(film: Film, frame: int, aspect: float) -> bool:
    """Whether something of the last frame is in view, near or far."""
    camera, timeline = film.camera, film.timeline
    if camera.depth is None:
        return moving.coverage(camera.matrix(frame, timeline, aspect), aspect) > 0
    pose = camera.pose(frame, timeline, aspect)
    return any(moving.coverage(poses.flat(pose, distance), aspect) for distance in camera.depth.extremes)


def _of_depth(tree: Node, film: Film, depth: Depth, aspect: float) -> Iterator[Problem]:
    """The first frame from which nothing is in view of the room that a picture says."""
    timeline, way = film.timeline, poses.STILL
    for frame in range(1, film.count):
        way = poses.product((way, film.camera.pose(frame, timeline, aspect)))
        back = poses.inverse(way)
        if not any(moving.coverage(poses.flat(back, distance), aspect) for distance in depth.extremes):
            gone = f"the camera has gone through all of the picture at {frame / timeline.fps:.3g}s"
            advice = "move it more slowly, or give 'floor' or 'tunnel', which go on for ever"
            yield Problem(tree.value["film"].mark, "film.camera.depth", f"{gone}; {advice}")
            return


def _at(node: Node, path: str, place: Place, message: str) -> Problem:
    mark = node.mark
    for _, child in node.descend(place):
        mark = child.mark
    named = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return Problem(mark, f"{path}{named}".removeprefix("."), message)
