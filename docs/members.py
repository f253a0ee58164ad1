"""Functions and classes as Markdown: their signatures as the source has them, and their docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import dedent
from typing import Any, TypeGuard

from docs.markdown import blocks, prose, table

LONGEST = 100
"""Characters of a signature on one line."""
PARTS = ("Args", "Returns", "Yields", "Raises")

_PART = re.compile(rf"^({'|'.join(PARTS)}):$")
_ITEM = re.compile(r"^(\w+): ")
_ROLE = re.compile(r":\w+:`(.+?)`")


class _Plain(ast.NodeTransformer):
    """Types without what validates them."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if ast.unparse(node.value) in ("Annotated", "SerializeAsAny"):
            inner: ast.AST = self.visit(node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice)
            return inner
        return self.generic_visit(node)


def function(value: Any, name: str) -> Iterator[str]:
    """A signature, and what the docstring says."""
    node = ast.parse(dedent(inspect.getsource(value))).body[0]
    assert isinstance(node, ast.FunctionDef)
    yield from _described(node, name)


def class_(value: type, special: Sequence[str] = (), undocumented: bool = False, called: bool = True) -> Iterator[str]:
    """What the docstring of a class says, its fields, and its methods and properties.

    Args:
        value: the class.
        special: those methods with two underscores around their names that are told.
        undocumented: whether methods without a docstring are told too.
        called: whether readers make objects of it, so that they are told how.
    """
    node = ast.parse(dedent(inspect.getsource(value))).body[0]
    assert isinstance(node, ast.ClassDef)
    yield from (f"```python\n{signature(one)}\n```" for one in node.body if called and _is_constructor(one))
    yield text(ast.get_docstring(node))
    if fields := list(_fields(node)):
        yield table(("field", "type", "default", ""), fields)
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and _is_told(member, special, undocumented):
            yield from _described(member, member.name, f"{value.__name__}.")


def _is_constructor(member: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(member, ast.FunctionDef) and member.name == "__init__"


def _is_told(member: ast.FunctionDef, special: Sequence[str], undocumented: bool) -> bool:
    if any(ast.unparse(one).endswith((".setter", "overload", "validator")) for one in member.decorator_list):
        return False
    is_public = member.name in special or not member.name.startswith("_")
    return is_public and (undocumented or bool(ast.get_docstring(member)))


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ...]]:
    """Each public field with its docstring below it, and each member of an enumeration."""
    for field, below in pairwise([*node.body, ast.Pass()]):
        target = field.targets[0] if isinstance(field, ast.Assign) else getattr(field, "target", None)
        said = _docstring(below)
        if not isinstance(target, ast.Name) or target.id.startswith("_"):
            continue
        if isinstance(field, ast.AnnAssign):
            default = f"`{ast.unparse(field.value)}`" if field.value else ""
            yield f"`{target.id}`", f"`{_type(field.annotation)}`", _short(default), said
        elif said:
            yield f"`{target.id}`", "", "", said


def _docstring(below: ast.stmt) -> str:
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
        return _ROLE.sub(r"`\1`", prose(str(below.value.value)))
    return ""


def _short(default: str) -> str:
    """Without how a dataclass or pydantic makes it."""
    made = re.fullmatch(r"`(?:field|Field)\((?:default_factory=(\w+))?.*\)`", default)
    return (f"`{made[1]}()`" if made[1] else "") if made else default


def _described(node: ast.FunctionDef, name: str, owner: str = "") -> Iterator[str]:
    yield f"{'####' if owner else '###'} `{owner}{name}`"
    yield f"```python\n{signature(node)}\n```"
    yield text(ast.get_docstring(node))


def signature(node: ast.FunctionDef) -> str:
    """On one line, or with one parameter a line where that is long."""
    kinds = {ast.unparse(one) for one in node.decorator_list} & {"property", "classmethod", "staticmethod"}
    result = f" -> {_type(node.returns)}" if node.returns else ""
    before = "".join(f"@{kind}\n" for kind in sorted(kinds)) + f"def {node.name}("
    given = _parameters(node.args)
    whole = f"{before}{', '.join(given)}){result}"
    if len(whole.splitlines()[-1]) <= LONGEST:
        return whole
    return f"{before}\n" + "".join(f"    {one},\n" for one in given) + f"){result}"


def _parameters(given: ast.arguments) -> list[str]:
    placed = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(placed) - len(given.defaults)), *given.defaults]
    first = [_parameter(one, default) for one, default in zip(placed, defaults, strict=True)]
    if given.posonlyargs:
        first.insert(len(given.posonlyargs), "/")
    named = [_parameter(one, default) for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    star = [f"*{_parameter(given.vararg)}"] if given.vararg else ["*"] * bool(named)
    return [*first, *star, *named, *([f"**{_parameter(given.kwarg)}"] if given.kwarg else [])]


def _parameter(one: ast.arg, default: ast.expr | None = None) -> str:
    named = f"{one.arg}: {_type(one.annotation)}" if one.annotation else one.arg
    if default is None:
        return named
    return f"{named} = {ast.unparse(default)}" if one.annotation else f"{named}={ast.unparse(default)}"


def _type(annotation: ast.expr) -> str:
    return ast.unparse(_Plain().visit(annotation)).strip("'")


def text(docstring: str | None) -> str:
    """A clean docstring's text, with ``Args:`` and the like as lists; blocks in it are of Python."""
    body: list[str] = []
    parts: list[str] = []
    part = ""
    for line in (docstring or "").splitlines():
        if found := _PART.match(line):
            part = found[1]
            parts.append(f"\n**{part}**\n" if parts else f"**{part}**\n")
        elif part and line and not line.startswith(" "):
            part = ""
            body.append(line)
        elif part and line:
            parts.append(_item(line))
        else:
            body.append(line)
    said = "\n\n".join(blocks("\n".join(body).strip(), "python"))
    return "\n\n".join(filter(None, (_ROLE.sub(r"`\1`", said), "\n".join(parts))))


def _item(line: str) -> str:
    """A line of a list; one that is indented further goes on with the item before."""
    said = _ROLE.sub(r"`\1`", line.removeprefix("    ").replace("``", "`"))
    named = _ITEM.sub(r"`\1`: ", said)
    return f"  {said.strip()}" if said.startswith(" ") else f"- {named}"
