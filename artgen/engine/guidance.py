"""From a drawing to d(loss)/d(image): the losses look, their weighted sum is carried back, and blame is found."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from artgen.api import Augmentation, Loss, Schedule
from artgen.engine.boundary import checked_values
from artgen.engine.look import StepLook, WeightedPerceptor
from artgen.errors import RunError
from artgen.memory import Halving
from artgen.registry.fence import ComponentError, fenced


@dataclass(frozen=True)
class WeightedLoss:
    """One loss of the preset, with its weight over the run and who offers it."""

    name: str
    loss: Loss
    weight: Schedule
    owner: str
    uses_prompts: bool = False
    """Whether it says how far a picture is from what the prompts ask for."""
    role: str = "loss"
    """What it is in the preset: a loss, or a judge."""

    @property
    def title(self) -> str:
        return f"{self.role} '{self.name}' ({self.owner})"


@dataclass(frozen=True)
class GuidanceResult:
    """What guidance says about one drawing."""

    gradient: Tensor
    """d(sum of the weighted losses)/d(image), (B, 3, H, W)."""
    rows: Mapping[str, Tensor]
    """Each loss's unweighted value, (B,), or () of one that has the same for all pictures."""
    totals: Tensor
    """The weighted sum for each picture, (B,), on the CPU."""
    scores: Tensor
    """The same of the losses that read the prompts alone, where any of them looked: by these pictures are compared."""

    @functools.cached_property
    def losses(self) -> Mapping[str, float]:
        """Each loss's unweighted value, averaged over the batch."""
        return {name: rows.sum().item() / (1 if rows.dim() == 0 else len(rows)) for name, rows in self.rows.items()}


class Guidance:
    """Called with a drawing, (B, 3, H, W), and a step, gives a `GuidanceResult`. RunError names who is to blame.

    Args:
        losses: the preset's losses, in its order.
        perceptors: its perceptors by name.
        augmentations: its views, each with the title that messages use.
        steps: how many steps the run has.
        chunk: how many views go through a perceptor at once; None: all. Halved when memory runs out.
        note: told one line when that happens.
    """

    def __init__(
        self,
        losses: Sequence[WeightedLoss],
        perceptors: Mapping[str, WeightedPerceptor],
        augmentations: Sequence[tuple[str, Augmentation]],
        steps: int,
        chunk: int | None = None,
        note: Callable[[str], None] = print,
    ) -> None:
        self.losses, self.perceptors, self.augmentations, self.steps = losses, perceptors, augmentations, steps
        give_up = "out of memory with one view at a time; use a smaller size, batch or perceptor"
        self._note = note
        self._told: set[str] = set()
        """The losses of which it was said that they have no gradient."""
        self._halving = Halving(chunk, note, "views at a time (chunk: {size})", give_up)

    @property
    def chunk(self) -> int | None:
        """How many views go through a perceptor at once, after what memory has taught. The last bits depend on it."""
        return self._halving.size

    @chunk.setter
    def chunk(self, size: int | None) -> None:
        self._halving.size = size

    def __call__(self, image: Tensor, step: int) -> GuidanceResult:
        return self._halving(lambda: self._evaluate(image, step, self.losses), lambda: self._count_views(image, step))

    def _count_views(self, image: Tensor, step: int) -> int:
        """How many views a perceptor is shown in all, found without one by cutting at one pixel."""
        with torch.no_grad():
            return sum(self._count(title, cut, image.detach(), step) for title, cut in self.augmentations)

    def _count(self, title: str, cut: Augmentation, image: Tensor, step: int) -> int:
        with fenced(title, step):
            return len(cut(image, 1, step))

    def _evaluate(self, image: Tensor, step: int, losses: Sequence[WeightedLoss]) -> GuidanceResult:
        # Detached once: the losses' graphs end at this leaf, and the generator's graph is walked once, by the loop.
        leaf = image.detach().requires_grad_()
        look = StepLook(leaf, step, self.steps, self.perceptors, self.augmentations, self.chunk)
        batch = len(image)
        totals = torch.zeros(batch, device=image.device)
        values: dict[str, Tensor] = {}
        scores: Tensor | None = None
        for weighted in losses:
            weight = weighted.weight.at(step, self.steps)
            if weight == 0:
                continue  # not evaluated, so that a loss of weight 0 cannot change a single bit
            with fenced(weighted.title, step):
                rows = self._rows(weighted.title, weighted.loss(look), image, step)
            values[weighted.name] = rows.detach()
            # A single number is shared out, so that a picture's total does not grow with the batch.
            part = weight * (rows / batch if rows.dim() == 0 else rows)
            totals = totals + part
            if weighted.uses_prompts:
                scores = (torch.zeros_like(totals) if scores is None else scores) + part.detach()
        # No graph where every loss has weight 0, or is a constant: then the gradient is zero, which is no error.
        if totals.requires_grad:
            # The sum, not the mean: each picture of a batch moves as far as it would alone.
            with fenced(_blamed(losses, look), step):
                totals.sum().backward()
            look.backward()
        gradient = leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)
        if not bool(gradient.isfinite().all()):
            self._blame(image, step, losses)
        # What only keeps a drawing in bounds, such as its smoothness, knows nothing of which one shows what was asked.
        scores = totals.detach() if scores is None else scores
        # The scores are remembered for every step; on the CPU they hold no memory of a GPU.
        return GuidanceResult(gradient, values, totals.detach().cpu(), scores.cpu())

    def _rows(self, title: str, given: object, image: Tensor, step: int) -> Tensor:
        """The loss's value, checked: () or (B,), of float32, and finite."""
        value = checked_values(given, title, image, step)
        # One that wishes for nothing at this step may well be a constant 0.
        if torch.is_grad_enabled() and not value.requires_grad and title not in self._told and bool(value.any()):
            self._told.add(title)
            self._note(f"{title}: its value has no gradient, so that it changes nothing")
        return value

    def _blame(self, image: Tensor, step: int, losses: Sequence[WeightedLoss]) -> None:
        """Find whose gradient is not finite, by asking the losses one at a time.

        Only the sum of their gradients arrives at the image. To look at each would cost a backward pass a loss in every
        step, so they are told apart when something is wrong, by doing the step again.
        """
        if len(losses) == 1:
            raise ComponentError(f"{losses[0].title} has a gradient that is not finite at step {step}")
        for weighted in losses:
            self._evaluate(image, step, [weighted])
        raise RunError(f"the sum of the gradients is not finite at step {step}; lower the losses' weights")


def _blamed(losses: Sequence[WeightedLoss], look: StepLook) -> str:
    """Whose code the gradient comes through on its way to the views."""
    seers = [look.weighted[name].title for name in look.batches]
    return " or ".join((*(weighted.title for weighted in losses), *seers))
