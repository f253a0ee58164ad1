"""One call under a watchdog: only documented errors, no hang, no gigabytes, no control characters."""

from __future__ import annotations

import contextlib
import io
import re
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

SECONDS = 5.0
"""Of processor time, so that other work on the machine makes nothing slow."""
STILL = 60.0
"""Seconds by the clock: for what waits without working."""
MIB = 1024
_LONGEST = 100_000
"""Characters that one command may print."""
# What a terminal obeys instead of showing it: control characters, and those that turn the direction of the text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STATUS = Path("/proc/self/status")
PEAK = Path("/proc/self/clear_refs")
"""Where Linux is told to forget the peak of memory."""


class Overtime(BaseException):
    """Raised by the watchdog; no Exception, so that nothing takes it for an error of its own."""


class Undocumented(Exception):
    """What should not have come of an input; its text is the same for inputs that fail alike."""


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str


def command(*arguments: object) -> Said:
    """Run ``artgen`` in this process; Undocumented for what it must not print, or an exit code that it has not."""
    from artgen.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    said = Said(code, _text(out), _text(err))
    name = next((str(argument) for argument in arguments if not str(argument).startswith("-")), "")
    if code not in (0, 1, 2):
        raise Undocumented(f"{name}: exit code {code}")
    if _CONTROL.search(said.out + said.err):
        raise Undocumented(f"{name}: prints what a terminal obeys")
    if len(said.out) + len(said.err) > _LONGEST and code:
        raise Undocumented(f"{name}: prints more than {_LONGEST} characters to refuse something")
    if code and not (said.err + said.out).strip():
        raise Undocumented(f"{name}: exit code {code} without a word")
    return said


def _text(stream: io.TextIOWrapper) -> str:
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode("utf-8", "replace")


def fault(attempt: Callable[[], object]) -> str | None:
    """Why `attempt` is a finding, alike for inputs that fail alike; None if it ended as it may."""
    from artgen.errors import ArtgenError

    before, began = _memory("VmRSS"), time.process_time()
    _forget_peak()
    try:
        with _watchdog(), _bounded():
            attempt()
    except ArtgenError:
        pass
    except Undocumented as error:
        return str(error)
    except Overtime as error:
        return f"over {SECONDS:.0f} s, {_place(error)}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}, {_place(error)}"
    if time.process_time() - began > SECONDS + 1:  # in a library that does not hear the watchdog
        return f"over {SECONDS:.0f} s"
    return f"over {MIB} MiB" if _memory("VmHWM") - before > MIB else None


def _place(error: BaseException) -> str:
    """The innermost place of artgen's own, without a line number, which the next edit would move."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "artgen" in frame.filename and "/benchmarks/" not in frame.filename] or frames
    path = Path(ours[-1].filename)
    return f"{path.parent.name}/{path.name} {ours[-1].name}"


@contextlib.contextmanager
def _watchdog() -> Iterator[None]:
    """Raises Overtime in the block, again and again, since a library may swallow it once."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def bark(number: int, frame: FrameType | None) -> None:
        raise Overtime

    timers = (
        (signal.ITIMER_PROF, signal.SIGPROF, SECONDS),
        (signal.ITIMER_REAL, signal.SIGALRM, STILL),
    )
    before = [signal.signal(number, bark) for _, number, _ in timers]
    try:
        for timer, _, seconds in timers:
            signal.setitimer(timer, seconds, 1)
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """No more than four gigabytes of addresses on top, which protects the machine; what counts is measured."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if not (size := _memory("VmSize")):
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, ((size << 20) + (4 << 30), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _memory(field: str) -> int:
    """MiB of this process, as Linux tells them; 0 elsewhere."""
    if not _STATUS.exists():
        return 0
    found = re.search(rf"^{field}:\s*(\d+) kB", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) >> 10 if found else 0


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        PEAK.write_text("5")
