"""Docstrings and tables as Markdown."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from textwrap import dedent
from types import ModuleType

_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_EMPTY = r"\n(?:[ ]*\n)++"
_BETWEEN = re.compile(rf"(?<=::){_EMPTY}(?= )|{_EMPTY}(?! )")
"""Paragraphs: an empty line in a block of code, which is indented, divides nothing."""
_LINK = re.compile(r"\]\((?!#|https?:)([^)]+)\)")


def prose(docstring: str | None) -> str:
    """A docstring's text: ``::`` opens a block of YAML, double backticks are Markdown's single ones."""
    return "\n\n".join(blocks(inspect.cleandoc(docstring or ""), "yaml"))


def blocks(text: str, language: str) -> Iterator[str]:
    """The paragraphs of a clean docstring, and its blocks of code, which are in one language."""
    is_code = False
    for piece in _BETWEEN.split(text) if text else ():
        if is_code and piece.startswith(" "):
            yield f"```{language}\n{dedent(piece)}\n```"
            continue
        is_code = piece.endswith("::")
        if piece != "::":
            yield _LITERAL.sub(r"`\1`", piece.replace("::", ":") if is_code else piece)


def docstring_of(module: ModuleType, name: str) -> str:
    """The docstring of a function or class of a module, or the one below a constant; empty where there is none."""
    value = getattr(module, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        return inspect.cleandoc(vars(value).get("__doc__") or value.__doc__ or "")
    return inspect.cleandoc(constant_docstring(module, name))


def constant_docstring(module: ModuleType, name: str) -> str:
    """The docstring below ``name = ...``, which Python does not keep, in the source of the module that assigns it."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, below in pairwise(body):
        if isinstance(statement, ast.ImportFrom) and name in (imported.name for imported in statement.names):
            return constant_docstring(import_module(str(statement.module)), name)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            assert isinstance(below, ast.Expr), f"{module.__name__}.{name} has no docstring"
            return str(ast.literal_eval(below.value))
    raise LookupError(f"{module.__name__} has no {name}")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line breaks and bars in cells are made harmless."""
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def deeper(text: str, levels: int) -> str:
    """`text`, whose links start from one folder, for a page so many folders below."""
    return _LINK.sub(lambda match: f"]({'../' * levels}{match[1]})", text)
