"""JSON and YAML of other programs as plain data: no object is made, nothing is run, sizes are bounded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from artgen.errors import InputError, PresetError, shown
from artgen.preset import nodes

_JSON = re.compile(r"\s*(?://[^\n]*\n\s*)*[{\[]")
MAX_DEPTH = 64
"""Objects and lists in each other."""
# A text, which is kept, or a comment to the end of the line; some programs write such JSON.
_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*')
_TRAILING = re.compile(r'"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])')


def json_data(text: str) -> Any:
    """What a text of JSON says, with ``//`` comments and commas at an end; ValueError if it is none."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        bare = _COMMENT.sub(lambda match: "" if match[0].startswith("//") else match[0], text)
        bare = _TRAILING.sub(lambda match: "" if match[0] == "," else match[0], bare)
        if bare == text:
            raise
        try:
            found = json.loads(bare)
        except RecursionError:
            raise ValueError("nested too deeply") from None
    if _is_deep(found):
        raise ValueError("nested too deeply")
    return found


def yaml_data(text: str, name: str, folder: Path) -> Any:
    """What a text of YAML says, with Python's tuples as lists.

    Raises:
        PresetError: a line for each thing that is not read, such as tags of other objects and anchors.
    """
    tree, problems = nodes.from_text(text, name, folder, tuples=True)
    if problems:
        raise PresetError(problems)
    return tree.data()


def data(text: str, name: str, folder: Path) -> Any:
    """What a settings file says; InputError, in one line, if it is neither JSON nor YAML."""
    if _JSON.match(text):
        try:
            return json_data(text)
        except ValueError as error:
            wrong = error
        try:
            return yaml_data(text, name, folder)
        except PresetError:
            raise InputError(f"{name}: not valid JSON: {shown(str(wrong))}") from None
    return yaml_data(text, name, folder)


def _is_deep(found: Any) -> bool:
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
