"""The beginning of a file that is being downloaded, and what is needed to go on with it another time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from artgen.weights.cache import unwritable


@dataclass(frozen=True)
class PartialDownload:
    """``file.part`` beside the file to be, and ``file.part.json``, which says where it came from."""

    target: Path

    @property
    def path(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _origin(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def origin(self) -> tuple[str, str] | None:
        """The address, and the server's mark of the version it sent; None if nothing can be continued."""
        try:
            data = json.loads(self._origin.read_text(encoding="utf-8"))
            return str(data["url"]), str(data["validator"])
        except (OSError, ValueError, TypeError, LookupError):
            return None

    def begin(self, url: str, headers: Mapping[str, str]) -> None:
        """Start anew with what `url` sends."""
        validator = _validator(headers)
        try:
            self._origin.unlink(missing_ok=True)
            self.path.open("wb").close()
            if validator:
                self._origin.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
        except OSError as error:
            self.discard()
            raise unwritable(self.path, error) from None

    def discard(self) -> None:
        for path in (self.path, self._origin):
            path.unlink(missing_ok=True)

    def finish(self) -> None:
        """It is whole: give it its name."""
        try:
            self.path.replace(self.target)
        except OSError as error:
            raise unwritable(self.target, error) from None
        self._origin.unlink(missing_ok=True)


def _validator(headers: Mapping[str, str]) -> str:
    """What If-Range may hold (RFC 9110, 13.1.5): a strong entity tag, or a date."""
    tag = headers.get("ETag") or ""
    return tag if tag.startswith('"') else headers.get("Last-Modified") or ""
