"""How long a picture or a film takes and what it needs, from what a trial has measured: arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from artgen.planning import cost
from artgen.planning.calibration import Calibration, Memory
from artgen.preset.model import Preset

PROCESS_BYTES = 1 << 30
"""What a process needs besides the pictures, roughly: torch, the other libraries, and the models."""
SECONDS_OF_WORK = 0.9e-6
"""Of a unit of `cost.work`, where nothing has been measured yet: one of two cores of a server of 2020."""
START, BUILD, WRITE = 4.0, 5.0, 2.0
"""Seconds, where nothing has been measured."""
DISK_BYTES = 4
"""Of a run folder for each pixel that is drawn and each that is finished, where nothing has been measured."""


@dataclass(frozen=True)
class Estimate:
    """What drawing a preset takes: `artgen.plan` makes it."""

    start: float
    """Seconds until the program is up, and for its end."""
    build: float
    """Seconds for loading models and building all components."""
    steps: int
    """How many steps there are; of a film, those of all frames."""
    stepping: float
    """Seconds of all steps; of a film, all seconds of its frames."""
    finish: float
    """Seconds for the finishing stages and for writing the files."""
    memory: int
    """Bytes of main memory at once, at most."""
    device_memory: int
    """Bytes of the GPU's memory at once, at most; 0 where none draws."""
    free: int | None
    """Bytes of main memory that are free now; None if the system does not tell."""
    disk: int
    """Bytes that the folder takes, about."""
    at_most: bool = False
    """Whether it may end earlier, by `auto_stop`."""
    rough: bool = False
    """Whether it was reckoned from the preset alone, and nothing was tried out."""
    at_once: int = 1
    """How many such pictures this machine draws at once."""
    downloads: tuple[str, ...] = ()
    """What has to be downloaded first, which is not in the seconds."""
    advice: tuple[str, ...] = field(default=(), kw_only=True)
    """What to do about what does not fit, a line each."""

    @property
    def seconds(self) -> float:
        """How long ``artgen run`` takes in all."""
        return self.start + self.build + self.stepping + self.finish

    @property
    def fits(self) -> bool:
        """Whether it fits into the main memory that is free now."""
        return self.free is None or self.memory <= self.free


def measured(preset: Preset, trial: Calibration) -> Estimate:
    """By what a trial has measured."""
    stepping, steps, disk, finish = trial.stepping, trial.steps, trial.disk, trial.finish + trial.write
    if preset.film is not None and trial.frames is not None:
        count, later = preset.film.count, film_steps(preset)
        stepping += (count - 1) * trial.frames.between + later * trial.frames.step
        finish += count * trial.frames.encode
        steps += later
        disk *= count
    return Estimate(
        start=trial.start,
        build=trial.build,
        steps=steps,
        stepping=stepping,
        finish=finish,
        memory=trial.memory.peak,
        device_memory=trial.device.peak if trial.device else 0,
        free=None,
        disk=disk,
        at_most=preset.auto_stop is not None,
    )


def rough(preset: Preset, speed: float | None) -> Estimate:
    """By the preset alone; `speed` is how many seconds a unit of `cost.work` takes, if anything was measured."""
    rate, frames, steps = speed or SECONDS_OF_WORK, 1, preset.steps
    if preset.film is not None:
        frames, steps = preset.film.count, (preset.film.first_steps or preset.steps) + film_steps(preset)
    step = rate * cost.work(preset.model_copy(update={"steps": 1, "finish": ()}))
    finish = rate * (cost.work(preset) - cost.work(preset.model_copy(update={"finish": ()})))
    width, height = preset.size
    pixels = preset.batch * (width * height + (cost.finished_pixels(preset) if preset.finish else 0))
    return Estimate(
        start=START,
        build=BUILD,
        steps=steps,
        stepping=steps * step,
        finish=frames * finish + WRITE,
        memory=PROCESS_BYTES + cost.memory(preset),
        device_memory=0,
        free=None,
        disk=frames * pixels * DISK_BYTES,
        at_most=preset.auto_stop is not None,
        rough=True,
    )


def rough_memory(preset: Preset) -> Memory:
    """What a process takes, by the preset alone."""
    return Memory(base=PROCESS_BYTES, peak=PROCESS_BYTES + cost.memory(preset))


def film_steps(preset: Preset) -> int:
    """How many steps the frames of a film take after the first one."""
    film = preset.film
    if film is None:
        return 0
    frames = range(1, film.count)
    return sum(max(1, round(film.steps_per_frame.at_frame(frame, film.timeline))) for frame in frames)


def of_cell(largest: Preset, trial: Calibration, cell: Preset) -> float:
    """Seconds of a cell of a sweep whose models are there, where another preset was tried out; by their work."""
    drawn = _work(cell) / max(1, _work(largest))
    if cell.film is not None or trial.frames is not None:
        return trial.again + measured(largest, trial).stepping * drawn
    finished = cell.batch * cost.finished_pixels(cell) / (largest.batch * cost.finished_pixels(largest))
    # The first step of a process alone is slow.
    stepping = trial.stepping if cell.steps == largest.steps else trial.step * largest.steps
    return trial.again + stepping * drawn + (trial.finish + trial.write) * finished


def _work(preset: Preset) -> int:
    """Of all steps alone."""
    drawn = preset.model_copy(update={"finish": ()})
    if preset.film is None:
        return cost.work(drawn)
    steps = (preset.film.first_steps or preset.steps) + film_steps(preset)
    return cost.work(drawn.model_copy(update={"steps": steps}))
