"""What the studio keeps of a run in the run's own folder, beside what every run has there.

``studio/run.json`` says what the artist has said of it; ``studio/wanted.yaml`` is the preset as the artist wrote it
last; ``studio/losses.json`` has the losses so far, ``studio/steps`` pictures of how it went. Nothing else needs any of
it: the folder is a run's like any other.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError
from artgen.files import atomic_path, read_text, write_text
from artgen.preset.nodes import MAX_BYTES as MOST_YAML
from artgen.recipe.model import ShortText

FOLDER = "studio"
RUN, WANTED, LOSSES, STEPS = "run.json", "wanted.yaml", "losses.json", "steps"
MAX_BYTES = 1 << 16
MOST_LOSSES = 1 << 24
MOST_PICTURE = 1 << 24
"""Bytes of one of the pictures of how it went."""

Curves = dict[str, list[tuple[int, float]]]


class Parent(BaseModel):
    """The run that this one began as, and for how many steps."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: ShortText
    step: Annotated[int, Field(ge=0, le=10**7)]


class Said(BaseModel):
    """What the artist has said of a run."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Annotated[int, Field(ge=1, le=1)] = 1
    title: ShortText = ""
    """Empty: its prompts."""
    favourite: bool = False
    preset: ShortText = ""
    """The preset that it began from, from whose folder relative paths in the YAML start."""
    parent: Parent | None = None
    step: Annotated[int, Field(ge=0, le=10**7)] = 0
    steps: Annotated[int, Field(ge=0, le=10**7)] = 0
    seconds: Annotated[float, Field(ge=0, le=1e12)] = 0.0
    state: ShortText = "stopped"
    reason: Annotated[str, Field(max_length=4096)] | None = None


class Record:
    """The files of the studio in one run's folder. What cannot be read is as if it were not there."""

    def __init__(self, run: Path) -> None:
        self.folder = run / FOLDER

    def said(self) -> Said | None:
        try:
            return Said.model_validate_json(read_text(self.folder / RUN, MAX_BYTES, "record of a run"))
        except (InputError, ValidationError, ValueError):
            return None

    def say(self, said: Said) -> None:
        write_text(self.folder / RUN, said.model_dump_json(indent=2) + "\n")

    def wanted(self) -> str:
        """The YAML; empty where there is none."""
        try:
            return read_text(self.folder / WANTED, MOST_YAML, "preset")
        except InputError:
            return ""

    def want(self, yaml: str) -> None:
        write_text(self.folder / WANTED, yaml)

    def curves(self) -> Curves:
        try:
            data = json.loads(read_text(self.folder / LOSSES, MOST_LOSSES, "record of losses"))
            return {str(name): [(int(step), float(value)) for step, value in points] for name, points in data.items()}
        except (InputError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def keep_curves(self, curves: Mapping[str, Any]) -> None:
        write_text(self.folder / LOSSES, json.dumps(curves, separators=(",", ":")))

    def moments(self) -> list[int]:
        """After how many steps there is a picture, in order."""
        names = (path.stem for path in (self.folder / STEPS).glob("*.webp"))
        return sorted(int(name) for name in names if name.isdecimal() and len(name) < 12)

    def keep_moment(self, step: int, webp: bytes) -> None:
        with atomic_path(self._moment(step)) as temporary:
            temporary.write_bytes(webp)

    def moment(self, step: int) -> tuple[int, bytes] | None:
        """The picture after `step` steps, or the nearest before, or else the first; after how many, and a WebP."""
        moments = self.moments()
        if not moments:
            return None
        nearest = max((moment for moment in moments if moment <= step), default=moments[0])
        return nearest, self._moment(nearest).read_bytes()[:MOST_PICTURE]

    def take_over(self, other: Record, step: int) -> None:
        """Another run's pictures of its first steps, for a run that branches from it."""
        for moment in other.moments():
            if moment <= step:
                with contextlib.suppress(OSError):
                    self.keep_moment(moment, other._moment(moment).read_bytes())

    def _moment(self, step: int) -> Path:
        return self.folder / STEPS / f"{step:07}.webp"
