"""What there is of a sweep, as its sheet, its tables and its progress show it. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["waiting", "stopped", "failed", "pruned", "finished"]
"""Of a cell: not begun, begun and to be resumed, ended without its picture, ended early by a search, drawn."""


@dataclass(frozen=True)
class Axis:
    """A setting that a sweep changes, and the values that it takes in turn."""

    key: str
    """The setting's path, as ``--set`` has it: ``losses.clip.weight``."""
    values: tuple[Any, ...]
    """Plain data, each different."""


@dataclass(frozen=True)
class Row:
    """A cell of a sweep, and what there is of it."""

    name: str
    """Its folder's name in the sweep's folder of cells."""
    settings: Mapping[str, Any]
    """The value of each axis, by the axis's key, in their order."""
    state: State
    picture: Path | None = None
    """Its picture, if there is one; also of a cell that failed or ended early, its last good drawing."""
    film: Path | None = None
    """The file that shows it moving, of a film."""
    loss: float | None = None
    """How far its picture is from what the prompts ask for, as the result of a run has it; None where that is not
    known."""
    seconds: float | None = None
    """How long it took to draw."""
    reason: str | None = None
    """Why it failed, or ended early, in one line."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """What judges say of the picture, by their names; more is better."""
    early: float | None = None
    """Its loss after a fifth of its steps, where a search has looked at it."""
