"""The pictures of runs as a browser gets them: the newest, those of earlier steps, and small ones."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from artgen.errors import InputError
from artgen.fields.paths import PICTURE, PREVIEW, RUN_FILE
from artgen.picture import decoding
from artgen.picture.recent import Recent
from artgen.registry import lookup
from artgen.studio.runs import StudioRun
from artgen.studio.work.previews import MOST_PIXELS, webp

MOST_CACHED = 1 << 26
"""Bytes of small pictures that are kept."""
WIDTHS = range(16, 2049)

Content = tuple[bytes, str]
"""The bytes of a picture, and its media type."""
WEBP, PNG = "image/webp", "image/png"


def picture(entry: StudioRun, step: int | None) -> Content | None:
    """The newest picture, or that after so many steps or the nearest before; None if there is none yet."""
    if step is not None and (moment := entry.record.moment(step)):
        return moment[1], WEBP
    if entry.newest is not None:
        return entry.newest, WEBP
    for name in (PICTURE, PREVIEW):
        if (entry.folder / name).is_file():
            return decoding.content(entry.folder / name), PNG
    moment = entry.record.moment(entry.step)
    return (moment[1], WEBP) if moment else None


def batch(entry: StudioRun) -> Content | None:
    """The same as the newest picture, but with all of a finished run's batch on one sheet."""
    places = sorted((entry.folder / "batch").glob("*.png"))
    if entry.state != "finished" or len(places) < 2:
        return picture(entry, None)
    from artgen.picture.preview import grid, thumbnail

    wholes = [thumbnail(decoding.read(place), MOST_PIXELS // len(places)) for place in places]
    sheet = grid(wholes) if len({whole.size for whole in wholes}) == 1 else wholes[0]
    return webp(sheet), WEBP


def version(entry: StudioRun, step: int | None) -> str:
    """Changes when `picture` does; the text of an ETag."""
    if step is not None:
        return f"{entry.id}-at-{step}-of-{entry.step}"
    return f"{entry.id}-{entry.picture}-{entry.state}"


class RunThumbnails:
    """Small pictures, the last ones of which are kept."""

    def __init__(self) -> None:
        self._recent = Recent(MOST_CACHED)

    def make(self, key: str, width: int, read: Callable[[], Content | None]) -> Content | None:
        """What `read` gives, at most so many pixels wide; `key` says what it is. InputError if it is no picture."""
        key = f"{key}-{width}"
        if kept := self._recent.get(key):
            return kept, WEBP
        content = read()
        return (self._recent.keep(key, _small(content[0], width)), WEBP) if content else None


def _small(content: bytes, width: int) -> bytes:
    from PIL import Image

    whole = decoding.decode(content, Path(PICTURE))
    if whole.width > width:
        whole = whole.resize((width, max(1, round(whole.height * width / whole.width))), Image.Resampling.BOX)
    buffer = io.BytesIO()
    whole.save(buffer, format="WEBP", quality=85, method=2)
    return buffer.getvalue()


HIDDEN = frozenset({RUN_FILE})
"""What of a run's folder is for artgen alone."""
SUFFIXES = {
    ".png": PNG,
    ".webp": WEBP,
    ".json": "application/json",
    ".yaml": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".mp4": "video/mp4",
    ".gif": "image/gif",
    ".txt": "text/plain; charset=utf-8",
}


def files(entry: StudioRun) -> dict[str, int]:
    """What one can take home of a run, by its name there, and how many bytes it has."""
    found: dict[str, int] = {}
    for folder, prefix in ((entry.folder, ""), (entry.folder / "batch", "batch/")):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # a run writes anew what is there
                if _is_for_home(path):
                    found[prefix + path.name] = path.stat().st_size
    return found


def _is_for_home(path: Path) -> bool:
    is_own = (
        not path.name.startswith(".") and path.name not in HIDDEN and (path.suffix in SUFFIXES or _is_exported(path))
    )
    return is_own and path.is_file() and not path.is_symlink()


def _is_exported(path: Path) -> bool:
    """Whether an exporter writes such files."""
    return any(path.name.endswith(suffix) for suffix in lookup.suffixes())


def media_type(path: Path) -> str:
    """What a browser is told that a file is; what it does not know is only kept."""
    return SUFFIXES.get(path.suffix, "application/octet-stream")


def file(entry: StudioRun, name: str) -> Path:
    """InputError if the run has no such file."""
    if name not in files(entry):
        raise InputError(f"{entry.id}: has no file '{name}'")
    return entry.folder / name
