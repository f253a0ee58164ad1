"""How commands print: lines, paths and tables, harmless to any terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.errors import plain, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

WHOLE = 100_000
"""Columns of what is no terminal."""


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
