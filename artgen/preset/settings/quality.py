"""The setting `quality`: one word for how much work a picture is worth.

Each quality multiplies what a preset says, and leaves plain settings behind, which ``artgen check --resolved`` shows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """What is multiplied."""

    steps: float
    views: float


QUALITIES = {
    "draft": Quality(steps=0.4, views=0.5),
    "normal": Quality(steps=1, views=1),
    "better": Quality(steps=1.5, views=1.5),
    "best": Quality(steps=2, views=2),
    "supreme": Quality(steps=3, views=3),
}
