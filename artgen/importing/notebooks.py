"""The code in a notebook of Jupyter or Colab, which is JSON."""

from __future__ import annotations

import json
from typing import Any

MAX_TEXT = 1 << 25
"""Characters of a notebook with its output; a larger one is not looked into."""
MAX_CODE = 1 << 20
"""Characters of code of a notebook; its output may be larger."""


def cells(text: str) -> tuple[str, ...] | None:
    """The cells of code in their order; None if the text is no notebook."""
    if len(text) > MAX_TEXT or not text.lstrip().startswith("{") or '"cells"' not in text:
        return None
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(listed, list) or "nbformat" not in found:
        return None
    code, length = [], 0
    for cell in listed:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source")
            lines = source if isinstance(source, list) else [source]
            body = "".join(line for line in lines if isinstance(line, str))
            length += len(body)
            if length > MAX_CODE:
                break
            code.append(body)
    return tuple(code)
