"""The seed, and every number of the components that may change while a picture is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import ipywidgets as w

from artgen.errors import Problem
from artgen.notebook.controls import Bound, NumberRow, box, button, discard, wrong
from artgen.notebook.settings import Group, Number, groups, is_same_shape, words
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.registry.plugins import discover

ADD = "Add a loss…"
SEEDS = 10**6
"""The dice throws one below."""
Steer = Callable[[Sequence[Override]], None]


class NumberPanel:
    """Sliders, component by component.

    Args:
        steer: told what is wanted.
    """

    def __init__(self, steer: Steer) -> None:
        self._steer = steer
        self._groups: list[Group] = []
        self._rows: dict[str, NumberRow] = {}
        self._losses: list[dict[str, Any]] = []
        self._now = (0, 1)
        self._seed = Bound(w.IntText(), lambda value: steer([("seed", value)]))
        dice = button("", self._throw, "random", "Another seed from here on", kind="small")
        label = w.HTML('<span class="artgen-label">Seed</span>')
        chance = box(label, self._seed.widget, dice, kind="number", across=True)
        self._add = Bound(w.Dropdown(options=[ADD, *sorted(discover().names("loss"))], value=ADD), self._add_loss)
        self._parts, self._wrong = box(kind="parts"), w.HTML()
        self.widget = box(self._wrong, chance, self._parts, kind="panel")

    def show(self, preset: Preset, step: int, steps: int) -> None:
        """The numbers of a preset at a step."""
        self._now, found = (step, steps), groups(preset)
        self._losses = preset.resolved()["losses"]
        self._seed.show(preset.seed or 0)
        self._wrong.value = ""
        if not is_same_shape(self._groups, found) or not self._rows:
            self._build(found)
        self._groups = found
        for number in (number for group in found for number in group.numbers):
            if row := self._rows.get(number.path):
                row.show(number, step, steps)

    def fail(self, problems: Sequence[Problem]) -> None:
        """Say what was refused: at its number, or above all of them."""
        elsewhere = []
        for problem in problems:
            if row := self._rows.get(problem.path):
                row.fail(problem.message)
            elif problem.path.startswith(("losses", "generator", "views", "seed")):
                elsewhere.append(f"{problem.path}: {problem.message}")
        self._wrong.value = wrong("; ".join(elsewhere))

    def _build(self, found: Sequence[Group]) -> None:
        self._rows = {}
        nodes, last = [], ""
        for group in found:
            if group.section != last:
                nodes += [self._add.widget] if last == "losses" else []
                nodes.append(w.HTML(f'<h4 class="artgen-section">{words(group.section)}</h4>'))
                last = group.section
            nodes.append(self._group(group))
        before, self._parts.children = self._parts.children, nodes
        discard(one for one in before if one is not self._add.widget)

    def _group(self, group: Group) -> Any:
        name = w.HTML(f'<b title="{escape(group.about)}">{escape(words(group.title))}</b>')
        head = box(name, kind="part-head", across=True)
        if group.section == "losses" and group.place is not None:
            gone = button("", partial(self._remove, group), "times", f"Remove {group.title}", kind="small")
            head.children = [name, gone]
        shown = [self._row(number) for number in group.numbers if number.is_shown]
        others = [number for number in group.numbers if not number.is_shown]
        return box(head, *shown, *([self._fold(others)] if others else []), kind="part")

    def _fold(self, numbers: Sequence[Number]) -> Any:
        """What is seldom asked for; its sliders are made when it is opened."""
        inside = box(kind="parts")
        inside.layout.display = "none"
        toggle = w.ToggleButton(description=f"{len(numbers)} more", icon="angle-down")
        toggle.add_class("artgen-fold")

        def unfold(change: Any) -> None:
            inside.layout.display = "" if change["new"] else "none"
            if not inside.children:
                inside.children = [self._row(number) for number in numbers]

        toggle.observe(unfold, "value")
        return box(toggle, inside, kind="folded")

    def _row(self, number: Number) -> Any:
        row = NumberRow(number, lambda value: self._steer([(number.path, value)]))
        row.show(number, *self._now)
        self._rows[number.path] = row
        return row.widget

    def _throw(self) -> None:
        self._steer([("seed", random.randrange(SEEDS))])

    def _add_loss(self, name: str) -> None:
        self._add.show(ADD)
        if name != ADD:
            self._steer([("losses", [*self._losses, {"type": name}])])

    def _remove(self, group: Group) -> None:
        self._steer([("losses", [loss for place, loss in enumerate(self._losses) if place != group.place])])
