"""What a run's touches say: what each changed, and what was wanted before one of them."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.preset.brief import brief
from artgen.steering import history
from artgen.studio.checking import as_yaml


def touches_in(folder: Path) -> list[Mapping[str, Any]]:
    """Each touch's step, and the paths of what it changed."""
    return list(history.told(_read(folder)))


def wanted_before(folder: Path, step: int) -> tuple[str, Mapping[str, Any]] | None:
    """The preset that the run in a folder was drawn by before `step`, as YAML and resolved.

    None if nothing has changed since, or its touches cannot be read. What was painted is no line of it.
    """
    touches = _read(folder)
    earlier = [touch for touch in touches if touch.step < step or touch.step == 0]
    if not earlier or len(earlier) == len(touches):
        return None
    wanted = earlier[-1].preset.model_copy(update={"paint": ()})
    return as_yaml(brief(wanted)), wanted.resolved()


def _read(folder: Path) -> Sequence[history.Touch]:
    with warnings.catch_warnings(), contextlib.suppress(InputError):
        warnings.simplefilter("ignore")
        return history.read(folder)
    return []
