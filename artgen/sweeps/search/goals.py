"""What makes a cell of a search good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from artgen.errors import InputError, shown
from artgen.preset.model import Preset
from artgen.preset.settings.search import JUDGES, LOSS
from artgen.sweeps.cells import PRESET
from artgen.sweeps.rows import Row
from artgen.sweeps.sheets.ranking import JUDGING

STEPS = "steps"


@dataclass(frozen=True)
class Goal:
    """A number that each cell has in the end."""

    name: str
    """``loss``, ``judges`` for the mean of what all of them say, or the name of one."""

    @property
    def is_more_better(self) -> bool:
        return self.name != LOSS

    def value(self, row: Row) -> float | None:
        """Of a cell; None while it has none."""
        if self.name == LOSS:
            return row.loss
        if self.name == JUDGES:
            return fmean(row.scores.values()) if row.scores else None
        return row.scores.get(self.name)


def goal(wanted: str | None, presets: Sequence[Preset]) -> Goal:
    """The goal that is wanted, by default the judges, if there are some; InputError if a preset does not offer it."""
    offered = [_offered(preset) for preset in presets]
    common = [name for name in offered[0] if all(name in names for names in offered)]
    if wanted is None:
        wanted = next(iter(common), LOSS)
    if wanted not in common:
        told = ", ".join(common) or "nothing, as a film has neither a loss nor scores"
        raise InputError(f"--goal {shown(wanted, 80)}: there is none; the preset offers {told}")
    return Goal(wanted)


def _offered(preset: Preset) -> list[str]:
    """The goals of a preset, its default first."""
    if preset.film:
        return []
    return [*([JUDGES] if preset.judges else []), *preset.judges, LOSS]


def doubtful(keys: Sequence[str]) -> list[str]:
    """The settings that change what a loss means: of two weights the smaller one has the smaller loss."""
    return [key for key in keys if key.split(".")[0] in (*JUDGING, PRESET)]


def are_comparable_early(keys: Sequence[str]) -> bool:
    """Whether losses after a fifth of the steps tell which cell is the better one."""
    return not doubtful(keys) and STEPS not in keys
