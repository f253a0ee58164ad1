"""Moments of a run, and of a film.

``20`` and ``20i`` are a step, ``50%`` is that share of the way from the first step to the last. A film has frames in
the place of steps: there ``12.5s`` is a second, ``8b`` a beat, and ``40f`` a frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from artgen.fields.block import wrong_setting

FilmUnit = Literal["s", "b", "f"]
"""Of moments that only films have: seconds, beats and frames."""

_AT = re.compile(r"(\d+(?:\.\d+)?)\s*([%isbf])?")
PATTERN = r"^[0-9]+(\.[0-9]+)?[%isbf]?$"
"""How a moment is written, for JSON Schema."""


@dataclass(frozen=True)
class At:
    """A moment: a step of a run, a share of it in percent, or a second, beat or frame of a film."""

    number: float
    percent: bool = False
    unit: FilmUnit | None = None
    """Of a moment that only a film has."""

    @classmethod
    def parse(cls, text: object) -> At:
        """Read ``20``, ``20i``, ``50%``, ``12.5s``, ``8b`` or ``40f``; anything else is a ValueError that says so."""
        match = _AT.fullmatch(str(text).strip()) if not isinstance(text, bool) else None
        if not match:
            raise ValueError(f"{text!r} is no moment of the run; write a step (20 or 20i) or a share (50%)")
        number, unit = float(match[1]), match[2] or "i"
        if unit == "%" and number > 100:
            raise ValueError(f"{text} is past the end of the run; shares go from 0% to 100%")
        if unit in "if" and not number.is_integer():
            raise ValueError(f"{text} is no whole step" if unit == "i" else f"{text} is no whole number of frames")
        return cls(number, unit == "%", None if unit in "i%" else unit)  # type: ignore[arg-type]

    def step(self, steps: int) -> float:
        """The step it stands for in a run of `steps` steps; 100% is the last one."""
        if self.unit:
            raise ValueError(f"{self} is a moment of a film, and this is none")
        return self.number / 100 * max(steps - 1, 0) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number:g}{'%' if self.percent else self.unit or ''}"


@dataclass(frozen=True)
class Timeline:
    """How the frames of a film lie in time."""

    frames: int
    fps: float
    """Frames per second."""
    bpm: float | None = None
    """Beats per minute, where the film has them."""
    lead: int = 0
    """Of a loop: in how many of its last frames everything goes back to how it began; else 0."""

    def returned(self, frame: int) -> float:
        """How much of everything is at `frame` as it is in the first, from 0 to 1, which it reaches after the last."""
        if not self.lead:
            return 0.0
        share = min(max((frame - self.frames + self.lead) / self.lead, 0.0), 1.0)
        return share * share * (3 - 2 * share)

    def place(self, at: At) -> float:
        """The frame, from 0, that a moment stands for; a step stands for a frame, and 100% for the last one.

        Raises:
            ValueError: of a beat, where the film has none.
        """
        if at.percent:
            return at.number / 100 * max(self.frames - 1, 0)
        if at.unit == "s":
            return at.number * self.fps
        if at.unit == "b":
            if self.bpm is None:
                raise ValueError(f"{at} is a beat; say how many a minute has with film.bpm")
            return at.number * 60 / self.bpm * self.fps
        return at.number


def _moment(allowed: Callable[[At], bool]) -> Callable[[Any], At]:
    def validate(value: Any) -> At:
        try:
            at = value if isinstance(value, At) else At.parse(value)
        except ValueError as error:
            raise wrong_setting(str(error)) from None
        if not allowed(at):
            raise wrong_setting(f"{at} is a moment of a film; here it is a step (20 or 20i) or a share (50%)")
        return at

    return validate


_WRITTEN = (
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}),
)
Moment = Annotated[At, BeforeValidator(_moment(lambda at: not at.unit)), *_WRITTEN]
"""The type of a preset field that holds a moment of the run: a step (20 or 20i), or a share of it (50%)."""
AnyMoment = Annotated[At, BeforeValidator(_moment(lambda at: True)), *_WRITTEN]
"""The same where it may be one of a film, too: a second (2.5s), a beat (8b) or a frame (40f)."""
