"""The preset of one frame of a film: an ordinary preset, which begins with the last frame as the camera sees it now.

Nothing of a film but its numbers is in it, so that a frame's picture carries an ordinary recipe, and is drawn again
from its predecessor alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from artgen.api import Need
from artgen.fields.moments import Timeline
from artgen.fields.schedules import Schedule
from artgen.picture import moving, poses
from artgen.preset.model import Preset
from artgen.preset.settings.film import Camera, Film
from artgen.preset.settings.moving import Move
from artgen.preset.settings.start import Layer, Start
from artgen.prompts.model import Prompt

FADE = 0.25
"""How far the border of a loop's first frame fades where it comes back, at first; as a share of its shorter side."""
COVERED = 0.6
"""Which share of the canvas the first frame covers when what it leaves open begins to be filled by its mirror image."""

ValueT = TypeVar("ValueT")


def first_frame(preset: Preset) -> Preset:
    """The preset of frame 0: the film's own, whose numbers stand still; the best of its batch is the frame."""
    film = _film(preset)
    begun = preset.start is not None or preset.draft is not None
    losses = [loss for loss in preset.losses if begun or Need.START not in loss.needs()]
    judges = {name: one for name, one in preset.judges.items() if begun or Need.START not in one.needs()}
    looked_at = {"losses": tuple(losses), "judges": judges}
    changes = {"film": None, "frame": 0, "steps": film.first_steps or preset.steps, **looked_at}
    return _still(preset.model_copy(update=changes), 0, film.timeline)


def later_frame(preset: Preset, frame: int, last: Path, first: Path, told: int = 0, flow: Path | None = None) -> Preset:
    """The preset of a frame from 1 on.

    Args:
        preset: the film's, with its seed, and all choices in its prompts made.
        frame: which one.
        last: the picture of the frame before.
        first: the picture of frame 0, to which a loop returns.
        told: the picture of the first frame's batch with whose seed and prompts the film goes on.
        flow: how the video that it follows has moved since the frame before.
    """
    film, timeline = _film(preset), _film(preset).timeline
    keep = film.keep.at_frame(frame, timeline)
    is_seen = keep < 1 or flow is not None
    changes = {
        "film": None,
        "frame": frame,
        "seed": (preset.seed or 0) + told,
        "batch": 1,
        "steps": max(1, round(film.steps_per_frame.at_frame(frame, timeline))),
        "draft": preset.draft if is_seen else None,
        "start": _start(preset, frame, last, first, flow),
        "prompts": _heard(preset, frame, timeline, told),
    }
    return _still(preset.model_copy(update=changes), frame, timeline)


def _film(preset: Preset) -> Film:
    if preset.film is None:
        raise ValueError("the preset makes no film")
    return preset.film


def _heard(preset: Preset, frame: int, timeline: Timeline, told: int) -> tuple[Prompt, ...]:
    """The prompts that pull at this frame; all of them, if none does."""
    prompts = [prompt.told(told) for prompt in preset.prompts]
    pulling = [prompt for prompt in prompts if prompt.weight.at_frame(frame, timeline)]
    return tuple(pulling or prompts)


def _start(preset: Preset, frame: int, last: Path, first: Path, flow: Path | None) -> Start:
    """The last frame moved, over what the preset begins with; and over it, in a loop, the first frame coming back."""
    film = _film(preset)
    timeline, aspect = film.timeline, preset.size[0] / preset.size[1]
    keep = film.keep.at_frame(frame, timeline)
    move = Move(flow=flow, edge="extend") if flow else _move(film.camera, frame, timeline, aspect)
    kept = Layer(image=last, move=move, alpha=keep)
    layers = [kept]
    if back := timeline.returned(frame):
        layers.append(Layer(image=first, move=_return(film, frame, aspect), alpha=back))
    if keep < 1 or flow:
        begun = preset.start.model_dump() if preset.start else {}
        return Start(**{**begun, "over": (*(preset.start.over if preset.start else ()), *layers)})
    return Start(image=kept.image, move=kept.move, over=tuple(layers[1:]))


def _move(camera: Camera, frame: int, timeline: Timeline, aspect: float) -> Move | None:
    """Of the last frame; None if the camera stands still."""
    if camera.depth is None:
        matrix = moving.rounded(camera.matrix(frame, timeline, aspect))
        return None if matrix == moving.STILL else Move(matrix=matrix, edge=camera.edge)
    pose = poses.rounded(camera.pose(frame, timeline, aspect))
    since = poses.rounded(camera.way(0, frame - 1, timeline, aspect)) if camera.depth.picture else poses.STILL
    told = None if since == poses.STILL else since
    return None if pose == poses.STILL else Move(pose=pose, depth=camera.depth, since=told, edge=camera.edge)


def _return(film: Film, frame: int, aspect: float) -> Move | None:
    """Of a loop's first frame, as it is seen from where the camera has yet to go."""
    rest = film.camera.between(frame, film.count, film.timeline, aspect)
    way = moving.rounded(moving.inverse(rest))
    # Where nearly all of it is back, what it leaves open goes out of view soon, and needs no other picture.
    outside = _smooth((moving.coverage(way, aspect) - COVERED) / (1 - COVERED))
    how: dict[str, Any] = {"edge": "mirror", "fade": FADE * (1 - outside), "outside": outside}
    if film.camera.depth is None:
        return None if way == moving.STILL else Move(matrix=way, **how)
    pose = poses.rounded(poses.inverse(film.camera.way(frame, film.count, film.timeline, aspect)))
    return None if pose == poses.STILL else Move(pose=pose, depth=film.camera.depth, **how)


def _smooth(share: float) -> float:
    """From 0 to 1, without a corner."""
    share = min(max(share, 0.0), 1.0)
    return float(f"{share * share * (3 - 2 * share):.6g}")


def _still(value: ValueT, frame: int, timeline: Timeline, prompts: bool = False) -> ValueT:
    """The same with every number that changes over the film as it is in one frame; those of prompts all do."""
    made: Any = value
    if isinstance(value, Schedule):
        if value.over_film or (prompts and len(value.points) > 1):
            made = Schedule.constant(value.at_frame(frame, timeline))
    elif isinstance(value, BaseModel):
        inside = prompts or isinstance(value, Prompt)
        new = {name: _still(inner, frame, timeline, inside) for name, inner in value}
        changed = {name: inner for name, inner in new.items() if inner is not getattr(value, name)}
        made = value.model_copy(update=changed) if changed else value
        made = made.settled if isinstance(made, Prompt) else made
    elif isinstance(value, tuple):
        parts = tuple(_still(inner, frame, timeline, prompts) for inner in value)
        made = parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    elif isinstance(value, Mapping):
        named = {key: _still(inner, frame, timeline, prompts) for key, inner in value.items()}
        made = named if any(named[key] is not value[key] for key in value) else value
    result: ValueT = made
    return result
