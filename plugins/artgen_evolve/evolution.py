"""The working half of evolution, by the library `cmaes`: CMA-ES (Hansen 2016, arXiv:1604.00772), also separable.

Every picture of a batch has a search of its own. A checkpoint holds what the searches were told, and not what they
made of it: asked and told the same again, they stand where they stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cmaes
import torch
from torch import Tensor

from artgen.api import Env, Generator, HasCredits, HasNumbers, HasWeights, InputError
from artgen_evolve import Evolve

MOST = 1000
"""Numbers of a full search, which keeps a table of all pairs and takes it apart in every step."""
_SEARCHES = {"separable": cmaes.SepCMA, "full": cmaes.CMA}


class EvolveGenerator:
    """Tries the numbers that its searches ask for; what is finished is the middle of what they ended at."""

    def __init__(self, spec: Evolve, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._device = spec, env.device
        self._of: Generator = spec.of.build(env)
        self._numbers = _numbers_of(self._of, spec)
        self._shapes = [number.shape[1:] for number in self._numbers.numbers]
        self._start = torch.cat([number.detach().flatten(1) for number in self._numbers.numbers], dim=1).double().cpu()
        if spec.search == "full" and self._start.shape[1] > MOST:
            raise InputError(
                f"'search: full' is for at most {MOST} numbers, and '{spec.of.type}' has {self._start.shape[1]} as it "
                "is set; write 'search: separable'"
            )
        self._seeds = (env.random.uniform("seed", ()).cpu().double() * 2**24).long().tolist()
        self._begin()
        self._told = torch.zeros(env.steps, self.candidates, env.batch)
        self._steps_told = 0

    @property
    def candidates(self) -> int:
        size: int = self._searches[0].population_size
        return size

    @property
    def weights(self) -> Mapping[str, str]:
        return self._of.weights if isinstance(self._of, HasWeights) else {}

    @property
    def credits(self) -> Sequence[str]:
        return self._of.credits if isinstance(self._of, HasCredits) else ()

    def _begin(self) -> None:
        kind, spec = _SEARCHES[self._spec.search], self._spec
        self._searches: list[Any] = [
            kind(start.numpy().copy(), spec.sigma, seed=seed, population_size=spec.population)
            for start, seed in zip(self._start, self._seeds, strict=True)
        ]
        self._ask()

    def _ask(self) -> None:
        """(candidates, B, all numbers), for the next step."""
        asked = [[torch.from_numpy(search.ask()) for search in self._searches] for _ in range(self.candidates)]
        self._asked = torch.stack([torch.stack(row) for row in asked])

    def _tell(self, totals: Tensor) -> None:
        for picture, search in enumerate(self._searches):
            numbers = (self._asked[candidate, picture].numpy() for candidate in range(self.candidates))
            search.tell(list(zip(numbers, totals[:, picture].tolist(), strict=True)))
        self._ask()

    def draw(self, step: int) -> Tensor:
        return self._draw(torch.stack([torch.from_numpy(search.mean) for search in self._searches]), step)

    def draw_candidate(self, step: int, candidate: int) -> Tensor:
        return self._draw(self._asked[candidate], step)

    @torch.no_grad()
    def _draw(self, numbers: Tensor, step: int) -> Tensor:
        parts = numbers.float().to(self._device).split([shape.numel() for shape in self._shapes], dim=1)
        self._numbers.put_numbers([part.unflatten(1, shape) for part, shape in zip(parts, self._shapes, strict=True)])
        return self._of.draw(step)

    def compared(self, step: int, totals: Tensor) -> None:
        self._told[self._steps_told] = totals
        self._steps_told += 1
        self._tell(totals)

    def advance(self, step: int) -> None:
        """`compared` has moved the searches on."""

    def state_dict(self) -> dict[str, Any]:
        """Where the searches began, what they were told, and what the generator holds besides its numbers."""
        told = self._told[: self._steps_told].clone()
        return {"start": self._start.clone(), "told": told, "of": self._of.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._of.load_state_dict(state["of"])
        self._start = state["start"].cpu()
        told = state["told"].cpu()
        self._told[: len(told)] = told
        self._steps_told = len(told)
        self._begin()
        for totals in told:
            self._tell(totals)


def _numbers_of(generator: Generator, spec: Evolve) -> HasNumbers:
    """The generator, as one whose numbers may be moved."""
    found: object = generator
    if not isinstance(found, HasNumbers):
        raise InputError(f"'of': the generator '{spec.of.type}' has no numbers that evolution could move")
    if sum(number[0].numel() for number in found.numbers) < 2:
        raise InputError(f"'of': the generator '{spec.of.type}' has one number as it is set; evolution needs two")
    return found
