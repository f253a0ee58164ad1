"""The base of every mapping of settings, and of settings that may also be true or false."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from artgen.fields.introspection import written_types


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

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_switches(cls, value: Any, info: ValidationInfo) -> Any:
        """YAML's `true` would pass silently as 1 where a number is wanted, alone or in a list."""
        found = next(_switches(value), None)
        if found is not None:
            types = list(written_types(cls.model_fields[str(info.field_name)].annotation))
            wanted = "a number" if float in types else "a whole number" if int in types else None
            if wanted and not any(one is bool or isinstance(one, bool) for one in types):
                raise wrong_setting(f"expected {wanted}, got {str(found).lower()}")
        return value

    @model_validator(mode="after")
    def _refuse_misfits(self) -> Self:
        if reason := "; ".join(self.misfits()):
            raise wrong_setting(reason)
        return self


def _switches(value: Any) -> Iterator[bool]:
    """Every true and false among what is written as one value."""
    if isinstance(value, bool):
        yield value
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _switches(inner)


def switch(block: type[BaseModel]) -> Callable[[Any], Any]:
    """The validator of a setting that is a `block`, or true for its defaults, or false for none."""

    def expand(value: Any) -> Any:
        return {True: block(), False: None}[value] if isinstance(value, bool) else value

    return expand
