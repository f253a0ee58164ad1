"""The working half of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from artgen.api import (
    DrawsOver,
    Env,
    Generator,
    GeneratorSpec,
    HasCover,
    HasCredits,
    HasNumbers,
    HasWeights,
    InputError,
    Judged,
    Need,
    Paints,
    PaintsOver,
)
from artgen_layers import Layers


class LayersGenerator:
    """Two generators; the upper one is drawn over what the lower one draws."""

    def __init__(self, spec: Layers, env: Env, below: Generator, above: Generator) -> None:
        self._spec, self._below, self._above = spec, below, above
        self.steps = _same_steps(spec, below, above)
        self.region: Tensor | None = None
        """Where the upper one is seen, (1, 1, H, W); None: everywhere."""
        if spec.where is not None:
            self.region = spec.where.region(env.size).to(env.device)[None, None]
        self.see_through = spec.cut_out and _is_see_through(above)
        """Whether the lower one is seen where the upper one draws nothing."""
        self._refuse_hidden()
        self._drawn = 0
        weights = [one.weights for one in self.both if isinstance(one, HasWeights)]
        self.weights: Mapping[str, str] = {name: digest for each in weights for name, digest in each.items()}
        credits = [line for one in self.both if isinstance(one, HasCredits) for line in one.credits]
        self.credits: Sequence[str] = tuple(dict.fromkeys(credits))

    @property
    def both(self) -> tuple[Generator, Generator]:
        """The lower one, and the upper one."""
        return self._below, self._above

    def _refuse_hidden(self) -> None:
        """InputError if nothing of the lower one would ever be seen."""
        shares = [self._spec.opacity.at(step, self.steps) for step in range(self.steps + 1)]
        if self.see_through or self.region is not None or min(shares) < 1:
            return
        cause = "draws everywhere" if self._spec.cut_out else "is not cut out"
        raise InputError(
            f"'above': '{self._spec.above.type}' {cause} and hides all of 'below'; set 'where' or an 'opacity' below 1"
        )

    def _share(self, step: int) -> Tensor | float:
        """How much of the upper one is seen, and where: a number, or (1, 1, H, W)."""
        opacity = self._spec.opacity.at(step, self.steps)
        return opacity if self.region is None else self.region * opacity

    def draw(self, step: int) -> Tensor:
        return self._laid(self._below.draw(step), step)

    def draw_over(self, ground: Tensor, step: int) -> Tensor:
        """Both over (B, 3, H, W), of which nothing is seen if the lower one draws everywhere."""
        return self._laid(_over(self._below, ground, step), step)

    def _laid(self, ground: Tensor, step: int) -> Tensor:
        """The upper one over (B, 3, H, W)."""
        self._drawn = step
        drawn = _over(self._above, ground, step) if self.see_through else self._above.draw(step)
        return ground + self._share(step) * (drawn - ground)

    @property
    def cover(self) -> Tensor | None:
        """What both cover that was drawn last; None if the lower one knows no cover."""
        below = _cover(self._below)
        if below is None:
            return None
        above = _cover(self._above) if self.see_through else None
        shown = self._share(self._drawn) if above is None else self._share(self._drawn) * above
        return 1 - (1 - below) * (1 - shown)

    def advance(self, step: int) -> None:
        """Each spends its gradient."""
        self._below.advance(step)
        self._above.advance(step)

    def judged(self, step: int, totals: Tensor) -> None:
        """Hand on what is thought of the drawings."""
        for one in self.both:
            if isinstance(one, Judged):
                one.judged(step, totals)

    @property
    def numbers(self) -> Sequence[Tensor]:
        """Those of the lower one, then those of the upper one."""
        below, above = self._with_numbers()
        return [*below.numbers, *above.numbers]

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on."""
        below, above = self._with_numbers()
        count = len(below.numbers)
        below.put_numbers(numbers[:count])
        above.put_numbers(numbers[count:])

    def _with_numbers(self) -> tuple[HasNumbers, HasNumbers]:
        below, above = self.both
        if not isinstance(below, HasNumbers) or not isinstance(above, HasNumbers):
            name, held = ("above", self._spec.above) if isinstance(below, HasNumbers) else ("below", self._spec.below)
            raise InputError(f"'{name}': the generator '{held.type}' has no numbers that others could move")
        return below, above

    def paint(self, image: Tensor, step: int) -> None:
        """Both go on from (B, 3, H, W)."""
        for (name, held), one in zip(self._spec.held(), self.both, strict=True):
            if not isinstance(one, Paints):
                raise InputError(f"'{name}': the generator '{held.type}' cannot take a picture over")
            one.paint(image, step)

    def state_dict(self) -> Mapping[str, Any]:
        """Both states."""
        return {"below": self._below.state_dict(), "above": self._above.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._below.load_state_dict(state["below"])
        self._above.load_state_dict(state["above"])


class PaintedLayers(LayersGenerator):
    """Layers that can both take a part of a picture over."""

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, where (1, 1, H, W) is more than 0."""
        for one in self.both:
            assert isinstance(one, PaintsOver)
            one.paint_over(image, cover, step)


def build(spec: Layers, env: Env) -> LayersGenerator:
    """The layers, each with a random stream of its own."""
    below, above = (_built(name, held, env) for name, held in spec.held())
    both: tuple[object, object] = (below, above)
    kind = PaintedLayers if all(isinstance(one, PaintsOver) for one in both) else LayersGenerator
    return kind(spec, env, below, above)


def _built(name: str, spec: GeneratorSpec, env: Env) -> Generator:
    random = replace(env.random, component=f"{env.random.component}/{name}")
    start = env.start if Need.START in spec.needs() else None
    return spec.build(replace(env, random=random, start=start))


def _same_steps(spec: Layers, below: Generator, above: Generator) -> int:
    if below.steps != above.steps:
        raise InputError(
            f"'below' and 'above' take their steps together: '{spec.below.type}' takes {below.steps}, "
            f"'{spec.above.type}' {above.steps}"
        )
    return below.steps


def _is_see_through(generator: object) -> bool:
    """Whether it tells what it hides of a ground."""
    return _cover(generator) is not None or (isinstance(generator, DrawsOver) and not isinstance(generator, HasCover))


def _cover(generator: object) -> Tensor | None:
    return generator.cover if isinstance(generator, HasCover) else None


def _over(generator: Generator, ground: Tensor, step: int) -> Tensor:
    """What it draws over (B, 3, H, W), as far as it tells; what draws everywhere hides all of that."""
    held: object = generator
    if isinstance(held, DrawsOver):
        return held.draw_over(ground, step)
    drawn, cover = generator.draw(step), _cover(generator)
    return drawn if cover is None else ground + cover * (drawn - ground)
