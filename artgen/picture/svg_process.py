"""Draws one SVG from stdin as a PNG on stdout. Its exit code is 3 where the last line on stderr says what is wrong."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

MEMORY = 1 << 32
"""Bytes that a drawing may take."""
DEPTH = 256
"""How deep elements may lie in each other; the stack of the library that draws them is not much deeper."""
_LINKS = ("a",)
"""Elements whose address leads a reader somewhere and brings nothing into the drawing."""


def draw(text: str, side: int) -> bytes:
    """The bytes of a PNG that fits into a square of `side` pixels, and fills it in one direction.

    Raises:
        ValueError: if the drawing is damaged, or refers to other files; ElementTree.ParseError if it is no XML.
    """
    import resvg_py

    _refuse_others(text)
    return bytes(resvg_py.svg_to_bytes(svg_string=text, width=side, height=side, dpi=96))


def _refuse_others(text: str) -> None:
    """ValueError if the drawing would bring in other files: resvg reads any picture that an SVG names."""
    depth = 0
    for event, element in _events(text):
        depth += 1 if event == "start" else -1
        if depth > DEPTH:
            raise ValueError(f"its elements lie more than {DEPTH} deep in each other; export it as PNG")
        if event == "end" or _local(element.tag) in _LINKS:
            continue
        for name, value in element.attrib.items():
            if _local(name) == "href" and not value.strip().startswith(("#", "data:")):
                raise ValueError(f"it refers to '{value.strip()[:80]}', and other files are not read; embed it")


def _events(text: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """``start`` and ``end`` of each element, in their order."""
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    parser.feed(text)
    parser.close()
    yield from parser.read_events()


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _bounded(seconds: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(side: int, seconds: int) -> int:
    """The exit code."""
    _bounded(seconds)
    try:
        png = draw(sys.stdin.buffer.read().decode("utf-8-sig"), side)
    except (ValueError, ElementTree.ParseError) as error:
        print(" ".join(str(error).split())[:200] or "it is damaged", file=sys.stderr)
        return 3
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
