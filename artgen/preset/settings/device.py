"""The setting `device`: where a preset is drawn, and whether this machine has such a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from artgen.fields.block import wrong_setting
from artgen.fields.devices import lacking

_here: ContextVar[bool] = ContextVar("a preset is to be drawn on this machine", default=False)


@contextmanager
def on_this_machine() -> Iterator[None]:
    """Inside, a device that this machine does not have is a mistake in a preset; elsewhere it may be another's."""
    token = _here.set(True)
    try:
        yield
    finally:
        _here.reset(token)


def checked(value: str) -> str:
    """The value of the setting; a `wrong_setting` if it can be none, or none here."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", value):
        raise wrong_setting("expected auto, cpu, mps, cuda or cuda:0, cuda:1, ...")
    if _here.get() and (said := lacking(value)):
        raise wrong_setting(said)
    return value
