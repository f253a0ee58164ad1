"""Palette files, whatever wrote them: by what they begin with, and by what they are called."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from artgen.colours import binary_files, text_files
from artgen.errors import InputError
from artgen.files import read_bytes

MAX_BYTES = 1 << 20
"""A palette file larger than this is refused unread."""


def read(path: Path) -> list[str]:
    """The colours of a palette file as `#rrggbb`, in its order.

    Raises:
        InputError: in one line, if it is none that is read, or damaged.
    """
    try:
        data = read_bytes(path, MAX_BYTES, "palette", f"'{path.name}'")
    except InputError as error:
        raise InputError(f"{error}; give a palette file") from None
    begin = text_files.decoded(data[:64]).encode()
    for start, reader in _STARTS.items():
        if begin.startswith(start):
            return reader(data, path.name)
    return READERS[path.suffix.lower()](data, path.name)


def _neither(data: bytes, name: str) -> NoReturn:
    raise InputError(f"'{name}' is neither a JASC nor a RIFF palette; save it as .gpl, .hex or .ase")


# What has been renamed is still what it is.
_STARTS = {
    text_files.GIMP.encode(): text_files.gimp,
    text_files.JASC.encode(): text_files.jasc,
    binary_files.RIFF: binary_files.riff,
    binary_files.EXCHANGE: binary_files.swatch_exchange,
    binary_files.ZIP: binary_files.procreate,
}
READERS = {
    ".gpl": text_files.gimp,
    ".pal": _neither,
    ".hex": text_files.hexadecimal,
    ".txt": text_files.paint_net,
    ".act": binary_files.colour_table,
    ".aco": binary_files.swatches,
    ".ase": binary_files.swatch_exchange,
    ".swatches": binary_files.procreate,
}
"""By the end of a file's name."""
KINDS = ", ".join(READERS)
