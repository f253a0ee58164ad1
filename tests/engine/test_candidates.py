"""Generators that try several drawings in a step: judged as each would be alone, under the same views."""

import pytest
import strangers
import torch

import artgen as package
from artgen.api import RunError
from artgen.testing import make_env, make_image
from artgen_cutouts import Cutouts
from artgen_kornia import Kornia


class Tries:
    """Noise that each candidate, by its number, has of its own, and that stays the same from step to step."""

    def __init__(self, env, numbers):
        self.env, self.steps, self.candidates = env, env.steps, len(numbers)
        self.numbers, self.told, self.called = numbers, [], []

    def draw(self, step):
        return self.draw_candidate(step, 0)

    def draw_candidate(self, step, candidate):
        return self.env.random.uniform(f"picture {self.numbers[candidate]}", (3, *self.env.size))

    def compared(self, step, totals):
        self.called.append("compared")
        self.told.append(totals)

    def advance(self, step):
        self.called.append("advance")

    def state_dict(self):
        return {"told": self.told}

    def load_state_dict(self, state):
        self.told = state["told"]


@pytest.fixture
def several(flat, monkeypatch):
    """Runs the stranger's preset with such candidates; returns the generator, the result and the steps' events."""

    def run(*numbers, without=(), **changes):
        made, events = [], []

        def build(spec, env):
            made.append(Tries(env, numbers))
            return made[0]

        monkeypatch.setattr(strangers.Flat, "uses_gradient", False)
        monkeypatch.setattr(strangers.Flat, "build", build)
        kept = {name: value for name, value in flat.items() if name not in without}
        result = package.run({**kept, **changes}, on_step=events.append)
        return made[0], result, events

    return run


def test_each_candidate_is_judged_as_it_is_alone(several):
    together, result, _ = several(0, 1, 2)
    alone = [several(number)[0] for number in range(3)]
    for step in range(6):
        assert together.told[step].shape == (3, 2)
        for number in range(3):
            assert torch.equal(together.told[step][number], alone[number].told[step][0])
    assert together.called == ["compared", "advance"] * 6
    assert result.steps_done == 6


def test_what_is_shown_and_remembered_is_the_best_of_each_picture(several):
    together, result, events = several(0, 1, 2)
    alone = [several(number) for number in range(3)]
    bests = [totals.argmin(dim=0).tolist() for totals in together.told]
    assert len({tuple(best) for best in bests}) > 1
    for event, best, totals in zip(events, bests, together.told, strict=True):
        wanted = [alone[number][0].draw(0)[picture] for picture, number in enumerate(best)]
        assert torch.equal(event.image, torch.stack(wanted))
        assert event.total == totals.amin(dim=0).mean().item()
        assert event.losses["dark"] == pytest.approx(torch.stack(wanted).mean().item())
    assert [value for _, value in result.losses["total"]] == [event.total for event in events]


def test_a_loss_of_one_number_for_all_pictures_is_remembered_too(several, monkeypatch):
    monkeypatch.setattr(strangers.Dark, "build", lambda spec, env: lambda look: look.image.mean())
    _, result, events = several(0, 1, without=("prompts", "perceptors", "views"), losses=[{"type": "dark"}])
    assert result.losses["dark"][0][1] == pytest.approx(events[0].image.mean().item())


def test_nothing_has_a_graph_where_nothing_learns_by_a_gradient(several, monkeypatch):
    seen = []
    build = strangers.Dark.build

    def looking(spec, env):
        judge = build(spec, env)
        return lambda look: (seen.append(torch.is_grad_enabled() or judge(look).requires_grad), judge(look))[1]

    monkeypatch.setattr(strangers.Dark, "build", looking)
    several(0, 1)
    assert seen == [False] * 12
    # What the preset's `transparent` finds is found by descent, whatever draws.
    _, result, _ = several(0, 1, transparent={"learning_rate": 0.3}, steps=20)
    assert seen[12:] == [True] * 40
    assert result.alpha.std() > 0


def test_views_asked_for_again_are_the_same():
    """So that candidates meet the same ones."""
    for spec in (Cutouts(count=4), Kornia(apply=[{"RandomAffine": {"degrees": 20}}])):
        views = spec.build(make_env())
        first = views(make_image(), 12, 3)
        views(make_image(seed=8), 12, 3)
        assert torch.equal(views(make_image(), 12, 3), first)


def test_none_is_a_mistake_of_the_generator(several):
    with pytest.raises(RunError, match=r"generator 'flat' \(artgen-strangers .*\) tries 0 drawings in a step"):
        several()
