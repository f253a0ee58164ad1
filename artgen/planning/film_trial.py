"""Try a film out: its first frames, with fewer steps where they have many, and its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from artgen import machine
from artgen.api import Schedule
from artgen.errors import InputError, RunError
from artgen.films.making import FrameEvent, film
from artgen.films.shots import videos_of
from artgen.films.showing import show
from artgen.planning import cost
from artgen.planning.calibration import Calibration, Frames, Memory
from artgen.planning.meters import Meter
from artgen.preset.model import Preset

FRAMES, STEPS = 4, 4
"""So many frames are drawn, if there are so many, and in at most so many steps each."""
REPEATED = 8
"""So often are they encoded, to tell what grows with the frames from what does not."""


def tried(preset: Preset, folder: Path, meter: Meter) -> Calibration:
    """The calibration of a preset that makes a film; without the program's start.

    Raises:
        InputError: if the film follows a video, all of whose pictures would have to be decoded first.
        RunError: if a frame fails.
    """
    wanted = preset.film
    assert wanted is not None
    if videos_of(preset):
        raise InputError("film: follows a video, and which cannot be tried out; name a picture instead")
    first_steps = wanted.first_steps or preset.steps
    brief = wanted.model_copy(
        update={
            "first_steps": min(first_steps, STEPS),
            "steps_per_frame": Schedule.constant(min(STEPS, max(wanted.steps_per_frame.values))),
            "song": None,
        }
    )
    laps: list[tuple[int, int, float]] = []
    base: list[int] = []

    def on_step(event: FrameEvent) -> None:
        laps.append((event.frame, event.step, meter.lap()))
        if not base:
            base.append(machine.resident())

    meter.lap()
    made = film(
        preset.model_copy(update={"film": brief}),
        out=folder / "film",
        until=min(FRAMES, wanted.count),
        on_step=on_step,
        note=lambda line: None,
    )
    if made.failure:
        raise RunError(made.failure)
    peak, step = meter.peak(), _mean([lap for frame, step, lap in laps if frame == 0 and step])
    encode, fixed, size = _encoded(made.preset, folder / "film", made.frames, meter)
    later = _mean([lap for frame, step, lap in laps if frame and step]) or step
    # The second frame builds what is kept for those after it.
    begun = [(frame, lap) for frame, at, lap in laps if frame and not at]
    begun = begun[1:] or begun
    build = max(0.0, laps[0][2] - step)
    return Calibration(
        start=0,
        build=build,
        again=build,
        steps=first_steps,
        first=laps[0][2] - build,
        places=((1.0, step),) if step else (),
        finish=0,
        write=fixed,
        memory=Memory(base=base[0], peak=max(peak, meter.peak())),
        device=meter.device_memory(meter.device_base()),
        disk=size,
        frames=Frames(between=max(0.0, _mean([lap for _, lap in begun]) - later), step=later, encode=encode),
        work=cost.work(preset),
    )


def _encoded(preset: Preset, folder: Path, frames: Sequence[Path], meter: Meter) -> tuple[float, float, int]:
    """Seconds of the film's file for each frame, and besides; bytes of each frame with its part of the file."""
    meter.lap()
    show(folder, preset, frames, lambda line: None)
    once = meter.lap()
    film = show(folder, preset, [*frames] * REPEATED, lambda line: None)
    often = meter.lap()
    each = max(0.0, often - once) / (len(frames) * (REPEATED - 1))
    kept = sum(file.stat().st_size for frame in frames for file in frame.parent.glob(f"{frame.stem}*"))
    size = kept / len(frames) + film.stat().st_size / (len(frames) * REPEATED)
    return each, max(0.0, once - len(frames) * each), round(size)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
