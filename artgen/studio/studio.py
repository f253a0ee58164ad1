"""What there is in a studio, and what can be done to it. Used in one thread, that of the event loop."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from artgen.errors import ArtgenError, InputError, refused
from artgen.reporters.places import new_folder
from artgen.studio import runs, uploads
from artgen.studio.checking import Checked, Written, check, told
from artgen.studio.events import Hub
from artgen.studio.orders import KILLED, Asked, Orders, Wrong
from artgen.studio.presets import Presets
from artgen.studio.record import Parent
from artgen.studio.runs import StudioRun
from artgen.studio.touches import touches_in, wanted_before
from artgen.studio.work.messages import Beginning, Note, OrderAnswer, Report, Setup, Standing, StepsDone

VIEWS_SECONDS = 60.0
"""So long is a sheet of views waited for."""
REMOVED = "removed"
"""The folder to which runs go that are taken out of the studio."""

T = TypeVar("T")


class OpenStudio:
    """The runs of a folder, and the process that draws them.

    Args:
        folder: where the runs are; it is made if it is not there.
        presets: what one can begin with.
        setup: what the process that draws must know.
        note: told a line of what is no run's.
    """

    def __init__(self, folder: Path, presets: Presets, setup: Setup, note: Callable[[str], None]) -> None:
        self.folder, self.presets, self.note = folder, presets, note
        self._allowed = setup.folders
        self.entries = {entry.id: entry for entry in runs.found(folder)}
        self.hub = Hub(self._everything)
        self.orders = Orders(setup, self._take, self._take_late, self._bury)
        self._disk = ThreadPoolExecutor(1, "artgen studio: writes")
        self._checks = ThreadPoolExecutor(1, "artgen studio: checks")

    def begin_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say whose thread all this is used in."""
        self._loop = loop
        self.orders.begin_in(loop)

    def end(self) -> bool:
        """Leave all runs, each with a checkpoint; whether the process that draws could do so in time."""
        in_time = self.orders.end()
        self._disk.shutdown(wait=True)
        self._checks.shutdown(wait=True, cancel_futures=True)
        return in_time

    async def check(self, yaml: str, preset: str) -> Checked:
        """What there is to say of a YAML whose relative paths start where those of `preset` do."""
        known = self.presets.find(preset)
        home = known.home if known else self.folder
        written = Written(yaml, home, self.folder, (*self.presets.folders, *self._allowed))
        return await self._in(self._checks, check, written)

    async def begin(self, checked: Checked, preset: str, go: bool = True) -> StudioRun:
        """A new run; if it shall `go`, it is drawn as soon as the process that draws comes to it."""
        if checked.preset is None:
            raise Wrong(checked.problems)
        entry = self._new_entry(preset, checked.preset.resolved(), checked.yaml)
        await self._order(entry, "begin", preset=checked.preset.resolved(), go=go)
        return entry

    async def touches(self, entry: StudioRun) -> list[Mapping[str, Any]]:
        """Each touch's step, and the paths of what it changed."""
        if entry.touches is None:
            entry.touches = await self._in(self._checks, touches_in, entry.folder)
        return entry.touches

    async def steer(self, entry: StudioRun, checked: Checked, **waiting: Any) -> dict[str, Any]:
        """Change what a run draws from its next step on; `waiting` are options of `Orders.give`."""
        if checked.preset is None:
            raise Wrong(checked.problems)
        resolved = checked.preset.resolved()

        def accepted() -> None:
            entry.yaml = checked.yaml
            entry.describe(resolved)
            self._want(entry, checked.yaml)

        return self._told(entry, await self._order(entry, "steer", accepted=accepted, preset=resolved, **waiting))

    async def touch(self, entry: StudioRun, kind: str, **given: Any) -> dict[str, Any]:
        """pause, go, step, paint, save, export, finish or leave."""
        return self._told(entry, await self._order(entry, kind, **given))

    async def views(self, entry: StudioRun) -> bytes:
        """A WebP of what the perceptors see, which waits for the present step."""
        answer = await self._order(entry, "views", patience=VIEWS_SECONDS)
        if answer is None:
            raise InputError("the present step takes long; ask again after it")
        content: bytes = answer.value
        return content

    async def branch(self, entry: StudioRun, step: int, **waiting: Any) -> StudioRun:
        """A new run that begins as `entry` was after so many steps, paused."""
        before: tuple[str, Mapping[str, Any]] | None
        before = await self._in(self._checks, wanted_before, entry.folder, step)
        yaml, resolved = before or (entry.yaml, {})
        new = self._new_entry(entry.preset, {}, yaml)
        new.parent, new.prompts, new.title = Parent(id=entry.id, step=step), entry.prompts, entry.title
        new.size, new.batch, new.steps, new.step = entry.size, entry.batch, entry.steps, step
        if resolved:
            new.describe(resolved)
        self._later(new, new.record.take_over, entry.record, step)
        self._tell(new)
        await self._order(entry, "branch", new=new.id, new_folder=new.folder, step=step, **waiting)
        return new

    def say(self, entry: StudioRun, **said: Any) -> None:
        """A title, or whether it is a favourite."""
        for name, value in said.items():
            setattr(entry, name, value)
        self._keep(entry)
        self._tell(entry)

    async def remove(self, entry: StudioRun) -> Path:
        """Take a run out of the studio; where its folder is now: nothing is deleted."""
        if entry.state in runs.BUSY:
            raise InputError("it is being drawn; stop it first")
        await self._order(entry, "leave", patience=None)
        target = self.folder / REMOVED / entry.id
        await self._in(self._disk, _move, entry.folder, target)
        del self.entries[entry.id]
        self.hub.tell("gone", entry.id, {"id": entry.id})
        return target

    def _everything(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for entry in self.entries.values():
            yield "run", entry.id, self.brief(entry)

    def brief(self, entry: StudioRun) -> dict[str, Any]:
        """What is told of a run, with the orders that it has not answered."""
        return {**entry.brief(), "pending": self.orders.pending(entry.id)}

    def _new_entry(self, preset: str, resolved: Mapping[str, Any], yaml: str) -> StudioRun:
        folder = new_folder(runs.name_of(preset), self.folder)
        entry = StudioRun(folder.name, folder, preset=preset, yaml=yaml)
        entry.describe(resolved)
        self.entries[entry.id] = entry
        self._keep(entry)
        self._want(entry, yaml)
        self._tell(entry)
        return entry

    async def _order(self, entry: StudioRun, kind: str, **given: Any) -> OrderAnswer | None:
        answer = await self.orders.give(entry, kind, **given)
        if answer is None:
            self._tell(entry)
        return answer

    def _told(self, entry: StudioRun, answer: OrderAnswer | None) -> dict[str, Any]:
        if answer is None:
            return {"pending": True, "step": entry.step}
        return {"pending": False, "step": entry.step, **(answer.value or {})}

    def _bury(self) -> None:
        """The process that draws has been killed."""
        for entry in self.entries.values():
            if entry.state in (*runs.BUSY, "paused"):
                entry.state, entry.reason = "stopped", KILLED if entry.state in runs.BUSY else None
                self._changed(entry)

    def _take(self, report: Report) -> None:
        """What the process that draws has told."""
        entry = None if isinstance(report, OrderAnswer) else self.entries.get(report.run)
        if entry is None:
            if isinstance(report, Note):
                self.note(report.line)
            return
        if isinstance(report, Note):
            entry.note(report.line)
            self.hub.tell("note", entry.id, {"id": entry.id, "note": report.line})
        elif isinstance(report, Standing):
            self._take_standing(entry, report)
        elif isinstance(report, Beginning):
            self._show(entry, report.step, report.picture, kept=True)
            self._tell(entry)
        elif isinstance(report, StepsDone):
            self._take_progress(entry, report)

    def _take_late(self, asked: Asked, answer: OrderAnswer) -> None:
        """Whoever asked has gone on: what came of it is said to all."""
        if answer.problems:
            data = {"id": asked.run, "order": asked.kind, "problems": told(answer.problems)}
            self.hub.tell("refused", asked.run, data)
        if entry := self.entries.get(asked.run):
            self._tell(entry)

    def _take_standing(self, entry: StudioRun, standing: Standing) -> None:
        entry.state, entry.reason = standing.state, standing.reason
        if standing.steps:
            entry.step, entry.steps = standing.step, standing.steps
            entry.touches, entry.checkpoints = list(standing.touches), list(standing.checkpoints)
            entry.exports = list(standing.exports)
        if standing.curves is not None:
            entry.curves = {}
            entry.add_points(standing.curves, {})
        if standing.state == "building":
            entry.earlier_seconds = entry.seconds
        if standing.state in ("finished", "failed"):
            entry.newest = None if standing.state == "finished" else entry.newest
            entry.picture += 1
        self._changed(entry)
        if standing.state not in ("building", "running"):
            self._later(entry, entry.record.keep_curves, dict(entry.curves))

    def _take_progress(self, entry: StudioRun, progress: StepsDone) -> None:
        entry.step, entry.steps, entry.total = progress.step, progress.steps, progress.total
        entry.seconds = entry.earlier_seconds + progress.seconds
        entry.add_points(progress.curves, progress.judged)
        if progress.picture is not None:
            self._show(entry, progress.step, progress.picture, progress.kept)
        self.hub.tell(
            "step",
            entry.id,
            {
                "id": entry.id,
                "step": progress.step,
                "steps": progress.steps,
                "total": progress.total,
                "losses": dict(progress.losses),
                "judges": dict(progress.judges),
                "seconds": round(entry.seconds, 2),
                "picture": entry.picture,
                "kept": progress.kept,
            },
        )

    def _show(self, entry: StudioRun, step: int, picture: bytes, kept: bool) -> None:
        entry.newest = picture
        entry.picture += 1
        if kept:
            self._later(entry, entry.record.keep_moment, step, picture)

    def _changed(self, entry: StudioRun) -> None:
        self._keep(entry)
        self._tell(entry)

    def _tell(self, entry: StudioRun) -> None:
        self.hub.tell("run", entry.id, self.brief(entry))

    def _keep(self, entry: StudioRun) -> None:
        self._later(entry, entry.record.say, entry.said())

    def _want(self, entry: StudioRun, yaml: str) -> None:
        self._later(entry, entry.record.want, yaml)
        self._later(entry, uploads.give, self.folder, entry.folder, yaml)

    def _later(self, entry: StudioRun, write: Callable[..., None], *given: Any) -> None:
        """Write in a thread of its own, one after the other: a slow disk holds up nobody."""

        def done() -> None:
            try:
                write(*given)
            except (ArtgenError, OSError) as error:
                self.orders.hear(Note(entry.id, f"not written: {error}"))

        try:
            self._disk.submit(done)
        except RuntimeError:  # the program ends, and its threads take nothing more
            done()

    async def _in(self, pool: ThreadPoolExecutor, function: Callable[..., T], *given: Any) -> T:
        assert self._loop is not None
        return await self._loop.run_in_executor(pool, function, *given)


def _move(folder: Path, target: Path) -> None:
    """InputError if it cannot be moved."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        while target.exists():
            target = target.with_name(f"{target.name}-again")
        shutil.move(folder, target)
    except OSError as error:
        raise InputError(refused(error)) from None
