"""What the doctor says: one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from artgen.errors import InputError, one_line

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `fix` is the command or action that mends it, and is there unless all is well."""

    area: str
    level: Level
    text: str
    fix: str = ""


def ok(area: str, text: str) -> Check:
    return Check(area, "ok", text)


def warning(area: str, text: str, fix: str) -> Check:
    return Check(area, "warning", text, fix)


def problem(area: str, text: str, fix: str) -> Check:
    return Check(area, "problem", text, fix)


def guarded(area: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """What `look` finds; or, if it cannot look, that as a problem: one broken part does not hide the others.

    Raises:
        InputError: as `look` does.
    """
    try:
        yield from list(look())
    except InputError:
        raise
    except Exception as error:  # any part of the installation may be broken in any way
        text = f"could not be looked at ({one_line(error, kind=True)})"
        yield problem(area, text, "mend the libraries above, then ask again")
