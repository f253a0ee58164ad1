"""What a short trial of a preset has measured on this machine: plain numbers, which a file can keep."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(ge=0, le=1e9)]
Bytes = Annotated[int, Field(ge=0, lt=2**53)]
Step = Annotated[float, Field(ge=0, le=1e9)]


class _TrialRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Memory(_TrialRecord):
    """What the process has taken of one kind of memory, in bytes."""

    base: Bytes
    """When all was built, and nothing drawn."""
    peak: Bytes
    """At once, at most."""


class Frames(_TrialRecord):
    """What the later frames of a film take."""

    between: Seconds
    """Of each frame, all but its steps: building, finishing and saving it."""
    step: Seconds
    encode: Seconds
    """Of each frame, for the film's file."""


class Calibration(_TrialRecord):
    """Seconds and bytes of one trial."""

    start: Seconds
    """What the program takes to begin and to end, whatever it draws."""
    build: Seconds
    again: Seconds
    """Building once more, with the perceptors that are there already."""
    steps: Annotated[int, Field(ge=1, le=10**9)]
    """How many the generator takes; of a film, those of its first frame."""
    first: Seconds
    """Of the first step, which also warms everything up."""
    places: Annotated[tuple[tuple[Step, Seconds], ...], Field(max_length=64)]
    """Of later steps, at some places of the run: which step, and how long such a step takes."""
    finish: Seconds
    """The last drawing, and the finishing stages."""
    write: Seconds
    """The files; of a film, its file but for what grows with the frames."""
    memory: Memory
    """Main memory."""
    device: Memory | None = None
    """The memory of the GPU that draws."""
    disk: Bytes
    """What the files take; of a film, each frame."""
    frames: Frames | None = None
    """Of a film."""
    work: Annotated[int, Field(ge=0)] = 0
    """What `cost.work` says of the preset."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        steps = [step for step, _ in self.places]
        if any(later <= earlier for earlier, later in pairwise(steps)):
            raise ValueError("the places are not in the order of their steps")
        return self

    @property
    def stepping(self) -> float:
        """Seconds of all steps: the first, and for the others a line through the places, level at its ends."""
        if not self.places:
            return self.first * self.steps
        return self.first + sum(_between(self.places, step) for step in range(1, self.steps))

    @property
    def step(self) -> float:
        """Seconds of a step, on average."""
        return self.stepping / self.steps

    @property
    def drawing(self) -> float:
        """Seconds of all that grows with the picture: steps and finishing."""
        return self.stepping + self.finish


def _between(places: Sequence[tuple[float, float]], step: float) -> float:
    before = after = places[0]
    for place in places:
        before, after = after, place
        if place[0] >= step:
            break
    (left, low), (right, high) = before, after
    if right <= left or step >= right:
        return high
    return low + max(0.0, step - left) / (right - left) * (high - low)


def merged(found: Sequence[Calibration]) -> Calibration:
    """Of several trials side by side: one whose steps take as long as in the middle, and the most memory of any."""
    middle = sorted(found, key=lambda one: one.stepping)[len(found) // 2]
    times = {name: median(getattr(one, name) for one in found) for name in ("start", "build", "again")}
    memory = Memory(base=max(one.memory.base for one in found), peak=max(one.memory.peak for one in found))
    return middle.model_copy(update={**times, "memory": memory})
