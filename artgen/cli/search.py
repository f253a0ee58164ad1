"""Find the pictures of a folder that are most like a text or a picture, to a perceptor.

QUERY is a text, or a picture if there is a file of that name. Each line gives the cosine similarity and the path, the
likest first. Folders inside are searched too; hidden files and links to folders are not.

    artgen search "a red heart" pictures
    artgen search gallery/quickstart.png pictures --top 3

What the perceptor made of a picture is kept, so that only new pictures take time (`ARTGEN_CACHE`, ~/.cache/artgen).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.compare.perceptual import Scorer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--top", metavar="N", default="10", help="how many pictures to list (default: 10)")
    common.add_preset(parser)
    common.add_json(parser, "print a list of objects with image and similarity")


def main(given: argparse.Namespace) -> int:
    from artgen.compare import perceptual
    from artgen.picture.decoding import below

    top, query = _top(given.top), _query_file(given.query)
    paths = [path for path in below(given.folder) if not (query and _is_same(path, query))]
    scorers = perceptual.of_preset(given.preset, common.note)
    wanted = _embed_query(given.query, query, scorers)
    kept, rows, failed = common.embed(paths, scorers)
    likeness = perceptual.similarities(scorers, rows, wanted)[:, 0].tolist()
    # Equal ones in the order of their names.
    ranked = sorted(zip(kept, likeness, strict=True), key=lambda found: -found[1])
    _print(dict(ranked[:top]), given.json)
    common.tell_skipped(failed)
    return 0


def _top(text: str) -> int:
    from artgen.errors import InputError

    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InputError(f"--top: expected how many pictures to list, such as 10, got '{text}'")
    return int(text)


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
    flat = decoding.on_white(decoding.read(picture, common.note))
    return [scorer.embed_pictures([scorer.prepare(flat)]) for scorer in scorers]


def _print(found: Mapping[Path, float], as_json: bool) -> None:
    import json

    from artgen.errors import shown

    if as_json:
        print(json.dumps([{"image": str(path), "similarity": cosine} for path, cosine in found.items()], indent=2))
        return
    for path, cosine in found.items():
        print(f"{cosine:6.3f}  {shown(path)}")
