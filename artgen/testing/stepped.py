"""What holds for whatever works step by step: numbers over the run are asked for at the step that it is at."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self

from pydantic import ValidationError
from torch import Tensor

from artgen import api
from artgen.fields.introspection import types_in
from artgen.testing.checks import require
from artgen.testing.specs import SeededContract, read_again

FIRST = 2
"""So many steps are compared; what comes after them is another."""


class SteppedContract(SeededContract):
    """Generators, views, losses and filters."""

    _hosts: ClassVar[frozenset[str]] = frozenset()
    """Settings that artgen asks for itself."""

    def _first_steps(self, built: Any, count: int) -> Sequence[Tensor]:
        """What it makes in the first `count` of ten steps."""
        raise NotImplementedError

    def test_a_later_value_changes_no_step_before(self) -> None:
        """Runs that are the same until a number over the run becomes another share the steps before."""
        later = self._changed_later()
        if later.spec == self.spec:
            return
        made = (case._first_steps(case.build(), FIRST) for case in (self, later))
        same = all(one.equal(other) for one, other in zip(*made, strict=True))
        advice = "ask a schedule at the step it is at, or mark the setting with LooksAhead()"
        names = ", ".join(name for name, value in later.spec if value != getattr(self.spec, name))
        require(same, f"what {names} is from step {FIRST} on changes the steps before; {advice}")

    def _changed_later(self) -> Self:
        """The same with other values after the first steps, wherever some are allowed."""
        spec = self.spec
        for name, schedule in self._schedules():
            first = [schedule.at(step, 10) for step in range(FIRST)]
            spec = next((other for value in _others(first[-1]) if (other := _with(spec, name, [*first, value]))), spec)
        case = copy.copy(self)
        case.spec = spec  # type: ignore[misc]  # of this object alone
        return case

    def _schedules(self) -> Iterator[tuple[str, api.Schedule]]:
        for name, field in type(self.spec).model_fields.items():
            marks = types_in([field.annotation, *field.metadata])
            value = getattr(self.spec, name)
            looks_ahead = any(isinstance(mark, api.LooksAhead) for mark in marks)
            if isinstance(value, api.Schedule) and not looks_ahead and name not in self._hosts:
                yield name, value


def _others(value: float) -> tuple[float, ...]:
    return tuple(other for other in (2 * value, value / 2, value + 1, 0.5) if other != value)


def _with(spec: api.Spec, name: str, values: list[float]) -> api.Spec | None:
    """The spec with a value for each step; None if it refuses them."""
    try:
        return read_again(spec, **{name: {"each": values}})
    except ValidationError:
        return None
