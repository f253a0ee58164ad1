"""Plan a picture: how long it takes and what it needs, before it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from rich.filesize import decimal

from artgen.engine.devices import pick_device
from artgen.errors import InputError, RunError
from artgen.machine import cores, memory
from artgen.planning import estimate, fitting, keeping, measuring
from artgen.planning.calibration import Memory
from artgen.planning.estimate import Estimate
from artgen.preset.loading import Given, load
from artgen.preset.model import Preset
from artgen.preset.needs import downloads, missing

RISK = 2
"""What needs more than so many times the memory that is free, roughly, is not tried out."""


def plan(preset: Given, *, quick: bool = False, fresh: bool = False, note: Callable[[str], None] = print) -> Estimate:
    """Say how long the picture or the film of `preset` takes, and how much memory: a few of its steps are tried out.

    That takes some seconds more than building it; what was measured is remembered, for all presets that differ in
    nothing but seed, prompts' texts and other pictures. Nothing is downloaded, and nothing written but artgen's cache::

        estimate = artgen.plan("vqgan")
        print(estimate.seconds, estimate.memory, estimate.advice)

    Args:
        preset: what to draw; whatever `load` takes.
        quick: reckon it from the preset alone, roughly.
        fresh: measure anew what is remembered.
        note: told one line where nothing could be measured, and why.

    Raises:
        InputError: if the preset is wrong or cannot be built.
    """
    wanted = load(preset)
    if wanted.sweep is not None:
        raise InputError("sweep: the preset makes many pictures; --set sweep=null plans one of them")
    absent = tuple(missing(downloads(wanted)))
    reason = _untried(wanted, absent)
    if reason and not quick:
        note(f"{reason}; what is said is rough")
    found, needed = _rough(wanted) if quick or reason else _tried(wanted, fresh, note)
    is_cpu = pick_device(wanted.device).type == "cpu"
    free = memory()[1]
    return replace(
        found,
        free=free,
        at_once=fitting.at_once(found.memory, free, cores()) if is_cpu else 1,
        downloads=absent,
        advice=tuple(fitting.advice(wanted, needed, free)),
    )


def _untried(preset: Preset, absent: tuple[str, ...]) -> str:
    """Why the preset is better not tried out; empty if it may be."""
    if absent:
        return f"{', '.join(absent)}: not downloaded yet, so that nothing can be tried out"
    needed, free = estimate.rough_memory(preset).peak, memory()[1]
    if free is not None and needed > RISK * free and pick_device(preset.device).type == "cpu":
        return f"it needs about {decimal(needed)} of memory, too much to try it out"
    return ""


def _rough(preset: Preset) -> tuple[Estimate, Memory]:
    return estimate.rough(preset, keeping.speed()), estimate.rough_memory(preset)


def _tried(preset: Preset, fresh: bool, note: Callable[[str], None]) -> tuple[Estimate, Memory]:
    try:
        trial = measuring.calibration(preset, torch.get_num_threads(), fresh=fresh, note=note)
    except RunError as error:
        note(f"{error}; what is said is rough")
        return _rough(preset)
    return estimate.measured(preset, trial), trial.memory
