"""What a component may change for everybody else: the settings of the process, its files, the network."""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
import random
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch


@contextlib.contextmanager
def kept_process() -> Iterator[Callable[[], list[str]]]:
    """Puts the settings of the process, and the global random streams, back afterwards.

    Yields a function that names the settings which have changed.
    """
    before, variables = _settings(), dict(os.environ)
    streams = torch.get_rng_state(), np.random.get_state(), random.getstate()

    def changed() -> list[str]:
        now = _settings()
        names = [name for name, value in before.items() if now[name] != value]
        there = dict(os.environ)
        keys = sorted(key for key in variables | there if variables.get(key) != there.get(key) and key not in _TORCHS)
        return [*names, *(f"the environment variable {key}" for key in keys)]

    try:
        yield changed
    finally:
        for name, value in before.items():
            if _settings()[name] != value:
                _PUT_BACK[name](value)
        if dict(os.environ) != variables:
            os.environ.clear()
            os.environ.update(variables)
        torch.set_rng_state(streams[0])
        np.random.set_state(streams[1])
        random.setstate(streams[2])


_TORCHS = {"TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"}
"""What torch sets by itself in its first step of an optimiser."""


def _settings() -> dict[str, Any]:
    return {
        "torch's default dtype": torch.get_default_dtype(),
        "torch's default device": torch.get_default_device(),
        "torch's grad mode": torch.is_grad_enabled(),
        "torch's number of threads": torch.get_num_threads(),
        "torch's deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "the precision of matrix products": torch.get_float32_matmul_precision(),
        "the current folder": _folder(),
    }


def _folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return ""


def _set_benchmark(value: bool) -> None:
    torch.backends.cudnn.benchmark = value


_PUT_BACK: dict[str, Callable[[Any], object]] = {
    "torch's default dtype": torch.set_default_dtype,
    "torch's default device": torch.set_default_device,
    "torch's grad mode": torch.set_grad_enabled,
    "torch's number of threads": torch.set_num_threads,
    "torch's deterministic algorithms": torch.use_deterministic_algorithms,
    "cudnn.benchmark": _set_benchmark,
    "the precision of matrix products": torch.set_float32_matmul_precision,
    "the current folder": os.chdir,
}


@contextlib.contextmanager
def closed_network() -> Iterator[list[str]]:
    """Inside, no connection can be made. Yields the places that were asked for."""
    asked: list[str] = []

    def refuse(place: object) -> OSError:
        asked.append(":".join(map(str, place[:2])) if isinstance(place, tuple) else str(place))
        return OSError(errno.ENETUNREACH, "a check of the test kit keeps the network closed")

    real = socket.socket.connect

    def connect(it: socket.socket, address: Any) -> None:
        if it.family not in (socket.AF_INET, socket.AF_INET6):
            real(it, address)  # within this machine
            return
        raise refuse(address)

    def look_up(host: object, *rest: object, **more: object) -> Any:
        raise refuse(host)

    with (
        mock.patch.object(socket.socket, "connect", connect),
        mock.patch.object(socket.socket, "connect_ex", connect),
        mock.patch.object(socket, "getaddrinfo", look_up),
    ):
        yield asked


@contextlib.contextmanager
def watched_files() -> Iterator[list[str]]:
    """Yields the files that Python's own functions open for writing, but for temporary ones and caches."""
    written: list[str] = []
    plain, low = builtins.open, os.open

    def seen(file: Any, writes: bool) -> None:
        if writes and not isinstance(file, int) and not _is_anybodys(file):
            written.append(os.fspath(file) if isinstance(os.fspath(file), str) else repr(file))

    def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        seen(file, any(letter in mode for letter in "wax+"))
        return plain(file, mode, *rest, **more)

    def opened_low(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        seen(path, bool(flags & (os.O_WRONLY | os.O_RDWR)))
        return low(path, flags, *rest, **more)

    with (
        mock.patch.object(builtins, "open", opened),
        mock.patch.object(io, "open", opened),
        mock.patch.object(os, "open", opened_low),
    ):
        yield written


def _is_anybodys(file: Any) -> bool:
    """Whether a file lies where nobody looks for their own."""
    path = Path(os.fsdecode(file)).absolute()
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    places = [Path(tempfile.gettempdir()), Path(caches), Path(os.devnull).parent]
    return any(path.is_relative_to(place.absolute()) for place in places) or "__pycache__" in path.parts
