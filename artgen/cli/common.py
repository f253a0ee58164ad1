"""What commands share: options with one spelling, and the embedding of many pictures."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.errors import first_of, plain, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    from torch import Tensor

    from artgen.compare.perceptual import Scorer
    from artgen.errors import Problem

WHOLE = 100_000
"""Columns of what is no terminal."""


def add_overwrite(parser: argparse.ArgumentParser, what: str) -> None:
    """``--overwrite``: what may be replaced, such as "let --out replace a file"."""
    parser.add_argument("--overwrite", action="store_true", help=what)


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """``--set``, as often as one likes; the changes are in `overrides`."""
    changes = "change any setting, such as size=640x360 or losses.clip.weight=2; may be given many times"
    parser.add_argument("--set", dest="overrides", metavar="KEY.PATH=VALUE", action="append", default=[], help=changes)


def add_allow(parser: argparse.ArgumentParser, what: str) -> None:
    """``--allow``, as often as one likes: folders that a recipe may read."""
    parser.add_argument("--allow", type=Path, metavar="DIR", action="append", default=[], help=what)


def add_json(parser: argparse.ArgumentParser, what: str = "for programs") -> None:
    """``--json``: what is printed then."""
    parser.add_argument("--json", action="store_true", help=what)


def add_quiet(parser: argparse.ArgumentParser, what: str) -> None:
    """``--quiet``: what alone is printed, such as "the picture's path"."""
    parser.add_argument("-q", "--quiet", action="store_true", help=f"print {what} and nothing else")


PRESET = "a YAML file, a shipped preset's name, or a picture, run folder or recipe.json of artgen's"
"""What PRESET may be."""


def add_preset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", metavar="PRESET", help="whose perceptors look (default: the shipped quickstart's)")


@contextlib.contextmanager
def naming(flags: Mapping[str, str]) -> Iterator[None]:
    """Inside, mistakes in what a flag has set are said of the flag that was typed: ``{"seed": "--seed"}``."""
    from artgen.errors import PresetError

    try:
        yield
    except PresetError as error:
        raise PresetError(_of_flag(problem, flags) for problem in error.problems) from None


def _of_flag(problem: Problem, flags: Mapping[str, str]) -> Problem:
    from artgen.errors import Mark, Problem

    key = problem.mark.source.removeprefix("--set ")
    if key == problem.mark.source or key not in flags:
        return problem
    is_said = problem.path == key and key.startswith(flags[key].removeprefix("--"))
    return Problem(Mark(flags[key]), "" if is_said else problem.path, problem.message)


def print_table(table: Table) -> None:
    """As wide as the terminal; anywhere else as wide as it needs, so that each row is one whole line."""
    from rich.console import Console

    console = Console()
    if console.is_terminal:
        console.print(table, markup=False)
        return
    console.width = WHOLE
    with console.capture() as captured:
        console.print(table, markup=False)
    for line in captured.get().splitlines():
        print(line.rstrip())


def places(given: argparse.Namespace) -> tuple[Path | None, Path | None]:
    """The run folder or the picture that --out names; InputError if the picture could not be written."""
    from artgen.fields.paths import expanded
    from artgen.files import refuse_overwriting
    from artgen.picture.formats import is_picture
    from artgen.recipe import metadata

    if given.out is None:
        return None, None
    out = expanded(given.out)
    if not is_picture(out.name) or out.is_dir():
        return out, None
    metadata.options(out, None)
    refuse_overwriting(out, given.overwrite)
    return None, out


def note(line: object) -> None:
    """One line, or several, on stderr."""
    print(plain(line), file=sys.stderr)


def say(line: object) -> None:
    """One line, or several, on stdout."""
    print(plain(line))


def say_path(path: Path) -> None:
    """A path on stdout: for a program as it is, for a person as it can be printed."""
    print(shown(path) if sys.stdout.isatty() else path)


def noting(console: Console) -> Callable[[str], None]:
    """What a run may tell its notes: each is printed once, however often the run has to say it."""
    told: set[str] = set()

    def tell(line: str) -> None:
        if line not in told:
            told.add(line)
            with contextlib.suppress(OSError):  # a terminal that is closed by now shall not end the run
                console.print(plain(line), markup=False, highlight=False, soft_wrap=True)

    return tell


def cell(text: object) -> Text:
    """What came from outside in a table, without the markup of the library that draws it."""
    from rich.text import Text

    return Text(shown(text))


def embed(paths: Sequence[Path], scorers: Sequence[Scorer]) -> tuple[list[Path], list[Tensor], Mapping[Path, str]]:
    """The files that are pictures, their embeddings (N, dim) for each perceptor, and what is wrong with the others.

    Raises:
        InputError: if none of them is a picture.
    """
    import torch

    from artgen.compare.embeddings import embed_files
    from artgen.errors import InputError

    found = [embed_files(paths, scorer, _track, note) for scorer in scorers]
    for line in first_of(dict.fromkeys(line for one in found for line in one.notes)):
        note(line)
    failed = {path: reason for one in found for path, reason in one.failed.items()}
    kept = [path for path in paths if path not in failed]
    if not kept:
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise InputError(f"{next(iter(failed.values()))}{more}")
    return kept, [torch.stack([one.rows[path] for path in kept]) for one in found], failed


def tell_skipped(failed: Mapping[Path, str]) -> None:
    """One line on stderr, however many they are."""
    if failed:
        files = "1 file was" if len(failed) == 1 else f"{len(failed)} files were"
        note(f"{files} skipped, such as {next(iter(failed.values()))}")


def _track(paths: Sequence[Path]) -> Iterable[Path]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(paths, "looking", console=console, transient=True, disable=not console.is_terminal)
