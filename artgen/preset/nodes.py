"""YAML as a tree that remembers where every value stands.

The YAML 1.2 core schema, so that ``1e-3`` is a number, ``on`` a text and ``010`` ten; repeated keys, tags,
anchors and aliases are refused, because presets come from strangers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from artgen.errors import Mark, PresetError, Problem, one_line, shown
from artgen.fields.paths import LocatedText
from artgen.files import read_text
from artgen.preset import yaml_mistakes

MAX_BYTES = 1 << 20
"""A preset larger than this is refused unread."""

MAX_DEPTH = 64
"""Mappings and lists in each other."""
MAX_NODES = 100_000
"""Values, keys among them, of a preset."""
MAX_SLOW = 1 << 15
"""Characters that Python's own reader of YAML looks at; a megabyte would take it a minute."""
TOO_DEEP = "nested too deeply for a preset"
ALIAS = "anchors and aliases are not read; use 'extends', or put a text that begins with & or * in quotes"
HALVED = "holds half a character, which is no text; remove it"

# libyaml's reader, where it is installed. It is a hundred times as fast, but puts an empty value elsewhere, and lets a
# tab stand between words: its answers to a preset of usual size would not be those of a machine without it.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = (None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")))
_TUPLE = "tag:yaml.org,2002:python/tuple"
_HALF = re.compile("[\ud800-\udfff]")
_COMMENT = re.compile(r"(\s*)(#.*)")
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
    comment: str = ""
    """What follows `#` on the line of a plain value; it may have been meant."""

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
        return Node(value, self.mark, self.folder, dict(self.keys), self.comment)


def from_data(data: Any, mark: Mark, folder: Path, depth: int = 0) -> Node:
    """A tree from Python data, every node at the same place. PresetError if no preset can be so."""
    if depth > MAX_DEPTH:
        raise PresetError([Problem(mark, "", TOO_DEEP)])
    if isinstance(data, Mapping):
        children = {_whole(str(key), mark): from_data(value, mark, folder, depth + 1) for key, value in data.items()}
        return Node(children, mark, folder, dict.fromkeys(children, mark))
    if isinstance(data, (list, tuple)):
        return Node([from_data(value, mark, folder, depth + 1) for value in data], mark, folder)
    if isinstance(data, (str, Path)):
        # A text that was read from a file names others from there.
        return Node(_whole(str(data), mark), mark, data.folder if isinstance(data, LocatedText) else folder)
    return Node(_bounded(data) if isinstance(data, int) else data, mark, folder)


def _whole(text: str, mark: Mark) -> str:
    if _HALF.search(text):
        raise PresetError([Problem(mark, "", f"'{shown(text, 40)}' {HALVED}")])
    return text


def _bounded(number: int) -> int | float:
    """A number that is out of every range as a float, because Python will not write down such long ones."""
    if number.bit_length() <= 128:
        return number
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def from_file(path: Path) -> tuple[Node, list[Problem]]:
    """The tree of a YAML file and its repeated keys and refused tags; InputError if it cannot be read."""
    text = read_text(path, MAX_BYTES, "preset")
    return from_text(text, str(path), path.parent)


def from_text(text: str, source: str, folder: Path, tuples: bool = False) -> tuple[Node, list[Problem]]:
    """The tree of YAML text, and its problems; an empty text is an empty mapping. PresetError if it is no YAML.

    With `tuples`, what Python's own writer of YAML marks as a tuple is read as a list.
    """
    reader = _Reader(source, folder, text, (*_PLAIN_TAGS, *([_TUPLE] if tuples else [])))
    try:
        node = _composed(text, reader)
    except yaml.MarkedYAMLError as error:
        place, said = yaml_mistakes.explained(text, error)
        raise PresetError([Problem(_place(source, place), "", f"not valid YAML: {said}")]) from None
    except yaml.reader.ReaderError as error:
        place = yaml_mistakes.place_of(text, error.position)
        said = f"the character U+{error.character:04X}; remove it"
        raise PresetError([Problem(_place(source, place), "", f"not valid YAML: {said}")]) from None
    except yaml.YAMLError as error:
        raise PresetError([Problem(Mark(source), "", f"not valid YAML: {one_line(error)}")]) from None
    except (ValueError, OverflowError):
        raise PresetError([Problem(Mark(source), "", r"not valid YAML: an escape (\U...) that is no letter")]) from None
    return node, reader.problems


