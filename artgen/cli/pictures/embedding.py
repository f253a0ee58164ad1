"""What several commands do with the pictures of a folder: look at each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli.printing import note
from artgen.errors import first_of

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.compare.perceptual import Scorer


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
