"""Specs of the losses that compare pictures, or views of a picture, with each other: diversity, agreement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import Env, Formerly, Loss, LossSpec, PerceptorRef

CELLS = 8


class Diversity(LossSpec):
    """Makes the pictures of a batch differ: how alike each is to the others, 1 for twins, 0 for unlike ones."""

    type: Literal["diversity"] = "diversity"
    compares_batch: ClassVar[bool] = True
    perceptor: PerceptorRef | None = None
    """The perceptor in whose eyes they are to differ; default: none, the pixels."""
    cells: Annotated[int, Field(ge=1, le=64)] = CELLS
    """Without a perceptor: pictures are compared on a grid of so many cells a side; few, and the layout counts."""
    radius: Annotated[float, Field(gt=0, le=1), Formerly("reach", since="0.2", until="1.0")] = 0.3
    """The difference (0 to 1) at which they repel each other most; far beyond it they leave each other alone."""

    def misfits(self) -> Iterable[str]:
        if self.perceptor is not None and self.cells != CELLS:
            yield "'cells' compares pixels; with a 'perceptor' it does nothing"

    @property
    def uses_perceptors(self) -> bool:  # type: ignore[override]
        """Only with one that is named."""
        return self.perceptor is not None

    def build(self, env: Env) -> Loss:
        from artgen_losses.batch import DiversityLoss

        return DiversityLoss(self, env)


class Agreement(LossSpec):
    """How differently a perceptor sees the views of one picture; a negative weight makes each show something else."""

    type: Literal["agreement"] = "agreement"
    uses_perceptors: ClassVar[bool] = True
    perceptor: PerceptorRef | None = None
    """The perceptor that judges; default: all, by their weights."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.batch import AgreementLoss

        return AgreementLoss(self, env)
