"""What there is in a studio, and what can be done to it. Used in one thread, that of the event loop.

Nothing here waits for a step: an order goes to the process that draws, and what is not answered at once is shown as
pending until it is.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from artgen.errors import ArtgenError, InputError, Mark, Problem, refused
from artgen.reporters.folder import new_folder
from artgen.studio import runs
from artgen.studio.checking import Checked, Written, check, told
from artgen.studio.events import Hub
from artgen.studio.presets import Presets
from artgen.studio.record import Parent
from artgen.studio.runs import Entry
from artgen.studio.work.messages import Answer, Note, Progress, Report, Setup, Standing
from artgen.studio.work.process import Worker

ANSWER_SECONDS = 0.15
"""So long is an order's answer waited for before it is shown as pending."""
VIEWS_SECONDS = 60.0
"""So long is a sheet of views waited for."""
KILLED = "the process that drew it was ended, maybe for want of memory; go on, or choose a smaller size or batch"
REMOVED = "removed"
"""The folder to which runs go that are taken out of the studio."""

T = TypeVar("T")


@dataclass
class Asked:
    """An order that is not answered."""

    run: str
    kind: str
    answer: asyncio.Future[Answer]
    accepted: Callable[[], None] | None = None
    """What to do when it is done."""
    is_late: bool = False
    """Whether whoever gave it has been told that it is pending."""


