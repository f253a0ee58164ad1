"""A preset in, a picture out: at once, step by step, or in a folder where the run can be stopped and resumed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from artgen import api
from artgen.engine.assembly import build_parts
from artgen.engine.checkpoints import Checkpoints
from artgen.engine.determinism import threads, threads_here
from artgen.engine.exporting import Exporters, with_exports
from artgen.engine.interval import CheckpointInterval
from artgen.engine.loop import Run
from artgen.engine.ownership import owned
from artgen.engine.signals import held_back
from artgen.engine.stopped_run import continuation, preset_of, unfinished
from artgen.engine.views.file import ViewsFile
from artgen.errors import ArtgenError, InputError, one_line
from artgen.fields.paths import PICTURE, VIEWS, expanded
from artgen.preset.loading import Given, load
from artgen.preset.model import Preset
from artgen.registry import lookup
from artgen.registry.fence import trace_of
from artgen.reporters.folder import RunFolder
from artgen.reporters.notebook import Notebook, in_notebook
from artgen.reporters.places import claim_folder, make_folder, new_folder


def run(
    preset: Given,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    checkpoint: str = "30s",
    export: Sequence[str] = (),
    reporters: Sequence[api.Reporter] = (),
    on_step: Callable[[api.StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
    show: bool = True,
) -> api.Result:
    """Make the picture of `preset`: a `Preset`, the path or name of one, a picture that artgen made, or plain data.

    Ctrl-C stops the run and returns what there is (``interrupted``); before there is any picture, KeyboardInterrupt
    comes through. In a folder, the step is done first and a checkpoint is written, and a second Ctrl-C stops at once;
    SIGTERM and SIGHUP are held back as well, and act when the files are written. A handler that the program has set
    itself is left alone, and none is set outside the main thread. A run that cannot go on, say because a loss is NaN,
    returns the last good drawing and the reason (``failure``).

    Args:
        preset: what to draw; whatever `load` takes.
        out: the folder of the run, as ``artgen run --out`` has it: picture, recipe, progress strip, losses, resolved
            preset, and while it goes on the checkpoints from which `resume` continues. None: nothing is written.
        overwrite: let `out` hold a picture, or a run that is not finished and at which nobody is at work; they are
            replaced.
        checkpoint: how often one is written to `out`: ``50`` steps, ``30s`` seconds, or ``off``.
        export: other forms of the pictures that plugins write, such as ``svg``, or ``dist:svg``; they are the result's
            `files`, and stand beside the pictures in `out`. A run that is not finished has none.
        reporters: more things that watch the run, besides those of the preset.
        on_step: called after each step. What it raises ends the run and reaches the caller; a run in a folder can
            then be resumed.
        note: told one line now and then, such as that memory ran out and smaller chunks are used.
        show: in a notebook, show the progress and the growing picture in place. Anywhere else nothing is shown.

    Raises:
        InputError: if the preset is wrong or cannot be built; if no plugin has such an export; if the folder is taken,
            another process is at work there, or it cannot be written to. One that is no longer the run's at the end is
            named, with the place where the picture was saved instead.
        RunError: if the run fails before there is any picture.
    """
    interval, wanted = CheckpointInterval.parse(checkpoint), load(preset)
    watching = [*reporters, *watching_here(show)]
    exporters = lookup.exporters(export, wanted.generator)
    if out is None:
        return _finish(steps(wanted, reporters=watching, note=note), on_step, exporters)
    with owned(make_folder(expanded(out))):
        folder = claim_folder(expanded(out), overwrite)
        checkpoints = Checkpoints(folder, interval, note, export)
        return run_in_folder(wanted, checkpoints, watching, on_step, exporters)


def steps(preset: Given, *, reporters: Sequence[api.Reporter] = (), note: Callable[[str], None] = print) -> Run:
    """Build `preset`, ready to be run step by step; the arguments are those of `run`, and so are the pictures::

        run = artgen.steps("quickstart")
        for event in run:
            if event.total < -0.5:
                break
        run.result.save("heart.png")

    Raises:
        InputError: if the preset is wrong or cannot be built.
    """
    return _steps(load(preset), reporters, note)


def _steps(
    preset: Preset, reporters: Sequence[api.Reporter], note: Callable[[str], None], home: Path | None = None
) -> Run:
    return Run(build_parts(preset, note, home), [("reporter", r) for r in reporters], note)


def resume(
    folder: str | Path,
    *,
    checkpoint: str = "30s",
    reporters: Sequence[api.Reporter] = (),
    on_step: Callable[[api.StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
    show: bool = True,
) -> api.Result:
    """Go on with a run that was stopped in its folder, by Ctrl-C, a crash or a power cut.

    It goes on from the newest checkpoint that is whole and of this run, with as many threads as before, and ends in the
    same bytes as a run that was not stopped. What has changed since it began and may reach the picture is noted, and
    so is every checkpoint that is refused.

    Args:
        folder: the folder of the run.
        checkpoint: as `run` has it, and so the others.
        reporters: more things that watch the rest of the run, besides those of its preset.
        on_step: called after each step.
        note: told one line now and then.
        show: in a notebook, show the progress.

    Raises:
        InputError: if there is no run in the folder, or it is finished, or another process is at work on it; or if a
            file that it reads is another by now.
        RunError: if the run fails before there is any picture.
    """
    interval, place = CheckpointInterval.parse(checkpoint), expanded(folder)
    _unfinished(place)
    with owned(place):
        stopped = _unfinished(place)  # whoever was at work here may have just ended
        # Sums are split among threads, so their number reaches the last bits.
        with threads(threads_here(stopped["threads"], note)):
            preset, checkpoints = preset_of(stopped), Checkpoints(place, interval, note, stopped["export"])
            exporters = lookup.exporters(stopped["export"], preset.generator)
            watching = [*reporters, *watching_here(show)]
            return run_in_folder(preset, checkpoints, watching, on_step, exporters, stopped)


def _unfinished(folder: Path) -> dict[str, Any]:
    stopped = unfinished(folder)
    if stopped is None:
        raise InputError(f"{folder}: is finished; its picture is {folder / PICTURE}")
    return stopped


def watching_here(show: bool) -> list[api.Reporter]:
    """What shows the progress, where that is wanted and this is a notebook."""
    return [Notebook()] if show and in_notebook() else []


def _finish(run: Run, on_step: Callable[[api.StepEvent], None] | None, exporters: Exporters) -> api.Result:
    try:
        for event in run:
            if on_step:
                on_step(event)
    except KeyboardInterrupt:
        if run.good is None:
            raise
    return with_exports(run, exporters, run.note)


def run_in_folder(
    preset: Preset,
    checkpoints: Checkpoints,
    reporters: Sequence[api.Reporter],
    on_step: Callable[[api.StepEvent], None] | None,
    exporters: Exporters,
    stopped: dict[str, Any] | None = None,
    forward: Callable[[Run, RunFolder], None] = lambda run, writer: None,
) -> api.Result:
    """All the steps, with checkpoints, and the files at the end.

    `stopped` is what the folder says of a resumed run; `forward` may bring a new one to where another run was.
    """
    writer = RunFolder(checkpoints.folder, preset)
    checkpoints.note = writer.progress.noting(checkpoints.note)
    try:
        run = _steps(preset, [writer, *reporters], checkpoints.note, checkpoints.folder)
        run.reporters.append((VIEWS, ViewsFile(run.parts, checkpoints.folder)))
        if stopped is None:
            checkpoints.begin(run)
            forward(run, writer)
        else:
            checkpoints.restore(stopped, run, writer)
        with held_back() as stop:

            def after_step(event: api.StepEvent) -> None:
                # The checkpoint first: whatever `on_step` raises, the step is not lost.
                checkpoints.after_step(run, writer)
                try:
                    if on_step:
                        on_step(event)
                    if stop.number is not None:
                        raise KeyboardInterrupt
                except BaseException:
                    checkpoints.at_stop(run, writer)
                    raise

            result = _finish(run, after_step, exporters)
    except (ArtgenError, KeyboardInterrupt) as error:
        if isinstance(error, ArtgenError) and (place := checkpoints.keep_traceback(trace_of(error))):
            error.add_note(f"the traceback is in {place}")
        # One that ended before its first checkpoint has nothing to go on from; one that was resumed keeps what it had.
        if stopped is None and not checkpoints.any_saved:
            checkpoints.clear()
            writer.progress.clear()
        else:
            is_failure = isinstance(error, ArtgenError)
            writer.progress.end(stopped=not is_failure, failure=one_line(error) if is_failure else None)
        raise
    write_result(result, checkpoints, writer)
    if place := checkpoints.keep_traceback(run.trace):
        result = replace(result, failure=f"{result.failure}; the traceback is in {place}")
    stop.pass_on()
    return result


def write_result(result: api.Result, checkpoints: Checkpoints, writer: RunFolder) -> None:
    """Write a run's files into its folder, or elsewhere if that is another's by now, which InputError then tells."""
    try:
        checkpoints.keep_home()
    except InputError as error:
        _write_elsewhere(result, writer, error)
    try:
        writer.write(result)
    except InputError as error:
        raise InputError(f"{error}; {continuation(checkpoints.folder)}") from None
    if not result.interrupted:
        checkpoints.clear()


def _write_elsewhere(result: api.Result, writer: RunFolder, reason: InputError) -> NoReturn:
    """Somebody has put something else in the folder's place, which is theirs."""
    try:
        writer.folder = new_folder(writer.folder.name, writer.folder.parent)
    except InputError:
        writer.folder = Path(tempfile.mkdtemp(prefix="artgen-"))
    raise InputError(f"{reason}; the picture is saved as {writer.write(result)}")
