"""The base of every mapping of settings, and of settings that may also be true or false."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


def wrong_setting(reason: str) -> PydanticCustomError:
    """The error that a validator of one setting raises; `reason` is told as it is, at the setting's place.

    pydantic would put "Value error" before the text of a ValueError.
    """
    return PydanticCustomError("wrong_setting", "{reason}", {"reason": reason})


class OneValue:
    """A mark in a field's annotation: what it holds is replaced as a whole by a preset that extends this one."""


class Block(BaseModel):
    """A mapping of settings: frozen, without unknown keys, infinity or NaN; each field's docstring documents it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    def misfits(self) -> Iterable[str]:
        """What is wrong with settings that are each right alone: a line each, such as "'a' belongs to 'b'"; here: none.

        It is asked when all settings are there and of the right kinds. Bases that say something are asked, too, if
        the method begins with ``yield from super().misfits()``.
        """
        return ()

    @model_validator(mode="after")
    def _refuse_misfits(self) -> Self:
        if reason := "; ".join(self.misfits()):
            raise wrong_setting(reason)
        return self


def switch(block: type[BaseModel]) -> Callable[[Any], Any]:
    """The validator of a setting that is a `block`, or true for its defaults, or false for none."""

    def expand(value: Any) -> Any:
        return {True: block(), False: None}[value] if isinstance(value, bool) else value

    return expand
