"""One download from the model hub, watched: what the hub says, how fast it says it, and when to give it up."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from artgen.weights.cache import Note
from artgen.weights.patience import Pace, TooSlow, patience, signs_of_life, within_patience
from artgen.weights.reading import first_line

_LOOK = 0.1
"""Seconds between two looks at the download."""


class Unreachable(Exception):
    """The hub does not answer, or not sensibly; its text says how."""


class Absent(Exception):
    """The hub has no such repository."""


def fetch(request: Mapping[str, Any], note: Note) -> Path:
    """The folder of what `hub_process` is asked for. Unreachable or Absent says why there is none."""
    address = _endpoint()
    host = urllib.parse.urlsplit(address).hostname or address
    with signs_of_life(host, note) as pace:
        try:
            _knock(address)
            answer = _ask(request, pace)
        except TooSlow as error:
            raise Unreachable(f"{host}: {error}") from None
    if "absent" in answer:
        raise Absent
    if "folder" not in answer:
        raise Unreachable(answer.get("error", "its client ended without a word"))
    return Path(answer["folder"])


def _endpoint() -> str:
    import huggingface_hub.constants

    return os.environ.get("HF_ENDPOINT") or str(huggingface_hub.constants.ENDPOINT)


def _knock(address: str) -> None:
    """Unreachable at once where nobody opens; the hub's own client would try for half a minute."""
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "artgen"})
    try:
        within_patience(lambda: urllib.request.urlopen(request, timeout=patience()).close())
    except urllib.error.HTTPError:
        return
    except (OSError, ValueError) as error:
        # The two clients do not trust the same certificates.
        if not isinstance(getattr(error, "reason", error), ssl.SSLError):
            raise Unreachable(first_line(error)) from None


def _ask(request: Mapping[str, Any], pace: Pace) -> dict[str, str]:
    folder = Path(request["cache"]) / f"models--{request['name'].replace('/', '--')}"
    before = _size(folder)
    with _process(request) as (process, output):
        while process.poll() is None:
            pace.reach(max(_size(folder) - before, pace.done))
            time.sleep(_LOOK)
        output.seek(0)
        lines = output.read().decode("utf-8", "replace").splitlines()
    try:
        answer: dict[str, str] = json.loads(lines[-1])
        return answer
    except (ValueError, IndexError):
        return {"error": f"its client ended with {process.returncode}"}


@contextlib.contextmanager
def _process(request: Mapping[str, Any]) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    command = [sys.executable, "-P", "-m", "artgen.weights.hub_process", json.dumps(request)]
    seconds = str(max(1, round(patience() / 3)))
    environment = {
        # What is watched is the growth of plain files; the other protocol has a cache of its own.
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_ETAG_TIMEOUT": seconds,
        "HF_HUB_DOWNLOAD_TIMEOUT": seconds,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    on_terminal = sys.stderr is sys.__stderr__ and sys.stderr is not None and sys.stderr.isatty()
    bars = None if on_terminal else subprocess.DEVNULL
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=bars, env=environment)
        try:
            yield process, output
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _size(folder: Path) -> int:
    """Bytes of the repository in the cache, what is being received included; files come and go meanwhile."""
    total = 0
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder / "blobs"):
            with contextlib.suppress(OSError):
                total += entry.stat(follow_symlinks=False).st_size
    return total
