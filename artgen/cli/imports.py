"""Turn the settings file of another program into a preset, with a comment wherever something is not the same.

    artgen import-pixray settings.yaml
    artgen import-pixray settings.yaml --out mine.yaml --embedded

Pictures that the file names are looked for in this folder and beside the file. A plugin offers an importer by an
entry point of the group ``artgen.importers``: its name is the program's, its value a function
``convert(settings, source, home, embedded)`` that returns the preset's text.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from artgen.cli import common

GROUP = "artgen.importers"


def offered() -> dict[str, EntryPoint]:
    """The importers by the name of their command; none is imported."""
    entries = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return {f"import-{entry.name}": entry for entry in entries}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("settings", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the preset to write (default: print it)")
    common.add_overwrite(parser, "let --out replace a file")
    parser.add_argument(
        "--embedded", action="store_true", help="use the models that come with artgen: small, but no download"
    )


def main(given: argparse.Namespace) -> int:
    from artgen.files import refuse_overwriting, write_text

    out: Path | None = given.out
    if out is not None:
        refuse_overwriting(out, given.overwrite)
    home = out.parent if out is not None else Path()
    text = _converter(given.importer)(_settings(given.settings), given.settings, home, given.embedded)
    _check(text, given.settings, home)
    if out is None:
        _write(text)
    else:
        write_text(out, text)
        common.say_path(out)
    return 0


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


def _settings(path: Path) -> Mapping[str, Any]:
    """The file as plain data; every mistake of it in a line."""
    from artgen.errors import InputError, PresetError
    from artgen.preset import nodes

    tree, problems = nodes.from_file(path)
    if problems:
        raise PresetError(problems)
    if not tree.is_mapping:
        raise InputError(f"{path}: expected a mapping of settings, such as 'prompts: a tree'")
    data: Mapping[str, Any] = tree.data()
    return data


def _converter(entry: EntryPoint) -> Any:
    from artgen.errors import RunError, one_line

    try:
        return entry.load()
    except Exception as error:  # a stranger's import may raise anything
        owner = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        raise RunError(f"importer '{entry.name}' ({owner}): {one_line(error, kind=True)}") from None
