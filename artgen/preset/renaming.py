"""Presets with old names: each is replaced by the new one in the tree, with a notice of what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from artgen.api import Spec
from artgen.errors import InputError, Mark, Problem
from artgen.fields.introspection import old_settings, parts_of
from artgen.preset.model import SECTIONS, Settings, numbered
from artgen.preset.nodes import Node
from artgen.registry.component import Component
from artgen.registry.plugins import Registry


class Renamer:
    """Renames layer by layer, so that an old name in one file and the new one in the next are one setting."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.notices: list[Problem] = []
        self.problems: list[Problem] = []

    def rename(self, tree: Node, near: str = "") -> Node:
        """`tree` itself, with new names only. Where one file gives both names of a setting, that is a problem.

        `near` is the distribution that ships the file, whose own components go before all others of their names there.
        """
        if tree.is_mapping:
            self._settings(Settings, tree, "", "artgen")
            for kind, node, path, before in _components(tree):
                self._component(kind, node, path, before, near)
        return tree

    def _component(self, kind: str, node: Node, path: str, before: list[Node], near: str) -> None:
        try:
            component = self.registry.find(kind, _text(node, "type"), near)
        except InputError:
            return  # what to say of it is the checker's affair
        if component.name != _text(node, "type").rpartition(":")[2]:
            self._type(component, node, path, before)
        else:
            # One form for each, as whoever looks at it later may belong to somebody else.
            given = node.value["type"]
            node.value["type"] = Node(self.registry.written(component, kind), given.mark, node.folder)
        self._settings(component.spec, node, path, component.dist)
        for name, inner in parts_of(component.spec).items():
            held = node.value.get(name)
            if held is not None and held.is_mapping:
                self._component(inner, held, f"{path}.{name}", [], near)

    def _type(self, component: Component, node: Node, path: str, before: list[Node]) -> None:
        """Its old name stays as its id, by which its random numbers and its curve are named."""
        given, new = node.value["type"], self.registry.written(component)
        old = component.old_name(given.value)
        assert old
        advice = f"write 'type: {new}'"
        if component.kind != "perceptor" and not _text(node, "id"):
            taken = [_text(one, "id") or _text(one, "type") for one in before]
            # Those before it may have got their numbers as ids already, in this way.
            name = numbered([*(one.partition("#")[0] for one in taken), old.name])[-1]
            node.value["id"] = Node(name, given.mark, node.folder)
            node.keys["id"] = given.mark
            advice += f" and 'id: {name}' for the same picture"
        node.value["type"] = Node(new, given.mark, node.folder)
        text = f"the {component.kind} '{old.name}' is called '{component.name}' since {component.dist} {old.since}"
        self.notices.append(Problem(given.mark, path, f"{text}; {advice}; the old name goes in {old.until}"))

    def _settings(self, model: type[BaseModel], node: Node, path: str, dist: str) -> None:
        for old, (new, formerly) in old_settings(model).items():
            if old not in node.value:
                continue
            mark = node.keys[old]
            if new in node.value and _in_one_layer(node.keys[new], mark):
                text = f"'{old}' is the old name of '{new}', which stands here too; remove '{old}'"
                self.problems.append(Problem(mark, path, text))
                del node.value[old], node.keys[old]
                continue
            text = f"'{old}' is called '{new}' since {dist} {formerly.since}; the old name goes in {formerly.until}"
            self.notices.append(Problem(mark, path, text))
            node.value[new], node.keys[new] = node.value.pop(old), node.keys.pop(old)


def _components(tree: Node) -> Iterator[tuple[str, Node, str, list[Node]]]:
    """Each component's kind, node and path, and those before it in its list."""
    for name, section in SECTIONS.items():
        holder = tree.value.get(name, Node(None, tree.mark))
        known = [(node, path) for path, node in section.walk(name, holder) if node.is_mapping]
        for i, (node, path) in enumerate(known):
            yield section.kind, node, path, [before for before, _ in known[:i]]


def _in_one_layer(first: Mark, second: Mark) -> bool:
    """Whether one file, or one piece of data without lines, which shares its mark, says both."""
    return first is second or bool(first.line and first.source == second.source)


def _text(node: Node, key: str) -> str:
    value: Any = node.value[key].value if key in node.value else None
    return value if isinstance(value, str) else ""


def completed(spec: type[Spec], node: Node) -> Node:
    """A component of a recipe, with what it meant by the settings that are newer than it is."""
    meant = spec.written_down(node.data())
    added = {name: Node(value, node.mark, node.folder) for name, value in meant.items() if name not in node.value}
    return Node({**node.value, **added}, node.mark, node.folder, node.keys)
