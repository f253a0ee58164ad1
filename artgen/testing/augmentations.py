"""What every augmentation must keep."""

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
from artgen.testing.parts import SIZES, STEPS, make_image
from artgen.testing.probes.graphs import held
from artgen.testing.stepped import SteppedContract


class AugmentationContract(SteppedContract):
    """Views of the asked size, in range, differentiable, drawn from their own stream alone."""

    spec: ClassVar[api.AugmentationSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far the views of a picture may be from those of it alone."""

    def use(self, built: api.Augmentation) -> Sequence[Tensor]:
        return [built(make_image(), 12, step).detach() for step in (0, 5)]

    def _first_steps(self, built: api.Augmentation, count: int) -> Sequence[Tensor]:
        return [built(make_image(), 12, step).detach() for step in range(count)]

    def test_it_makes_views(self) -> None:
        """As many views of each picture, of the size that was asked for, in range, from canvases of any size."""
        for canvas in SIZES:
            views = self._build_for(canvas)
            if views is None:
                continue
            for size in (8, 21):
                made = views(make_image(size=canvas), size, 0)
                count = made.shape[0]
                require(count > 0 and count % 2 == 0, f"it makes {count} views of 2 pictures; expected as many of each")
                require_picture(made, (count, 3, size, size), "what it makes")

    def test_the_gradient_reaches_the_picture(self) -> None:
        """What a perceptor says of the views steers the picture."""
        image = make_image()
        require_gradient(image, self.build()(image, 12, 0), "the views")

    def test_a_picture_has_the_same_views_alone_and_in_a_batch(self) -> None:
        """A batch draws what single runs draw."""
        image = make_image().detach()
        both = self.build(self.env(seeds=(3, 4)))(image, 12, 2)
        alone = self.build(self.env(seeds=(4,)))(image[1:], 12, 2)
        advice = (
            "the n views of a picture are neighbours, (B*n, 3, size, size), each drawn from its own row of env.random"
        )
        message = f"a picture's views are others in a batch; {advice}"
        require_close(both[len(both) // 2 :], alone, self.tolerance, message)

    def test_it_changes_nothing_in_place(self) -> None:
        """The picture belongs to all who look at it."""
        image = make_image().detach()
        self.build()(image, 12, 0)
        require(torch.equal(image, make_image()), "it changes the picture that it was handed; work on a copy")

    def test_it_makes_views_at_every_step(self) -> None:
        """In range and finite to the last step, and nothing piles up."""
        views, image, kept = self.build(self.env(steps=STEPS)), make_image().detach(), []
        for step in range(STEPS):
            made = views(image, 8, step)
            require_picture(made, (len(made), 3, 8, 8), f"what it makes at step {step}")
            kept.append(held(views))
        require_no_growth(kept)

    def test_asked_again_for_a_step_it_makes_the_same(self) -> None:
        """It remembers nothing, because a run that is resumed would go on otherwise."""
        image = make_image().detach()
        require_same_again(self.build, lambda views, step: views(image, 12, step).detach())

    def _use_there(self, built: api.Augmentation, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        made = built(make_image().detach().to(device).requires_grad_(), 12, 0)
        backward(made)
        return [made]
