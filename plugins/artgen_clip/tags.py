"""Published weights of open_clip, by model and tag. Imports nothing heavy at its top."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from artgen.api import InputError
from artgen.weights import Repository, fetch, folder, is_torchscript, sha256

_TOKENIZER = "tokenizer_config.json"
_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
"""What a repository's weights are called where open_clip's table names no file."""
HUB = "hf-hub:"
"""Before a repository of the model hub that holds a whole model, as open_clip writes it."""
CONFIG = "open_clip_config.json"


def whole(model: str) -> Repository:
    """The files of a model that is named as ``hf-hub:owner/name``."""
    return Repository(model.removeprefix(HUB), (CONFIG, *_FILES))


def weights_in(home: Path) -> Path:
    """The weights of a repository's folder; InputError if there are none that open_clip would read."""
    found = next((home / name for name in _FILES if (home / name).is_file()), None)
    if found is None:
        raise InputError(f"{home}: has no {' and no '.join(_FILES)}; it is no model of open_clip's")
    return found


@dataclass(frozen=True)
class Tag:
    """The weights `tag` of `model`, in the cache that open_clip keeps them in."""

    model: str
    tag: str

    @property
    def name(self) -> str:
        return f"{self.model}/{self.tag}"

    def where(self) -> Path | None:
        """The file on this machine; None if it is not there, or open_clip has no such weights."""
        import open_clip

        published = open_clip.get_pretrained_cfg(self.model, self.tag) or {}
        if repository := published.get("hf_hub"):
            return _from_hub(repository)
        path = _elsewhere(published)
        return path if path.is_file() else None

    def fetch(self, note: Callable[[str], None]) -> Path:
        """The file, after a download if need be."""
        from artgen_clip.loading import downloaded

        return downloaded(self.model, self.tag, None, note).checkpoint


@dataclass(frozen=True)
class TextPart:
    """What open_clip takes from another repository for a model's texts: a tokenizer, or a tower's configuration."""

    name: str
    """``owner/name`` on the model hub."""
    files: tuple[str, ...]

    def where(self) -> Path | None:
        """The folder on this machine; None if it is not there."""
        import huggingface_hub

        found = huggingface_hub.try_to_load_from_cache(self.name, "config.json")
        found = found if isinstance(found, str) else huggingface_hub.try_to_load_from_cache(self.name, _TOKENIZER)
        return Path(found).parent if isinstance(found, str) else None

    def fetch(self, note: Callable[[str], None]) -> Path:
        """The folder, after a download if need be."""
        return folder(self.name, note, self.files)


def fetch_published(entry: Mapping[str, Any], note: Callable[[str], None]) -> Path:
    """The file of an entry of open_clip's table; InputError, in one line, if it cannot be had."""
    if not entry.get("hf_hub"):
        kept = _elsewhere(entry)
        return kept if kept.is_file() else fetch(kept.name, [entry["url"]], _digest(entry["url"]), note)
    repository, names = _names(entry["hf_hub"])
    home = folder(repository, note, names)
    found = next((home / name for name in names if (home / name).is_file()), None)
    if found is None:
        raise InputError(f"{repository}: has no {' and no '.join(names)} here, and nothing more can be downloaded")
    return found


def _digest(url: str) -> str:
    """The sha256 that OpenAI writes into its addresses."""
    return next((part for part in url.split("/") if re.fullmatch(r"[0-9a-f]{64}", part)), "")


def of_file(tags: Mapping[str, Mapping[str, Any]], path: Path) -> str | None:
    """Which of a model's published weights a file holds, where its place or its content tells."""
    if is_torchscript(path):
        return "openai" if "openai" in tags else None
    for tag, entry in tags.items():
        repository = _names(entry["hf_hub"])[0] if entry.get("hf_hub") else ""
        if repository and f"models--{repository.replace('/', '--')}" in path.parts:
            return tag
    digests = {_digest(entry.get("url") or ""): tag for tag, entry in tags.items()}
    return digests.get(sha256(path)) if any(digests) else None


def _elsewhere(entry: Mapping[str, Any]) -> Path:
    """Where open_clip keeps what comes from a web page."""
    return Path("~/.cache/clip").expanduser() / PurePosixPath(entry.get("url", "")).name


def _names(entry: str) -> tuple[str, tuple[str, ...]]:
    """What open_clip writes as ``owner/name/file`` or ``owner/name/``: the repository, and files, the best first."""
    repository, _, file = entry.rpartition("/")
    return repository, (str(PurePosixPath(file).with_suffix(".safetensors")), file) if file else _FILES


def _from_hub(entry: str) -> Path | None:
    import huggingface_hub

    repository, names = _names(entry)
    found = (huggingface_hub.try_to_load_from_cache(repository, name) for name in names)
    return next((Path(path) for path in found if isinstance(path, str)), None)
