"""YAML as a tree that remembers where every value stands.

The YAML 1.2 core schema, so that ``1e-3`` is a number, ``on`` a text and ``010`` ten; repeated keys, tags,
anchors and aliases are refused, because presets come from strangers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from artgen.errors import Mark, PresetError, Problem, one_line
from artgen.fields.paths import LocatedText
from artgen.files import read_text

MAX_BYTES = 1 << 20
"""A preset larger than this is refused unread."""

_INT = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass
class Node:
    """A value with its place: a scalar, a list of nodes, or a mapping from text to nodes."""

    value: Any
    mark: Mark
    folder: Path = field(default_factory=Path)
    keys: dict[str, Mark] = field(default_factory=dict)
    """Where each key of a mapping stands."""

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def data(self) -> Any:
        """Plain Python data; texts remember their folder, so that relative paths can be resolved."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return LocatedText(self.value, self.folder) if isinstance(self.value, str) else self.value

    def descend(self, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, Node]]:
        """The nodes along `path`, as far as it leads; what stands alone is also the first of a list."""
        node = self
        for part in path:
            if part == 0 and not node.is_list:
                continue
            child = node.child(part)
            if child is None:
                return
            yield part, child
            node = child

    def child(self, part: str | int) -> Node | None:
        if isinstance(self.value, dict):
            return self.value.get(str(part))
        if isinstance(self.value, list) and isinstance(part, int) and -1 < part < len(self.value):
            child: Node | None = self.value[part]
            return child
        return None

    def copy(self) -> Node:
        """A tree of its own, so that changing it leaves this one alone."""
        value = self.value
        if isinstance(value, dict):
            value = {key: node.copy() for key, node in value.items()}
        elif isinstance(value, list):
            value = [node.copy() for node in value]
        return Node(value, self.mark, self.folder, dict(self.keys))


def from_data(data: Any, mark: Mark, folder: Path) -> Node:
    """A tree from Python data, every node at the same place."""
    if isinstance(data, Mapping):
        children = {str(key): from_data(value, mark, folder) for key, value in data.items()}
        return Node(children, mark, folder, dict.fromkeys(children, mark))
    if isinstance(data, (list, tuple)):
        return Node([from_data(value, mark, folder) for value in data], mark, folder)
    return Node(str(data) if isinstance(data, Path) else data, mark, folder)


def from_file(path: Path) -> tuple[Node, list[Problem]]:
    """The tree of a YAML file and its repeated keys and refused tags; InputError if it cannot be read."""
    text = read_text(path, MAX_BYTES, "preset")
    return from_text(text, str(path), path.parent)


def from_text(text: str, source: str, folder: Path) -> tuple[Node, list[Problem]]:
    """The tree of YAML text, and its problems; an empty text is an empty mapping. PresetError if it is no YAML."""
    reader = _Reader(source, folder)
    try:
        composed = yaml.compose(text, Loader=_Loader)
        node = reader.convert(composed) if composed else Node({}, Mark(source, 1, 1), folder)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = _mark(source, place) if place else Mark(source)
        raise PresetError([Problem(mark, "", f"not valid YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise PresetError([Problem(Mark(source), "", f"not valid YAML: {one_line(error)}")]) from None
    except RecursionError:
        raise PresetError([Problem(Mark(source), "", "nested too deeply for a preset")]) from None
    return node, reader.problems


class _Loader(yaml.SafeLoader):
    """Composes only; scalars stay text, because `_scalar` reads them by the core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # yaml's stubs leave it out
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not read; use 'extends'", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


class _Reader:
    def __init__(self, source: str, folder: Path) -> None:
        self.source, self.folder = source, folder
        self.problems: list[Problem] = []

    def convert(self, node: yaml.Node) -> Node:
        mark = _mark(self.source, node.start_mark)
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.rpartition(":")[2] not in ("str", "seq", "map"):
            self.problems.append(Problem(mark, "", f"the tag '{node.tag}' is not read; remove it"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, mark)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.convert(child) for child in node.value], mark, self.folder)
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return Node(_scalar(node.value) if plain else node.value, mark, self.folder)

    def _mapping(self, node: yaml.MappingNode, mark: Mark) -> Node:
        result = Node({}, mark, self.folder)
        for key_node, child in node.value:
            key_mark = _mark(self.source, key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(key_mark, "", "a key must be a plain text"))
                continue
            key = key_node.value
            if key in result.value:
                first = result.keys[key].line
                self.problems.append(Problem(key_mark, "", f"'{key}' stands here again; first on line {first}"))
                continue
            result.keys[key] = key_mark
            result.value[key] = self.convert(child)
        return result


def _scalar(text: str) -> Any:
    """A plain scalar by YAML 1.2's core schema."""
    lower = text.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    readers: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = ((_INT, _integer), (_FLOAT, float))
    return next((read(text) for pattern, read in readers if pattern.fullmatch(text)), text)


def _integer(text: str) -> int | float:
    if text[:2] in ("0x", "0o"):
        return int(text, 0)
    # Python refuses to read integers of thousands of digits; such a number is out of every range anyway.
    return int(text) if len(text) < 40 else float(text)


def _mark(source: str, mark: yaml.Mark) -> Mark:
    return Mark(source, mark.line + 1, mark.column + 1)
