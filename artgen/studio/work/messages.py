"""What the studio says to the process that draws, and what that tells: plain data that crosses a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgen.errors import Problem


@dataclass(frozen=True)
class Order:
    """What is to be done; each kind is a method of `drawing.Desk`."""

    number: int
    """By which it is answered."""
    kind: str
    run: str
    given: Mapping[str, Any] = field(default_factory=dict)
    """The arguments of the method."""


@dataclass(frozen=True)
class OrderAnswer:
    """What came of an order: a value, or what is wrong."""

    number: int
    value: Any = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a run is."""

    run: str
    state: str
    step: int
    """How many steps are done."""
    steps: int
    reason: str | None = None
    """Why it failed or was left."""
    touches: tuple[Mapping[str, Any], ...] = ()
    checkpoints: tuple[int, ...] = ()
    """The steps that one can go back to at once."""
    curves: Mapping[str, tuple[tuple[int, float], ...]] | None = None
    """All of its losses so far, where it was just opened."""
    exports: tuple[str, ...] = ()
    """The forms in which it is to be written, too, when it is finished."""


@dataclass(frozen=True)
class StepsDone:
    """What the last steps of a run brought."""

    run: str
    step: int
    steps: int
    total: float
    losses: Mapping[str, float]
    seconds: float
    """Spent on its steps in this process."""
    curves: Mapping[str, tuple[tuple[int, float], ...]]
    """The (step, value) pairs of each loss, and of ``total``, since the last report."""
    judges: Mapping[str, float] = field(default_factory=dict)
    """What the judges said, where they were asked at this step."""
    judged: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    """The (step, value) pairs of each judge since the last report."""
    picture: bytes | None = None
    """A WebP, where it was time for one."""
    kept: bool = False
    """Whether the picture is one of those that show how the run went."""


@dataclass(frozen=True)
class Beginning:
    """What a run begins with, before its first step; of a branch, and of a run that goes on, what there is."""

    run: str
    step: int
    """How many steps are done."""
    picture: bytes
    """A WebP."""


@dataclass(frozen=True)
class Note:
    """A line that a run tells; of no run: the process itself."""

    run: str
    line: str


Report = OrderAnswer | Standing | Beginning | StepsDone | Note


@dataclass(frozen=True)
class Setup:
    """What the process must know before its first order."""

    plugins: tuple[Path, ...] = ()
    """Files of Python whose components presets may name."""
    folders: tuple[Path, ...] = ()
    """Where a preset's files may lie."""
    preset: Mapping[str, Any] | None = None
    """What is likely to be drawn first; its perceptors are loaded while nothing else is asked for."""
    is_chosen: bool = False
    """Whether somebody has named that preset, so that it is built once, too."""
