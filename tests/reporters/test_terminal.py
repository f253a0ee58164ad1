"""Progress where nobody looks on: a line every tenth of the run, and none of a short one."""

import io

import pytest
import torch
from rich.console import Console

from artgen.api import StepEvent
from artgen.reporters.terminal import LiveProgress


def told(steps, **settings):
    file = io.StringIO()
    progress = LiveProgress(Console(file=file, width=20), **settings)
    progress.on_start(steps)
    for step in range(steps):
        event = StepEvent(
            step=step, steps=steps, losses={"clip": 1.0}, total=1.5, image=torch.zeros(1, 3, 2, 2), seconds=step + 1.0
        )
        progress.on_step(event)
    progress.stop()
    return file.getvalue().splitlines()


@pytest.mark.parametrize("steps", [10, 50, 237])
def test_each_tenth_is_a_line(steps):
    lines = told(steps, line_seconds=0)
    assert len(lines) == 9
    done = [int(line.partition("/")[0]) for line in lines]
    assert [10 * count // steps for count in done] == list(range(1, 10))


def test_a_line_says_how_far_and_how_long():
    assert told(100, line_seconds=0)[3] == "40/100 steps, 1.0 steps/s, 1:00 left, loss 1.5"


def test_a_short_run_says_nothing():
    assert told(100) == []


def test_few_steps_are_a_line_each():
    assert [line.partition(",")[0] for line in told(3, line_seconds=0)] == ["1/3 steps", "2/3 steps"]


def test_what_judges_said_last_stands_behind_the_loss():
    file = io.StringIO()
    progress = LiveProgress(Console(file=file, width=20), line_seconds=0)
    progress.on_start(20)
    for step in range(20):
        judges = {"second": 0.25} if step == 0 else {}
        progress.on_step(StepEvent(step, 20, torch.zeros(1, 3, 2, 2), {"clip": 1.0}, 1.5, step + 1.0, judges))
    assert all(line.endswith("loss 1.5, second 0.25") for line in file.getvalue().splitlines())
