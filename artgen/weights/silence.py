"""Libraries that keep quiet for a while, and keep to themselves."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Without the libraries' chatter: that a model has no weights yet, that a connection is tried again."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def unattended() -> Iterator[None]:
    """While a model is built from its files: transformers and the hub's client ask neither the web nor the user.

    What a configuration names beyond its own folder is not there then, and a model that comes with code of its own is
    refused, where transformers would ask at the terminal whether to run it.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(silenced())
        stack.enter_context(_set("huggingface_hub.constants", "HF_HUB_OFFLINE", True))
        if find_spec("transformers"):  # what offline presets do without
            stack.enter_context(_set("transformers.dynamic_module_utils", "TIME_OUT_REMOTE_CODE", 0))
        yield


@contextlib.contextmanager
def _set(module: str, name: str, value: Any) -> Iterator[None]:
    """A constant of a library has another value for a while."""
    home = import_module(module)
    before = getattr(home, name)
    setattr(home, name, value)
    try:
        yield
    finally:
        setattr(home, name, before)
