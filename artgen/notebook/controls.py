"""Widgets of one setting: what is chosen by hand is told, and what is shown by the program is not."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from html import escape
from typing import Any

import ipywidgets as w

from artgen.notebook.settings import Number

FINE = 200
"""So many places a slider has."""
Act = Callable[[Callable[[], Future[Any]]], None]
"""Does what is asked, waits for nothing, and says what was refused."""


class Bound:
    """A widget with a value. The program may show it from any thread.

    Args:
        widget: any that has a `value`.
        chosen: told of each value that is not shown by `show`.
    """

    def __init__(self, widget: Any, chosen: Callable[[Any], None]) -> None:
        self.widget, self._chosen = widget, chosen
        self._showing: int | None = None
        widget.observe(self._hear, "value")

    def show(self, value: Any, **others: Any) -> None:
        """Show a value; `others` are traits of the widget that change with it."""
        self._showing = threading.get_ident()
        try:
            for name, other in {**others, "value": value}.items():
                if getattr(self.widget, name) != other:
                    setattr(self.widget, name, other)
        finally:
            self._showing = None

    def _hear(self, change: Any) -> None:
        if self._showing != threading.get_ident():
            self._chosen(change["new"])


class NumberRow:
    """A number as a slider with a field beside it, which takes what the slider's range does not hold.

    Args:
        number: what it is.
        chosen: told the number that is wanted.
    """

    def __init__(self, number: Number, chosen: Callable[[float], None]) -> None:
        self.number, self._told = number, chosen
        self._field = Bound(_field(number), self._typed)
        self._slider = Bound(_slider(number), self._slid)
        self._name, self._wrong = w.HTML(_label(number)), w.HTML()
        row = w.HBox([self._name, self._slider.widget, self._field.widget])
        row.add_class("artgen-number")
        self.widget = w.VBox([row, self._wrong])

    def show(self, number: Number, step: int, steps: int) -> None:
        """What it is now, and at which step."""
        self.number = number
        value = number.at(step, steps)
        self._name.value = _label(number)
        self._field.show(int(value) if number.is_whole else _short(value))
        self._slider.show(self._place(value), **self._limits(value))
        self.fail("")

    def fail(self, message: str) -> None:
        """Say in place why it was refused; nothing, if the message is empty."""
        self._wrong.value = wrong(message)

    def _typed(self, value: float) -> None:
        self._told(value)

    def _slid(self, value: float) -> None:
        chosen = int(value) if self.number.is_whole else _short(value)
        self._field.show(chosen)
        self._told(chosen)

    def _limits(self, value: float) -> dict[str, float]:
        """The slider's ends, with the value between them; the one that is further out comes first."""
        slider = self._slider.widget
        if self.number.is_rate:
            low, high = math.log10(value) if value > 0 else slider.min, math.log10(value) if value > 0 else slider.max
        else:
            low = high = value
        return {"min": min(slider.min, low), "max": max(slider.max, high)}

    def _place(self, value: float) -> float:
        if self.number.is_rate:
            return float(max(value, 10**self._slider.widget.min))
        return int(value) if self.number.is_whole else value


def _slider(number: Number) -> Any:
    shape: dict[str, Any] = {"readout": False, "continuous_update": False}
    if number.is_rate:
        least, most = math.log10(max(number.low, 1e-9)), math.log10(max(number.high, 2e-9))
        return w.FloatLogSlider(10**least, min=least, max=most, step=(most - least) / FINE, **shape)
    if number.is_whole:
        return w.IntSlider(int(number.low), min=int(number.low), max=math.ceil(number.high), **shape)
    return w.FloatSlider(number.low, min=number.low, max=number.high, step=(number.high - number.low) / FINE, **shape)


def _field(number: Number) -> Any:
    return w.IntText() if number.is_whole else w.FloatText(step=None)


def _label(number: Number) -> str:
    over = (
        ' <small title="what is chosen here holds from the next step on">over the run</small>'
        if number.is_moving
        else ""
    )
    return f'<span class="artgen-label" title="{escape(number.about)}">{escape(number.label)}{over}</span>'


def _short(value: float) -> float:
    """As few digits as say what was meant."""
    return float(f"{value:.3g}")


def wrong(message: str) -> str:
    """HTML of a line that says what is wrong."""
    return f'<p class="artgen-wrong" role="alert">{escape(message)}</p>' if message else ""


def button(text: str, told: Callable[[], None], icon: str = "", about: str = "", kind: str = "") -> Any:
    """A button that calls `told`."""
    made = w.Button(description=text, icon=icon, tooltip=about or text)
    made.add_class("artgen-button")
    if kind:
        made.add_class(f"artgen-{kind}")
    made.on_click(lambda _: told())
    return made


def box(*children: Any, kind: str, across: bool = False) -> Any:
    """Widgets below each other, or beside; the style sheet knows it as `kind`."""
    made = (w.HBox if across else w.VBox)(children)
    made.add_class(f"artgen-{kind}")
    return made


def discard(widgets: Iterable[Any]) -> None:
    """Close widgets that are shown no more, with all that is in them: the page and the program keep them otherwise."""
    for widget in widgets:
        discard(getattr(widget, "children", ()))
        for part in (widget.layout, getattr(widget, "style", None), widget):
            if part is not None:
                part.close()
