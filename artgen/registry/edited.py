"""Plugins that are installed to be edited: their code may change while their version stays."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from artgen.requirements import is_editable

LARGEST = 1 << 20
"""Bytes of a file whose content counts; of a larger one, such as weights, the length does."""
_UNUSED = ("__pycache__", ".pyc")


@cache
def code_of(dist: str) -> str | None:
    """sha256 of the packages of a distribution's plugins, if it is editable; counted once a process, as they are read.

    None for any other: there the version says which code it is.
    """
    try:
        found = distribution(dist)
    except (PackageNotFoundError, ValueError):
        return None
    if not is_editable(found):
        return None
    digest = hashlib.sha256()
    for top in sorted({entry.module.partition(".")[0] for entry in found.entry_points if entry.group == "artgen"}):
        for name, path in _files(top):
            size = path.stat().st_size
            digest.update(f"{name}\0{size}\0".encode())
            digest.update(path.read_bytes() if size <= LARGEST else b"")
    return digest.hexdigest()


def _files(module: str) -> Iterator[tuple[str, Path]]:
    """The files of a module or a package, each after its name, in a fixed order."""
    spec = importlib.util.find_spec(module)
    if spec is None:
        return
    if spec.origin and not spec.submodule_search_locations:
        yield module, Path(spec.origin)
    for root in spec.submodule_search_locations or ():
        for folder, inner, names in os.walk(root):
            inner[:] = sorted(name for name in inner if name not in _UNUSED and not name.startswith("."))
            for name in sorted(name for name in names if not name.startswith(".") and not name.endswith(_UNUSED)):
                path = Path(folder, name)
                yield f"{module}/{path.relative_to(root).as_posix()}", path
