"""A file from the first mirror that has it, continued where the last attempt stopped.

A range is asked for with If-Range (RFC 9110, 13.1.5), so that a file which has changed since comes whole. What another
mirror began is continued without; the sha256 of the whole says whether the two belong together.
"""

from __future__ import annotations

import http.client
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from rich.filesize import decimal

from artgen.errors import InputError
from artgen.weights.cache import Note, unwritable
from artgen.weights.partial import PartialDownload
from artgen.weights.patience import Pace, TooSlow, patience, signs_of_life, within_patience
from artgen.weights.progress import metered
from artgen.weights.reading import first_line, sha256

_BLOCK = 1 << 20
_TRIES = 5
_PAUSE = 0.25


class Unusable(Exception):
    """A mirror that is dead, or has another file; its text says why."""


class _Dropped(Exception):
    """A connection that ended too early."""


def download(path: Path, mirrors: Sequence[str], digest: str, limit: int, note: Note) -> None:
    """Put the file at `path` whose sha256 is `digest`, any file if that is empty; at most `limit` bytes."""
    part, failures = PartialDownload(path), []
    for url in mirrors:
        host = _host(url)
        try:
            MirrorDownload(url, part, digest, limit, partial(_tell, note, path.name)).complete()
        except InputError:  # this machine's own trouble, which the next mirror would meet as well
            raise
        except (Unusable, TooSlow) as error:
            failures.append(f"{host}: {error}")
        except Exception as error:  # whatever a server's answer makes the libraries raise
            failures.append(f"{host}: {first_line(error)}")
        else:
            return part.finish()
        if part.origin() is None:  # nobody could say later whether the rest belongs to it
            part.discard()
    rest = f"; the next attempt goes on after the {decimal(part.size())} that are here" if part.size() else ""
    raise InputError(
        f"{path.name}: no mirror has it ({'; '.join(failures)}); check the connection, or download the file "
        f"yourself{rest}"
    )


def _host(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).hostname or url[:60]
    except ValueError:
        return url[:60]


def _tell(note: Note, name: str, text: str) -> None:
    note(f"{name}: {text}")


@dataclass(frozen=True)
class MirrorDownload:
    """One file from one address."""

    url: str
    part: PartialDownload
    digest: str
    limit: int
    note: Note

    def complete(self) -> None:
        """Bring the part to its end; afterwards its sha256 is `digest`. Unusable says why that cannot be."""
        if urllib.parse.urlsplit(self.url).scheme not in ("https", "http", "file"):
            raise Unusable("is no web address")
        origin = self.part.origin()
        if origin is None or not (self.digest or origin[0] == self.url):
            self.part.discard()
        for _ in range(2):
            continued = self._persist()
            found = sha256(self.part.path)
            if found == self.digest or not self.digest:
                return
            self.part.discard()
            if not continued:
                break
        raise Unusable(f"another file than expected (sha256 {found[:12]}..., not {self.digest[:12]}...)")

    def _persist(self) -> bool:
        """Receive all of it, over as many connections as it takes; whether it was continued."""
        continued = False
        for attempt in range(_TRIES):
            before = self.part.size()
            try:
                return self._receive() or continued
            except _Dropped as error:
                reason = str(error)
            if self.part.size() <= before:
                break
            continued = True
            time.sleep(_PAUSE * 2**attempt)
        raise Unusable(reason)

    def _receive(self) -> bool:
        """Receive the rest; whether it was the rest, and not all of it again."""
        have = self.part.size()
        try:
            with signs_of_life(_host(self.url), self.note, have):
                response = within_patience(lambda: urllib.request.urlopen(self._request(have), timeout=patience()))
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
                return self._judge_whole(error.headers.get("Content-Range"), have)
            raise Unusable(first_line(error)) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Unusable(first_line(error)) from None
        with response:
            continued = _continues(response, have)
            if not continued:
                self.part.begin(self.url, response.headers)
            self._save(response, have if continued else 0)
        return continued

    def _request(self, have: int) -> urllib.request.Request:
        headers = {"User-Agent": "artgen", "Accept-Encoding": "identity"}
        origin = self.part.origin()
        if have and origin:
            headers["Range"] = f"bytes={have}-"
            if origin[0] == self.url:
                headers["If-Range"] = origin[1]
        return urllib.request.Request(self.url, headers=headers)

    def _judge_whole(self, content_range: str | None, have: int) -> bool:
        """The server has no more than is here: either that is all, or it is too much."""
        if content_range == f"bytes */{have}":
            return True
        self.part.discard()
        return self._receive()

    def _save(self, response: Any, have: int) -> None:
        """Append what comes to the `have` bytes that are kept."""
        length = _length(response.headers.get("Content-Length"))
        total = have + length if length else 0
        self._check_room(total, have)
        start = f"going on after {decimal(have)} of {decimal(total)}" if have else "downloading"
        host = _host(self.url)
        self.note(f"{start} {decimal(total)}, from {host}" if total and not have else f"{start}, from {host}")
        meter = metered(self.part.target.name, have, total, self.note)
        try:
            with (
                self.part.path.open("ab") as file,
                meter as advance,
                signs_of_life(host, self.note, have) as pace,
            ):
                have = self._pour(response, file, have, advance, pace)
        except OSError as error:
            self.part.discard()
            raise unwritable(self.part.path, error) from None
        if have > self.limit:
            self._refuse_size()
        if have < total:
            self._drop(f"the connection ended after {have} of {total} bytes")

    def _pour(self, response: BinaryIO, file: BinaryIO, have: int, advance: Callable[[int], None], pace: Pace) -> int:
        """How many bytes there are when no more come."""
        while have <= self.limit and (block := self._read(response, have)):
            file.write(block)
            have += len(block)
            advance(have)
            pace.reach(have)
        return have

    def _read(self, response: Any, have: int) -> bytes:
        try:
            block: bytes = response.read1(_BLOCK)
        except (OSError, http.client.HTTPException) as error:
            self._drop(f"the connection ended after {have} bytes ({first_line(error)})")
        return block

    def _drop(self, reason: str) -> NoReturn:
        # Without the server's mark nobody can say later whether the rest belongs to it.
        if self.part.origin() is None:
            self.part.discard()
        raise _Dropped(reason)

    def _check_room(self, total: int, have: int) -> None:
        if total > self.limit:
            self._refuse_size()
        folder = self.part.path.parent
        free = shutil.disk_usage(folder).free
        if total - have > free:
            self.part.discard()
            raise InputError(
                f"{folder}: {self.part.target.name} needs {decimal(total - have)}, and {decimal(free)} are "
                "free; free some room, or choose another folder with ARTGEN_CACHE"
            )

    def _refuse_size(self) -> NoReturn:
        self.part.discard()
        raise Unusable(f"more than the limit of {self.limit >> 30} GiB")


def _length(header: str | None) -> int:
    """How many bytes are to come; 0 if the server does not say."""
    if header and not re.fullmatch(r"\s*[0-9]{1,30}\s*", header):
        raise Unusable(f"says that it sends {header[:40]!r} bytes")
    return int(header or 0)


def _continues(response: Any, have: int) -> bool:
    """Whether the rest comes, and not all of it again."""
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    if not (found := re.match(r"bytes (\d+)-", response.headers.get("Content-Range") or "")) or int(found[1]) != have:
        raise Unusable("sends another part of the file than was asked for")
    return True
