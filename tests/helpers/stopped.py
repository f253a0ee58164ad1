"""Runs that were stopped, for the tests of going on with them."""

import artgen
from artgen.engine import checkpoints
from artgen.engine.interval import CheckpointInterval
from artgen.reporters.folder import RunFolder


def stopped(folder, preset, at=3):
    """The folder of a run that ended after `at` of its steps, with a checkpoint after each."""
    folder.mkdir(exist_ok=True)
    run = artgen.steps(preset)
    writer = RunFolder(folder, run.parts.preset)
    keeper = checkpoints.Checkpoints(folder, CheckpointInterval(steps=1), print)
    keeper.begin(run)
    for event in run:
        keeper.after_step(run, writer)
        if event.step + 1 == at:
            return folder
    raise AssertionError("the run was shorter")


def resumed(folder, notes=None):
    """The steps that were taken, and the result."""
    steps = []
    note = (notes if notes is not None else []).append
    result = artgen.resume(folder, on_step=lambda event: steps.append(event.step), note=note)
    return steps, result
