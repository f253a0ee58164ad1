"""Rows of numbers by keys, kept on disk between runs, for any number of processes at once.

A cache is a folder of safetensors files that nobody ever changes: each process adds its own, whole or not at all, and
now and then joins what is there into one. What gets lost, or is damaged, is missing, and no more than that.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import numpy
import torch
from torch import Tensor

from artgen.errors import one_line
from artgen.files import atomic_path

SEAL = "sha256"
"""The name, in a file's metadata, of the hash of its numbers."""
KEY = 32
"""Bytes in a key, those of a sha256."""
MAX_ROWS = 1 << 17
"""A cache that is joined keeps the newest; what is older has to be worked out again."""
MAX_FILES = 8


class EmbeddingCache:
    """Rows of `width` numbers of type `dtype`, by 32-byte keys."""

    def __init__(
        self, folder: Path, width: int, dtype: torch.dtype, note: Callable[[str], None] = lambda line: None
    ) -> None:
        self.folder, self.width, self.dtype, self._note = folder, width, dtype, note
        self._new: dict[bytes, Tensor] = {}
        self._files: list[Path] = []
        self._places: dict[bytes, tuple[Tensor, int]] = {}
        for path in _files(folder):
            self._read(path)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def __getitem__(self, key: bytes) -> Tensor:
        rows, place = self._places[key]
        return rows[place]

    def __len__(self) -> int:
        return len(self._places)

    @property
    def unsaved(self) -> int:
        """How many rows the disk does not have yet."""
        return len(self._new)

    def store(self, key: bytes, row: Tensor) -> None:
        """Remember (width,) under a key; on disk only after `save`."""
        self._new[key] = row
        self._places[key] = (row[None], 0)

    def save(self) -> None:
        """Write what is new. InputError if the folder cannot be written to."""
        if self._new:
            self._files.append(self._write(list(self._new), torch.stack(list(self._new.values()))))
            self._new = {}
        if len(self._files) > MAX_FILES:
            self._join()

    def _join(self) -> None:
        """One file for all; another process that reads at this moment may miss some rows, and does without."""
        keys = list(self._places)[-MAX_ROWS:]
        joined = self._write(keys, torch.stack([self[key] for key in keys]))
        for path in self._files:
            with contextlib.suppress(OSError):
                path.unlink()
        self._files = [joined]

    def _write(self, keys: list[bytes], rows: Tensor) -> Path:
        from safetensors.torch import save_file

        # Sorted by name, files are sorted by age.
        path = self.folder / f"{time.time_ns():020}-{secrets.token_hex(4)}.safetensors"
        packed = numpy.frombuffer(b"".join(keys), numpy.uint8).reshape(-1, KEY).copy()
        with atomic_path(path) as temporary:
            tensors = {"keys": torch.from_numpy(packed), "rows": rows.contiguous()}
            save_file(tensors, temporary, metadata={SEAL: _seal(**tensors)})
        return path

    def _read(self, path: Path) -> None:
        try:
            keys, rows = self._checked(path)
        except FileNotFoundError:  # joined by another process
            return
        except Exception as error:  # the many ways in which a file can be damaged
            self._note(f"{path}: is damaged ({one_line(error)}) and thrown away; what it knew is worked out again")
            with contextlib.suppress(OSError):
                path.unlink()
            return
        packed = keys.numpy().tobytes()
        self._places.update((packed[KEY * i : KEY * (i + 1)], (rows, i)) for i in range(len(rows)))
        self._files.append(path)

    def _checked(self, path: Path) -> tuple[Tensor, Tensor]:
        """The keys and rows of a file; ValueError if they are not as they were written."""
        from safetensors import safe_open

        with safe_open(path, "pt") as held:
            keys, rows = held.get_tensor("keys"), held.get_tensor("rows")
            seal = (held.metadata() or {}).get(SEAL)
        fits = (keys.dtype, rows.dtype) == (torch.uint8, self.dtype)
        if not (fits and keys.shape == (len(rows), KEY) and rows.shape == (len(keys), self.width)):
            raise ValueError("other numbers than were expected")
        # Files of before there were seals are believed where they hold what they could: unit rows.
        if seal != _seal(keys, rows) if seal else not _may_be(rows):
            raise ValueError("not the numbers that were written")
        return keys, rows


def _seal(keys: Tensor, rows: Tensor) -> str:
    digest = hashlib.sha256(keys.numpy().tobytes())
    digest.update(rows.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _may_be(rows: Tensor) -> bool:
    """Whether they are unit rows, or bytes, of which nothing is known."""
    return not rows.is_floating_point() or bool(((rows.double().norm(dim=1) - 1).abs() < 1e-3).all())


def _files(folder: Path) -> list[Path]:
    """The files of a cache, the oldest first; those that are being written are hidden."""
    return sorted(path for path in folder.glob("*.safetensors") if not path.name.startswith("."))
