"""A preset at another quality."""

from __future__ import annotations

from functools import partial

from artgen.api import AugmentationSpec
from artgen.preset.model import Preset
from artgen.preset.settings.quality import QUALITIES
from artgen.registry.fence import asked
from artgen.registry.plugins import discover


def with_quality(preset: Preset, name: str) -> Preset:
    """`preset` with the steps and views of that quality; moments given in steps stay where they are."""
    quality = QUALITIES[name]
    return preset.model_copy(
        update={
            "steps": max(1, round(preset.steps * quality.steps)),
            "views": tuple(_scaled(view, quality.views) for view in preset.views),
        }
    )


def _scaled(view: AugmentationSpec, share: float) -> AugmentationSpec:
    with asked(partial(discover().title_of, view)):
        scaled = view.scaled(share)
        if not isinstance(scaled, AugmentationSpec):
            raise TypeError(f"scaled() returned {type(scaled).__name__}")
    return scaled
