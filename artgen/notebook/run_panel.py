"""The runs of the folder: take another one in hand, compare with it, mark the favourites."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from artgen.notebook.controls import Act, Bound, box
from artgen.notebook.hand import Hand
from artgen.studio.runs import StudioRun

NOTHING = ("nothing", "")
NOT_BEGUN = ("none yet", "")


class RunPanel:
    """Which run it is, and which one it is compared with.

    Args:
        hand: what is shown.
        act: does what is asked, and says what was refused.
        choose: takes another run in hand.
        compare: shows another run's picture beside; None: none.
    """

    def __init__(
        self, hand: Hand, act: Act, choose: Callable[[str], None], compare: Callable[[str | None], None]
    ) -> None:
        self._hand, self._act, self._choose = hand, act, choose
        self._run = Bound(w.Dropdown(options=[NOT_BEGUN]), self._chosen)
        self._other = Bound(w.Dropdown(options=[NOTHING]), lambda name: compare(name or None))
        self._favourite = Bound(w.ToggleButton(description="Favourite", icon="star"), self._mark)
        self._favourite.widget.add_class("artgen-button")
        self._notes = w.HTML()
        rows = (("Run", self._run.widget), ("Compare with", self._other.widget))
        named = [
            box(w.HTML(f'<span class="artgen-label">{name}</span>'), one, kind="named", across=True)
            for name, one in rows
        ]
        self.widget = box(*named, self._favourite.widget, self._notes, kind="panel")

    def show(self) -> None:
        """Which runs there are now."""
        entry, entries = self._hand.entry, list(self._hand.studio.entries.values())[::-1]
        options = [(_title(one), one.id) for one in entries]
        own = entry.id if entry else ""
        _offer(self._run, [*([] if entry else [NOT_BEGUN]), *options], own)
        others = [NOTHING, *(option for option in options if option[1] != own)]
        compared = self._other.widget.value
        _offer(self._other, others, compared if compared in dict(others).values() else "")
        self._favourite.show(bool(entry and entry.favourite), disabled=entry is None)
        self._notes.value = _list(entry.notes[-8:]) if entry else ""

    def _chosen(self, name: str) -> None:
        if name:
            self._choose(name)

    def _mark(self, is_favourite: bool) -> None:
        self._act(lambda: self._hand.say(self._hand.run, favourite=is_favourite))


def _offer(bound: Bound, options: list[tuple[str, Any]], value: Any) -> None:
    """New options reset a choice for a moment, of which nobody shall hear."""
    if tuple(options) != tuple(bound.widget.options):
        bound.show(value, options=options)
    else:
        bound.show(value)


def _title(entry: StudioRun) -> str:
    star = "★ " if entry.favourite else ""
    return f"{star}{entry.id} – {entry.state}, {entry.brief()['title'][:60]}"


def _list(notes: list[str]) -> str:
    return f'<ul class="artgen-problems">{"".join(f"<li>{escape(note)}</li>" for note in notes)}</ul>' if notes else ""
