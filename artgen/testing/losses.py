"""What every loss must keep."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from artgen import api
from artgen.testing.checks import backward, require, require_close, require_finite, require_float32, require_no_growth
from artgen.testing.parts import TINY, PlainLook, extremes, make_image
from artgen.testing.probes.graphs import held
from artgen.testing.probes.recording import RecordingLook
from artgen.testing.specs import NeedingContract
from artgen.testing.stepped import SteppedContract

GROWTH = 3
"""A value that becomes so many times as large on a canvas of 16 times as many pixels is a sum over them."""


class LossContract(SteppedContract, NeedingContract):
    """A finite value () or (B,) with a finite gradient, each picture judged on its own."""

    spec: ClassVar[api.LossSpec]
    _hosts: ClassVar[frozenset[str]] = frozenset({"weight"})
    tolerance: ClassVar[float] = 1e-5
    """How far the value of a picture may be from its value alone."""

    def env(self, **changes: Any) -> api.Env:
        made = super().env(**changes)
        # One start for all, so that a picture meets the same one alone and in a batch.
        start = make_image(1, made.size, seed=9).detach().expand(made.batch, -1, -1, -1)
        return made if made.start is not None else dataclasses.replace(made, start=start)

    def use(self, built: api.Loss) -> Sequence[Tensor]:
        return [self._ask(built, make_image()).detach()]

    def _first_steps(self, built: api.Loss, count: int) -> Sequence[Tensor]:
        return [self._ask(built, make_image(), step).detach() for step in range(count)]

    def _use_watched(self, built: api.Loss, env: api.Env, read: set[str]) -> None:
        for step in (0, 5, 9):
            built(RecordingLook(make_image(), env.perceptors, step, read=read))

    def _use_there(self, built: api.Loss, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        value = built(PlainLook(make_image().detach().to(device).requires_grad_(), env.perceptors))
        backward(value)
        return [value]

    def _ask(self, loss: api.Loss, image: Tensor, step: int = 0) -> Tensor:
        return loss(PlainLook(image, self.env().perceptors, step))

    def _value(self, image: Tensor, step: int = 0) -> Tensor:
        size = (image.shape[2], image.shape[3])
        return self._ask(self.build(self.env(size=size, seeds=tuple(range(len(image))))), image, step)

    def test_it_is_finite(self) -> None:
        """The value is () or (B,), and it and its gradient are finite, on flat pictures and tiny canvases too."""
        tiny = {f"of {width} x {height} pixels": make_image(size=(height, width)) for height, width in TINY}
        for what, picture in {**extremes(), **tiny}.items():
            if self._build_for((picture.shape[2], picture.shape[3])) is None:
                continue
            image = picture.detach().requires_grad_()
            value = self._value(image)
            shape = tuple(value.shape)
            require(shape in ((), (2,)), f"it returns {shape} for 2 pictures; average to () or (2,)")
            require_float32(value, "the value")
            require_finite(value, f"the value of a picture {what}")
            require(value.requires_grad, "the value has no graph; compute it from `look` without detach() or item()")
            value.sum().backward()
            if image.grad is not None:
                require_finite(image.grad, f"the gradient of a picture {what}")

    def test_it_is_finite_to_the_end(self) -> None:
        """The value is finite at every step of a run."""
        loss, kept = self.build(), []
        for step in range(10):
            require_finite(self._ask(loss, make_image(), step), f"the value at step {step}")
            kept.append(held(loss))
        require_no_growth(kept)

    def test_the_gradient_reaches_the_picture(self) -> None:
        """It steers: some picture gets a gradient at some step."""
        advice = "compute it from `look` without detach(), item(), rounding or comparing"
        # At the ends and in the middle of a run, because it may fade in or out.
        moved = any(bool(self._gradient(picture, step).any()) for step in (0, 5, 9) for picture in extremes().values())
        require(moved, f"no picture gets a gradient, so the loss steers nothing; {advice}")

    def _gradient(self, picture: Tensor, step: int) -> Tensor:
        image = picture.detach().requires_grad_()
        value = self._value(image, step)
        backward(value)
        return torch.zeros(()) if image.grad is None else image.grad

    def test_each_picture_is_judged_on_its_own(self) -> None:
        """A picture's value is the one it would get alone, so that a batch draws what single runs draw."""
        image = make_image().detach()
        both = self._value(image)
        if both.shape == (2,) and api.Need.BATCH not in self.spec.needs():
            advice = "average over dim=(1, 2, 3), not over the batch, or say `Need.BATCH` in the spec's needs()"
            message = f"a picture's value depends on the others of the batch; {advice}"
            require_close(both[1], self._value(image[1:]).reshape(-1)[0], self.tolerance, message)

    def test_asked_again_it_says_the_same(self) -> None:
        """It remembers nothing, because a run that is resumed would go on otherwise."""
        loss, image = self.build(), make_image()
        same = torch.equal(self._ask(loss, image), self._ask(loss, image))
        require(same, "the same picture gets another value when it is asked again; keep nothing from call to call")

    def test_it_changes_nothing_in_place(self) -> None:
        """`look.image` belongs to all losses."""
        image = make_image().detach()
        self._value(image)
        require(torch.equal(image, make_image()), "it changes look.image, which others look at too; work on a copy")

    def test_its_value_does_not_grow_with_the_canvas(self) -> None:
        """A mean and not a sum, so that a weight means the same on every canvas."""
        small = make_image(1).detach()
        large = F.interpolate(small, scale_factor=4, mode="nearest")
        values = [float(self._value(image).detach().abs().sum()) for image in (small, large)]
        # Of 16 times as many pixels a sum is 16 times as large, one along a side 4 times; what counts edges gets less.
        advice = "average over the pixels, or divide by their number"
        grown = values[0] > 1e-3 and values[1] > GROWTH * values[0]
        message = f"the same picture four times as large is worth {values[1]:.4g}, not {values[0]:.4g}; {advice}"
        require(not grown, message)

    def test_it_leaves_its_weight_to_the_host(self) -> None:
        """artgen multiplies by the weight, so the loss must not."""
        one, other = (self._weighing(weight)._value(make_image()) for weight in (1, 3))
        advice = "artgen multiplies by it; leave it out"
        require_close(one, other, self.tolerance, f"its value depends on `weight`; {advice}")

    def _weighing(self, weight: float) -> Self:
        case = copy.copy(self)
        case.spec = self.spec.model_copy(update={"weight": api.Schedule.constant(weight)})  # type: ignore[misc]
        return case
