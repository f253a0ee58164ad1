"""Cells whose settings are chosen by what the cells before them have come to, in place of all combinations.

::

    sweep:
      over:
        generator.learning_rate: {low: 0.001, high: 0.1, scale: log}
        steps: 20..200
        start.noise: [0, 0.2, 0.4]
      search:
        trials: 60
        goal: loss

Chosen are the values of a list, whole numbers of a range such as 20..200, and any numbers of one such as 0.1..0.9,
with six digits. `artgen sweep` draws the cells; the extra `artgen[search]` chooses them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from artgen.fields.block import Block

MAX_TRIALS = 10_000
LOSS, JUDGES = "loss", "judges"


class SweepSearch(Block):
    """Draws the cells that promise most, one after the other."""

    by: Literal["optuna"] = "optuna"
    """What chooses: Optuna, by a tree-structured Parzen estimator (Bergstra et al. 2011): numbers that are frequent
    among the best cells so far, and rare among the others. The first ten are chosen by chance."""
    trials: Annotated[int, Field(ge=1, le=MAX_TRIALS)] = 40
    """How many cells there are in the end; more than before goes on."""
    goal: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """What makes a cell good: a small `loss`; a high mean of what all `judges` say; or a high score of the judge of
    that name. Default: judges, where the preset has some."""
    prune: bool = True
    """Whether a cell ends after a fifth of its steps, if its loss is then above the median of the cells before it
    (Golovin et al. 2017); of the first five, none does. Only where the goal is the loss, and nothing that is searched
    changes what it means."""
