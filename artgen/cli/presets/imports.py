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

import contextlib
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import ANY_FILE, Count, FilePath, Named
from artgen.errors import InputError, hint

if TYPE_CHECKING:
    from artgen.importing import Document
    from artgen.importing.model import Claim, Importer

GROUP = "artgen.importers"
PREFIX = "import-"
"""What begins the names of the commands that ask one importer alone."""
NUMBER = Count(0, "a number, such as 1")


def offered() -> dict[str, EntryPoint]:
    """The importers by the name of their program; none is imported."""
    entries = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return {entry.name: entry for entry in entries}


WHOSE = f"whose it is: {', '.join(offered())}"


@click.command(cls=Subcommand, help=__doc__)
@common.argument("settings", "what another program saved", metavar="FILE", type=ANY_FILE)
@common.out("FILE", "the preset to write (default: print it)", FilePath(".yaml"))
@common.overwrite("let --out replace a file")
@click.option("--embedded", is_flag=True, help="use the models that come with artgen: small, but no download")
@click.option(
    "--number",
    type=NUMBER,
    metavar="N",
    default=1,
    help="which run, where FILE has several (1)",
)
@click.option("--from", "program", type=Named(offered), metavar="NAME", help=WHOSE)
def command(
    settings: Path, out: Path | None, overwrite: bool, embedded: bool, number: int, program: str | None
) -> None:
    from artgen.files import refuse_overwriting, write_text
    from artgen.importing import finding

    if out is not None:
        refuse_overwriting(out, overwrite)
    home = out.parent if out is not None else Path()
    source = finding.read(settings)
    importer, claims = _recognised(source, program)
    if not 1 <= number <= len(claims):
        raise InputError(f"--number {number}: {source.path} has {len(claims)}; choose from 1 to {len(claims)}")
    if len(claims) > 1:
        printing.note(f"{source.path}: has {len(claims)} runs of {importer.program}; this is --number {number}")
    claim = claims[number - 1]
    text = finding.with_notes(importer.convert(claim.settings, source.path, home, embedded), claim.notes)
    _check(text, source.path, home)
    if out is None:
        _write(text)
    else:
        write_text(out, text)
        printing.say_path(out)


def asking_one(program: str) -> click.Command | None:
    """``artgen import-NAME``, as ``artgen import --from NAME`` was spelt before; None if there is no such importer."""
    if program not in offered():
        return None
    others = [parameter for parameter in command.params if parameter.name != "program"]
    whose = click.Option(["--from", "program"], default=program, hidden=True)
    return Subcommand(f"{PREFIX}{program}", callback=command.callback, params=[*others, whose], help=__doc__)


def _recognised(source: Document, program: str | None) -> tuple[Importer, list[Claim]]:
    """The importer that is asked for, or knows most of it, and the runs that it has found."""
    from artgen.importing import finding

    entries = offered()
    if program is None:
        return finding.best(source, entries, printing.note)
    if program not in entries:
        known = ", ".join(entries)
        raise InputError(f"--from {program}: there is no such importer{hint(program, entries)}; there are {known}")
    return finding.by_name(source, program, entries)


def _write(text: str) -> None:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        raise InputError("the preset has letters that cannot be printed here; write it with --out FILE") from None
    sys.stdout.write(text)


def _check(text: str, settings: Path, home: Path) -> None:
    """InputError if `check` would refuse the preset, say because a text of the settings is longer than any may be."""
    from artgen.errors import PresetError
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
