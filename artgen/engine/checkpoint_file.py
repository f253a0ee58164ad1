"""The file of a checkpoint: a run's state, the sha256 of its bytes, and which run it is of.

::

    artgen checkpoint 2
    the sha256 of everything below
    the run's identity
    what torch.save wrote

Torch reads damaged files without a word. In format 1 there was nothing but what torch wrote.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from artgen.errors import InputError, one_line

_TITLE = b"artgen checkpoint 2"
_ZIP = b"PK\x03\x04"
"""What a file of format 1 begins with."""
_DECIDES = ("preset", "weights", "inputs", "device", "threads", "flags")
"""What of ``run.json`` decides a picture's bits, and is the same wherever and with whatever versions a run goes on."""


def identity(run: Mapping[str, Any]) -> str:
    """Of what ``run.json`` says: the sha256 of the resolved preset, and of all else there that decides the bits."""
    deciding = {key: run.get(key) for key in _DECIDES}
    # Reporters only watch: one that hinders the run may be taken out by hand.
    deciding["preset"] = {key: value for key, value in run["preset"].items() if key != "reporters"}
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def packed(state: Mapping[str, Any], owner: str, verify: bool = False) -> tuple[bytes, memoryview]:
    """The parts of a file that holds `state` of the run whose identity is `owner`.

    Raises:
        Exception: whatever torch says of a state that it cannot write; if asked to `verify`, also what `read` would
            say of it, which takes nothing but tensors and plain data.
    """
    buffer = io.BytesIO()  # torch's own writer of files hides why it could not
    torch.save(dict(state), buffer)
    content = buffer.getbuffer()
    if verify:
        torch.load(io.BytesIO(content), weights_only=True)
    return _head(owner, content), content


def read(path: Path, owner: str, device: torch.device, unverified: bool = False) -> dict[str, Any]:
    """The state in the file of the run whose identity is `owner`; `unverified`: also that of format 1.

    Raises:
        InputError: if it is damaged, or another run's; the text says which.
    """
    try:
        raw = memoryview(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})") from None
    content = raw if unverified and raw[: len(_ZIP)] == _ZIP else _verified(raw, owner)
    try:
        state = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
    except Exception as error:  # a damaged file may raise anything
        raise InputError(f"cannot be read ({one_line(error, kind=True)})") from None
    if not isinstance(state, dict):
        raise InputError("holds no checkpoint")
    return state


def _verified(raw: memoryview, owner: str) -> memoryview:
    size = len(_head(owner, b""))
    head, content = bytes(raw[:size]), raw[size:]
    written_for = head[-len(owner) - 1 : -1].decode("ascii", "replace")
    if head != _head(written_for, content):
        raise InputError("is damaged: its sha256 is not that of its bytes")
    if written_for != owner:
        raise InputError("is of a run with another preset, or in which something else decided the picture")
    return content


def _head(owner: str, content: bytes | memoryview) -> bytes:
    tail = owner.encode() + b"\n"
    digest = hashlib.sha256(tail)
    digest.update(content)
    return b"\n".join((_TITLE, digest.hexdigest().encode(), tail))
