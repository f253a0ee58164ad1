"""What the schedules of the cutouts say at one step."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.api import InputError, Schedule
from artgen_cutouts import Cutouts


@dataclass(frozen=True)
class ViewPlan:
    """Settings without their changes over the run. Of the views of a picture, the zoom views come first."""

    step: int
    """The step whose random numbers are taken."""
    zooms: int
    wides: int
    zoom_scale: tuple[float, float]
    wide_scale: tuple[float, float]
    zoom_power: float
    zoom_grey: float
    wide_grey: float

    @property
    def count(self) -> int:
        return self.zooms + self.wides

    def column(self, zoom: float, wide: float) -> Tensor:
        """(n,): `zoom` for each zoom view, `wide` for each whole view."""
        return torch.tensor([zoom] * self.zooms + [wide] * self.wides, dtype=torch.float64)


def plan(spec: Cutouts, step: int, steps: int) -> ViewPlan:
    """What `step` of a run of `steps` shows: everything as at the first of the steps that keep their views."""
    step -= step % spec.every

    def now(schedule: Schedule) -> float:
        return schedule.at(step, steps)

    count = round(now(spec.count))
    zooms = round(count * now(spec.zoom_share))
    return ViewPlan(
        step=step,
        zooms=zooms,
        wides=count - zooms,
        zoom_scale=(now(spec.zoom_scale[0]), now(spec.zoom_scale[1])),
        wide_scale=(now(spec.wide_scale[0]), now(spec.wide_scale[1])),
        zoom_power=now(spec.zoom_power),
        zoom_grey=now(spec.zoom_grey),
        wide_grey=now(spec.wide_grey),
    )


def check_ranges(spec: Cutouts, steps: int) -> None:
    """InputError where a range that changes over the run is upside down at some step."""
    for name, (low, high) in (("zoom_scale", spec.zoom_scale), ("wide_scale", spec.wide_scale)):
        for step in sorted(low.told(steps) | high.told(steps)):
            if low.at(step, steps) > high.at(step, steps):
                found = f"from {low.at(step, steps):g} to {high.at(step, steps):g} at step {step}"
                raise InputError(f"{name} goes {found}; a range goes from small to large")
