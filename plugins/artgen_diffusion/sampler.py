"""A sample on its way from noise to a picture, steered by the gradient that the losses leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env, InputError
from artgen_diffusion import sampling
from artgen_diffusion.sampled_spec import STRENGTH, SampledSpec

_LEAST_TRUSTED = 0.05
"""Where less of the signal is left, the network's derivative is too rough to be divided by it."""

Network = Callable[[Tensor, float], Tensor]
"""(B, C, h, w) noisy sample and timestep to the network's prediction, of the same shape."""


class Sampler:
    """Holds the noisy sample; `estimate` says what it will become, `advance` moves it one step.

    The gradient reaches either the sample, through the network, or the estimate alone, which leaves the network
    without a graph. Both become a shift of the estimate: classifier guidance (Dhariwal & Nichol 2021,
    arXiv:2105.05233) moves eps by sigma * gradient, which is x0 by -sigma^2 / alpha * gradient; at the estimate, the
    spread of x0 given the sample stands in for the network's derivative, sigma^2 in units of the data
    (arXiv:2209.14687). With `normalise`, the shift's root mean square is sigma * guidance.

    Going back after a step and doing it again is the self-recurrence of Universal Guidance (arXiv:2302.07121) and
    FreeDoM (arXiv:2303.09833).
    """

    def __init__(
        self,
        spec: SampledSpec,
        env: Env,
        scheduler: Mapping[str, Any],
        shape: tuple[int, ...],
        network: Network,
        *,
        bound: Callable[[Tensor], Tensor] | None = None,
        start: Tensor | None = None,
        apart: bool = False,
    ) -> None:
        """`scheduler`: its configuration; `shape`: of one sample; `bound`: into the range of clean samples.

        `start`: clean samples (B, *shape), noised by the spec's `strength`. `apart`: a sample is of several things, the
        first of its dimensions, whose gradients are measured each by itself.
        """
        if start is None and spec.strength != STRENGTH and env.frame is None:
            raise InputError("'strength' says how much of the preset's 'start' is kept; give one, or leave it out")
        self._spec, self._random, self._network, self._bound = spec, env.random, network, bound or (lambda x0: x0)
        self._measured_dims = 2 if apart else 1
        self._prediction = sampling.prediction_of(scheduler)
        self._levels = sampling.levels(scheduler, env.steps, spec.spacing)
        # A start is noised to where the last `strength` of the steps begin (SDEdit, arXiv:2108.01073).
        first = 0 if start is None else env.steps - max(1, round(env.steps * spec.strength))
        self._levels = self._levels[first:]
        sampling.check_start(self._levels[0], self._prediction)
        self._plan = self._visits()
        self.steps = len(self._plan)
        self._sample = self._leaf(self._noisy(start, shape))
        self._previous: Tensor | None = None
        self._made: tuple[int, Tensor, Tensor] | None = None

    def _visits(self) -> list[int]:
        """Which level each step of the run starts from."""
        # Laid out beforehand, since reporters and schedules have to know how many steps there will be.
        count = len(self._levels) - 1
        return [level for level in range(count) for _ in range(round(self._spec.recurrence.at(level, count)))]

    def _noisy(self, start: Tensor | None, shape: tuple[int, ...]) -> Tensor:
        noise = self._random.normal("start", shape)
        if start is None:
            return noise
        level = self._levels[0]
        return level.alpha * start.to(noise) + level.sigma * noise

    def _leaf(self, values: Tensor) -> Tensor:
        return values.detach().clone().requires_grad_(self._spec.through == "network")

    def timestep(self, step: int) -> float:
        """What the network is told at `step`."""
        return self._levels[self._plan[step]].timestep

    def estimate(self, step: int) -> Tensor:
        """(B, *shape): the clean sample as the network sees it at `step`; after the last step, the sample itself."""
        if step >= self.steps:
            return self._sample
        if self._spec.through == "estimate":
            return self._estimate_alone(step)
        # Where nothing will pull, the network needs no graph either.
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._guidance(step) > 0):
            x0, eps = self._look(step)
        self._made = step, x0.detach(), eps.detach()
        return x0

    def _guidance(self, step: int) -> float:
        return self._spec.guidance.at(step, self.steps)

    def _estimate_alone(self, step: int) -> Tensor:
        # Drawn twice, a step has to be the same leaf: the losses leave their gradient on it.
        if self._made is None or self._made[0] != step:
            with torch.no_grad():
                x0, eps = self._look(step)
            self._made = step, x0.detach().requires_grad_(), eps
        return self._made[1]

    def _look(self, step: int) -> tuple[Tensor, Tensor]:
        level = self._levels[self._plan[step]]
        return sampling.split(self._network(self._sample, level.timestep), self._sample, level, self._prediction)

    def advance(self, step: int) -> None:
        """Spend the gradient and move on, or go back to the same level where the step is to be done again."""
        assert self._made is not None, "advance follows draw"
        _, x0, eps = self._made
        gradient = self._sample.grad if self._spec.through == "network" else x0.grad
        with torch.no_grad():
            x0, eps = self._steered(step, x0.detach(), eps, gradient)
            # Bound after the shift, which may have led out of the range that the network knows.
            moved = self._moved(step, self._bound(x0), eps)
        self._made = None
        self._sample = self._leaf(moved)

    def put(self, step: int, x0: Tensor, where: Tensor | None = None) -> None:
        """Go on as if the clean sample at `step` were `x0`, (B, *shape), under the noise that there is.

        `where`, (1, 1, h, w) of bool, says which cells that concerns; None: all of them.
        """
        if step >= self.steps:
            self._sample = self._leaf(x0 if where is None else x0.where(where, self._sample))
            return
        with torch.no_grad():
            _, eps = self._made[1:] if self._made and self._made[0] == step else self._look(step)
        level = self._levels[self._plan[step]]
        self._made = None
        noisy = level.alpha * x0 + level.sigma * eps
        self._sample = self._leaf(noisy if where is None else noisy.where(where, self._sample))

    def _steered(self, step: int, x0: Tensor, eps: Tensor, gradient: Tensor | None) -> tuple[Tensor, Tensor]:
        """The estimate, shifted; and the noise that goes with it, so that both still add up to the sample."""
        strength = self._guidance(step)
        if gradient is None or strength == 0:
            return x0, eps
        level = self._levels[self._plan[step]]
        # Both kinds of shift fade with sigma: there is ever less that the network could still put right.
        if self._spec.normalise:
            shift = level.sigma * strength * self._measured(gradient, sampling.normalised)
        else:
            reach = level.sigma**2 / (max(level.alpha, _LEAST_TRUSTED) if self._spec.through == "network" else 1)
            shift = reach * strength * self._measured(gradient, lambda rows: sampling.clamped(rows, self._spec.clamp))
        return x0 - shift, eps + level.alpha / level.sigma * shift

    def _measured(self, gradient: Tensor, measure: Callable[[Tensor], Tensor]) -> Tensor:
        """`measure` of rows that each are a whole picture's, or a thing's."""
        return measure(gradient.flatten(0, self._measured_dims - 1)).view_as(gradient)

    def _moved(self, step: int, x0: Tensor, eps: Tensor) -> Tensor:
        index = self._plan[step]
        before, after = self._levels[index : index + 2]
        moved = self._step(step, x0, eps, before, after)
        # Back to the level that it came from: while there is noise, the network can mend what the shift did.
        if index in self._plan[step + 1 : step + 2]:
            noise = self._random.normal("recurrence", tuple(moved.shape[1:]), step)
            return sampling.renoise(moved, after, before, noise)
        # Remembered on the way out alone: the solver compares two levels, and a repeated step would be one twice.
        self._previous = x0
        return moved

    def _step(self, step: int, x0: Tensor, eps: Tensor, before: sampling.Level, after: sampling.Level) -> Tensor:
        # Streams are keyed by purpose and step, so what is not drawn here changes no other number.
        eta = 1.0 if self._spec.scheduler == "ddpm" else self._spec.eta
        noise = self._random.normal("variance", tuple(x0.shape[1:]), step) if eta else None
        if self._spec.scheduler != "dpm++":
            return sampling.ddim(x0, eps, before, after, eta, noise)
        older = None if self._previous is None else (self._previous, self._levels[self._plan[step] - 1])
        return sampling.dpm(self._sample, x0, before, after, eta, noise, older)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on, between two steps; an estimate in hand is not: `estimate` makes it again."""
        return {
            "sample": self._sample.detach().clone(),
            "previous": None if self._previous is None else self._previous.clone(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._sample = self._leaf(state["sample"].to(self._sample.device))
        previous = state["previous"]
        self._previous = None if previous is None else previous.to(self._sample.device)
        self._made = None
