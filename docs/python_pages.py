"""The pages of the Python API, as Markdown: those of ``docs/site_api``, with what Sphinx would put in written out.

On the site their directives stay, because Sphinx makes links of the names; everywhere else these pages are read.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from docs import members
from docs.markdown import constant_docstring

SOURCES = Path(__file__).parent / "site_api"
HEADER = "<!-- Written by `python -m docs.generate`: change the docstrings, or the page in docs/site_api, instead. -->"

_BLOCK = re.compile(r"^```\{eval-rst\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(r"^\.\. ([\w:]+):: (.+)\n((?:(?:[ ]{3}.*)?\n)*)", re.MULTILINE)
_OPTION = re.compile(r"^ +:([\w-]+):(.*)\n", re.MULTILINE)


def all_pages() -> dict[str, str]:
    """Every page by its name."""
    return {source.name: page(source.read_text()) for source in sorted(SOURCES.glob("*.md"))}


def page(source: str) -> str:
    """One of the site's pages in Markdown alone."""
    return f"{HEADER}\n\n{_BLOCK.sub(lambda block: _written_out(block[1]), source).strip()}\n"


def _written_out(block: str) -> str:
    parts = (part for found in _DIRECTIVE.finditer(block) for part in _entry(found[1], found[2], found[3]))
    return "\n\n".join(part for part in parts if part)


def _entry(directive: str, target: str, body: str) -> Iterator[str]:
    """What a directive stands for; `body` has its options, and for what has no docstring of its own the text."""
    options = {option: value.split() for option, value in _OPTION.findall(body)}
    said = members.text(inspect.cleandoc("\n" + _OPTION.sub("", body)))
    name = target.removesuffix("()")
    match directive:
        case "py:module":
            return
        case "automodule":
            yield from _module(import_module(name), "no-members" in options)
        case "autofunction":
            yield from members.function(_found(name), name)
        case "autoclass" | "autoexception":
            yield f"### `{name}`"
            special, undocumented = options.get("special-members", ()), "undoc-members" in options
            yield from members.class_(_found(name), special, undocumented, called=name == target)
        case "autodata" | "alias":
            module, _, constant = name.rpartition(".")
            yield f"### `{name}`"
            yield members.text(inspect.cleandoc(constant_docstring(import_module(module), constant)))
        case _:
            yield f"### `{name}`"
            yield said


def _module(module: ModuleType, alone: bool) -> Iterator[str]:
    """What a module says of itself, and its functions."""
    yield members.text(inspect.cleandoc(module.__doc__ or ""))
    for name in () if alone else module.__all__:
        yield from members.function(getattr(module, name), name)


def _found(target: str) -> Any:
    module, _, name = target.rpartition(".")
    return getattr(import_module(module), name)