class Wrong(Exception):
    """What was asked cannot be done, for reasons that each have a place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Studio:
    """The runs of a folder, and the process that draws them.

    Args:
        folder: where the runs are; it is made if it is not there.
        presets: what one can begin with.
        setup: what the process that draws must know.
        note: told a line of what is no run's.
    """

    def __init__(self, folder: Path, presets: Presets, setup: Setup, note: Callable[[str], None]) -> None:
        self.folder, self.presets, self.note = folder, presets, note
        self._setup = setup
        self.entries = {entry.id: entry for entry in runs.found(folder)}
        self.hub = Hub(self._everything)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, Asked] = {}
        self._disk = ThreadPoolExecutor(1, "artgen studio: writes")
        self._checks = ThreadPoolExecutor(1, "artgen studio: checks")
        self._worker: Worker | None = None

    def warm(self) -> Worker:
        """The process that draws, begun if it is not there: it imports what it needs while the artist still reads."""
        if self._worker is None:
            self._worker = Worker(self._setup, self._hear, self._hear_death)
        return self._worker

    def begin_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say whose thread reports are to be heard in."""
        self._loop = loop

    def end(self) -> bool:
        """Leave all runs, each with a checkpoint; whether the process that draws could do so in time."""
        in_time = self._worker.end() if self._worker else True
        self._disk.shutdown(wait=True)
        self._checks.shutdown(wait=True, cancel_futures=True)
        return in_time

    # What is asked

    async def check(self, yaml: str, preset: str) -> Checked:
        """What there is to say of a YAML whose relative paths start where those of `preset` do."""
        known = self.presets.find(preset)
        home = known.home if known else self.folder
        written = Written(yaml, home, self.folder, (*self.presets.folders, *self._setup.folders))
        return await self._in(self._checks, check, written)

    async def begin(self, checked: Checked, preset: str) -> Entry:
        """A new run, which is drawn as soon as the process that draws comes to it."""
        if checked.preset is None:
            raise Wrong(checked.problems)
        entry = self._new_entry(preset, checked.preset.resolved(), checked.yaml)
        await self._order(entry, "begin", preset=checked.preset.resolved())
        return entry

    async def steer(self, entry: Entry, checked: Checked) -> dict[str, Any]:
        """Change what a run draws from its next step on."""
        if checked.preset is None:
            raise Wrong(checked.problems)

        def accepted() -> None:
            entry.yaml = checked.yaml
            self._later(entry, entry.record.want, checked.yaml)

        answer = await self._order(entry, "steer", accepted, preset=checked.preset.resolved())
        return self._told(entry, answer)

    async def touch(self, entry: Entry, kind: str, **given: Any) -> dict[str, Any]:
        """pause, go, step, paint, finish or leave."""
        return self._told(entry, await self._order(entry, kind, **given))

    async def views(self, entry: Entry) -> bytes:
        """A WebP of what the perceptors see, which waits for the present step."""
        answer = await self._order(entry, "views", patience=VIEWS_SECONDS)
        if answer is None:
            raise InputError("the present step takes long; ask again after it")
        content: bytes = answer.value
        return content

    async def branch(self, entry: Entry, step: int) -> Entry:
        """A new run that begins as `entry` was after so many steps, paused."""
        new = self._new_entry(entry.preset, {}, entry.yaml)
        new.parent, new.prompts, new.size, new.batch = (
            Parent(id=entry.id, step=step),
            entry.prompts,
            entry.size,
            entry.batch,
        )
        new.steps, new.step, new.title = entry.steps, step, entry.title
        new.curves = {name: [point for point in points if point[0] < step] for name, points in entry.curves.items()}
        self._later(new, new.record.take_over, entry.record, step)
        self._tell(new)
        await self._order(entry, "branch", new=new.id, new_folder=new.folder, step=step)
        return new

    def say(self, entry: Entry, **said: Any) -> None:
        """A title, or whether it is a favourite."""
        for name, value in said.items():
            setattr(entry, name, value)
        self._keep(entry)
        self._tell(entry)

    async def remove(self, entry: Entry) -> Path:
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

    def brief(self, entry: Entry) -> dict[str, Any]:
        """What is told of a run, with the orders that it has not answered."""
        pending = [asked.kind for asked in self._asked.values() if asked.run == entry.id]
        return {**entry.brief(), "pending": pending}

    def _new_entry(self, preset: str, resolved: Mapping[str, Any], yaml: str) -> Entry:
        folder = new_folder(runs.name_of(preset), self.folder)
        entry = Entry(folder.name, folder, preset=preset, yaml=yaml)
        entry.describe(resolved)
        self.entries[entry.id] = entry
        self._keep(entry)
        self._later(entry, entry.record.want, yaml)
        self._tell(entry)
        return entry

    # Orders and answers

    async def _order(
        self,
        entry: Entry,
        kind: str,
        accepted: Callable[[], None] | None = None,
        patience: float | None = ANSWER_SECONDS,
        **given: Any,
    ) -> Answer | None:
        """What the process that draws answers; None if it has not done so in a moment. Wrong if it refuses."""
        assert self._loop is not None
        worker = self.warm()
        number = next(self._numbers)
        asked = self._asked[number] = Asked(entry.id, kind, self._loop.create_future(), accepted)
        worker.order(number, kind, entry.id, folder=entry.folder, **given)
        done, _ = await asyncio.wait([asked.answer], timeout=patience)
        if not done:
            asked.is_late = True
            self._tell(entry)
            return None
        answer = asked.answer.result()
        if answer.problems:
            raise Wrong(answer.problems)
        return answer

    def _told(self, entry: Entry, answer: Answer | None) -> dict[str, Any]:
        if answer is None:
            return {"pending": True, "step": entry.step}
        return {"pending": False, "step": entry.step, **(answer.value or {})}

    def _hear(self, report: Report) -> None:
        """In the thread that listens to the process."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, report)

    def _hear_death(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bury)

    def _bury(self) -> None:
        """The process that draws has been killed; the next order begins another."""
        self._worker = None
        for number in list(self._asked):
            self._take(Answer(number, None, (Problem(Mark(""), "", KILLED),)))
        for entry in self.entries.values():
            if entry.state in (*runs.BUSY, "paused"):
                was_busy = entry.state in runs.BUSY
                entry.state, entry.reason = "stopped", KILLED if was_busy else None
                self._changed(entry)

    def _take(self, report: Report) -> None:
        """What the process that draws has told."""
        if isinstance(report, Answer):
            self._take_answer(report)
            return
        entry = self.entries.get(report.run)
        if entry is None:
            return
        if isinstance(report, Note):
            entry.note(report.line)
            self.hub.tell("note", entry.id, {"id": entry.id, "note": report.line})
        elif isinstance(report, Standing):
            self._take_standing(entry, report)
        elif isinstance(report, Progress):
            self._take_progress(entry, report)

    def _take_answer(self, answer: Answer) -> None:
        asked = self._asked.pop(answer.number, None)
        if asked is None:
            return
        asked.answer.set_result(answer)
        if asked.accepted is not None and not answer.problems:
            asked.accepted()
        if not asked.is_late:
            return
        if answer.problems:
            # Whoever asked has gone on: said to all.
            data = {"id": asked.run, "order": asked.kind, "problems": told(answer.problems)}
            self.hub.tell("refused", asked.run, data)
        if entry := self.entries.get(asked.run):
            self._tell(entry)

    def _take_standing(self, entry: Entry, standing: Standing) -> None:
        entry.state, entry.reason = standing.state, standing.reason
        if standing.steps:
            entry.step, entry.steps = standing.step, standing.steps
            entry.touches, entry.checkpoints = list(standing.touches), list(standing.checkpoints)
        if standing.state == "building":
            entry.earlier_seconds = entry.seconds
        if standing.state in ("finished", "failed"):
            entry.newest = None if standing.state == "finished" else entry.newest
            entry.picture += 1
        self._changed(entry)
        if standing.state not in ("building", "running"):
            self._later(entry, entry.record.keep_curves, dict(entry.curves))

    def _take_progress(self, entry: Entry, progress: Progress) -> None:
        entry.step, entry.steps, entry.total = progress.step, progress.steps, progress.total
        entry.seconds = entry.earlier_seconds + progress.seconds
        entry.add_points(progress.curves)
        if progress.picture is not None:
            entry.newest = progress.picture
            entry.picture += 1
            if progress.kept:
                self._later(entry, entry.record.keep_moment, progress.step, progress.picture)
        self.hub.tell(
            "step",
            entry.id,
            {
                "id": entry.id,
                "step": progress.step,
                "steps": progress.steps,
                "total": progress.total,
                "losses": dict(progress.losses),
                "seconds": round(entry.seconds, 2),
                "picture": entry.picture,
                "kept": progress.kept,
            },
        )

    # What is written

    def _changed(self, entry: Entry) -> None:
        self._keep(entry)
        self._tell(entry)

    def _tell(self, entry: Entry) -> None:
        self.hub.tell("run", entry.id, self.brief(entry))

    def _keep(self, entry: Entry) -> None:
        self._later(entry, entry.record.say, entry.said())

    def _later(self, entry: Entry, write: Callable[..., None], *given: Any) -> None:
        """Write in a thread of its own, one after the other: a slow disk holds up nobody."""

        def done() -> None:
            try:
                write(*given)
            except (ArtgenError, OSError) as error:
                self._hear(Note(entry.id, f"not written: {error}"))

        self._disk.submit(done)

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
