"""Try one picture out: build it, take some of its steps, finish and write it, and measure each.

What is large is finished smaller, and the figures are multiplied by the pixels: finishing a poster may take longer than
all its steps.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from artgen import machine
from artgen.engine.loop import Run
from artgen.engine.run import steps
from artgen.errors import ArtgenError, RunError
from artgen.planning import cost
from artgen.planning.calibration import Calibration, Memory
from artgen.planning.meters import Meter
from artgen.planning.sampling import SECONDS, Sampling
from artgen.preset.model import Preset
from artgen.reporters.folder import RunFolder

FINISHED_PIXELS = 1 << 21
"""So many are finished in a trial, of all pictures together; of larger ones, a smaller one in their place."""


def tried(preset: Preset, folder: Path, meter: Meter, again: bool = False, budget: float = SECONDS) -> Calibration:
    """The calibration of a preset that makes one picture, or a batch of them; without the program's start.

    Args:
        preset: what to try.
        folder: where to write.
        meter: of this process.
        again: whether to build it a second time, too.
        budget: for about how many seconds steps are taken.
    """
    meter.lap()
    writer = RunFolder(folder / "run", preset)
    run = _built(preset, writer)
    build, built = meter.lap(), meter.peak()
    base, device_base = machine.resident(), meter.device_base()
    sampling = Sampling(run.parts.generator.steps, meter.lap, budget)
    for _ in run.sample(sampling):
        pass
    if run.failure and not sampling.places:
        raise RunError(run.failure)
    # Once more after the last step, which the run has done by now.
    last_drawing, drawn, count = meter.lap(), meter.peak(), run.parts.generator.steps
    # What steps have left in memory is still there when the picture is finished.
    taken, smaller = machine.resident(), _smaller(preset)
    ending = _ended(run, writer, meter) if smaller is None else _NOTHING
    del run
    gc.collect()
    if smaller is not None:
        ending = _ended_smaller(preset, smaller, folder / "smaller", meter)
    device = meter.device_memory(device_base)
    rebuild = build
    if again:
        meter.lap()
        _built(preset, writer)
        rebuild = meter.lap()
    return Calibration(
        start=0,
        build=build,
        again=rebuild,
        steps=count,
        first=sampling.first,
        places=tuple(sampling.places),
        finish=last_drawing + ending.finish,
        write=ending.write,
        memory=Memory(base=base, peak=max(built, drawn, taken + ending.growth)),
        device=device,
        disk=ending.disk,
        work=cost.work(preset),
    )


def _built(preset: Preset, *reporters: RunFolder) -> Run:
    return steps(preset, reporters=reporters, note=lambda line: None)


@dataclass(frozen=True)
class _Ending:
    """What comes after the steps."""

    finish: float
    write: float
    disk: int
    growth: int
    """Bytes of main memory, on top of those that were taken before."""

    def times(self, pixels: float) -> _Ending:
        disk, growth = round(self.disk * pixels), round(self.growth * pixels)
        return _Ending(self.finish * pixels, self.write * pixels, disk, growth)


_NOTHING = _Ending(0, 0, 0, 0)


def _ended(run: Run, writer: RunFolder, meter: Meter) -> _Ending:
    """Finish and write what is drawn."""
    meter.lap()
    before, failure = machine.resident(), run.failure
    result = run.result
    if result.failure != failure:
        raise RunError(result.failure)
    finish = meter.lap()
    writer.write(result)
    write = meter.lap()
    size = sum(file.stat().st_size for file in writer.folder.rglob("*") if file.is_file())
    return _Ending(finish, write, size, max(0, meter.peak() - before))


def _smaller(preset: Preset) -> Preset | None:
    """A preset whose finished picture is small, in the place of one that is large; None if it need not be."""
    if cost.finished_pixels(preset) * preset.batch <= FINISHED_PIXELS:
        return None
    return next(_candidates(preset), None)


def _candidates(preset: Preset) -> Iterator[Preset]:
    whole = cost.finished_pixels(preset) * preset.batch
    for part in (1, 2, 4):
        width, height = (max(1, side // part) for side in preset.size)
        found = preset.model_copy(update={"batch": 1, "size": (width, height)})
        try:
            pixels = cost.finished_pixels(found)
        except ArtgenError:
            continue
        if pixels <= FINISHED_PIXELS or (pixels <= whole / 2 and part == 4):
            yield found


def _ended_smaller(preset: Preset, smaller: Preset, folder: Path, meter: Meter) -> _Ending:
    """As `_ended`, of a smaller preset, times the pixels."""
    writer = RunFolder(folder, smaller)
    run = _built(smaller, writer)
    for _ in run.sample(range(1)):
        pass
    meter.lap()
    meter.peak()
    ending = _ended(run, writer, meter)
    return ending.times(cost.finished_pixels(preset) * preset.batch / cost.finished_pixels(smaller))