def _composed(text: str, reader: _Reader) -> Node:
    events: Any = yaml.parse(text, Loader=yaml.SafeLoader if len(text) <= MAX_SLOW else _FAST)
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            node = reader.convert(event, events)
            break
    else:
        return Node({}, Mark(reader.source, 1, 1), reader.folder)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            start: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="but found another document", problem_mark=start)
    return node


class _Reader:
    def __init__(self, source: str, folder: Path, text: str = "", tags: tuple[str | None, ...] = _PLAIN_TAGS) -> None:
        self.source, self.folder, self._tags = source, folder, tags
        self.lines = yaml_mistakes.split_lines(text) if "#" in text else []
        self.problems: list[Problem] = []
        self.nodes = 0

    def convert(self, event: Any, events: Iterator[Any], depth: int = 0) -> Node:
        """The node that begins with `event`; the events that it is made of are taken."""
        start: Any = event.start_mark
        mark = _mark(self.source, start)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise yaml.MarkedYAMLError(problem=ALIAS, problem_mark=start)
        if depth > MAX_DEPTH:
            raise PresetError([Problem(Mark(self.source), "", TOO_DEEP)])
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise PresetError([Problem(mark, "", f"more than {MAX_NODES} values, which is no preset")])
        if event.tag not in self._tags:
            if isinstance(event, yaml.ScalarEvent) and str(event.tag).startswith("!"):
                return self._exclaimed(event, mark)
            self.problems.append(Problem(mark, "", f"the tag '{event.tag}' is not read; remove it"))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, mark, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            children = iter(lambda: next(events), None)
            inner = takewhile(lambda child: not isinstance(child, yaml.SequenceEndEvent), children)
            return Node([self.convert(child, events, depth + 1) for child in inner], mark, self.folder)
        if event.style in (None, ""):
            return Node(_scalar(event.value), mark, self.folder, comment=self._comment(event))
        return Node(self._text(event, mark), mark, self.folder)

    def _exclaimed(self, event: Any, mark: Mark) -> Node:
        """A text whose first word is taken for a tag; whole, so that it is one mistake and no more."""
        text = f"{event.tag} {event.value}".strip()
        self.problems.append(Problem(mark, "", yaml_mistakes.needs_quotes(shown(text))))
        return Node(text, mark, self.folder)

    def _comment(self, event: Any) -> str:
        """What follows `#` on the line on which a plain value ends."""
        end = event.end_mark
        match = _COMMENT.fullmatch(self.lines[end.line], end.column) if end.line < len(self.lines) else None
        return match[2] if match else ""

    def _text(self, event: Any, mark: Mark) -> str:
        if _HALF.search(event.value):
            self.problems.append(Problem(mark, "", f"'{shown(event.value, 40)}' {HALVED}"))
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", event.value)

    def _mapping(self, events: Iterator[Any], mark: Mark, depth: int) -> Node:
        result = Node({}, mark, self.folder)
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key_mark = _mark(self.source, event.start_mark)
            self.convert(event, events, depth + 1)  # for what is wrong in it
            child = self.convert(next(events), events, depth + 1)
            if not isinstance(event, yaml.ScalarEvent):
                self.problems.append(Problem(key_mark, "", "a key must be a plain text"))
                continue
            key = self._text(event, key_mark)
            if odd := yaml_mistakes.unusual_space(key):
                self.problems.append(Problem(key_mark, "", odd))
                continue
            if key in result.value:
                first = result.keys[key].line
                self.problems.append(Problem(key_mark, "", f"'{key}' stands here again; first on line {first}"))
                continue
            result.keys[key] = key_mark
            result.value[key] = child
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
        return _bounded(int(text, 0))
    # Python refuses to read integers of thousands of digits; such a number is out of every range anyway.
    return int(text) if len(text) < 40 else float(text)


def _mark(source: str, mark: yaml.Mark) -> Mark:
    return Mark(source, mark.line + 1, mark.column + 1)


def _place(source: str, place: yaml_mistakes.Place | None) -> Mark:
    return Mark(source, place[0] + 1, place[1] + 1) if place else Mark(source)
