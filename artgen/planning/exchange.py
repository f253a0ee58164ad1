"""What `measuring` and the process that it begins tell each other, as files of JSON in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from artgen.planning.calibration import Calibration

REQUEST, ANSWER = "request.json", "answer.json"
MAX_BYTES = 16 << 20


class TrialRequest(BaseModel):
    """What is to be tried."""

    model_config = ConfigDict(frozen=True)

    preset: dict[str, Any]
    """Resolved, with its seed."""
    plugins: tuple[Path, ...] = ()
    """Files of the user's own that it needs."""
    threads: int
    again: bool = False
    """Whether it is built a second time, as it is for the next cell of a sweep."""
    clock: Literal["wall", "processor"] = "wall"
    began: float
    """When the process was begun, in seconds since 1970."""


class TrialAnswer(BaseModel):
    """What came of it."""

    model_config = ConfigDict(frozen=True)

    calibration: Calibration | None = None
    reason: str = ""
    """Why there is none, in one line."""
    wrong: bool = False
    """Whether that is a mistake in the preset."""
    ended: float = 0
    """When it had been measured."""
