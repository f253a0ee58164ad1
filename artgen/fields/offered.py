"""Values of settings that plugins offer by name: palettes and lists of words.

Plugins are found far above the types of settings; whoever finds them says here, by `use`, who is to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from artgen import errors

Kind = Literal["palette", "words"]


class Offered(Protocol):
    """Who knows what is offered."""

    def find(self, kind: Kind, name: str, folder: Path) -> Sequence[str] | Path | None:
        """The lines or the file that are called so (``name`` or ``dist:name``) in a preset of `folder`; None: none is.

        InputError if several could be meant.
        """
        ...

    def names(self, kind: Kind) -> list[str]:
        """What may be written."""
        ...


_asked: list[Offered] = []


def use(offered: Offered) -> None:
    """Ask these from now on, and no others."""
    _asked[:] = [offered]


def find(kind: Kind, name: str, folder: Path) -> Sequence[str] | Path | None:
    """As `Offered.find`; None where nobody can be asked."""
    return next((offered.find(kind, name, folder) for offered in _asked), None)


def nearest(kind: Kind, wrong: str) -> str:
    """``; did you mean 'x'?``, if one is called nearly so: the end of an 'unknown name' message."""
    known = [name for offered in _asked for name in offered.names(kind)]
    guess = errors.nearest(wrong, known, 0.75) or errors.nearest(wrong.rpartition(":")[2], known, 0.75)
    return f"; did you mean '{guess}'?" if guess else ""
