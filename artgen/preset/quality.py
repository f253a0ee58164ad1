"""A preset at another quality."""

from __future__ import annotations

from artgen.preset.model import Preset
from artgen.preset.settings.quality import QUALITIES


def with_quality(preset: Preset, name: str) -> Preset:
    """`preset` with the steps and views of that quality; moments given in steps stay where they are."""
    quality = QUALITIES[name]
    return preset.model_copy(
        update={
            "steps": max(1, round(preset.steps * quality.steps)),
            "views": tuple(view.scaled(quality.views) for view in preset.views),
        }
    )
