"""What a hand does with one preset and the run of it; the controls and the methods of a `Studio` are two ways to it.

Presets are checked in the thread that asks, and orders go to the studio's: nobody waits for a step who need not.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.notebook.session import Session
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.studio import runs
from artgen.studio.checking import Checked, Written, as_yaml, check
from artgen.studio.orders import Wrong
from artgen.studio.presets import OfferedPreset
from artgen.studio.runs import StudioRun

OVER = ("finished", "failed")
NONE_YET = "there is no run yet; start one"


@dataclass(frozen=True)
class RunNow:
    """How a run is at one moment."""

    name: str
    """Of its folder, too."""
    folder: Path
    """What `artgen run --out` leaves, and while it is drawn its checkpoints: `artgen run --resume` goes on with it."""
    state: str
    """waiting, building, running, paused, finishing, finished, stopped or failed."""
    step: int
    """How many steps are done."""
    steps: int
    seconds: float
    """Spent on its steps."""
    losses: Mapping[str, Sequence[tuple[int, float]]]
    """(step, value) pairs of each loss, and of their weighted sum under ``total``."""
    judges: Mapping[str, Sequence[tuple[int, float]]]
    moments: tuple[int, ...]
    """The steps that one can go back to at once; others are drawn again from the one before."""
    notes: tuple[str, ...]
    """What it has said, the newest last."""
    reason: str | None
    """Why it failed, or was left."""


class Hand:
    """The preset as it is wanted, and the run that it is applied to, if there is one.

    Args:
        session: whose studio draws.
        offered: the preset that it begins with.
        wanted: that preset as it is to be drawn.
    """

    def __init__(self, session: Session, offered: OfferedPreset, wanted: Checked) -> None:
        self.session, self.studio, self.offered = session, session.studio, offered
        self.entry: StudioRun | None = None
        self.wanted = wanted
        """As it was said last; what is not answered yet is in it."""
        self._accepted = wanted
        self.changed: Callable[[], None] = lambda: None
        """Called when `wanted` or `entry` is another one."""

    @property
    def is_alive(self) -> bool:
        """Whether there is a run that goes on, or can."""
        return self.entry is not None and self.entry.state not in OVER

    def checked(self, yaml: str | None = None, overrides: Sequence[Override] = ()) -> Checked:
        """What there is to say of a text, or else of what is wanted, with changes on top."""
        return checked(self.offered, self.studio.folder, self.wanted.yaml if yaml is None else yaml, overrides)

    def steer(self, checked: Checked) -> Future[Any]:
        """Let the run be drawn by it from the next step on; where none goes on, the next one begins with it.

        Raises:
            Wrong: if it has mistakes.
        """
        sure(checked)
        self.wanted = checked
        if self.entry is None or not self.is_alive:
            self._accepted = checked
            self.changed()
            return _done()
        return self._submit(self._steered(self.entry, checked))

    def start(self) -> Future[Any]:
        """Go on with the run; begin one where there is none, or where it is over."""
        if self.entry is not None and self.is_alive:
            return self._submit(self.studio.touch(self.entry, "go"))
        return self.begin(self.wanted)

    def begin(self, checked: Checked) -> Future[Any]:
        """A new run. Wrong if it has mistakes."""
        sure(checked)
        return self._submit(self._begun(checked))

    def touch(self, kind: str, **given: Any) -> Future[Any]:
        """pause, step, paint, save, finish or leave; of a run that is not there, a step begins one.

        Raises:
            InputError: if there is no run.
        """
        if self.entry is None and kind == "step":
            return self._submit(self._begun(self.wanted, go=False, then=("step", given)))
        return self._submit(self.studio.touch(self.run, kind, **given))

    def branch(self, step: int, **waiting: Any) -> Future[Any]:
        """Another run that begins as this one was after so many steps. InputError if there is no run."""
        return self._submit(self._branched(self.run, step, **waiting))

    def views(self) -> Future[bytes]:
        """A WebP of what the perceptors see. InputError if there is no run."""
        return self._submit(self.studio.views(self.run))

    @classmethod
    def of_run(cls, session: Session, name: str) -> Hand:
        """The same as `choose`, from the beginning."""
        offered = OfferedPreset(name, Path(), own=True, written="")
        hand = cls(session, offered, Checked("", None, None))
        hand.choose(name)
        return hand

    def choose(self, name: str) -> None:
        """Take another run of the folder in hand.

        Raises:
            InputError: if there is none of that name.
            Wrong: if its preset has mistakes by now.
        """
        entry = self.find(name)
        yaml = entry.yaml or as_yaml(runs.resolved_in(entry.folder))
        before, known = self.offered, self.studio.presets.find(entry.preset)
        self.offered = known or OfferedPreset(entry.preset or entry.id, Path(), own=True, written=yaml)
        try:
            checked = self.checked(yaml)
            sure(checked)
        except (Wrong, InputError):
            self.offered = before
            raise
        self._take(entry, checked)

    def find(self, name: str) -> StudioRun:
        """The run of that name. InputError if there is none."""
        if name not in self.studio.entries:
            self._submit(self._look_again()).result()
        if name not in self.studio.entries:
            raise InputError(f"{self.studio.folder}: has no run '{name}'")
        return self.studio.entries[name]

    @property
    def run(self) -> StudioRun:
        """The run in hand. InputError if there is none."""
        if self.entry is None:
            raise InputError(NONE_YET)
        return self.entry

    def _submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return self.session.submit(work)

    def say(self, entry: StudioRun, **said: Any) -> Future[None]:
        """A title, or whether it is a favourite."""
        return self._submit(self._said(entry, **said))

    async def _said(self, entry: StudioRun, **said: Any) -> None:
        self.studio.say(entry, **said)

    async def _look_again(self) -> None:
        """Find the runs that others have begun in the folder."""
        for entry in runs.found(self.studio.folder):
            self.studio.entries.setdefault(entry.id, entry)

    async def _steered(self, entry: StudioRun, checked: Checked) -> Any:
        try:
            answer = await self.studio.steer(entry, checked, patience=None)
        except Wrong:
            if self.entry is entry:
                self.wanted = self._accepted
                self.changed()
            raise
        if self.entry is entry:
            self._accepted = checked
            self.changed()
        return answer

    async def _begun(self, checked: Checked, go: bool = True, then: tuple[str, dict[str, Any]] | None = None) -> Any:
        entry = await self.studio.begin(checked, self.offered.name, go)
        self._take(entry, checked)
        return await self.studio.touch(entry, then[0], **then[1]) if then else None

    async def _branched(self, source: StudioRun, step: int, **waiting: Any) -> Any:
        new = await self.studio.branch(source, step, **waiting)
        # What was changed since is no part of the branch.
        self._take(new, self._accepted if new.yaml == self._accepted.yaml else self.checked(new.yaml))

    def _take(self, entry: StudioRun, checked: Checked) -> None:
        self.entry, self.wanted, self._accepted = entry, checked, checked
        self.changed()


def checked(offered: OfferedPreset, folder: Path, yaml: str, overrides: Sequence[Override] = ()) -> Checked:
    """What there is to say of a text whose relative paths start where those of `offered` do, with changes on top."""
    found = check(Written(yaml, offered.home, folder, None, overrides))
    return replace(found, yaml=as_yaml(found.data)) if overrides and found.data and found.preset else found


def sure(checked: Checked) -> Preset:
    """The preset. Wrong if there are mistakes."""
    if checked.preset is None:
        raise Wrong(checked.problems)
    return checked.preset


def now(entry: StudioRun) -> RunNow:
    """How a run is now."""
    return RunNow(
        name=entry.id,
        folder=entry.folder,
        state=entry.state,
        step=entry.step,
        steps=entry.steps,
        seconds=entry.seconds,
        losses={name: tuple(points) for name, points in entry.curves.items()},
        judges={name: tuple(points) for name, points in entry.judged.items()},
        moments=tuple(entry.checkpoints),
        notes=tuple(entry.notes),
        reason=entry.reason,
    )


def _done() -> Future[Any]:
    done: Future[Any] = Future()
    done.set_result(None)
    return done
