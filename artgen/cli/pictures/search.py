"""Find the pictures of a folder that are most like a text or a picture, to a perceptor.

QUERY is a text, or a picture if there is a file of that name. Each line gives the cosine similarity and the path, the
likest first. Folders inside are searched too; hidden files and links to folders are not, nor are the plots and progress
strips of runs. Of files with the same pixels one is listed, with how many others there are.

    artgen search "a red heart"
    artgen search "a red heart" pictures
    artgen search gallery/quickstart.png pictures --top 3

What the perceptor made of a picture is kept, so that only new pictures take time (`ARTGEN_CACHE`, ~/.cache/artgen).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures import embedding
from artgen.cli.types import FOLDER, PICTURE, Count

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.compare.perceptual import Scorer


RUNS = Path("runs")
PLOTS = ("progress.png", "losses.png", "preview.png", "sheet.png")
MANY = Count(1, "how many pictures to list, such as 10")
ROUNDING = 1e-5
"""How much the cosines of the same pixels may differ, when they were embedded in other company."""


@dataclass(frozen=True)
class Found:
    """A picture, and the files that hold it."""

    likeness: float
    paths: list[Path]


@click.command(cls=Subcommand, help=__doc__)
@common.argument("query", "a text, or a picture's file", shell_complete=PICTURE.shell_complete)
@common.argument("folder", "default: runs", type=FOLDER, default=RUNS)
@click.option(
    "--top",
    type=MANY,
    metavar="N",
    default=10,
    help="how many pictures to list (default: 10)",
)
@common.preset_option(common.LOOKING)
@common.json("print a list of objects with image, similarity and same")
def command(query: str, folder: Path, top: int, preset: str | None, as_json: bool) -> None:
    picture = _query_file(query)
    paths = _pictures(folder, picture)
    # Only now what is slow to import.
    from artgen.compare import perceptual

    scorers = perceptual.of_preset(preset, printing.note)
    wanted = _embed_query(query, picture, scorers)
    kept, rows, failed = embedding.embed(paths, scorers)
    likeness = perceptual.similarities(scorers, rows, wanted)[:, 0].tolist()
    # Equal ones in the order of their names.
    ranked = sorted(zip(kept, likeness, strict=True), key=lambda found: -found[1])
    _print(distinct(ranked, top), as_json)
    embedding.tell_skipped(failed)


def _pictures(folder: Path, query: Path | None) -> list[Path]:
    from artgen.errors import InputError
    from artgen.picture.decoding import below

    if folder == RUNS and not folder.is_dir():
        raise InputError(f"FOLDER: there is no folder '{RUNS}' here; say which folder to search")
    paths = [path for path in below(folder) if not (_is_plot(path) or (query and _is_same(path, query)))]
    if not paths:
        raise InputError(f"{folder}: holds no other pictures")
    return paths


def _is_plot(path: Path) -> bool:
    """Whether a run has made it to be looked at, and not as a picture."""
    from artgen.fields.paths import PICTURE

    return path.name in PLOTS and path.with_name(PICTURE).is_file()


def distinct(ranked: Sequence[tuple[Path, float]], most: int) -> list[Found]:
    """The first `most` pictures of a ranking, with those that have the same pixels put together."""
    found: list[Found] = []
    for path, likeness in ranked:
        # What has the same pixels is equally like, but for roundings.
        near = [one for one in found if abs(one.likeness - likeness) < ROUNDING]
        twin = next((one for one in near if _pixels(one.paths[0]) == _pixels(path)), None)
        if twin:
            twin.paths.append(path)
        elif len(found) < most:
            found.append(Found(likeness, [path]))
        elif not near:
            break
    for one in found:
        one.paths.sort(key=_plainness)
    return found


def _plainness(path: Path) -> tuple[bool, int, str]:
    """Of files with the same pixels, the picture of a run is named before its place in the batch, and a copy."""
    from artgen.fields.paths import PICTURE

    return path.name != PICTURE, len(path.parts), str(path)


@cache
def _pixels(path: Path) -> str:
    """What only pictures with the same pixels share."""
    from artgen.errors import InputError
    from artgen.picture import decoding
    from artgen.picture.hashing import pixel_hash

    try:
        picture = decoding.read(path)
        return f"{picture.size} {pixel_hash(picture)}"
    except InputError:  # by now, for it was read before
        return str(path)


def _query_file(query: str) -> Path | None:
    """The picture that is searched for; None for a text. InputError if it is neither."""
    import contextlib

    from artgen.errors import InputError
    from artgen.picture.decoding import missing
    from artgen.picture.formats import is_picture

    path = Path(query)
    with contextlib.suppress(OSError, ValueError):  # a text may be too long for a file's name
        if path.is_file():
            return path
    if not query.strip():
        raise InputError("QUERY: is empty; say what to look for")
    if is_picture(query):
        raise missing(path)
    return None


def _is_same(path: Path, query: Path) -> bool:
    """Whether the picture that is searched for would find itself."""
    return path.resolve() == query.resolve()


def _embed_query(text: str, picture: Path | None, scorers: Sequence[Scorer]) -> list[Tensor]:
    """(1, dim) for each perceptor."""
    from artgen.picture import decoding

    if picture is None:
        return [scorer.embed_texts([text]) for scorer in scorers]
    flat = decoding.on_white(decoding.read(picture, printing.note))
    return [scorer.embed_pictures([scorer.prepare(flat)]) for scorer in scorers]


def _print(found: Sequence[Found], as_json: bool) -> None:
    import json

    from artgen.errors import shown

    if as_json:
        rows = [
            {"image": str(one.paths[0]), "similarity": one.likeness, "same": [str(path) for path in one.paths[1:]]}
            for one in found
        ]
        print(json.dumps(rows, indent=2))
        return
    for one in found:
        others = f"  (and {len(one.paths) - 1} the same)" if len(one.paths) > 1 else ""
        print(f"{one.likeness:6.3f}  {shown(one.paths[0])}{others}")
