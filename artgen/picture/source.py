"""A picture file that is open and not decoded yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


class Unreadable(ValueError):
    """Why a picture is not read, in a line that needs no more said."""


@dataclass(frozen=True)
class Source:
    """What a file tells before it is decoded."""

    size: tuple[int, int]
    """Width and height as they are stored."""
    several: bool
    """Whether it moves, or has pages: whether `load` gives the first of several pictures."""
    load: Callable[[], Image.Image]
    """Decodes it, in whatever mode it is stored."""
