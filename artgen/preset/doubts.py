"""What can be read, but is hardly meant: a comment in the middle of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artgen.errors import Problem, shown
from artgen.preset.merging import Override
from artgen.preset.nodes import Node
from artgen.preset.yaml_mistakes import LONGEST

_TAG = re.compile(r"#[^\s#]")


def in_tree(node: Node, path: str = "") -> Iterator[Problem]:
    """A problem for each text that loses its end to a ``#``, as in ``a mug #1 dad``; ``# remarks`` have a space."""
    if node.is_mapping:
        for key, child in node.value.items():
            yield from in_tree(child, f"{path}.{key}" if path else key)
    elif node.is_list:
        for place, child in enumerate(node.value):
            yield from in_tree(child, f"{path}[{place}]")
    elif isinstance(node.value, str) and _TAG.match(node.comment):
        what = f"'{shown(node.comment, LONGEST)}' is read as a comment, and not as a part of the text"
        yield Problem(node.mark, path, f"{what}; put the whole text in quotes, or a space after the '#'")


def taken_whole(override: Override) -> Override:
    """A change of the command line, where nobody writes comments: what has a ``#`` is a text, and all of it."""
    if not isinstance(override, str):
        return override
    path, _, text = override.partition("=")
    value = text.strip()
    is_plain = value[:1] not in ("'", '"', "[", "{") and re.search(r"(?:^|\s)#", value)
    return (path, value) if is_plain else override
