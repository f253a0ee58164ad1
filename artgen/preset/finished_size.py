"""How large the picture is after its finishing stages, known before anything is drawn."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from functools import partial

from artgen.api import FinishSpec, Spec
from artgen.errors import InputError, Problem
from artgen.picture.decoding import MAX_PIXELS
from artgen.preset.model import Preset
from artgen.preset.nodes import Node
from artgen.registry.fence import SettingsError, asked
from artgen.registry.plugins import discover

MAX_SIDE = 1 << 15
"""Of a finished picture; it has at most as many pixels as artgen can read again."""


def resized(spec: Spec, size: tuple[int, int]) -> tuple[int, int]:
    """Height and width after the stage; a filter keeps them.

    Raises:
        InputError: if the stage cannot do that, or makes a picture that is too large.
    """
    if not isinstance(spec, FinishSpec):
        return size
    try:
        with asked(partial(_title, spec)):
            height, width = map(operator.index, spec.resized(size))
    except SettingsError as error:
        raise (error.__cause__ if isinstance(error.__cause__, InputError) else error) from None
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE and height * width <= MAX_PIXELS):
        most = f"each side is 1 to {MAX_SIDE}, at most {MAX_PIXELS} pixels in all"
        raise InputError(f"makes a picture of {width}x{height} pixels; {most}")
    return height, width


def finished_size(preset: Preset) -> tuple[int, int]:
    """Height and width of the finished picture."""
    width, height = preset.size
    size = height, width
    for spec in preset.finish:
        size = resized(spec, size)
    return size


def problems(size: tuple[int, int], checked: Iterable[tuple[Spec, Node, str]]) -> Iterator[Problem]:
    """Of components that validated, the first finishing stage that cannot be: of a picture of that height and width."""
    for spec, node, path in checked:
        if not path.startswith("finish["):
            continue
        try:
            size = resized(spec, size)
        except InputError as error:
            yield Problem(node.mark, path, str(error))
            return


def _title(spec: Spec) -> str:
    return f"{discover().title_of(spec)}: cannot say what size it makes"
