"""Everything artgen says when something is wrong.

::

    ArtgenError                 any failure with a message meant for people
    ├── InputError              the user can fix it; the CLI exits with 2
    │   └── PresetError         one or more `Problem`s of a preset, a line each
    └── RunError                the run itself failed (a NaN, memory); the CLI exits with 1
"""

from __future__ import annotations

import difflib
import errno
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

LONGEST_LINE = 1000
"""Characters of a line of a message; the rest of it is left out."""
AT_ONCE = 20
"""Problems that are told together; of the others there is only their number."""

_ADVICE = {
    errno.EACCES: "you may not do that here; choose another place, or ask who owns it",
    errno.EPERM: "you may not do that here; choose another place, or ask who owns it",
    errno.EROFS: "nothing can be written there; choose another place",
    errno.ENOENT: "check how it is written",
    errno.ENOTDIR: "a part of the path is a file; choose another",
    errno.EISDIR: "name a file in it",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "links lead round in a circle there; choose another path",
    errno.ENOSPC: "free some room, or choose another place",
    errno.EDQUOT: "free some room, or choose another place",
    errno.EMFILE: "too many files are open; raise `ulimit -n`",
}


class ArtgenError(Exception):
    """A failure whose text is one or more complete lines for a person."""

    exit_code = 1


class InputError(ArtgenError):
    """Something the user wrote or named is wrong; the text says where, what and what to do."""

    exit_code = 2


class Notice(UserWarning):
    """What was given is read, and something of it is not used; a line for a person."""


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
        source = str(self.mark)
        # ``--set steps`` has said it already.
        path = "" if source.endswith(f" {self.path}") else self.path
        return ": ".join(shown(part) for part in (source, path, self.message) if part)


class PresetError(InputError):
    """All the mistakes of a preset at once, in the order of the file; the text has the first of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(first_of(self.problems)))


def first_of(items: Iterable[object]) -> Iterator[str]:
    """The first `AT_ONCE` of them as texts, and then how many there are besides."""
    listed = list(items)
    yield from map(str, listed[:AT_ONCE])
    if len(listed) > AT_ONCE:
        yield f"and {len(listed) - AT_ONCE} more"


def shown(text: object, most: int = LONGEST_LINE) -> str:
    """What came from outside, such as a stranger's file name, as it can be printed in one line.

    What moves the cursor, turns the direction of writing or is half a character stands as its escape; what is longer
    than `most` characters loses its middle, because the end of a message says what to do.
    """
    whole = str(text)
    if len(whole) <= most:
        return _escaped(whole)
    tail = max(most - 3, 0) // 3
    return f"{_escaped(whole[: max(most - 3, 0) - tail])}...{_escaped(whole[len(whole) - tail :])}"


def _escaped(text: str) -> str:
    return "".join(letter if _is_plain(letter) else _escape(letter) for letter in text)


def plain(message: object) -> str:
    """A whole message as it can be printed: each of its lines is `shown`."""
    return "\n".join(shown(line) for line in str(message).split("\n"))


def is_plain(text: str) -> bool:
    """Whether a text of several lines can be printed as it is."""
    return all(letter == "\n" or _is_plain(letter) for letter in text)


def _is_plain(letter: str) -> bool:
    # The joiners hold emoji and the letters of some scripts together; spaces of all widths are spaces.
    return letter.isprintable() or letter in "\u200c\u200d" or unicodedata.category(letter) == "Zs"


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def refused(error: OSError, path: object = None) -> str:
    """What the system would not do, in one line: ``path: reason; what to do``."""
    place = error.filename if path is None else path
    place = place.decode(errors="replace") if isinstance(place, bytes) else place
    where = "" if place is None or isinstance(place, int) else f"{shown(place, 200)}: "
    reason = error.strerror or one_line(error)
    return f"{where}{reason}; {_ADVICE.get(error.errno or 0, 'try again, or choose another place')}"


def nearest(wrong: str, right: Iterable[str], likeness: float = 0.6) -> str | None:
    """The name of `right` that `wrong` was most likely meant to be, or None if none has that likeness, 0 to 1."""
    names = {name.lower(): name for name in right}
    # What is much longer than any name is like none, and would take long to compare.
    close = difflib.get_close_matches(wrong[:200].lower(), names, n=1, cutoff=likeness)
    return names[close[0]] if close else None


def nearest_file(wrong: str, right: Iterable[str]) -> str | None:
    """As `nearest`, for names of files: one of another kind must be called the same, and the kind alone is not near."""
    return nearest(wrong, (name for name in right if _is_near_file(PurePath(wrong.lower()), PurePath(name.lower()))))


def _is_near_file(wrong: PurePath, right: PurePath) -> bool:
    if wrong.suffix != right.suffix:
        return wrong.stem == right.stem
    return difflib.SequenceMatcher(None, wrong.stem[:200], right.stem[:200]).ratio() >= 0.5


def hint(wrong: str, right: Iterable[str], likely: Sequence[str] = ()) -> str:
    """``; did you mean 'x'?`` if a name is near, else the choices: the end of an 'unknown name' message.

    The `likely` ones are shown first, in their order; the others by the alphabet.
    """
    right = sorted(right, key=lambda name: (likely.index(name) if name in likely else len(likely), name))
    if guess := nearest(wrong, right):
        return f"; did you mean '{guess}'?"
    if not right:
        return "; none is available"
    shown = ", ".join(right[:12]) + (", ..." if len(right) > 12 else "")
    return f"; choose from {shown}"


def one_line(error: BaseException, most: int = 160, kind: bool = False) -> str:
    """What an error says, in one line of at most `most` characters; after its `kind` if asked, or that alone."""
    name, said = type(error).__name__, text_of(error)
    text = shown(next((line.strip() for line in said.splitlines() if line.strip()), "")[:most], 10 * most)[:most]
    return (f"{name}: {text}" if kind else text) if text else name


def text_of(error: BaseException) -> str:
    """What an error says, even a stranger's that cannot say it, and ends the program where it tries."""
    try:
        return str(error)
    except BaseException:
        return ""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the CPU's allocator, had no memory left."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text_of(error)


def is_on(variable: str) -> bool:
    """Whether a variable of the environment switches something on: any value does but 0, false, no and off."""
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "false", "no", "off")


def is_debugging() -> bool:
    """Whether ``--debug`` or ARTGEN_DEBUG asks for the place in the code where an error arose."""
    return is_on("ARTGEN_DEBUG")
