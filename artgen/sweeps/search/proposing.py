"""Which settings promise most: Optuna is asked, the extra ``artgen[search]``.

Tree-structured Parzen estimator: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization". Its study is made
anew for each question, of what is known by then, and its random numbers belong to the question: what it answers
depends on nothing else, so that a search that was stopped goes on as if it had not been.
"""

from __future__ import annotations

import hashlib
import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from artgen.errors import InputError
from artgen.sweeps.search.space import Choices, Dimension

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

INSTALL = 'pip install "artgen[search]"'
STARTUP_TRIALS = 10
"""So many are chosen by chance before the estimator is asked."""


@dataclass(frozen=True)
class Trial:
    """What is known of a cell."""

    settings: Mapping[str, Any]
    state: Literal["running", "complete", "pruned", "failed"]
    value: float | None = None
    """Of a complete one, what it is judged by; of one that is pruned, the same early on."""


def check_installed() -> None:
    """InputError, in one line, if Optuna is not there."""
    if find_spec("optuna") is None:
        raise InputError(f"--search optuna: needs Optuna; {INSTALL}")


def propose(
    dimensions: Sequence[Dimension], trials: Sequence[Trial], is_more_better: bool, seed: int, question: str
) -> dict[str, Any]:
    """The settings to be drawn next; the same for the same arguments.

    Args:
        dimensions: what is chosen from.
        trials: all that are known, in the order in which they were chosen.
        is_more_better: whether a high value is good.
        seed: of the search.
        question: tells this question from the others.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        # What is experimental there may propose other settings in another version; sweep.json has those that were.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            n_startup_trials=STARTUP_TRIALS,
            multivariate=True,
            constant_liar=True,
            seed=_number(seed, question),
        )
        study = optuna.create_study(sampler=sampler, direction="maximize" if is_more_better else "minimize")
        distributions = {one.key: _distribution(one) for one in dimensions}
        study.add_trials([_told(trial, dimensions, distributions) for trial in trials])
        chosen = study.ask(distributions).params
    return {one.key: _value(one, chosen[one.key]) for one in dimensions}


def shuffled(items: Sequence[dict[str, Any]], seed: int, question: str) -> list[dict[str, Any]]:
    """The same in an order of chance, which belongs to the question."""
    return random.Random(_number(seed, question)).sample(items, len(items))


def _number(seed: int, question: str) -> int:
    digest = hashlib.blake2b(f"{seed}/search/{question}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


def _distribution(one: Dimension) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(one, Choices):
        # By their numbers: a value may be a list or a mapping.
        return CategoricalDistribution(tuple(range(len(one.values))))
    if one.is_whole:
        return IntDistribution(int(one.low), int(one.high), log=one.is_log)
    return FloatDistribution(one.low, one.high, log=one.is_log)


def _value(one: Dimension, chosen: Any) -> Any:
    return one.values[chosen] if isinstance(one, Choices) else one.written(chosen)


def _told(trial: Trial, dimensions: Sequence[Dimension], distributions: Mapping[str, BaseDistribution]) -> FrozenTrial:
    """A trial as Optuna has it: with the numbers as they were drawn, and not as they were proposed."""
    from optuna.trial import TrialState, create_trial

    states = {
        "running": TrialState.RUNNING,
        "complete": TrialState.COMPLETE,
        "pruned": TrialState.PRUNED,
        "failed": TrialState.FAIL,
    }
    params = {
        one.key: one.place(trial.settings[one.key]) if isinstance(one, Choices) else trial.settings[one.key]
        for one in dimensions
    }
    is_pruned = trial.state == "pruned"
    return create_trial(
        state=states[trial.state],
        value=trial.value if trial.state == "complete" else None,
        params=params,
        distributions=dict(distributions),
        intermediate_values={0: trial.value} if is_pruned and trial.value is not None else {},
    )
