"""What artgen calls itself: the last release's number, and besides what tells its source from every other.

A recipe says which version drew its picture. Two sources that may draw different pictures must not have the same one,
whether they lie in a repository, were unpacked from an archive or are being edited; so the version of a source that is
no release ends in a digest of what it draws with. The build runs this file by itself: it needs the standard library
alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

RELEASE = "0.1.0"
"""The last release. It stands here and nowhere else."""
SOURCES = ("artgen", "plugins", "presets", "gallery/presets", "gallery/inputs")
"""The folders of the repository that hold what is drawn with."""
_NAME = "artgen"
# Thumbnails are made of pictures, and draw none.
_UNUSED_FOLDERS = ("__pycache__", "thumbnails")
_UNUSED_FILES = (".md", ".pyc")
_RELEASING = "ARTGEN_RELEASING"


@cache
def own_version() -> str:
    """The version of the artgen that runs: ``0.1.0``, or ``0.1.0+src`` and 12 digits of a digest of its source.

    Of an installed wheel it is what the wheel was called when it was built. Of a source it is counted once a process,
    because an editable installation keeps the version of the day on which it was installed.
    """
    root = Path(__file__).resolve().parents[1]
    return _built(root) or f"{RELEASE}+src{source_digest(root)[:12]}"


def version_of(name: str, installed: str) -> str:
    """The version of a distribution that is called `name` and was `installed` as that."""
    return own_version() if name == _NAME else installed


def build_version() -> str:
    """What a wheel or an archive of this source is called: a release only where ARTGEN_RELEASING names it."""
    return RELEASE if os.environ.get(_RELEASING) == RELEASE else own_version()


def source_digest(root: Path) -> str:
    """The sha256 of the names and contents of all files in the folders `SOURCES` of `root`."""
    digest = hashlib.sha256()
    for name in sorted(_files(root)):
        content = (root / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[str]:
    """Their paths within `root`, with slashes; hidden ones, which editors leave behind, are none of them."""
    for source in SOURCES:
        for folder, inner, names in os.walk(root / source):
            inner[:] = [name for name in inner if name not in _UNUSED_FOLDERS and not name.startswith(".")]
            place = Path(folder).relative_to(root).as_posix()
            names = [name for name in names if not (name.startswith(".") or name.endswith(_UNUSED_FILES))]
            yield from (f"{place}/{name}" for name in names)


def _built(root: Path) -> str | None:
    """The version of the wheel that was unpacked into `root`; None if it is no such place."""
    from importlib.metadata import PackageNotFoundError, distribution  # slow, and `import artgen` is not to be

    try:
        found = distribution(_NAME)
    except PackageNotFoundError:
        return None
    inside = not (root / "pyproject.toml").exists() and Path(str(found.locate_file(""))).resolve() == root
    return found.version if inside else None
