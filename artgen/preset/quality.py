"""The quality ladder: one word for how much work a picture is worth.

Each rung multiplies what a preset says, and leaves plain settings behind, which ``artgen check --resolved`` shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artgen.preset.model import Preset


@dataclass(frozen=True)
class Rung:
    """What is multiplied."""

    steps: float
    views: float


LADDER = {
    "draft": Rung(steps=0.4, views=0.5),
    "normal": Rung(steps=1, views=1),
    "better": Rung(steps=1.5, views=1.5),
    "best": Rung(steps=2, views=2),
    "supreme": Rung(steps=3, views=3),
}


def climb(preset: Preset, name: str) -> Preset:
    """`preset` with the steps and views of that rung; moments given in steps stay where they are."""
    rung = LADDER[name]
    return preset.model_copy(
        update={
            "steps": max(1, round(preset.steps * rung.steps)),
            "views": tuple(view.scaled(rung.views) for view in preset.views),
        }
    )
