"""Begin a run from where another one was: what both draw alike is drawn once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgen import api
from artgen.engine import checkpoint_file, stopped_run
from artgen.engine.checkpoints import Checkpoints, same_files, take
from artgen.engine.determinism import threads, threads_here
from artgen.engine.interval import CheckpointInterval
from artgen.engine.loop import Run
from artgen.engine.ownership import owned
from artgen.engine.provenance import describe
from artgen.engine.run import run_in_folder, steps, watching_here
from artgen.engine.signals import held_back
from artgen.errors import InputError, RunError
from artgen.fields.paths import RUN_FILE, expanded
from artgen.preset.diverging import StepSettings
from artgen.preset.loading import Given, load
from artgen.recipe.model import differences
from artgen.registry import lookup
from artgen.registry.fence import listening
from artgen.reporters.folder import RunFolder
from artgen.reporters.places import claim_folder, make_folder

_SAME = ("device", "threads", "flags")
"""What of ``run.json`` decides the bits of every step, besides the preset and the files."""
_NAMED = ("plugins", "libraries", "weights", "inputs")
"""What there is of by names, of which each run has those of its own parts."""


class CannotBranch(InputError):
    """A run cannot begin from the checkpoint that was named; from its first step it may."""


def branch(
    source: str | Path,
    preset: Given,
    *,
    out: str | Path,
    overwrite: bool = False,
    checkpoint: str = "30s",
    export: Sequence[str] = (),
    reporters: Sequence[api.Reporter] = (),
    on_step: Callable[[api.StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
    show: bool = True,
) -> api.Result:
    """Make the picture of `preset`, beginning where another run was: the same bytes as drawn from the first step.

    From then on it is a run like any other, with a folder of its own, in which it can be stopped and resumed, and with
    as many threads as the other. The two
    presets may differ in what comes after the steps, such as `finish`, and in numbers over the run, from the step of
    the checkpoint on: ``{0: 1, 49: 1, 50: 3}`` is a weight of 1 that becomes 3 after fifty steps. See
    `artgen.preset.diverging`. Reporters see the steps that are left.

    Args:
        source: the checkpoint of the other run, in its folder; or that folder, which then means the newest checkpoint
            that fits.
        preset: what to draw; whatever `load` takes. Without a seed it has that of the other run.
        out: the folder, as `run` has it, and so the others.
        overwrite: let `out` hold a picture or a run.
        checkpoint: how often one is written.
        export: other forms of the pictures.
        reporters: more things that watch the rest of the run.
        on_step: called after each step.
        note: told one line now and then.
        show: in a notebook, show the progress.

    Raises:
        CannotBranch: if there is no such checkpoint, or the presets differ before its step; if the other run had other
            files, or another device or number of threads.
        InputError: as `run`.
        RunError: if the run fails before there is any picture.
    """
    interval, origin = CheckpointInterval.parse(checkpoint), Origin.of(source)
    wanted = load(preset)
    wanted = wanted if wanted.seed is not None else load(wanted, seed=origin.seed)
    exporters = lookup.exporters(export, wanted.generator)
    # Sums are split among threads, so that their number has to be the same from the first step to the last.
    with owned(make_folder(expanded(out))), threads(threads_here(origin.record["threads"], note)):
        checkpoints = Checkpoints(claim_folder(expanded(out), overwrite), interval, note, export)

        def forward(run: Run, writer: RunFolder) -> None:
            origin.bring(run, writer, note)
            # At once, so that nobody needs the other run any more.
            checkpoints.at_stop(run, writer)

        watching = [*reporters, *watching_here(show)]
        return run_in_folder(wanted, checkpoints, watching, on_step, exporters, forward=forward)


def draw_first(
    preset: Given,
    count: int,
    *,
    out: str | Path,
    source: str | Path | None = None,
    checkpoint: str = "30s",
    note: Callable[[str], None] = print,
) -> None:
    """Draw the first `count` steps in a folder, or go on with them there, and leave a checkpoint for `branch`.

    Nothing is finished, and no picture is written. A run that takes fewer steps, or is stopped by `auto_stop`, leaves
    its last one. On Ctrl-C the step is done first, and a checkpoint is written.

    Args:
        preset: what to draw; whatever `load` takes. Nothing of it watches.
        count: how many steps.
        out: the folder, which is this run's own.
        source: where to begin, as `branch` has it; None: with the first step.
        checkpoint: how often one is written on the way.
        note: told one line now and then.

    Raises:
        CannotBranch: as `branch`.
        InputError: if the preset is wrong, or a checkpoint cannot be written.
        RunError: if the run fails.
    """
    interval, place = CheckpointInterval.parse(checkpoint), expanded(out)
    with owned(make_folder(place)):
        stopped = stopped_run.unfinished(place) if (place / RUN_FILE).is_file() else None
        if stopped and (stopped_run.newest_step(place) or 0) >= count:
            return
        wanted = stopped_run.preset_of(stopped) if stopped else load(preset)
        writer = RunFolder(place, wanted)
        run, checkpoints = steps(wanted, reporters=[writer], note=note), Checkpoints(place, interval, note)
        if stopped:
            checkpoints.restore(stopped, run, writer)
        else:
            checkpoints.begin(run)
            if source is not None:
                Origin.of(source).bring(run, writer, note)
        _go(run, min(count, run.parts.generator.steps), checkpoints, writer)
        if run.failure:
            raise RunError(run.failure)
        with listening():
            checkpoints.write(run, writer)


def _go(run: Run, count: int, checkpoints: Checkpoints, writer: RunFolder) -> None:
    """Take the steps that are missing of so many; KeyboardInterrupt, after a checkpoint, if that is asked for."""
    if run.steps_done >= count:
        return
    with held_back() as stop:
        for _ in run:
            checkpoints.after_step(run, writer)
            if stop.number is not None:
                checkpoints.at_stop(run, writer)
                break
            if run.steps_done >= count:
                return
    stop.pass_on()
    if stop.number is not None:
        raise KeyboardInterrupt


@dataclass(frozen=True)
class Origin:
    """The checkpoints of a run that is not finished, from which others may begin."""

    place: Path
    """As it was named."""
    record: Mapping[str, Any]
    """What the run's folder says of it."""
    files: tuple[Path, ...]
    """Its checkpoints, the newest first."""

    @classmethod
    def of(cls, source: str | Path) -> Origin:
        """The one of a checkpoint or of a run's folder; CannotBranch if it is neither."""
        place = expanded(source)
        folder = place if place.is_dir() else place.parent
        try:
            record = stopped_run.unfinished(folder)
        except InputError as error:
            raise CannotBranch(str(error)) from None
        files = (place,) if place != folder else tuple(reversed(stopped_run.kept(folder)))
        if record is None or not files:
            raise CannotBranch(f"{place}: there is no checkpoint to begin from; a run that is finished keeps none")
        return cls(place, record, files)

    @property
    def seed(self) -> Any:
        """That of its pictures."""
        return self.record["preset"].get("seed")

    def bring(self, run: Run, writer: RunFolder, note: Callable[[str], None]) -> None:
        """Bring a run that has not begun to where this one was.

        Raises:
            CannotBranch: if no checkpoint is whole, of this run, and of a step until which the other run is the same.
        """
        self._refuse_others(run, note)
        most, reason = self._common_steps(run)
        owner = checkpoint_file.identity(self.record)
        refused = None
        for path in self.files:
            try:
                state = checkpoint_file.read(path, owner, run.parts.device)
                done = _steps_in(state)
                if done > most:
                    raise InputError(f"is of {done} steps, and {reason}")
                take(state, run, writer)
            except InputError as error:
                refused = refused or CannotBranch(f"{path}: {error}")
            else:
                return
        assert refused is not None
        raise refused

    def _common_steps(self, run: Run) -> tuple[int, str]:
        """How many of the first steps are the same, and why no more."""
        preset, count = run.parts.preset, run.parts.generator.steps
        own = StepSettings.of(preset)
        most, place = own.divergence(own.like(self.record["preset"]))
        if not place:
            return count, ""
        # A share of the run is of the steps that are taken, and the values may part elsewhere.
        most = most if count == preset.steps else 0
        return most, f"{place} is another from the beginning" if most == 0 else f"{place} is another after {most}"

    def _refuse_others(self, run: Run, note: Callable[[str], None]) -> None:
        """CannotBranch if something besides the preset decided its bits otherwise; what may have is noted."""
        here = describe(run.parts)
        try:
            same_files(self.record, run)
        except InputError as error:
            raise CannotBranch(str(error)) from None
        for key in _SAME:
            if self.record.get(key) != here[key]:
                raise CannotBranch(
                    f"{self.place}: was drawn with {key} {self.record.get(key)}, and here it is {here[key]}"
                )
        named = {key: _those(self.record.get(key, {}), here[key]) for key in _NAMED}
        for difference in differences({**self.record, **named}, here):
            note(f"{difference}; the picture may not be the one that is drawn from the first step")


def _those(there: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in there.items() if name in here}


def _steps_in(state: Mapping[str, Any]) -> int:
    try:
        return int(state["course"]["steps_done"])
    except (LookupError, TypeError, ValueError):
        raise InputError("holds no checkpoint of a run") from None
