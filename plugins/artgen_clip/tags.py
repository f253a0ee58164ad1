"""Published weights of open_clip, by model and tag. Imports nothing heavy at its top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
"""What a repository's weights are called where open_clip's table names no file."""


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
        path = Path("~/.cache/clip").expanduser() / PurePosixPath(published.get("url", "")).name
        return path if path.is_file() else None

    def fetch(self, note: Callable[[str], None]) -> Path:
        """The file, after a download if need be."""
        from artgen_clip.loading import published

        return published(self.model, self.tag, None).checkpoint


def _from_hub(entry: str) -> Path | None:
    """What open_clip writes as ``owner/name/file`` or ``owner/name/``, in the hub's cache."""
    import huggingface_hub

    repository, _, file = entry.rpartition("/")
    names = (str(PurePosixPath(file).with_suffix(".safetensors")), file) if file else _FILES
    found = (huggingface_hub.try_to_load_from_cache(repository, name) for name in names)
    return next((Path(path) for path in found if isinstance(path, str)), None)
