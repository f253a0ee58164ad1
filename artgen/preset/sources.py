"""What a preset says by way of another file: the one that it extends."""

from __future__ import annotations

from pathlib import Path

from pydantic_core import PydanticCustomError

from artgen.errors import InputError
from artgen.fields.paths import refuse_outside
from artgen.preset.nodes import Node
from artgen.preset.shipped import find, shipped


def base_path(target: Node) -> Path:
    """InputError if there is none, or what comes from a stranger may not name it."""
    if not isinstance(target.value, str):
        raise InputError("expected the path or name of one preset, such as quickstart")
    beside = target.folder / target.value
    found = beside if beside.is_file() else find(target.value)
    if found not in shipped().values():
        try:
            refuse_outside(found, target.value)
        except PydanticCustomError as error:
            raise InputError(error.message()) from None
    return found
