"""What every generator must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from artgen import api
from artgen.testing.checks import (
    reloaded,
    require,
    require_close,
    require_no_growth,
    require_picture,
    tensors_in,
)
from artgen.testing.parts import STEPS, make_image, make_recipe
from artgen.testing.probes.graphs import held
from artgen.testing.specs import NeedingContract
from artgen.testing.stepped import SteppedContract


class GeneratorContract(SteppedContract, NeedingContract):
    """``draw`` gives pictures whose graph reaches the state; ``advance`` moves it; the state can be taken along."""

    spec: ClassVar[api.GeneratorSpec]
    sizes: ClassVar[Sequence[tuple[int, int]]] = ((24, 32), (17, 5), (1, 1), (1, 32))
    """Height and width of the canvases that are drawn on."""
    steps: ClassVar[int] = STEPS
    """How many steps the runs have in which it goes all the way; fewer, such as 9, for one that is slow."""
    tolerance: ClassVar[float] = 1e-5
    """How far a picture may be from itself, drawn alone."""

    def use(self, built: api.Generator) -> Sequence[Tensor]:
        return [self._descend(built, range(3))]

    def _first_steps(self, built: api.Generator, count: int) -> Sequence[Tensor]:
        return [self._take_step(built, step) for step in range(count)] + tensors_in(built.state_dict())

    def _descend(self, generator: api.Generator, steps: range, target: float = 0.9) -> Tensor:
        """The drawing after `steps` towards pictures whose every number is `target`, as the loop would take them."""
        for step in steps:
            self._take_step(generator, step, target)
        return generator.draw(steps.stop).detach()

    def _take_step(self, generator: api.Generator, step: int, target: float = 0.9) -> Tensor:
        """In the documented order; returns what was drawn."""
        if isinstance(generator, api.DrawsCandidates):
            return self._compare(generator, step, target)
        image = generator.draw(step)
        error = image.detach() - target
        if isinstance(generator, api.Judged):
            generator.judged(step, error.square().flatten(1).mean(dim=1).cpu())
        if image.requires_grad and self.spec.uses_gradient:
            image.backward(error / image[0].numel())
        generator.advance(step)
        return image.detach()

    def _compare(self, generator: api.DrawsCandidates, step: int, target: float) -> Tensor:
        """The same of a generator that tries several drawings; returns the first of them."""
        totals, drawn = [], []
        for candidate in range(generator.candidates):
            image = generator.draw_candidate(step, candidate)
            error = image.detach() - target
            totals.append(error.square().flatten(1).mean(dim=1).cpu())
            if image.requires_grad and self.spec.uses_gradient:
                image.backward(error / image[0].numel() / generator.candidates)
            drawn.append(image.detach())
        generator.compared(step, torch.stack(totals))
        generator.advance(step)
        return drawn[0]

    @staticmethod
    def _first(generator: api.Generator) -> Tensor:
        """What `_take_step` returns of step 0."""
        if isinstance(generator, api.DrawsCandidates):
            return generator.draw_candidate(0, 0).detach()
        return generator.draw(0).detach()

    def _use_there(self, built: api.Generator, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        return [self._take_step(built, 0), built.draw(1)]

    def test_it_draws_pictures_of_the_canvas(self) -> None:
        """Drawings have the canvas's size and are in range and finite, on canvases of any size."""
        for height, width in self.sizes:
            generator = self._build_for((height, width))
            if generator is None:
                continue
            require(generator.steps > 0, f"`steps` is {generator.steps}; it is usually env.steps")
            require_picture(generator.draw(0), (2, 3, height, width), "the first drawing")

    def test_every_drawing_is_a_picture(self) -> None:
        """In range and finite to the last step, however strongly it is pulled, and nothing piles up."""
        height, width = self.sizes[0]
        generator, kept = self.build(self.env(steps=self.steps)), []
        for step in range(generator.steps):
            drawn = self._take_step(generator, step, target=2)
            require_picture(drawn, (2, 3, height, width), f"the drawing at step {step}")
            kept.append(held(generator))
        require_picture(generator.draw(generator.steps), (2, 3, height, width), "the finished drawing")
        require_no_growth(kept)

    def test_drawing_twice_gives_the_same(self) -> None:
        """artgen may ask again for a drawing; only `advance` moves it on."""
        generator = self.build()
        same = torch.equal(generator.draw(0), generator.draw(0))
        require(same, "draw() gives another picture when it is asked again; only advance() may move the state")

    def test_the_gradient_reaches_its_state(self) -> None:
        """It learns: what the losses say moves its numbers."""
        if not self.spec.uses_gradient:
            return
        require(self.build().draw(0).requires_grad, "the drawing has no graph; draw it without detach() and no_grad()")
        dark, light = self.build(), self.build()
        self._descend(dark, range(2), target=0.0)
        self._descend(light, range(2), target=1.0)
        # The states, because a drawing of a few colours or codes may take many steps to change.
        states = zip(tensors_in(dark.state_dict()), tensors_in(light.state_dict()), strict=True)
        moved = any(not torch.equal(one, other) for one, other in states)
        require(moved, "the gradient moves nothing that state_dict() holds; advance() is to spend it on the state")

    def test_it_follows_the_gradient(self) -> None:
        """It learns in the right direction."""
        if not self.spec.uses_gradient:
            return
        generator = self.build(self.env(steps=self.steps))
        before = generator.draw(0).detach()
        after = self._descend(generator, range(self.steps))
        was, now = (float((image - 0.9).square().mean()) for image in (before, after))
        advice = "see that advance() goes against the gradient, and clears it afterwards"
        require(now < was, f"{self.steps} steps towards light grey went from {was:.4g} to {now:.4g} off it; {advice}")

    def test_a_picture_is_the_same_alone_and_in_a_batch(self) -> None:
        """A batch draws what single runs draw."""
        both = self._descend(self.build(self.env(seeds=(3, 4))), range(3))
        alone = self._descend(self.build(self.env(seeds=(4,))), range(3))
        advice = "take its noise from env.random, and let nothing (a norm, a mean) reach across the batch"
        require_close(both[1], alone[0], self.tolerance, f"a picture comes out another way in a batch; {advice}")

    def test_a_drawing_stays_as_it_was(self) -> None:
        """The last good picture is kept while the run goes on."""
        generator = self.build()
        drawn = self._take_step(generator, 0)
        kept = self._first(self.build())
        advice = "return a new tensor from draw(), no view of the state"
        require(torch.equal(drawn, kept), f"advance() changes a picture that was drawn before; {advice}")

    def test_its_candidates_are_pictures(self) -> None:
        """Of a generator that tries several drawings in a step: each is one, and the same when asked for again."""
        for height, width in self.sizes:
            generator: object = self.build(self.env(size=(height, width)))
            if not isinstance(generator, api.DrawsCandidates):
                return
            require(generator.candidates > 0, f"`candidates` is {generator.candidates}; expected 1 or more")
            for candidate in range(generator.candidates):
                drawn = generator.draw_candidate(0, candidate)
                require_picture(drawn, (2, 3, height, width), f"candidate {candidate}")
                same = torch.equal(drawn, generator.draw_candidate(0, candidate))
                require(same, f"candidate {candidate} is another picture when it is asked for again")

    def test_it_follows_the_comparison(self) -> None:
        """Of a generator that tries several drawings in a step: it comes nearer to what does better."""
        generator = self.build(self.env(steps=20))
        if not isinstance(generator, api.DrawsCandidates):
            return
        before = generator.draw(0).detach()
        after = self._descend(generator, range(20))
        was, now = (float((image - 0.9).square().mean()) for image in (before, after))
        advice = "see that compared() prefers the lower totals"
        require(now < was, f"20 steps towards light grey went from {was:.4g} to {now:.4g} off it; {advice}")

    def test_it_takes_a_picture_over(self) -> None:
        """If its spec says `can_paint`, an overlay gets into the drawing."""
        if not self.spec.can_paint:
            return
        generator, picture = self.build(), make_image(seed=5).detach()
        require(isinstance(generator, api.Paints), "the spec says `can_paint`, and what it builds has no paint()")
        kept = picture.clone()
        self._descend(generator, range(8))
        was = float((generator.draw(8).detach() - picture).square().mean())
        generator.paint(picture, 8)
        now = float((generator.draw(8).detach() - kept).square().mean())
        require(now < was, f"after paint() the drawing is {now:.4g} off the picture, before it {was:.4g}")
        require(torch.equal(picture, kept), "paint() changes the picture that it was handed; work on a copy")

    def test_it_takes_a_part_of_a_picture_over(self) -> None:
        """If it has `paint_over`, what an overlay does not cover stays as it is."""
        generator = self.build()
        painter: object = generator
        if not isinstance(painter, api.PaintsOver):
            return
        picture, cover = make_image(seed=5).detach(), torch.zeros(1, 1, 24, 32)
        self._descend(generator, range(8))
        before = generator.draw(8).detach()
        painter.paint_over(picture, cover, 8)
        advice = "keep the numbers of what is not covered"
        require_close(generator.draw(8).detach(), before, 1e-3, f"paint_over() with an empty cover repaints; {advice}")
        cover[..., 16:] = 1
        painter.paint_over(picture, cover, 8)
        after = generator.draw(8).detach()
        was, now = (float((image - picture)[..., 16:].square().mean()) for image in (before, after))
        require(now < was, f"after paint_over() the covered part is {now:.4g} off the picture, before it {was:.4g}")

    def test_it_knows_its_cover_or_never_does(self) -> None:
        """Of a generator with `cover`: artgen asks before the first drawing whether it will say what things cover."""
        generator: object = self.build()
        if not isinstance(generator, api.HasCover):
            return
        before = generator.cover is None
        generator.draw(0)  # type: ignore[attr-defined]
        advice = "say zeros until there is a drawing, or None for good"
        require(
            before == (generator.cover is None), f"`cover` is None before or after the first drawing only; {advice}"
        )

    def test_it_draws_over_a_ground(self) -> None:
        """If it has `draw_over`, the ground shows as far as the things do not cover it, and learns by the gradient."""
        generator: object = self.build()
        if not isinstance(generator, api.DrawsOver):
            return
        dark, light = torch.zeros(2, 3, 24, 32, requires_grad=True), torch.ones(2, 3, 24, 32)
        on_dark, on_light = generator.draw_over(dark, 0), generator.draw_over(light, 0).detach()
        require_picture(on_light, (2, 3, 24, 32), "the drawing over a white ground")
        (found,) = torch.autograd.grad(on_dark.sum(), dark, allow_unused=True)
        reached = torch.zeros_like(dark) if found is None else found
        advice = "mix the ground with what is drawn, and do not detach it"
        require_close(reached, on_light - on_dark.detach(), 1e-3, f"the ground gets another gradient; {advice}")
        cover = generator.cover if isinstance(generator, api.HasCover) else None
        if cover is not None:
            shown = (1 - cover).expand_as(on_light)
            require_close(on_light - on_dark.detach(), shown, 1e-3, "the ground shows elsewhere than `cover` says")

    def test_it_exports_what_its_spec_says(self) -> None:
        """If its spec says `exports`, each form of each picture is bytes, and a picture's own."""
        generator: object = self.build(self.env(seeds=(3, 4)))
        if not self.spec.exports:
            return
        require(isinstance(generator, api.Exports), "the spec says `exports`, and what it builds has no exported()")
        for suffix in self.spec.exports:
            files = [self._exported(self.build(self.env(seeds=(3, 4))), suffix, picture) for picture in (0, 1)]
            alone = self._exported(self.build(self.env(seeds=(4,))), suffix, 0)
            require(all(isinstance(one, bytes) and one for one in files), f"exported('{suffix}') returns no bytes")
            advice = "write that of `source.picture`, and nothing of others"
            require(files[1] == alone, f"'{suffix}' of a picture is another in a batch; {advice}")

    def _exported(self, generator: api.Generator, suffix: str, picture: int) -> bytes:
        """That form of a picture after three steps."""
        image = self._descend(generator, range(3))
        result = api.Result(image, 0, (0.5,) * len(image), 3, {}, make_recipe(3))
        source = api.ExportSource(generator, self.spec, picture, result, None)
        require(isinstance(generator, api.Exports), "the spec says `exports`, and what it builds has no exported()")
        assert isinstance(generator, api.Exports)
        return generator.exported(suffix, source)

    def test_its_state_can_be_taken_along(self) -> None:
        """A run that is resumed from a checkpoint ends in the same picture."""
        straight = self._descend(self.build(), range(6))
        first, second = self.build(), self.build()
        self._descend(first, range(3))
        second.load_state_dict(reloaded(first.state_dict()))
        same = torch.equal(self._descend(second, range(3, 6)), straight)
        advice = "put all that moves into state_dict(), the optimiser's state too"
        require(same, f"a run that goes on from a checkpoint ends in another picture; {advice}")
