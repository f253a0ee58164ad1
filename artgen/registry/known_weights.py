"""What the installed plugins know by name, what of it is in the cache, and what else lies there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgen.errors import InputError, hint
from artgen.registry.plugins import Registry, discover
from artgen.weights import Published, cache_folder, sha256
from artgen.weights.partial import PartialDownload


@dataclass(frozen=True)
class KnownWeights:
    """A file that plugins know, and the distributions they come from."""

    published: Published
    owners: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.published.name

    @property
    def path(self) -> Path:
        return cache_folder() / self.name

    def stored(self) -> int | None:
        """Bytes in the cache; None if it is not there."""
        return self.path.stat().st_size if self.path.is_file() else None

    def begun(self) -> int:
        """Bytes of a download that was broken off."""
        return PartialDownload(self.path).size()

    def fault(self) -> str | None:
        """What is wrong with the file in the cache; reads all of it. None also where there is no digest to compare."""
        found = sha256(self.path)
        if self.published.sha256 in ("", found):
            return None
        return f"is not the file that was published (sha256 {found[:12]}..., not {self.published.sha256[:12]}...)"

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        published, stored = self.published, self.stored()
        return {
            "name": self.name,
            "about": published.about,
            "used_by": list(published.used_by),
            "from": list(self.owners),
            "licence": published.licence,
            "sha256": published.sha256 or None,
            "size": published.size,
            "cached": stored is not None,
            "bytes": stored,
            "begun": self.begun(),
            "path": str(self.path),
            "mirrors": list(published.mirrors),
        }


def entries(registry: Registry | None = None) -> list[KnownWeights]:
    """Every file that a plugin knows, by name; two, where plugins call different files the same."""
    owners: dict[Published, list[str]] = {}
    kinds: dict[tuple[str, str], Published] = {}
    for dist, published in (registry or discover()).weights:
        first = kinds.setdefault((published.name, published.sha256), published)
        owners.setdefault(first, []).append(dist)
    found = [KnownWeights(published, tuple(sorted(set(dists)))) for published, dists in owners.items()]
    return sorted(found, key=lambda entry: (entry.name, entry.owners))


def find(names: Sequence[str]) -> list[KnownWeights]:
    """The entries of these names; InputError for the first that nobody knows, or that two files have."""
    known = entries()
    found = []
    for name in names:
        fitting = [entry for entry in known if entry.name == name]
        if not fitting:
            raise InputError(f"no plugin knows weights called '{name}'{hint(name, {e.name for e in known})}")
        if len(fitting) > 1:
            owners = " and ".join(", ".join(entry.owners) for entry in fitting)
            raise InputError(f"{owners} call different files '{name}'; ARTGEN_PLUGINS can leave one of them out")
        found += fitting
    return found


def others() -> list[tuple[str, int]]:
    """Whatever else is in the cache: its name and bytes."""
    folder = cache_folder()
    known = {name for entry in entries() for name in (entry.name, f"{entry.name}.part", f"{entry.name}.part.json")}
    return [(name, size) for name, size in _files(folder) if name not in known]


def total() -> int:
    """Bytes in the cache."""
    return sum(size for _, size in _files(cache_folder()))


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.stat().st_size


def repositories() -> list[tuple[str, int]]:
    """What is in the model hub's own cache: the names of its repositories, and their bytes."""
    import huggingface_hub

    try:
        found = huggingface_hub.scan_cache_dir().repos
    except (huggingface_hub.errors.CacheNotFound, OSError, ValueError):
        return []
    return sorted((repo.repo_id, repo.size_on_disk) for repo in found if repo.size_on_disk)
