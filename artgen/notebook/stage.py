"""The picture as it grows: where the run is, what can be done from here, how it went."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from artgen.notebook import curves
from artgen.notebook.controls import Act, Bound, box, button
from artgen.notebook.hand import OVER, Hand
from artgen.studio import pictures
from artgen.studio.runs import BUSY, StudioRun

SAYS = {
    "waiting": "Waiting",
    "building": "Getting ready",
    "running": "Running",
    "paused": "Paused",
    "finishing": "Finishing",
    "finished": "Finished",
    "stopped": "Stopped",
    "failed": "Failed",
}
PENDING = {
    "begin": "Getting ready",
    "branch": "Branching",
    "finish": "Finishing",
    "go": "Going on",
    "leave": "Stopping",
    "paint": "Painting",
    "pause": "Pausing",
    "save": "Saving",
    "steer": "Changing",
    "step": "One step",
}
"""The state in words where an order is not answered yet."""
BLOCKS = 128
"""A picture that is narrower keeps its hard edges."""


class Stage:
    """The left side of the controls.

    Args:
        hand: what it shows.
        act: does what is asked, and says what was refused.
    """

    def __init__(self, hand: Hand, act: Act) -> None:
        self._hand, self._act = hand, act
        self._seen: int | None = None
        """After how many steps the picture is that is looked at; None: the newest."""
        self._compared: str | None = None
        self._shown: dict[Any, str] = {}
        self._head, self._curves = w.HTML(), w.HTML()
        self._picture, self._other = _frame(), _frame()
        self._said, self._other_said = w.HTML(), w.HTML()
        self._other_box = box(self._other, self._other_said, kind="frame")
        self._other_box.layout.display = "none"
        self._empty = w.HTML('<p class="artgen-empty">Press Start, and the picture grows here.</p>')
        self._time = Bound(w.IntSlider(0, min=0, max=1, readout=False), self._look)
        self._go = button("Start", self._toggle, "play", kind="primary")
        self._step = button("One step", lambda: act(lambda: hand.touch("step")), "step-forward")
        self._save = button("Save", lambda: act(lambda: hand.touch("save")), "bookmark", "Keep this moment, to go back")
        self._finish = button("Finish", lambda: act(lambda: hand.touch("finish")), "check", "End with this picture")
        self._branch = button("Branch here", self._go_back, about="Another run that begins as this one was here")
        self._live = button("Now", self._look_at_now, about="Back to the newest picture")
        own = box(self._empty, self._picture, self._said, kind="frame")
        self.widget = box(
            self._head,
            box(own, self._other_box, kind="pictures", across=True),
            box(self._time.widget, self._branch, self._live, kind="time", across=True),
            box(self._go, self._step, self._save, self._finish, kind="transport", across=True),
            self._curves,
            kind="stage",
        )
        self._curves.add_class("artgen-curves")

    def compare(self, name: str | None) -> None:
        """Show another run's picture beside this one's."""
        self._compared = name
        self._other_box.layout.display = "none" if name is None else ""
        self.show()

    def show(self) -> None:
        """How everything is now."""
        entry = self._hand.entry
        self._head.value = _head(entry, self._hand)
        self._show_buttons(entry)
        self._show_pictures(entry)
        if entry is not None:
            seen = entry.step if self._seen is None else self._seen
            self._time.show(min(seen, entry.steps), max=max(entry.steps, 1))
            self._curves.value = curves.drawing(entry.curves, entry.judged, entry.steps, seen)

    def forget(self) -> None:
        """Another run is shown from here on."""
        self._seen = None
        self._shown.clear()

    def _show_buttons(self, entry: StudioRun | None) -> None:
        goes, over = entry is not None and entry.state in BUSY, entry is not None and entry.state in OVER
        text = "Pause" if goes else "Start" if entry is None else "Draw another" if over else "Go on"
        self._go.description, self._go.icon = text, "pause" if goes else "play"
        self._go.disabled = entry is not None and entry.state == "finishing"
        self._step.disabled = over or goes
        self._save.disabled = self._finish.disabled = entry is None or over or entry.state == "finishing"
        is_back = self._seen is not None
        self._time.widget.disabled = entry is None or not entry.step
        self._branch.disabled = entry is None or not entry.step or (not is_back and not over)
        self._live.disabled = not is_back

    def _show_pictures(self, entry: StudioRun | None) -> None:
        self._fill(self._picture, entry, self._seen)
        self._empty.layout.display = "" if entry is None or not self._picture.value else "none"
        self._picture.layout.display = "" if self._picture.value and entry is not None else "none"
        step = "" if self._seen is None else f"as it was after {self._seen} steps"
        if self._compared is None:
            self._said.value = _caption(step)
            return
        other = self._hand.find(self._compared) if self._compared in self._hand.studio.entries else None
        self._said.value = _caption(" ".join(filter(None, [entry.id if entry else "", step])))
        self._fill(self._other, other, None)
        self._other_said.value = _caption(f"{self._compared}, {other.step} of {other.steps} steps" if other else "")

    def _fill(self, image: Any, entry: StudioRun | None, step: int | None) -> None:
        """The picture of a run, if it is another one than that which is there."""
        if entry is None:
            return
        version = pictures.version(entry, step)
        if self._shown.get(image.model_id or id(image)) == version:
            return
        found = pictures.batch(entry) if step is None else pictures.picture(entry, step)
        if found is None:
            return  # a run that is only waiting
        self._shown[image.model_id or id(image)] = version
        image.format, image.value = found[1].partition("/")[2], found[0]
        (image.add_class if min(entry.size) < BLOCKS else image.remove_class)("artgen-blocks")

    def _toggle(self) -> None:
        entry = self._hand.entry
        if entry is not None and entry.state in BUSY:
            self._act(lambda: self._hand.touch("pause"))
        else:
            self._look_at_now()
            self._act(self._hand.start)

    def _look(self, step: int) -> None:
        entry = self._hand.entry
        self._seen = None if entry is None or step >= entry.step else step
        self.show()

    def _look_at_now(self) -> None:
        self._seen = None
        self.show()

    def _go_back(self) -> None:
        entry = self._hand.run
        step = entry.step if self._seen is None else self._seen
        self._act(lambda: self._hand.branch(step))


def _frame() -> Any:
    image = w.Image()
    image.add_class("artgen-picture")
    return image


def _caption(text: str) -> str:
    return f'<p class="artgen-caption">{escape(text)}</p>' if text else ""


def _head(entry: StudioRun | None, hand: Hand) -> str:
    """One line: what is drawn, how it is, how long it takes."""
    if entry is None:
        name = escape(hand.offered.name)
        return f'<div class="artgen-head"><b>{name}</b><span class="artgen-state"><i></i>Not begun</span></div>'
    pending = hand.studio.orders.pending(entry.id)
    state = f"{PENDING.get(pending[-1], 'Waiting')}…" if pending else SAYS.get(entry.state, entry.state)
    total = "" if entry.total is None else f"<span>loss {entry.total:.4g}</span>"
    title = entry.brief()["title"]
    reason = f'<p class="artgen-wrong">{escape(entry.reason)}</p>' if entry.reason else ""
    return (
        f'<div class="artgen-head"><b title="{escape(title)}">{escape(title)}</b>'
        f'<span class="artgen-state" data-state="{entry.state}"><i></i>{escape(state)}</span>'
        f"<span><b>{entry.step}</b> / {entry.steps}</span><span>{_clock(entry.seconds)}{_left(entry)}</span>{total}"
        f"<code>{escape(str(entry.folder))}</code></div>{reason}"
    )


def _left(entry: StudioRun) -> str:
    if entry.step <= 3 or entry.state not in BUSY:
        return ""
    return f" · {_clock(entry.seconds / entry.step * (entry.steps - entry.step))} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
