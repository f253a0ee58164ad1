"""Which steps of a run are timed, and what that tells of all of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

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
        step, number, count = 1, 0, PLACES
        while step < self.steps and number < count:
            place = yield from self._place(step, self._budget / count, least=1 if number else 2)
            mean = sum(seconds for _, seconds in place) / len(place)
            if not number and mean * PLACES > self._budget:
                count = FEWEST
            number += 1
            step = max(place[-1][0] + 1, self._begin(number, count, mean))

    def _place(self, step: int, budget: float, least: int) -> Generator[int, None, list[tuple[int, float]]]:
        """Steps one after the other, at least so many, for so many seconds; each with what it took."""
        place: list[tuple[int, float]] = []
        self._found.append(place)
        spent = 0.0
        while step < self.steps and (len(place) < least or spent < budget):
            yield step
            place.append((step, self._lap()))
            spent += place[-1][1]
            step += 1
        return place

    def _begin(self, number: int, count: int, seconds: float) -> int:
        """The first step of one of `count` places, where each step takes so long; the last place ends with the run."""
        even = round(number * (self.steps - 1) / (count - 1))
        if number < count - 1:
            return even
        many = round(self._budget / count / max(seconds, 1e-6))
        return min(even, self.steps - max(1, min(self.steps // count, many)))

    @property
    def places(self) -> list[tuple[float, float]]:
        """The mean step of each place, and the mean of its seconds: of all steps but the first."""
        means = ((sum(column) / len(place) for column in zip(*place, strict=True)) for place in self._found if place)
        return [(step, seconds) for step, seconds in means]
