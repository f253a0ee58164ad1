"""Every other setting: the preset's YAML, with its mistakes below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as w

from artgen.errors import Problem
from artgen.notebook.controls import Bound, box, button
from artgen.studio.checking import Checked

MOST_SHOWN = 12


class TextPanel:
    """The YAML of what is wanted. A text that was edited stays until it is applied or discarded.

    Args:
        check: what there is to say of a text.
        apply: draws by a text from the next step on.
        begin: begins another run with a text.
    """

    def __init__(
        self, check: Callable[[str], Checked], apply: Callable[[str], None], begin: Callable[[str], None]
    ) -> None:
        self._check, self._said = check, ""
        self._text = Bound(w.Textarea(rows=18, continuous_update=False), self._edited)
        self._text.widget.add_class("artgen-yaml")
        self._wrong = w.HTML()
        self._apply = button(
            "Apply", lambda: apply(self._text.widget.value), "check", "From the next step on", "primary"
        )
        self._begin = button(
            "Begin anew", lambda: begin(self._text.widget.value), "play", "Another run, with this text"
        )
        self._discard = button("Discard", self._leave)
        buttons = box(self._apply, self._begin, self._discard, kind="transport", across=True)
        self.widget = box(self._text.widget, self._wrong, buttons, kind="panel")

    @property
    def is_edited(self) -> bool:
        return bool(self._text.widget.value != self._said)

    def show(self, checked: Checked) -> None:
        """What is wanted now."""
        stays = self.is_edited and self._text.widget.value != checked.yaml
        self._said = checked.yaml
        if not stays:
            self._leave()
            self._tell((), checked.remarks)
        self._show_buttons()

    def fail(self, problems: Sequence[Problem]) -> None:
        """Say what was refused, if it is what was written here."""
        if self.is_edited:
            self._tell(problems, ())

    def _leave(self) -> None:
        self._text.show(self._said)
        self._wrong.value = ""
        self._show_buttons()

    def _edited(self, text: str) -> None:
        found = self._check(text)
        self._tell(found.problems, found.remarks)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._apply.disabled = self._discard.disabled = not self.is_edited

    def _tell(self, problems: Sequence[Problem], remarks: Sequence[str]) -> None:
        lines = [f'<li class="artgen-wrong">{_line(one)}</li>' for one in problems[:MOST_SHOWN]]
        more = len(problems) - MOST_SHOWN
        lines += [f'<li class="artgen-wrong">and {more} more</li>'] if more > 0 else []
        lines += [f"<li>{escape(remark)}</li>" for remark in remarks[:MOST_SHOWN]]
        self._wrong.value = f'<ul class="artgen-problems" role="alert">{"".join(lines)}</ul>' if lines else ""


def _line(problem: Problem) -> str:
    place = f"line {problem.mark.line}, column {problem.mark.column}: " if problem.mark.line else ""
    path = f"<code>{escape(problem.path)}</code>: " if problem.path else ""
    return f"{place}{path}{escape(problem.message)}"
