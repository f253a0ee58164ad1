"""Turn what another program saved into a preset, with a comment wherever something is not the same.

    artgen import old.png
    artgen import settings.yaml --out mine.yaml --embedded
    artgen import notebook.ipynb --number 2
    artgen import --from pixray - < command.sh

FILE is a picture that carries its settings, a settings file, or a text, a Python program or a notebook with command
lines or calls in it; `-` reads stdin. It is parsed and never run. Whose it is is seen by itself; --from says it. Files
that it names are looked for in this folder and beside it. `artgen plugins` lists the importers; a plugin offers one by
an entry point of the group ``artgen.importers`` (see artgen.importing).
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from artgen.importing import Document

GROUP = "artgen.importers"
PREFIX = "import-"
"""What begins the names of the commands that ask one importer alone."""


def offered() -> dict[str, EntryPoint]:
    """The importers by the name of their program; none is imported."""
    entries = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return {entry.name: entry for entry in entries}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("settings", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the preset to write (default: print it)")
    common.add_overwrite(parser, "let --out replace a file")
    parser.add_argument(
        "--embedded", action="store_true", help="use the models that come with artgen: small, but no download"
    )
    parser.add_argument("--number", type=int, default=1, metavar="N", help="which run, where FILE has several (1)")
    parser.add_argument("--from", dest="program", metavar="NAME", help=f"whose it is: {', '.join(offered())}")


def main(given: argparse.Namespace) -> int:
    from artgen.files import refuse_overwriting, write_text
    from artgen.importing import finding

    out: Path | None = given.out
    if out is not None:
        refuse_overwriting(out, given.overwrite)
    home = out.parent if out is not None else Path()
    source = finding.read(given.settings)
    text = finding.with_notes(*_converted(given, source, home))
    _check(text, source.path, home)
    if out is None:
        _write(text)
    else:
        write_text(out, text)
        common.say_path(out)
    return 0


def _converted(given: argparse.Namespace, source: Document, home: Path) -> tuple[str, Sequence[str]]:
    """The preset of the run that is asked for, and what could not be read of it."""
    from artgen.errors import InputError, hint
    from artgen.importing import finding

    entries = offered()
    name = given.program
    if name is not None and name not in entries:
        raise InputError(
            f"--from {name}: there is no such importer{hint(name, entries)}; there are {', '.join(entries)}"
        )
    importer, claims = (
        finding.best(source, entries, common.note) if name is None else finding.by_name(source, name, entries)
    )
    if not 1 <= given.number <= len(claims):
        raise InputError(f"--number {given.number}: {source.path} has {len(claims)}; choose from 1 to {len(claims)}")
    if len(claims) > 1:
        common.note(f"{source.path}: has {len(claims)} runs of {importer.program}; this is --number {given.number}")
    claim = claims[given.number - 1]
    return importer.convert(claim.settings, source.path, home, given.embedded), claim.notes


def _write(text: str) -> None:
    from artgen.errors import InputError

    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        raise InputError("the preset has letters that cannot be printed here; write it with --out FILE") from None
    sys.stdout.write(text)


def _check(text: str, settings: Path, home: Path) -> None:
    """InputError if `check` would refuse the preset, say because a text of the settings is longer than any may be."""
    from artgen.errors import InputError, PresetError
    from artgen.preset import nodes
    from artgen.preset.checking import Checker

    is_new = not home.exists()
    with contextlib.suppress(OSError):  # what cannot be made is told where the preset is written
        home.mkdir(
            parents=True, exist_ok=True
        )  # paths in the preset begin here, and a system follows no missing folder
    try:
        tree, _ = nodes.from_text(text, str(settings), home)
        Checker().parse(tree.data(), (), str(settings), home)
    except PresetError as error:
        if is_new:
            home.rmdir()
        first = error.problems[0]
        raise InputError(f"{settings}: makes no preset ({first.path}: {first.message})") from None
