"""The generator as it was when it drew the picture that is kept, of one that is finished before its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from artgen.engine.assembly import build_parts
from artgen.engine.drawing import at_work, draw, lay_over
from artgen.engine.loop import Run, take_step
from artgen.engine.parts import Parts
from artgen.errors import InputError, RunError
from artgen.registry.fence import listening
from artgen.steering import history


def at_last_drawing(run: Run, folder: Path) -> Parts | None:
    """Parts of which exporters can write what `run` keeps; its own generator has moved on by a step since.

    Built anew, with the steps since the newest moment in the run's folder drawn again. None, with a note, if the
    drawing comes out otherwise, as it may on a GPU, or where the moment cannot be read.
    """
    last = run.steps_done - 1
    try:
        parts = _drawn_to(run.parts, last, folder, run.note)
        with listening(), at_work(parts, gradient=False):
            lay_over(parts, last)
            if run.good is not None and torch.equal(draw(parts, last), run.good):
                return parts
    except (InputError, RunError) as error:
        run.note(str(error))
    run.note("its other forms cannot be written: the last step does not come out as it did")
    return None


def _drawn_to(of: Parts, step: int, folder: Path, note: Callable[[str], None]) -> Parts:
    """Built as the parts `of` a run, with all steps before `step` done."""
    again = Run(build_parts(of.preset, note, folder), [], note)
    moment = max((one for one in history.moments(folder) if one <= step), default=None)
    if moment is not None:
        again.load_state_dict(history.kept(folder, moment)[1]["course"])
    for one in range(again.steps_done, step):
        with listening(), at_work(again.parts, gradient=again.parts.descends):
            take_step(again.parts, one)
    return again.parts
