"""The prompts as lines: a text, and how strongly it pulls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from artgen.errors import Problem
from artgen.fields.schedules import Schedule
from artgen.notebook.controls import Bound, NumberRow, box, button, discard, wrong
from artgen.notebook.settings import Number, prompts_of, summary
from artgen.preset.merging import Override
from artgen.preset.model import Preset

SETTING = "prompts"
WEIGHTS = -1.0, 3.0
Steer = Callable[[Sequence[Override]], None]


class PromptPanel:
    """One line for each prompt, and a button that adds one.

    Args:
        steer: told the prompts that are wanted.
    """

    def __init__(self, steer: Steer) -> None:
        self._steer = steer
        self._prompts: list[dict[str, Any]] = []
        self._lines: list[_Line] = []
        self._wrong, self._list = w.HTML(), box(kind="prompts")
        self._add = button("Add a prompt", self._add_line, "plus")
        self.widget = box(self._list, self._wrong, self._add, kind="panel")

    def show(self, preset: Preset, step: int, steps: int) -> None:
        """The prompts of a preset, with their weights at a step."""
        self._prompts = prompts_of(preset)
        self._wrong.value = ""
        if len(self._lines) != len(self._prompts):
            self._replace([_Line(place, self) for place in range(len(self._prompts))])
        for line, prompt, said in zip(self._lines, preset.prompts, self._prompts, strict=True):
            line.show(said, prompt.weight, step, steps)

    def fail(self, problems: Sequence[Problem]) -> None:
        """Say what was refused of them."""
        self._wrong.value = wrong("; ".join(one.message for one in problems if one.path.startswith(SETTING)))

    def change(self, place: int, **said: Any) -> None:
        """Say something else of one prompt, or of a new one."""
        if place == len(self._prompts):
            self._prompts.append({"weight": 1.0})
        self._prompts[place] |= said
        self._send(self._prompts)

    def remove(self, place: int) -> None:
        if place >= len(self._prompts):
            self._replace(self._lines[:place])
        else:
            self._send([prompt for at, prompt in enumerate(self._prompts) if at != place])

    def _add_line(self) -> None:
        """An empty line; it counts as soon as it says something."""
        if len(self._lines) > len(self._prompts):
            return
        line = _Line(len(self._prompts), self)
        line.show({"text": ""}, Schedule.constant(1), 0, 1)
        self._replace([*self._lines, line])

    def _replace(self, lines: list[_Line]) -> None:
        gone = [line.widget for line in self._lines if line not in lines]
        self._lines, self._list.children = lines, [line.widget for line in lines]
        discard(gone)

    def _send(self, prompts: Sequence[dict[str, Any]]) -> None:
        self._steer([(SETTING, [_shortened(prompt) for prompt in prompts])])


class _Line:
    """One prompt."""

    def __init__(self, place: int, panel: PromptPanel) -> None:
        self._place, self._panel = place, panel
        self._text = Bound(w.Text(placeholder="What the picture should show", continuous_update=False), self._write)
        self._told = w.HTML()
        self._weight = NumberRow(_weight(Schedule.constant(1)), lambda value: panel.change(place, weight=value))
        remove = button("", lambda: panel.remove(place), "times", f"Remove prompt {place + 1}", kind="small")
        head = box(self._text.widget, self._told, remove, kind="prompt-head", across=True)
        self.widget = box(head, self._weight.widget, kind="prompt")

    def show(self, said: dict[str, Any], weight: Schedule, step: int, steps: int) -> None:
        is_text = "text" in said
        self._text.widget.layout.display = "" if is_text else "none"
        self._told.value = "" if is_text else summary(said)
        self._text.show(said.get("text", ""))
        self._weight.show(_weight(weight), step, steps)

    def _write(self, text: str) -> None:
        if text.strip():
            self._panel.change(self._place, text=text.strip())


def _weight(schedule: Schedule) -> Number:
    low, high = WEIGHTS
    return Number("", "Weight", "how strongly it pulls; negative pushes away", schedule, low, high)


def _shortened(prompt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in prompt.items() if not (name == "weight" and value == 1)}
