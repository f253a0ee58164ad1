"""Pictures between the frames of a film: both neighbours, as the camera has them there, one fading into the other.

They are made for the film's file alone, and cost no step: what is drawn at 6 frames in a second is shown at 24.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from pydantic import ValidationError

from artgen.errors import InputError
from artgen.fields.paths import confined
from artgen.films.record import FilmRecord
from artgen.picture import decoding, images, moving, poses
from artgen.picture.reading import read_layer
from artgen.preset.settings.film import MOST_BETWEEN, Film
from artgen.preset.settings.moving import Move
from artgen.recipe.inputs import located


def with_betweens(frames: Sequence[Path], film: Film, count: int, folder: Path) -> list[Path]:
    """The frames, with `count` pictures after each of them, written to `folder`.

    After the last frame of a loop they lead to the first; else the last frame stands as long as the others.
    """
    if not count:
        return list(frames)
    shown: list[Path] = []
    for number, frame in enumerate(frames):
        is_last = number + 1 == len(frames)
        if is_last and not film.loop:
            return [*shown, *[frame] * (count + 1)]
        after = frames[0] if is_last else frames[number + 1]
        shown.append(frame)
        for place in range(count):
            path = folder / f"{number:06}-{place:03}.png"
            _between(frame, after, film, number + 1, (place + 1) / (count + 1)).save(path)
            shown.append(path)
    return shown


def _between(before: Path, after: Path, film: Film, number: int, share: float) -> Image.Image:
    """What is seen at `share` of the way from one frame to the next, which is `number`."""
    width, height = decoding.size(before)
    forth, back = _moves(film, number, share, width / height)
    pictures = []
    for path, move in ((before, forth), (after, back)):
        layer = read_layer(path, (height, width))
        pictures.append(move.of(layer, {}) if move else layer)
    blended = torch.lerp(pictures[0], pictures[1], share)
    return images.to_pil(images.on_white(blended[0]))


def _moves(film: Film, number: int, share: float, aspect: float) -> tuple[Move | None, Move | None]:
    """What brings the frame before forth, and the one after back; None where the camera stands still."""
    camera, timeline = film.camera, film.timeline
    if camera.depth is None:
        forth = moving.rounded(camera.matrix(number, timeline, aspect, share))
        back = moving.rounded(moving.inverse(camera.matrix(number, timeline, aspect, 1 - share)))
        if forth == moving.STILL:
            return None, None
        return Move(matrix=forth, edge=camera.edge), Move(matrix=back, edge=camera.edge)
    ahead = poses.rounded(camera.pose(number, timeline, aspect, share))
    astern = poses.rounded(poses.inverse(camera.pose(number, timeline, aspect, 1 - share)))
    if ahead == poses.STILL:
        return None, None
    return _in_room(film, ahead, number - 1, aspect), _in_room(film, astern, number % film.count, aspect)


def _in_room(film: Film, pose: poses.Pose, frame: int, aspect: float) -> Move:
    """A move of the frame's picture; depths that a picture says are those of the first frame."""
    camera = film.camera
    moves = camera.depth is not None and camera.depth.picture is not None
    since = poses.rounded(camera.way(0, frame, film.timeline, aspect)) if moves else poses.STILL
    return Move(pose=pose, depth=camera.depth, since=None if since == poses.STILL else since, edge=camera.edge)


def count_of(record: FilmRecord) -> int:
    """How many pictures a film has between two of its frames."""
    found = (record.preset.get("film") or {}).get("between", 0)
    return found if type(found) is int and 0 <= found <= MOST_BETWEEN else 0


def film_of(record: FilmRecord | None, folder: Path) -> Film | None:
    """What a film's record says of its camera; None of other pictures. Its files are looked for as a recipe's are.

    Raises:
        InputError: if that cannot be read, say because a picture of depths is not here.
    """
    said = record.preset.get("film") if record else None
    if record is None or said is None:
        return None
    folders = [Path(), folder]
    try:
        with confined(folders):
            return Film.model_validate(located(said, record.first_recipe(folder)["inputs"], folders))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"{folder}: its camera cannot be read ({first['msg']})") from None
