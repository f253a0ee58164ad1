"""A run that is steered: between two steps its settings can change, and it goes on from where it is."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from artgen import api
from artgen.engine import stopped_run
from artgen.engine.assembly import build_parts
from artgen.engine.checkpoints import Checkpoints, take
from artgen.engine.determinism import threads, threads_here
from artgen.engine.exporting import with_exports
from artgen.engine.interval import CheckpointInterval
from artgen.engine.loop import Run
from artgen.engine.ownership import owned
from artgen.engine.parts import Parts
from artgen.engine.run import write_result
from artgen.engine.views.file import ViewsFile
from artgen.errors import InputError
from artgen.fields.paths import VIEWS
from artgen.files import atomic_path
from artgen.picture import decoding
from artgen.preset.model import Preset
from artgen.preset.settings.touches import Painting
from artgen.prompts.choices import resolve_batch
from artgen.recipe.inputs import FOLDER as INPUTS
from artgen.registry import lookup
from artgen.registry.fence import ComponentError, listening
from artgen.reporters.folder import RunFolder
from artgen.reporters.places import claim_folder, make_folder
from artgen.steering import history
from artgen.steering.beginning import first_drawing, refuse_another
from artgen.steering.history import Touch
from artgen.steering.joining import changes, joined, of_steps
from artgen.steering.rewinding import at_last_drawing

SHARE = 0.05
"""Of the run, between two moments that are kept by themselves."""


class SteeredRun:
    """A run in its folder, which nobody else works in until it is left or finished.

    Made by `begin`, `resume` and `branch`. The folder is that of any other run: ``artgen run --resume`` goes on with
    it, and its picture is replayed without a word of what was steered. InputError says what cannot be, and changes
    nothing; a component that fails raises RunError, after which the run can still be finished or left.
    """

    def __init__(self, kept: contextlib.ExitStack, run: Run, writer: RunFolder, checkpoints: Checkpoints) -> None:
        self._kept, self._run, self._writer, self._checkpoints = kept, run, writer, checkpoints
        self._threads = torch.get_num_threads()
        self.beginning = first_drawing(run.parts)
        """(B, 3, H, W) in [0, 1]: the drawing before the first step."""
        self._steps: Iterator[api.StepEvent] | None = None
        self.touches: list[Touch] = [Touch(0, run.parts.preset)]

    @classmethod
    def begin(cls, preset: Preset, folder: Path, note: Callable[[str], None], export: Sequence[str] = ()) -> Self:
        """Build a preset, to be drawn in a folder that holds no run."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(owned(make_folder(folder)))
            checkpoints = Checkpoints(claim_folder(folder, False), CheckpointInterval(), note, export)
            made = cls(stack, *_built(preset, folder, note), checkpoints)
            checkpoints.begin(made._run)
            history.write(folder, made.touches)
            made._kept = stack.pop_all()
        return made

    @classmethod
    def resume(cls, folder: Path, note: Callable[[str], None]) -> Self:
        """Go on with a run that was left, or killed, with as many threads as before."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(owned(folder))
            stopped = stopped_run.unfinished(folder)
            if stopped is None:
                raise InputError(f"{folder}: is finished; branch from one of its steps")
            checkpoints = Checkpoints(folder, CheckpointInterval(), note, stopped["export"])
            with threads(threads_here(stopped["threads"], note)):
                made = cls(stack, *_built(stopped_run.preset_of(stopped), folder, note), checkpoints)
                checkpoints.restore(stopped, made._run, made._writer)
            made.touches = history.fitting(history.read(folder), made.preset, made.steps)
            made._kept = stack.pop_all()
        return made

    @classmethod
    def branch(cls, source: Path, step: int, folder: Path, note: Callable[[str], None]) -> Self:
        """Another run that begins as the one in `source` was before `step`, without what was changed there or later.

        What lies between the last moment that was kept and the step is drawn again.
        """
        moment = max((one for one in history.moments(source) if one <= step), default=None)
        touches = [touch for touch in history.read(source) if touch.step < step or touch.step == 0]
        if not touches:
            raise InputError(f"{source}: keeps nothing to branch from")
        touches = _with_own_paint(touches, folder)
        if moment is None:
            return cls.begin(touches[0].preset, folder, note)
        record, state = history.kept(source, moment)
        with threads(threads_here(record["threads"], note)):
            made = cls.begin(history.drawn_by(touches, touches[0].preset.steps), folder, note, record["export"])
            try:
                take(state, made._run, made._writer)
                made.touches = touches
                history.write(folder, touches)
                made.save()
                while made.steps_done < step and made.advance():
                    pass
            except BaseException:
                made.leave()
                raise
        return made

    @property
    def folder(self) -> Path:
        return self._checkpoints.folder

    @property
    def parts(self) -> Parts:
        """What it is built of now; to be looked at."""
        return self._run.parts

    @property
    def steps(self) -> int:
        """How many the run takes."""
        return self._run.parts.generator.steps

    @property
    def steps_done(self) -> int:
        return self._run.steps_done

    @property
    def newest(self) -> Tensor:
        """(B, 3, H, W): the drawing that was judged last; before the first step, what it begins with."""
        return self.beginning if self._run.good is None else self._run.good

    @property
    def preset(self) -> Preset:
        """As it is drawn: its numbers over the run hold every touch. The recipe has it."""
        return self._run.parts.preset

    @property
    def wanted(self) -> Preset:
        """As it was said last."""
        return self.touches[-1].preset

    @property
    def losses(self) -> dict[str, list[tuple[int, float]]]:
        """(step, value) pairs of each loss, and of their weighted sum under ``total``."""
        return self._run.history

    @property
    def exports(self) -> tuple[str, ...]:
        """The forms that were asked for, beside those that its generator always has."""
        return tuple(self._checkpoints.export)

    @property
    def failure(self) -> str | None:
        """Why it cannot go on, if it cannot."""
        return self._run.failure

    def advance(self) -> api.StepEvent | None:
        """One step; None if there is none left, or a component failed.

        Raises:
            RunError: if it fails before there is any drawing.
        """
        if self._steps is None:
            self._steps = iter(self._run)
        with threads(self._threads):
            event = next(self._steps, None)
            if event is not None:
                self._checkpoints.after_step(self._run, self._writer)
                if self.steps_done % max(1, round(self.steps * SHARE)) == 0:
                    self.save()
        return event

    def steer(self, wanted: Preset) -> list[str]:
        """Draw by another preset from the next step on; the paths of what changes.

        Raises:
            InputError: if it says something that cannot change while a picture is drawn, or not after its last step, or
                cannot be built.
        """
        before = self.wanted
        wanted = wanted if wanted.seed is not None else wanted.model_copy(update={"seed": before.seed})
        seeds = [(self.preset.seed or 0) + picture for picture in range(self.preset.batch)]
        wanted = resolve_batch(wanted, seeds, self._run.note)
        if not (found := changes(before, wanted)):
            return []
        if self.steps_done >= self.steps and (late := of_steps(found)):
            raise InputError(f"{late[0]}: all {self.steps} steps are done; branch from an earlier one to change it")
        new = joined(self.preset, wanted, self.steps_done, self.steps)
        if new.paint and not new.generator.can_paint:
            raise InputError(f"paint: the generator '{new.generator.type}' cannot take a picture over")
        with threads(self._threads):
            run, writer = _built(new, self.folder, self._run.note)
            refuse_another(run.parts, self.parts, self.beginning, judged=self.steps_done > 0)
            self.save()
            take({"course": self._run.state_dict(), **self._writer.state_dict()}, run, writer)
            earlier = [touch for touch in self.touches if touch.step < self.steps_done]
            touches = [*earlier, Touch(self.steps_done, wanted)]
            history.write(self.folder, touches)
            self._checkpoints.change(run, writer)
        self._run, self._writer, self.touches, self._steps = run, writer, touches, None
        return found

    def paint(self, png: bytes) -> list[str]:
        """Lay a picture over the drawing before the next step; where it is transparent, the drawing stays.

        Args:
            png: the file of a PNG, best of the canvas' size.
        """
        name = f"{hashlib.sha256(png).hexdigest()[:16]}.png"
        decoding.decode(png, Path(name))
        place = make_folder(self.folder / INPUTS) / name
        with atomic_path(place) as temporary:
            temporary.write_bytes(png)
        painting = Painting(step=self.steps_done, image=place)
        return self.steer(self.wanted.model_copy(update={"paint": (*self.wanted.paint, painting)}))

    def save(self) -> None:
        """Write a checkpoint, and keep it as a moment to which one can go back; a full disk costs a note."""
        try:
            with listening():
                self._checkpoints.write(self._run, self._writer)
            history.keep(self.folder, self.steps_done)
        except (InputError, ComponentError, OSError) as error:
            self._run.note(f"no checkpoint: {error}")

    def export(self, forms: Sequence[str]) -> None:
        """Write these forms, such as ``svg``, too, when it is finished, in place of those that were asked for before.

        Raises:
            InputError: if one of them cannot be written.
        """
        lookup.exporters(forms, self.preset.generator)
        before, self._checkpoints.export = self.exports, tuple(forms)
        try:
            self._checkpoints.change(self._run, self._writer)
        except (InputError, ComponentError):
            self._checkpoints.export = before
            raise

    def finish(self) -> api.Result:
        """The picture as it is now, with its finishing stages and all files; the run is then over.

        Raises:
            RunError: if there is no drawing yet.
        """
        with threads(self._threads):
            exporters = lookup.exporters(self._checkpoints.export, self.preset.generator)
            is_early = self._run.interrupted and self._run.good is not None
            if late := history.too_late(self.touches, self.steps_done):
                self._run.note(
                    f"{late}: the change at step {self.steps_done} is not in the picture; no step followed it"
                )
            drawn_by = at_last_drawing(self._run, self.folder) if exporters and is_early else None
            result = with_exports(self._run, exporters, self._run.note, drawn_by)
            write_result(result, self._checkpoints, self._writer)
        self._checkpoints.clear()
        self._kept.close()
        return result

    def leave(self) -> None:
        """Write a checkpoint, and let go of the folder, so that somebody can go on."""
        with threads(self._threads):
            self._checkpoints.at_stop(self._run, self._writer)
        self._kept.close()


def _built(preset: Preset, folder: Path, note: Callable[[str], None]) -> tuple[Run, RunFolder]:
    writer = RunFolder(folder, preset)
    parts = build_parts(preset, note, folder)
    return Run(parts, [("reporter", writer), (VIEWS, ViewsFile(parts, folder))], note), writer


def _with_own_paint(touches: Sequence[Touch], folder: Path) -> list[Touch]:
    """With what was painted in files of this run's own folder, so that the other run's may go."""
    owned_by = {}
    for painting in {one.image: one for touch in touches for one in touch.preset.paint}.values():
        place = make_folder(folder / INPUTS) / painting.image.name
        with atomic_path(place) as temporary:
            shutil.copyfile(painting.image, temporary)
        owned_by[painting.image] = place

    def own(preset: Preset) -> Preset:
        paint = tuple(one.model_copy(update={"image": owned_by[one.image]}) for one in preset.paint)
        return preset.model_copy(update={"paint": paint})

    return [Touch(touch.step, own(touch.preset)) for touch in touches]
