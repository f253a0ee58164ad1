"""Drawings of one line: a thread wound round nails, or a pen that is never lifted."""

from __future__ import annotations

from artgen.api import GeneratorSpec, hookimpl
from artgen_lines.lines_spec import Lines

__all__ = ["Lines"]


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Lines]
