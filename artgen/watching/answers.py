"""What is answered to a request that may see the folder: addresses, and no sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from artgen.errors import InputError, shown
from artgen.watching import files
from artgen.watching.board import Board
from artgen.watching.details import detail, short_preset
from artgen.watching.entries import WatchedEntry
from artgen.watching.files import ServedFile
from artgen.watching.listing import stamp_of
from artgen.watching.page import page
from artgen.watching.thumbnails import Thumbnails, side_of

FOR_EVER = "private, max-age=31536000, immutable"
"""How long a browser may keep what has its version in its address."""
ANEW = "private, no-cache"
"""It may keep it, and has to ask whether it is still so."""


@dataclass(frozen=True)
class HttpAnswer:
    """What a request gets: `content`, or the bytes of a `file`."""

    status: HTTPStatus = HTTPStatus.OK
    kind: str = "application/json"
    content: bytes = b""
    file: ServedFile | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Answers:
    """Everything that can be asked about one folder.

    ``/`` the page; ``/entries?since=VERSION`` what has changed; ``/entries/ID`` one in full, ``/entries/ID/preset`` its
    short preset; ``/thumbnails/ID[/NAME]?v=VERSION&side=320``; ``/files/ID[/NAME]``.
    """

    def __init__(self, title: str, board: Board) -> None:
        self.title, self.board = title, board
        self.thumbnails = Thumbnails()

    def answer(self, path: str, query: str) -> HttpAnswer:
        """What a path without its query asks for; both as they stand in the address, still quoted."""
        asked = dict(parse_qsl(query, max_num_fields=20)) if len(query) < 2000 else {}
        match path.split("/")[1:]:
            case [""]:
                made = page(self.title)
                return HttpAnswer(
                    kind="text/html; charset=utf-8",
                    content=made.content,
                    headers={"Content-Security-Policy": made.policy, "Cache-Control": ANEW},
                )
            case ["entries"]:
                return self._changes(asked.get("since", ""))
            case ["entries", id] if entry := self.board.get(id):
                return _json({**detail(entry), "version": self.board.version_of(id)})
            case ["entries", id, "preset"] if (entry := self.board.get(id)) and entry.facts is not None:
                return _json({"text": _short_preset(entry, self.board.version_of(id))})
            case ["thumbnails", id, *names] if entry := self.board.get(id):
                return self._thumbnail(entry, "/".join(names), asked)
            case ["files", id, *names] if (entry := self.board.get(id)) and (
                found := files.served(entry, "/".join(names))
            ):
                version = found.stamp.text if found.stamp is not None else None
                is_fixed = version is not None and asked.get("v") == version
                kept = {"Cache-Control": FOR_EVER if is_fixed else ANEW}
                return HttpAnswer(kind=found.kind, file=found, headers={**kept, **_saving(entry, found)})
            case _:
                return nothing()

    def _changes(self, since: str) -> HttpAnswer:
        if since and since == self.board.version:
            return HttpAnswer(HTTPStatus.NO_CONTENT)
        return _json(self.board.since(since))

    def _thumbnail(self, entry: WatchedEntry, name: str, asked: Mapping[str, str]) -> HttpAnswer:
        found = files.served(entry, name) if name else None
        if name and (found is None or not found.kind.startswith("image/")):
            return nothing()
        place = found.place if found else files.picture_of(entry)
        stamp = stamp_of(place) if place else None
        if place is None or stamp is None:
            return nothing()
        side = side_of(asked.get("side", ""))
        try:
            made = self.thumbnails.get(place, stamp, side)
        except InputError:
            return nothing()
        kept = FOR_EVER if asked.get("v") == stamp.text else ANEW
        tag = f'"{stamp.text}-{side}"'
        return HttpAnswer(kind="image/webp", content=made, headers={"Cache-Control": kept, "ETag": tag})


def nothing() -> HttpAnswer:
    """There is no such thing, or it may not be seen; which of them, is not told."""
    return _json({"error": "there is no such thing here"}, HTTPStatus.NOT_FOUND)


def _json(data: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpAnswer:
    # Half a character, as a stranger's file may hold it, is an escape here.
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return HttpAnswer(status, content=text.encode("ascii"), headers={"Cache-Control": "no-store"})


def _saving(entry: WatchedEntry, found: ServedFile) -> dict[str, str]:
    """What tells a browser to save a file, and by which name; whatever it is, nothing in it runs."""
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in shown(entry.place.name, 80))
    name = f"{plain}-{found.place.name}".encode("ascii", "replace").decode().replace("?", "-")
    way = "attachment" if found.is_saved else "inline"
    return {
        "Content-Disposition": f'{way}; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


@lru_cache(maxsize=256)
def _of_version(entry: _Once) -> str | None:
    return short_preset(entry.entry.facts) if entry.entry.facts is not None else None


@dataclass(frozen=True)
class _Once:
    """An entry in one version, so that what takes long is done once for it."""

    key: tuple[str, int]
    entry: WatchedEntry = field(compare=False)


def _short_preset(entry: WatchedEntry, version: int) -> str | None:
    return _of_version(_Once((entry.id, version), entry))
