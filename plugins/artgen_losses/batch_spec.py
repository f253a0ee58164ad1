"""Specs of the losses that compare pictures, or views of a picture, with each other: diversity, agreement."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, Formerly, Loss, LossSpec, Need, PerceptorRef

CELLS = 8


class Diversity(LossSpec):
    """Makes the pictures of a batch differ: how alike each is to the others, 1 for twins, 0 for unlike ones."""

    type: Literal["diversity"] = "diversity"
    perceptor: PerceptorRef | None = None
    """The perceptor in whose eyes they are to differ; default: none, the pixels."""
    cells: Annotated[int, Field(ge=1, le=64)] = CELLS
    """Without a perceptor: pictures are compared on a grid of so many cells a side; few, and the layout counts."""
    radius: Annotated[float, Field(gt=0, le=1), Formerly("reach", since="0.2", until="1.0")] = 0.3
    """The difference (0 to 1) at which they repel each other most; far beyond it they leave each other alone."""

    def misfits(self) -> Iterable[str]:
        if self.perceptor is not None and self.cells != CELLS:
            yield "'cells' compares pixels; with a 'perceptor' it does nothing"

    def needs(self) -> Set[Need]:
        return {Need.BATCH} | ({Need.VIEWS} if self.perceptor is not None else set())

    def build(self, env: Env) -> Loss:
        from artgen_losses.batch import DiversityLoss

        return DiversityLoss(self, env)


class Agreement(LossSpec):
    """How differently a perceptor sees the views of one picture; a negative weight makes each show something else."""

    type: Literal["agreement"] = "agreement"
    perceptor: PerceptorRef | None = None
    """The perceptor that judges; default: all, by their weights."""

    def needs(self) -> Set[Need]:
        return {Need.VIEWS}

    def build(self, env: Env) -> Loss:
        from artgen_losses.batch import AgreementLoss

        return AgreementLoss(self, env)
