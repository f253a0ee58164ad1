"""What a preset says by way of another file: the one that it extends."""

from __future__ import annotations

from pathlib import Path

from artgen.errors import InputError
from artgen.preset.nodes import Node
from artgen.preset.shipped import find


def base_path(target: Node) -> Path:
    if not isinstance(target.value, str):
        raise InputError("expected the path or name of one preset, such as quickstart")
    beside = target.folder / target.value
    return beside if beside.is_file() else find(target.value)
