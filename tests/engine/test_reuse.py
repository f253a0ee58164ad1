"""A perceptor is built again only for a run that differs in something it has read."""

from types import SimpleNamespace

import pytest
import torch

from artgen import api
from artgen.engine.reuse import keeping_perceptors, perceptor
from artgen.rng import Random


def _env(seed=1, **changes):
    given = {"size": (8, 8), "batch": 1, "steps": 3, "start": None}
    random = Random((seed,), "perceptors.toy", torch.device("cpu"))
    return api.Env(device=torch.device("cpu"), random=random, **{**given, **changes})


class _Spec(api.PerceptorSpec):
    type: str = "toy"

    def build(self, env):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("reads", "changes", "again"),
    [
        ("device", {"seed": 2}, False),
        ("random", {"seed": 2}, True),
        ("random", {"size": (9, 9)}, False),
        ("size", {"size": (9, 9)}, True),
        ("start", {"start": torch.zeros(1, 3, 8, 8)}, True),
        ("prompts_of", {"seed": 2}, False),
    ],
)
def test_what_it_has_read_decides(reads, changes, again):
    built = []

    def build(env):
        built.append(env)
        value = getattr(env, reads)
        return SimpleNamespace(value=value(0) if callable(value) else value)

    with keeping_perceptors():
        perceptor(_Spec(), _env(), build)
        perceptor(_Spec(), _env(**changes), build)
    assert len(built) == (2 if again else 1)


def test_what_a_run_sets_on_it_is_not_seen_by_the_next():
    with keeping_perceptors():
        first = perceptor(_Spec(), _env(), lambda env: SimpleNamespace(told=()))
        first.told = ("a",)
        assert perceptor(_Spec(), _env(), lambda env: SimpleNamespace(told=())).told == ()
    assert perceptor(_Spec(), _env(), lambda env: "new") == "new"
