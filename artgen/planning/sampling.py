"""Which steps of a run are timed, and what that tells of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

SECONDS = 5.0
"""So long are steps timed, about."""
PLACES, FEWEST = 5, 3
"""At how many places of the run: what a step costs may change, with schedules say. Fewer where a step takes long."""


class Sampling:
    """Chooses steps while they are taken: asked for the next one, it is told that the last one is done.

    Args:
        steps: how many the run has.
        lap: seconds since it was asked last.
        budget: for how many seconds steps are taken; longer where they are few.
    """

    def __init__(self, steps: int, lap: Callable[[], float], budget: float = SECONDS) -> None:
        self.steps, self._lap, self._budget = steps, lap, budget
        self.first = 0.0
        self._found: list[list[tuple[int, float]]] = []

    def __iter__(self) -> Iterator[int]:
        self._lap()
        yield 0
        self.first = self._lap()
        step = 1
        number, count = 0, PLACES
        while step < self.steps and number < count:
            place: list[tuple[int, float]] = []
            self._found.append(place)
            spent = 0.0
            least = 2 if number == 0 else 1
            while step < self.steps and (len(place) < least or spent < self._budget / count):
                yield step
                place.append((step, self._lap()))
                spent += place[-1][1]
                step += 1
            slow = spent / len(place)
            if number == 0 and slow * PLACES > self._budget:
                count = FEWEST
            number += 1
            # The last place ends where the run does.
            ahead = max(1, min(self.steps // count, round(self._budget / count / max(slow, 1e-6))))
            last = self.steps - ahead if number == count - 1 else self.steps
            step = max(step, min(round(number * (self.steps - 1) / (count - 1)), last))

    @property
    def places(self) -> list[tuple[float, float]]:
        """The mean step of each place, and the mean of its seconds: of all steps but the first."""
        means = ((sum(column) / len(place) for column in zip(*place, strict=True)) for place in self._found if place)
        return [(step, seconds) for step, seconds in means]
