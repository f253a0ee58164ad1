"""A fence around strangers' code: whatever comes out of a component costs a line that names it.

::

    with fenced("loss 'mine' (artgen-mine 0.1.0)", step):
        value = loss(look)

An exception, ``sys.exit`` or a KeyboardInterrupt of the component's own becomes a `ComponentError`, whose ``__cause__``
it is. Ctrl-C, memory that ran out in a step, and what is an error of a component already go through unchanged.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import PurePath
from types import FrameType, TracebackType
from typing import Any, Self

from artgen.errors import (
    ArtgenError,
    InputError,
    RunError,
    is_debugging,
    is_out_of_memory,
    one_line,
    shown,
    text_of,
)

_NO_DETERMINISM = "deterministic implementation"
"""In the RuntimeError that torch raises in a deterministic run for an operation that has no such form."""
_NO_COMPONENT = frozenset({"artgen", "torch", "pydantic", "pydantic_core", "pluggy"}) | sys.stdlib_module_names
"""Packages whose frames say nothing of where a component went wrong."""

_pressed: list[int] | None = None
"""Filled when the user presses Ctrl-C; None while nobody listens."""


class ComponentError(RunError):
    """What a component did wrong in a run, in a line that names it; ``__cause__`` is what it raised, if it did."""


class SettingsError(InputError):
    """The same of a component's settings, whose code is asked before there is any run."""


class fenced:
    """Inside, whatever is raised becomes a `ComponentError` that begins with `title`.

    Args:
        title: what messages call the component: kind, name, distribution and version.
        step: of the run; then what torch says of memory and of determinism goes through to the loop, which knows why.
        error: what to raise in place of a `ComponentError`.
    """

    __slots__ = ("error", "step", "title")

    def __init__(
        self, title: str | Callable[[], str], step: int | None = None, error: type[ArtgenError] = ComponentError
    ) -> None:
        self.title, self.step, self.error = title, step, error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or is_named(error) or is_pressed(error) or (self.step is not None and is_torchs(error)):
            return
        title = self.title if isinstance(self.title, str) else self.title()
        raise self.error(f"{title}: {fault(error, self.step)}") from error


@contextlib.contextmanager
def asked(title: str | Callable[[], str]) -> Iterator[None]:
    """A fence around what a spec says of itself; an error is a `SettingsError`. A title may be made when it is due."""
    with listening(), fenced(title, error=SettingsError):
        yield


@contextlib.contextmanager
def titled(title: str) -> Iterator[None]:
    """A fence outside of a run; what is an InputError stays one, because a user can mend it."""
    with listening():
        try:
            with fenced(title):
                yield
        except ComponentError as error:
            if isinstance(error.__cause__, InputError):
                raise InputError(str(error)) from error.__cause__
            raise


def is_named(error: BaseException) -> bool:
    """Whether it says already which component is to blame."""
    return isinstance(error, (ComponentError, SettingsError))


def is_torchs(error: BaseException) -> bool:
    """Whether torch had no memory left, or no deterministic form of an operation: no fault of the component's."""
    return isinstance(error, RuntimeError) and (is_out_of_memory(error) or _NO_DETERMINISM in text_of(error))


def lacks_determinism(error: BaseException) -> bool:
    """Whether torch has no deterministic form of an operation, whose name is the first word of the error."""
    return isinstance(error, RuntimeError) and _NO_DETERMINISM in text_of(error)


def fault(error: BaseException, step: int | None = None) -> str:
    """``ZeroDivisionError: division by zero at step 7 (mine.py:12)``; what artgen's own errors say, as it is."""
    if isinstance(error, ArtgenError):
        return text_of(error)
    when = "" if step is None else f" at step {step}"
    # pydantic raises an error of its own for what a serialiser raises.
    where = place(error) or (place(error.__cause__) if error.__cause__ else "")
    return f"{one_line(error, kind=True)}{when}{where}"


def place(error: BaseException) -> str:
    """`` (mine.py:12)``: where in the component it arose; empty where its code has no part in that."""
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if _package(frame)]
    if not frames:
        return ""
    # The component may be installed beside the libraries that it calls, which are not at fault, or be a mere script.
    first = _package(frames[0][0])
    own = [(f, line) for f, line in frames if _package(f) == first or "site-packages" not in f.f_code.co_filename]
    frame, line = own[-1]
    return f" ({shown(_short(frame), 100)}:{line})"


def _package(frame: FrameType) -> str:
    """The package of the frame's code; empty, if no component's."""
    name = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return "" if name in _NO_COMPONENT - {"__main__"} else name or "?"


def _short(frame: FrameType) -> str:
    """The file, from its package on."""
    path = PurePath(frame.f_code.co_filename)
    depth = str(frame.f_globals.get("__name__", "")).count(".") + (path.stem == "__init__")
    return "/".join(path.parts[-1 - depth :])


def trace_of(error: BaseException) -> str:
    """The whole traceback of what a component raised; empty for what artgen says in its own words.

    As text, because a traceback keeps alive every tensor of its frames.
    """
    cause = error.__cause__ if isinstance(error, ArtgenError) else error
    if cause is None or isinstance(cause, ArtgenError):
        return ""
    try:
        return "".join(traceback.format_exception(cause))
    except BaseException:  # its text is the component's code, too
        return "".join((*traceback.format_tb(cause.__traceback__), type(cause).__name__, "\n"))


def show_traceback(error: BaseException) -> None:
    """On stderr, if that is asked for: of an error that ends here, and costs a line and no more."""
    if is_debugging():
        print(trace_of(error), end="", file=sys.stderr)


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Inside, the user's Ctrl-C is told from a component that raises what it raises."""
    global _pressed
    if _pressed is not None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return
    pressed: list[int] = []
    answer = before

    def heard(number: int, frame: FrameType | None) -> Any:
        pressed.append(number)
        return answer(number, frame)

    signal.signal(signal.SIGINT, heard)
    _pressed = pressed
    try:
        yield
    finally:
        _pressed = None
        if signal.getsignal(signal.SIGINT) is heard:  # else Ctrl-C was pressed twice, and the second acts at once
            signal.signal(signal.SIGINT, before)


def is_pressed(error: BaseException) -> bool:
    """Whether the user wants the end, by Ctrl-C or a signal; in case of doubt he does."""
    if type(error) is not KeyboardInterrupt:
        return isinstance(error, KeyboardInterrupt)  # what a signal's handler raises is a kind of its own
    if threading.current_thread() is not threading.main_thread():
        return False  # signals are the main thread's
    return _pressed is None or bool(_pressed)
