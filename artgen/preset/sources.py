"""What a preset says by way of other files: the one that it extends, and what a recipe meant when it was made."""

from __future__ import annotations

from pathlib import Path

from artgen import api
from artgen.errors import InputError
from artgen.preset.nodes import Node
from artgen.preset.shipped import find


def completed(spec: type[api.Spec], node: Node) -> Node:
    """A component of a recipe, with what it meant by the settings that are newer than it is."""
    meant = spec.written_down(node.data())
    added = {name: Node(value, node.mark, node.folder) for name, value in meant.items() if name not in node.value}
    return Node({**node.value, **added}, node.mark, node.folder, node.keys)


def base_path(target: Node) -> Path:
    if not isinstance(target.value, str):
        raise InputError("expected the path or name of one preset, such as quickstart")
    beside = target.folder / target.value
    return beside if beside.is_file() else find(target.value)
