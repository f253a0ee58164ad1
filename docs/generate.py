"""Write the reference from the specs, their docstrings and the examples, the pages of the Python API, and the layers::

    python -m docs.generate                                 # docs/reference, docs/api and docs/layers.svg
    python -m docs.generate --pictures                      # the pictures of all examples too
    python -m docs.generate --pictures loss-style prompt    # of some: those whose names begin so

A picture takes a few seconds on two idle cores.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.files import write_text
from docs import layers, pages, python_pages
from docs.example import PICTURES, examples

DOCS = Path(__file__).parent


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Write every page, and remove those that nothing is left to say on."""
    for name, text in made.items():
        write_text(folder / name, text)
    for page in folder.rglob("*.md"):
        if page.relative_to(folder).as_posix() not in made:
            page.unlink()


def draw(names: Sequence[str]) -> None:
    """Draw the examples whose names begin so, or all; those that need a hub have no picture."""
    os.environ.setdefault("ARTGEN_OFFLINE", "1")
    from docs.pictures import render

    drawn: dict[str, list[Any]] = {}
    for example in examples():
        if example.name.startswith(tuple(names) or "") and not example.needs_hub:
            seconds = render(example, drawn)
            print(f"{example.picture.relative_to(PICTURES.parent)}: {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", nargs="*", metavar="NAME", help="draw the pictures of these examples, or of all")
    given = parser.parse_args()
    if given.pictures is not None:
        draw(given.pictures)
    write_text(DOCS / "layers.svg", layers.drawn())
    write(DOCS / "reference", pages.all_pages())
    write(DOCS / "api", python_pages.all_pages())
