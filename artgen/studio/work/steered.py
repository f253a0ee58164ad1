"""A stand-in for `artgen.steering`, which takes its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from artgen import api
from artgen.engine.checkpoints import Checkpoints
from artgen.engine.interval import CheckpointInterval
from artgen.engine.run import steps
from artgen.engine.stopped_run import preset_of, unfinished
from artgen.errors import InputError
from artgen.preset.model import Preset
from artgen.reporters.folder import RunFolder


class SteeredRun:
    """A run of one folder, a step at a time."""

    def __init__(self, preset: Preset, folder: Path, note: Callable[[str], None], resumed: bool) -> None:
        self.folder, self.wanted = folder, preset
        folder.mkdir(parents=True, exist_ok=True)
        self._writer = RunFolder(folder, preset)
        self._run = steps(preset, reporters=[self._writer], note=note)
        self.preset = self._run.parts.preset
        self._checkpoints = Checkpoints(folder, CheckpointInterval(), note)
        if resumed:
            self._checkpoints.restore(unfinished(folder) or {}, self._run, self._writer)
        else:
            self._checkpoints.begin(self._run)
        self._events = iter(self._run)
        self.touches: list[dict[str, Any]] = []

    @classmethod
    def begin(cls, preset: Preset, folder: Path, note: Callable[[str], None]) -> SteeredRun:
        return cls(preset, folder, note, False)

    @classmethod
    def resume(cls, folder: Path, note: Callable[[str], None]) -> SteeredRun:
        return cls(preset_of(unfinished(folder) or {}), folder, note, True)

    @property
    def parts(self) -> Any:
        return self._run.parts

    @property
    def steps(self) -> int:
        return self._run.parts.generator.steps

    @property
    def steps_done(self) -> int:
        return self._run.steps_done

    @property
    def checkpoints(self) -> list[int]:
        return [int(path.stem.rpartition("-")[2]) for path in self.folder.glob("checkpoint-*.pt")]

    def advance(self) -> api.StepEvent | None:
        event = next(self._events, None)
        if event is not None:
            self._checkpoints.after_step(self._run, self._writer)
        return event

    def steer(self, wanted: Preset) -> list[str]:
        one, other = self.wanted.resolved(), wanted.resolved()
        changed = [key for key in one if one[key] != other.get(key)]
        if "size" in changed:
            raise InputError("size: cannot change while a picture is drawn; begin a run anew")
        self.wanted = wanted
        self.touches.append({"step": self.steps_done, "what": changed})
        return changed

    def paint(self, png: bytes) -> None:
        self.touches.append({"step": self.steps_done, "what": ["paint"]})

    def save(self) -> None:
        self._checkpoints.save(self._run, self._writer)

    def branch(self, folder: Path, step: int) -> SteeredRun:
        made = SteeredRun(self.wanted, folder, self._run.note, False)
        while made.steps_done < step:
            made.advance()
        return made

    def finish(self) -> api.Result:
        result = self._run.result
        self._writer.write(result)
        self._checkpoints.clear()
        return result

    def leave(self) -> None:
        self.save()
