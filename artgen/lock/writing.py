"""Locks as TOML, whose writer Python does not bring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from artgen.lock.model import Lock, to_dict

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ABOUT = """\
# The environment that {picture} was drawn in, for `artgen replay --in-lock`. The form is that of PEP 751.
# A wheel that does not lie at its path comes from the registry that is set up, by name, version and sha256.
"""


def to_toml(lock: Lock) -> str:
    """The text of a lock: a table a distribution, the same for the same lock."""
    data = to_dict(lock)
    packages, about = data.pop("packages"), data.pop("tool")["artgen"]
    tables = {key: about.pop(key) for key in ("flags", "weights", "inputs")}
    blocks = [_lines(data)]
    blocks += [f"[[packages]]\n{_lines(package)}" for package in packages]
    blocks += [f"[tool.artgen]\n{_lines(about)}"]
    blocks += [f"[tool.artgen.{key}]\n{_lines(table)}" for key, table in tables.items() if table]
    return _ABOUT.format(picture=_text(lock.about.picture)) + "\n" + "\n".join(blocks)


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A basic string: what would end it or is no character to print is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
