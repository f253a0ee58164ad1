"""What a component needs of the preset that it stands in, and how plugins said so before there was `Spec.needs`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from enum import Enum


class Need(Enum):
    """Something that a component reads or relies on. What nothing in a preset needs is an error there.

    What a loss needs has to be there. A generator takes what there is of prompts, perceptors and start.
    """

    PROMPTS = "prompts"
    """``env.prompts``. The best picture of a batch is chosen by the losses that need them."""
    PERCEPTORS = "perceptors"
    """The preset's perceptors, for whole pictures or texts, so without views."""
    VIEWS = "views"
    """What the perceptors see of the views: ``look.views`` and ``look.embeddings``."""
    START = "start"
    """``env.start``: a generator that begins with it, a loss that compares with it."""
    BATCH = "batch"
    """All pictures of the batch at once, which then no longer come out as they would alone. For losses."""
    ALL_STEPS = "all steps"
    """The run's last step, before which the drawing is not whole, so that `auto_stop` is refused. For generators."""


_FLAGS = {
    "uses_prompts": (True, Need.PROMPTS),
    "reads_perceptors": (True, Need.PERCEPTORS),
    "uses_perceptors": (True, Need.VIEWS),
    "uses_start": (True, Need.START),
    "compares_batch": (True, Need.BATCH),
    "can_stop": (False, Need.ALL_STEPS),
}
"""The class variables, or properties, that said so first; the value that means the need."""


def flagged(spec: object) -> Iterator[Need]:
    """The needs that a spec's flags tell."""
    for flag, (value, need) in _FLAGS.items():
        if getattr(spec, flag, not value) == value:
            yield need


def warn_of_flags(owner: str, names: Iterable[str]) -> None:
    """A DeprecationWarning for each flag among the names that a spec's class defines."""
    for flag in sorted(set(names) & set(_FLAGS)):
        instead = f"say Need.{_FLAGS[flag][1].name} in `needs`"
        warnings.warn(f"{owner}.{flag}: {instead}; the flag goes in 1.0", DeprecationWarning, stacklevel=4)
