"""The calls of a Python program with the values they are given: the program is parsed, and never run.

A value is read where it is a literal, a name that was given one before, or texts that are put together of such. What a
branch or a loop gives to a name is not known after it.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LONGEST = 10_000
"""Characters of a text that is put together."""
BUDGET = 1_000_000
"""Values and characters that names may stand for in a program, all uses together: ``x = [x, x]`` doubles."""
_FENCED = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^([ \t]*)[!%][^\n]*$", re.MULTILINE)
_BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


class _Unread(Exception):
    """The program computes this value."""


@dataclass(frozen=True)
class Call:
    """A call: its name through what was imported under which name, and the values that it is given."""

    name: str
    arguments: tuple[Any, ...]
    """By their place, up to the first that is not read."""
    settings: Mapping[str, Any]
    """By their name, those of ``**`` among them."""
    unread: tuple[str, ...]
    """The names of those that the program computes; ``**`` for a mapping that is not read."""


@dataclass(frozen=True)
class Program:
    """What was read of a program."""

    calls: tuple[Call, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    """The last values of names."""


def read(parts: Sequence[str]) -> Program:
    """The calls in a program's parts, such as a notebook's cells, one after the other."""
    reader = _Calls()
    for part in parts:
        for body in _bodies(part):
            # What nests too deeply to be walked through is as little read as what is no Python.
            with contextlib.suppress(RecursionError):
                reader.visit(body)
    return Program(tuple(reader.calls), reader.names)


def _bodies(text: str) -> Iterator[ast.Module]:
    """The text as a program; else the fenced blocks in it that are programs."""
    if "(" not in text and "=" not in text:
        return
    whole = _parsed(text)
    if whole is not None:
        yield whole
        return
    yield from filter(None, (_parsed(match[2]) for match in _FENCED.finditer(text)))


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stranger's escapes are none of ours
            return ast.parse(_SHELL.sub(r"\1pass", text))
    except _BROKEN:
        return None


class _Calls(ast.NodeVisitor):
    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.names: dict[str, Any] = {}
        self._aliases: dict[str, str] = {}
        self._left = BUDGET

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self._aliases[alias.asname] = alias.name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._aliases[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}".lstrip(".")

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._give(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._give(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._forget(node.target)

    def _give(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Subscript):
            self._give_item(target, value)
            return
        if not isinstance(target, ast.Name):
            self._forget(target)
            return
        try:
            self.names[target.id] = self._value(value)
        except _Unread:
            self.names.pop(target.id, None)

    def _give_item(self, target: ast.Subscript, value: ast.expr) -> None:
        """``settings['prompts'] = 'a tree'``."""
        held = self.names.get(target.value.id) if isinstance(target.value, ast.Name) else None
        if isinstance(held, dict):
            try:
                held[self._value(target.slice)] = self._value(value)
            except (_Unread, TypeError):
                self._forget(target.value)

    def _forget(self, target: ast.AST) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.names.pop(node.id, None)

    def _visit_branches(self, node: ast.AST) -> None:
        self.generic_visit(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                self.names.pop(inner.id, None)

    visit_If = visit_For = visit_While = visit_Try = visit_With = _visit_branches

    def _visit_scope(self, node: ast.AST) -> None:
        """What a function gives to names is its own."""
        outside = dict(self.names)
        for inner in ast.walk(node):
            if isinstance(inner, ast.arg):
                self.names.pop(inner.arg, None)
        self.generic_visit(node)
        self.names = outside

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = _visit_scope

    def visit_Call(self, node: ast.Call) -> None:
        name = self._name(node.func)
        if name:
            self.calls.append(self._call(name, node))
            self._update(node)
        self.generic_visit(node)

    def _call(self, name: str, node: ast.Call) -> Call:
        arguments: list[Any] = []
        settings: dict[str, Any] = {}
        unread: list[str] = []
        for argument in node.args:
            try:
                arguments.append(self._value(argument))
            except _Unread:
                unread.append(f"argument {len(arguments) + 1}")
                break
        for keyword in node.keywords:
            try:
                value = self._value(keyword.value)
            except _Unread:
                unread.append(keyword.arg or "**")
                continue
            if keyword.arg:
                settings[keyword.arg] = value
            elif isinstance(value, dict):
                settings |= {str(key): item for key, item in value.items()}
        return Call(name, tuple(arguments), settings, tuple(unread))

    def _update(self, node: ast.Call) -> None:
        """``settings.update({...})``."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "update" and isinstance(function.value, ast.Name):
            held, call = self.names.get(function.value.id), self.calls[-1]
            if isinstance(held, dict):
                more = next((item for item in call.arguments if isinstance(item, dict)), {})
                self.names[function.value.id] = {**held, **more, **call.settings}

    def _name(self, node: ast.expr) -> str:
        """``pixray.run`` of the expression that is called; empty where it is no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            return ".".join((self._aliases.get(node.id, node.id), *parts))
        return ".".join(("", *parts)) if parts else ""

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            if node.id in self.names:
                held = self.names[node.id]
                self._spend(_size(held, self._left))
                return dict(held) if isinstance(held, dict) else held
            raise _Unread
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            return self._mapping(node)
        if isinstance(node, ast.Call):
            return self._made(node)
        if isinstance(node, (ast.JoinedStr, ast.BinOp)):
            return self._joined(node)
        try:
            return ast.literal_eval(node)
        except (*_BROKEN, TypeError):
            raise _Unread from None

    def _mapping(self, node: ast.Dict) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self._value(item)
            if key is None and not isinstance(value, dict):
                raise _Unread
            made |= value if key is None else {str(self._value(key)): value}
        return made

    def _made(self, node: ast.Call) -> Any:
        """``dict(a=1)``; any other call would have to be run."""
        call = self._call("dict", node)
        if self._name(node.func) != "dict" or call.unread or call.arguments:
            raise _Unread
        return dict(call.settings)

    def _joined(self, node: ast.expr) -> str:
        """Texts side by side: ``f'{a} b'`` and ``a + ' b'``."""
        if isinstance(node, ast.JoinedStr):
            made = "".join(map(self._joined, node.values))
        elif isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            made = self._text(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            made = self._joined(node.left) + self._joined(node.right)
        elif isinstance(node, (ast.Constant, ast.Name)) and isinstance(self._value(node), str):
            made = str(self._value(node))
        else:
            raise _Unread
        self._spend(len(made))
        if len(made) > LONGEST:
            raise _Unread
        return made

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise _Unread

    def _text(self, node: ast.expr) -> str:
        value = self._value(node)
        if isinstance(value, (str, int, float)):
            return str(value)
        raise _Unread


def _size(value: Any, most: int) -> int:
    """How many values there are in one; more than `most` are not counted."""
    waiting, count = [value], 0
    while waiting and count <= most:
        item = waiting.pop()
        count += 1
        if isinstance(item, (list, dict)):
            waiting += item.values() if isinstance(item, dict) else item
    return count
