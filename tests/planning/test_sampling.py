"""Which steps a trial takes, for how long, and what it makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.planning.sampling import FEWEST, PLACES, Sampling


class Run:
    """Takes the steps that are asked for, of which each costs what `seconds` says."""

    def __init__(self, steps, seconds, budget=5.0):
        self.sampling = Sampling(steps, self._lap, budget)
        self.seconds, self.taken = seconds, []
        self.taken.extend(self.sampling)

    def _lap(self):
        return self.seconds(self.taken[-1]) if self.taken else 0.0


@given(st.integers(1, 400), st.floats(0.001, 20), st.floats(0.5, 10))
def test_steps_come_in_their_order_each_once_and_within_the_run(steps, seconds, budget):
    run = Run(steps, lambda step: seconds, budget)
    assert run.taken[0] == 0 and run.taken == sorted(set(run.taken)) and run.taken[-1] < steps
    assert all(lap == pytest.approx(seconds) for _, lap in run.sampling.places)
    assert len(run.taken) * seconds <= 2 * budget + 7 * seconds


def test_a_short_run_is_taken_whole():
    assert Run(30, lambda step: 0.02).taken == list(range(30))


def test_a_long_run_is_looked_at_from_its_beginning_to_its_end():
    run = Run(1000, lambda step: 0.1)
    assert len(run.sampling.places) == PLACES
    assert run.sampling.places[0][0] < 10 and run.sampling.places[-1][0] > 990
    slow = Run(1000, lambda step: 9.0)
    assert slow.taken == [0, 1, 2, 500, 999] and len(slow.sampling.places) == FEWEST


def test_the_first_step_stands_apart():
    run = Run(50, lambda step: 7.0 if step == 0 else 0.5)
    assert run.sampling.first == 7.0
    assert {lap for _, lap in run.sampling.places} == {0.5}
