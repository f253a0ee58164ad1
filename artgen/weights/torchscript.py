"""The tensors of a TorchScript archive, as `torch.jit.save` writes it; the program in it is neither loaded nor run."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_PROGRAM = "constants.pkl"
"""What only such an archive has, beside the objects and their tensors."""
_MODULES = "__torch__."
_LISTS = "torch.jit._pickle."
_DEEPEST = 64


def is_torchscript(path: Path) -> bool:
    """Whether a file is such an archive; reads its list alone."""
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(_inner(name) == _PROGRAM for name in archive.namelist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False


def tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of the archive's modules by name, as their ``state_dict`` has them.

    The archive is copied without its program, and that is a checkpoint that torch reads with ``weights_only``: every
    module of the program is read as a plain holder of what stands in it.

    Raises:
        Exception: of zipfile, torch or the system, if the archive is damaged or asks for more than tensors.
    """
    import torch

    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "weights.pt")
        _copy(path, copy)
        names = torch.serialization.get_unsafe_globals_in_checkpoint(copy)
        holders: list[Any] = [(_Module, name) for name in names if name.startswith((_MODULES, _LISTS))]
        with torch.serialization.safe_globals(holders):
            loaded = torch.load(copy, map_location="cpu", weights_only=True)
    return dict(_found(loaded, "", set(), 0))


def _inner(name: str) -> str:
    """A member's name without the folder that all are in."""
    return name.partition("/")[2]


def _copy(path: Path, copy: Path) -> None:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            inner = _inner(name)
            if inner in ("data.pkl", "version", "byteorder") or inner.startswith("data/"):
                # Whatever the folder was called: a name of dots would not be found again.
                with old.open(name) as source, new.open(str(PurePosixPath("archive", inner)), "w") as target:
                    shutil.copyfileobj(source, target)


class _Module:
    """What a module of the program, or a list in it, is read as: what stands in it, and none of what it does."""

    inside: dict[str, Any]

    def __new__(cls, *_: Any) -> _Module:
        made = super().__new__(cls)
        made.inside = {}
        return made

    def __init__(self, *_: Any) -> None:
        """Leave the arguments unread."""

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.inside = {name: value for name, value in state.items() if isinstance(name, str)}


def _found(module: Any, prefix: str, seen: set[int], depth: int) -> Iterator[tuple[str, Tensor]]:
    """The tensors in a module and in those inside it; one that stands in several places counts in the first."""
    import torch

    if not isinstance(module, _Module) or id(module) in seen or depth > _DEEPEST:
        return
    seen.add(id(module))
    for name, value in module.inside.items():
        if isinstance(value, torch.Tensor):
            yield prefix + name, value
        else:
            yield from _found(value, f"{prefix}{name}.", seen, depth + 1)
