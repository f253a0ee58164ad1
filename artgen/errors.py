"""Everything artgen says when something is wrong.

::

    ArtgenError                 any failure with a message meant for people
    ├── InputError              the user can fix it; the CLI exits with 2
    │   └── PresetError         one or more `Problem`s of a preset, a line each
    └── RunError                the run itself failed (a NaN, memory); the CLI exits with 1
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class ArtgenError(Exception):
    """A failure whose text is one or more complete lines for a person."""

    exit_code = 1


class InputError(ArtgenError):
    """Something the user wrote or named is wrong; the text says where, what and what to do."""

    exit_code = 2


class RunError(ArtgenError):
    """A run that started could not go on."""


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a source: 1-based `line` and `column`; both 0 where the source has no lines."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a preset, printed as ``file:line:column: path: message``."""

    mark: Mark
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.mark), self.path, self.message) if part)


class PresetError(InputError):
    """All the mistakes of a preset at once, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(wrong: str, right: Iterable[str]) -> str | None:
    """The name of `right` that `wrong` was most likely meant to be, or None if nothing is near."""
    names = {name.lower(): name for name in right}
    close = difflib.get_close_matches(wrong.lower(), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def hint(wrong: str, right: Iterable[str]) -> str:
    """``; did you mean 'x'?`` if a name is near, else the choices: the end of an 'unknown name' message."""
    right = sorted(right)
    if guess := nearest(wrong, right):
        return f"; did you mean '{guess}'?"
    if not right:
        return "; none is available"
    shown = ", ".join(right[:12]) + (", ..." if len(right) > 12 else "")
    return f"; choose from {shown}"


def one_line(error: BaseException, most: int = 160, kind: bool = False) -> str:
    """What an error says, in one line of at most `most` characters; after its `kind` if asked, or that alone."""
    name = type(error).__name__
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), "")[:most]
    return (f"{name}: {text}" if kind else text) if text else name


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the CPU's allocator, had no memory left."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
