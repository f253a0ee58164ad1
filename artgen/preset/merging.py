"""Layers of a preset: a file over the one it extends, and ``--set`` over both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from artgen.errors import InputError, Mark, PresetError, Problem, hint, shown
from artgen.preset import nodes
from artgen.preset.nodes import Node
from artgen.preset.shapes import Items, Shape, anything

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d+\])*")


def merge(base: Node, over: Node, shape: Shape | None = anything) -> Node:
    """`over` on top of `base`: settings are joined key by key, everything else is replaced.

    A component whose `type` changes is replaced whole, because the settings of the old type mean nothing to
    the new one. A mapping over a list changes its items by their names.

    Args:
        base: the layer below.
        over: the layer above.
        shape: what stands under the keys of both; None where the two are values.

    Raises:
        PresetError: if `over` names an item that is not there.
    """
    if shape is None or not over.is_mapping:
        return over
    if base.is_list and over.value and isinstance(shape, Items):
        return _merge_items(base, over, shape)
    if not base.is_mapping or _other_type(base, over):
        return over
    merged = base.copy()
    merged.mark = over.mark
    for key, child in over.value.items():
        below = base.value.get(key)
        merged.value[key] = merge(below, child, shape(key, base, over)) if below else child
        merged.keys[key] = over.keys[key]
    return merged


def _merge_items(base: Node, over: Node, shape: Items) -> Node:
    """The list `base` with the items that `over` names changed; null takes one away, a new one with a `type` is added.

    They keep their order, and a new one comes last.
    """
    merged = base.copy()
    taken: set[int] = set()
    for name, child in over.value.items():
        try:
            place = _index(base, name)
        except InputError as error:
            if not (child.is_mapping and "type" in child.value and _name(child) != name and not name.isdecimal()):
                raise PresetError([Problem(over.keys[name], name, str(error))]) from None
            place = len(merged.value)
            merged.value.append(_named(child, name))
        if child.value is None:
            taken.add(place)
        elif place < len(base.value):
            merged.value[place] = merge(base.value[place], child, shape.item)
    merged.value = [item for place, item in enumerate(merged.value) if place not in taken]
    return merged


def _named(node: Node, name: str) -> Node:
    """A component with that name as its id."""
    named = node.copy()
    named.value["id"], named.keys["id"] = Node(name, node.mark, node.folder), node.mark
    return named


def _other_type(base: Node, over: Node) -> bool:
    return "type" in over.value and "type" in base.value and over.value["type"].value != base.value["type"].value


Override = str | tuple[str, Any]
"""``key.path=value`` whose value is read as YAML, or the path and the value itself."""


def apply_override(tree: Node, override: Override) -> None:
    """Change one value of `tree`.

    A part of the path is a key, ``[0]`` or ``0`` for an item of a list, or the `type` or `id` of a component
    in a list. InputError if the path leads nowhere.
    """
    path, equals, text = override.partition("=") if isinstance(override, str) else (override[0], "=", "")
    path = path.strip()
    steps = [step.strip("[]") for step in _STEP.findall(path)]
    source = f"--set {path}"
    if not (equals and _PATH.fullmatch(path)):
        raise InputError(f"--set {override}: expected key.path=value, such as losses.clip.weight=2")
    if len(steps) > nodes.MAX_DEPTH:
        raise InputError(f"--set {shown(path, 60)}: leads deeper than any preset goes")
    value = _read(text, source) if isinstance(override, str) else nodes.from_data(override[1], Mark(source), Path())
    _put(tree, steps, value, source)


def _read(text: str, source: str) -> Node:
    try:
        value, problems = nodes.from_text(text, source, Path())
    except PresetError as error:
        raise InputError(f"{source}: {text!r} is no value ({error.problems[0].message})") from None
    if problems:
        raise InputError(f"{source}: {problems[0].message}")
    _flatten(value, Mark(source), empty=not text.strip())
    return value


def _flatten(node: Node, mark: Mark, empty: bool) -> None:
    """A command line has no lines and columns; an empty value is null."""
    if empty:
        node.value = None
    node.mark = mark
    node.keys = dict.fromkeys(node.keys, mark)
    children = node.value.values() if node.is_mapping else node.value if node.is_list else ()
    for child in children:
        _flatten(child, mark, False)


def _put(tree: Node, steps: list[str], value: Node, source: str) -> None:
    node = tree
    for step in steps[:-1]:
        node = _enter(node, step, source)
    last = steps[-1]
    if node.is_list:
        node.value[_place(node, last, source)] = value
        return
    if not node.is_mapping:
        raise InputError(f"{source}: '{steps[-2]}' holds a single value, so it has no '{last}'")
    if last == "type" and last in node.value and node.value[last].value != value.value:
        node.value.clear()
    node.value[last] = value
    node.keys[last] = value.mark


def _enter(node: Node, step: str, source: str) -> Node:
    if node.is_list:
        item: Node = node.value[_place(node, step, source)]
        return item
    if not node.is_mapping:
        raise InputError(f"{source}: there is nothing to enter at '{step}'")
    if step not in node.value or node.value[step].value is None:
        mark = Mark(source)
        node.value[step] = Node({}, mark)
        node.keys[step] = mark
    child: Node = node.value[step]
    return child


def _place(node: Node, step: str, source: str) -> int:
    try:
        return _index(node, step)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None


def _index(node: Node, step: str) -> int:
    """The place of the item that a number, an `id` or a `type` names; InputError if none or several are meant."""
    if step.isdecimal():
        if int(step) < len(node.value):
            return int(step)
        raise InputError(f"there is no item {step}; the list has {len(node.value)}, counted from 0")
    names = [_name(child) for child in node.value]
    if names.count(step) == 1:
        return names.index(step)
    if step in names:
        raise InputError(f"{names.count(step)} items are called '{step}'; use [0], [1], ... or an id")
    raise InputError(f"no item is called '{step}'{hint(step, filter(None, names))}")


def _name(node: Node) -> str:
    if not node.is_mapping:
        return ""
    if named := node.value.get("id"):
        return str(named.value)
    # Whoever offers it: what stands in a list is called by its bare type, as in a run.
    return str(node.value["type"].value).rpartition(":")[2] if "type" in node.value else ""
