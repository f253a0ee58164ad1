"""Repositories of the model hub, by way of huggingface_hub's own cache."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from artgen.errors import InputError
from artgen.fields.paths import expanded
from artgen.weights import hub_download
from artgen.weights.cache import SWITCHED_OFF, Note, is_offline
from artgen.weights.reading import ENDINGS
from artgen.weights.silence import silenced

PATTERNS = ("*.json", "*.txt", "*.safetensors", "*.bin")
"""What a model in diffusers' layout consists of."""
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
"""``owner/name`` or ``owner/name@revision``."""


@dataclass(frozen=True)
class Repository:
    """A model that a preset names: a folder in diffusers' layout, or a repository of the model hub."""

    name: str
    """A folder's path, ``owner/name`` or ``owner/name@revision``."""
    patterns: tuple[str, ...] = PATTERNS
    """Which of its files are needed, by their path in the repository."""
    variant: str = ""
    """Weights to prefer, such as ``fp16``."""

    def where(self) -> Path | None:
        """Its folder, here or in the hub's cache; None if it is not there, or has no weights yet."""
        path = expanded(self.name)
        if path.is_dir():
            return path
        name, _, revision = self.name.partition("@")
        try:
            found = _cached(name, revision, "")
        except InputError:
            return None
        return found if any(file.suffix in ENDINGS for file in found.rglob("*")) else None

    def fetch(self, note: Note) -> Path:
        """`where`, after a download if need be."""
        return folder(self.name, note, self.patterns, self.variant)


def folder(source: str | Path, note: Note, patterns: Sequence[str] = PATTERNS, variant: str = "") -> Path:
    """A folder in diffusers' layout: `source` itself, or the files of that hub repository that are needed.

    `patterns` choose files by their path in the repository; `variant` prefers weights such as ``fp16``. A ``.bin``
    file is fetched only where its folder has no safetensors; diffusers reads it with ``weights_only``.
    """
    path = expanded(source)
    if str(source) and path.is_dir():
        return path
    if isinstance(source, Path) or not REPOSITORY.fullmatch(source) or source.startswith("."):
        raise InputError(f"'{source}' is neither a folder nor a repository of the model hub, such as owner/name")
    name, _, revision = source.partition("@")
    if is_offline():
        return _cached(name, revision, SWITCHED_OFF)
    note(f"{source}: looking for it in the cache and on the model hub")
    return _from_hub(name, revision, patterns, variant, note)


def _from_hub(name: str, revision: str, patterns: Sequence[str], variant: str, note: Note) -> Path:
    import huggingface_hub.constants

    request = {
        "name": name,
        "revision": revision,
        "patterns": list(patterns),
        "variant": variant,
        "cache": str(huggingface_hub.constants.HF_HUB_CACHE),
    }
    try:
        return hub_download.fetch(request, note)
    except hub_download.Absent:
        at = f" at '{revision}'" if revision else ""
        raise InputError(
            f"{name}: the model hub has no such repository{at}, or shows it only to those who log in"
        ) from None
    except hub_download.Unreachable as error:
        return _cached(name, revision, f"the model hub cannot be reached ({error})")


def _cached(name: str, revision: str, why: str) -> Path:
    import huggingface_hub

    try:
        with silenced():
            # Whether the weights are complete is seen when they are read; their choice needs the hub's list.
            found = huggingface_hub.snapshot_download(
                name, revision=revision or None, allow_patterns=["*.json"], local_files_only=True
            )
    except Exception:  # not there, or not whole
        raise InputError(f"{name}: is not in the cache, and {why}; download it first, or name a local folder") from None
    return Path(found)


def choose(files: Sequence[str], patterns: Sequence[str], variant: str = "") -> list[str]:
    """The files of a repository to download: one set of weights per folder, and no pipeline's all-in-one checkpoint."""
    matching = [file for file in files if any(fnmatch.fnmatch(file, pattern) for pattern in patterns)]
    weights = [file for file in matching if PurePosixPath(file).suffix in ENDINGS]
    if "model_index.json" in files:
        # Some small pipelines, google/ddpm-cifar10-32 among them, keep their only weights at the top.
        weights = [file for file in weights if "/" in file] or weights
    chosen = [file for file in matching if PurePosixPath(file).suffix not in ENDINGS]
    for parent in sorted({PurePosixPath(file).parent for file in weights}):
        chosen += _one_set([file for file in weights if PurePosixPath(file).parent == parent], variant)
    return chosen


def _one_set(files: list[str], variant: str) -> list[str]:
    """Of one folder's weights: safetensors before pickles, then the variant, then the plain ones."""
    safe = [file for file in files if file.endswith(".safetensors")]
    files = safe or files
    for wanted in (variant, ""):
        if found := [file for file in files if _variant(file) == wanted]:
            return found
    return files


def _variant(file: str) -> str:
    """``fp16`` of ``model.fp16.safetensors``, whole or in numbered parts; empty for ``model.safetensors``."""
    parts = re.sub(r"-\d{5}-of-\d{5}", "", PurePosixPath(file).name).split(".")
    return ".".join(parts[1:-1])
