"""The base of every mapping of settings, and of settings that may also be true or false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A mapping of settings: frozen, without unknown keys, infinity or NaN; each field's docstring documents it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


def switch(block: type[BaseModel]) -> Callable[[Any], Any]:
    """The validator of a setting that is a `block`, or true for its defaults, or false for none."""

    def expand(value: Any) -> Any:
        return {True: block(), False: None}[value] if isinstance(value, bool) else value

    return expand
