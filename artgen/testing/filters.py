"""What every filter must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from artgen import api
from artgen.testing.checks import (
    backward,
    require,
    require_close,
    require_gradient,
    require_no_growth,
    require_picture,
    require_same_again,
)
from artgen.testing.parts import SIZES, STEPS, extremes, make_image
from artgen.testing.probes.graphs import held
from artgen.testing.stepped import SteppedContract


class FilterContract(SteppedContract):
    """The same shape and range, with a gradient, each picture on its own, to the finished picture."""

    spec: ClassVar[api.FilterSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far a changed picture may be from the same one changed alone."""

    def use(self, built: api.Filter) -> Sequence[Tensor]:
        return [built(make_image(), step).detach() for step in (0, 9, 10)]

    def _first_steps(self, built: api.Filter, count: int) -> Sequence[Tensor]:
        return [built(make_image(), step).detach() for step in range(count)]

    def test_it_keeps_shape_and_range(self) -> None:
        """Canvas, range and finite numbers stay, on flat pictures and canvases of any size."""
        for picture in (*extremes().values(), *(make_image(size=size) for size in SIZES)):
            change = self._build_for((picture.shape[2], picture.shape[3]))
            if change is not None:
                require_picture(change(picture, 0), tuple(picture.shape), "the changed picture")

    def test_it_changes_the_finished_picture_too(self) -> None:
        """The last call is at `env.steps`, after all steps."""
        env, image = self.env(), make_image()
        require_picture(self.build(env)(image, env.steps), tuple(image.shape), "the finished picture, at env.steps,")

    def test_the_gradient_reaches_the_picture(self) -> None:
        """What the losses say of the changed picture steers the drawing."""
        image = make_image()
        require_gradient(image, self.build()(image, 0), "the changed picture")

    def test_a_picture_is_changed_the_same_alone_and_in_a_batch(self) -> None:
        """A batch draws what single runs draw."""
        image = make_image().detach()
        both = self.build(self.env(seeds=(3, 4)))(image, 2)
        alone = self.build(self.env(seeds=(4,)))(image[1:], 2)
        advice = "let nothing (a mean, a maximum) reach across the batch"
        require_close(both[1:], alone, self.tolerance, f"a picture is changed in another way in a batch; {advice}")

    def test_it_changes_nothing_in_place(self) -> None:
        """The drawing belongs to the generator."""
        image = make_image().detach()
        self.build()(image, 0)
        require(torch.equal(image, make_image()), "it changes the picture that it was handed; return a new one")

    def test_it_keeps_the_range_at_every_step(self) -> None:
        """In range and finite to the last step, and nothing piles up."""
        change, image, kept = self.build(self.env(steps=STEPS)), make_image().detach(), []
        for step in range(STEPS + 1):
            require_picture(change(image, step), tuple(image.shape), f"the changed picture at step {step}")
            kept.append(held(change))
        require_no_growth(kept)

    def test_asked_again_for_a_step_it_makes_the_same(self) -> None:
        """It remembers nothing, because a run that is resumed would go on otherwise."""
        image = make_image().detach()
        require_same_again(self.build, lambda change, step: change(image, step).detach())

    def _use_there(self, built: api.Filter, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        made = built(make_image().detach().to(device).requires_grad_(), 0)
        backward(made)
        return [made, built(make_image().detach().to(device), env.steps)]
