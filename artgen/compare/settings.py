"""What two trees of settings differ in, under the paths that ``--set`` takes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from artgen.preset.model import numbered

MISSING: Final = object()
"""What stands for a setting that one side does not have."""
_LONGEST = 160
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Difference:
    """One setting: its path, and its value on both sides, or `MISSING`."""

    path: str
    first: Any
    second: Any


def differences(first: Any, second: Any, path: str = "") -> Iterator[Difference]:
    """All settings that are not equal, in the order in which they stand.

    Components of a list are paired by name, not by place; where their order differs, a row of the list's own says so.
    What stands on one side alone is one row, however much is in it.
    """
    if first == second or (_is_nothing(first) and _is_nothing(second)):
        return
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        for key in dict.fromkeys([*first, *second]):
            yield from differences(first.get(key, MISSING), second.get(key, MISSING), _joined(path, key))
    elif _are_components(first, second):
        one, two = _named(first), _named(second)
        orders = [[name for name in one if name in two], [name for name in two if name in one]]
        if orders[0] != orders[1]:
            yield Difference(path, *(", ".join(order) for order in orders))
        yield from differences(one, two, path)
    elif isinstance(first, list) and isinstance(second, list) and _holds_mappings(first + second):
        one, two = ({f"[{place}]": item for place, item in enumerate(items)} for items in (first, second))
        yield from differences(one, two, path)
    else:
        yield Difference(path, first, second)


def text(value: Any) -> str:
    """A setting as a preset would write it in one line: a digest by its beginning, a long value cut."""
    if value is MISSING:
        return "-"
    if isinstance(value, str):
        said = f"{value[:12]}..." if _DIGEST.fullmatch(value) else value
    else:
        said = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=math.inf, sort_keys=False)
        said = said.removesuffix("...\n").strip()
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def _is_nothing(value: Any) -> bool:
    return value is MISSING or value is None or (isinstance(value, (list, dict, str)) and not value)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path and not key.startswith("[") else f"{path}{key}"


def _are_components(*values: Any) -> bool:
    """Whether these are lists of components; one of them may be empty or missing."""
    items = [item for value in values if not _is_nothing(value) for item in (value if isinstance(value, list) else [0])]
    return bool(items) and all(isinstance(item, Mapping) and "type" in item for item in items)


def _holds_mappings(items: list[Any]) -> bool:
    return any(isinstance(item, Mapping) for item in items)


def _called(component: Mapping[str, Any]) -> str:
    return str(component.get("id") or str(component["type"]).rpartition(":")[2])


def _named(components: Any) -> dict[str, Any]:
    """Components by their id or type, the second of a name with #2, as a run calls them."""
    items = [] if _is_nothing(components) else list(components)
    return dict(zip(numbered(map(_called, items)), items, strict=True))
