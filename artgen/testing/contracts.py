"""What every loss, perceptor, augmentation, filter and reporter must keep."""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from artgen import api
from artgen.testing.checks import require, require_close, require_finite, require_gradient, require_picture
from artgen.testing.finishes import FinishContract
from artgen.testing.generators import GeneratorContract
from artgen.testing.parts import PlainLook, make_image
from artgen.testing.specs import SeededContract, SpecContract

SIZES = ((24, 32), (41, 35), (5, 64))
"""Height and width of the pictures that filters and views are tried on."""


def _extremes() -> Mapping[str, Tensor]:
    """(2, 3, H, W) pictures on which arithmetic goes wrong first."""
    black = torch.zeros(2, 3, 24, 32)
    return {"of colours": make_image().detach(), "all black": black, "all white": black + 1}


class LossContract(SeededContract):
    """A finite value () or (B,) with a finite gradient, each picture judged on its own."""

    spec: ClassVar[api.LossSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far the value of a picture may be from its value alone."""

    def env(self, **changes: Any) -> api.Env:
        made = super().env(**changes)
        # One start for all, so that a picture meets the same one alone and in a batch.
        start = make_image(1, made.size, seed=9).detach().expand(made.batch, -1, -1, -1)
        return made if made.start is not None else dataclasses.replace(made, start=start)

    def use(self, built: api.Loss) -> Sequence[Tensor]:
        return [self._ask(built, make_image()).detach()]

    def _ask(self, loss: api.Loss, image: Tensor, step: int = 0) -> Tensor:
        return loss(PlainLook(image, self.env().perceptors, step))

    def _value(self, image: Tensor, step: int = 0) -> Tensor:
        size = (image.shape[2], image.shape[3])
        return self._ask(self.build(self.env(size=size, seeds=tuple(range(len(image))))), image, step)

    def test_it_is_finite(self) -> None:
        for what, picture in {**_extremes(), "of 3 x 9 pixels": make_image(size=(3, 9))}.items():
            image = picture.detach().requires_grad_()
            value = self._value(image)
            shape = tuple(value.shape)
            require(shape in ((), (2,)), f"it returns {shape} for 2 pictures; average to () or (2,)")
            require_finite(value, f"the value of a picture {what}")
            require(value.requires_grad, "the value has no graph; compute it from `look` without detach() or item()")
            value.sum().backward()
            if image.grad is not None:
                require_finite(image.grad, f"the gradient of a picture {what}")

    def test_it_is_finite_to_the_end(self) -> None:
        loss = self.build()
        for step in range(10):
            require_finite(self._ask(loss, make_image(), step), f"the value at step {step}")

    def test_the_gradient_reaches_the_picture(self) -> None:
        advice = "compute it from `look` without detach(), item(), rounding or comparing"
        moved = any(bool(self._gradient(picture).any()) for picture in _extremes().values())
        require(moved, f"no picture gets a gradient, so the loss steers nothing; {advice}")

    def _gradient(self, picture: Tensor) -> Tensor:
        image = picture.detach().requires_grad_()
        value = self._value(image)
        if value.requires_grad:
            value.sum().backward()
        return torch.zeros(()) if image.grad is None else image.grad

    def test_each_picture_is_judged_on_its_own(self) -> None:
        image = make_image().detach()
        both = self._value(image)
        if both.shape == (2,) and api.Need.BATCH not in self.spec.needs():
            advice = "average over dim=(1, 2, 3), not over the batch, or say `Need.BATCH` in the spec's needs()"
            message = f"a picture's value depends on the others of the batch; {advice}"
            require_close(both[1], self._value(image[1:]).reshape(-1)[0], self.tolerance, message)

    def test_asked_again_it_says_the_same(self) -> None:
        loss, image = self.build(), make_image()
        same = torch.equal(self._ask(loss, image), self._ask(loss, image))
        require(same, "the same picture gets another value when it is asked again; keep nothing from call to call")

    def test_it_changes_nothing_in_place(self) -> None:
        image = make_image().detach()
        self._value(image)
        require(torch.equal(image, make_image()), "it changes look.image, which others look at too; work on a copy")


class AugmentationContract(SeededContract):
    """Views of the asked size, in range, differentiable, drawn from their own stream alone."""

    spec: ClassVar[api.AugmentationSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far the views of a picture may be from those of it alone."""

    def use(self, built: api.Augmentation) -> Sequence[Tensor]:
        return [built(make_image(), 12, step).detach() for step in (0, 5)]

    def test_it_makes_views(self) -> None:
        for canvas in SIZES:
            views = self.build(self.env(size=canvas))
            for size in (8, 21):
                made = views(make_image(size=canvas), size, 0)
                count = made.shape[0]
                require(count > 0 and count % 2 == 0, f"it makes {count} views of 2 pictures; expected as many of each")
                require_picture(made, (count, 3, size, size), "what it makes")

    def test_the_gradient_reaches_the_picture(self) -> None:
        image = make_image()
        require_gradient(image, self.build()(image, 12, 0), "the views")

    def test_a_picture_has_the_same_views_alone_and_in_a_batch(self) -> None:
        image = make_image().detach()
        both = self.build(self.env(seeds=(3, 4)))(image, 12, 2)
        alone = self.build(self.env(seeds=(4,)))(image[1:], 12, 2)
        advice = (
            "the n views of a picture are neighbours, (B*n, 3, size, size), each drawn from its own row of env.random"
        )
        message = f"a picture's views are others in a batch; {advice}"
        require_close(both[len(both) // 2 :], alone, self.tolerance, message)

    def test_it_changes_nothing_in_place(self) -> None:
        image = make_image().detach()
        self.build()(image, 12, 0)
        require(torch.equal(image, make_image()), "it changes the picture that it was handed; work on a copy")


class PerceptorContract(SeededContract):
    """Unit rows for images and texts; the gradient reaches the pixels and no weight."""

    spec: ClassVar[api.PerceptorSpec]
    tolerance: ClassVar[float] = 1e-4
    """How far a row may be from the row of the same thing alone; raise it for half precision."""

    def use(self, built: api.Perceptor) -> Sequence[Tensor]:
        return [built.embed_images(self._images(built)).detach(), built.embed_texts(["a cat", "a dog"]).detach()]

    def _images(self, perceptor: api.Perceptor) -> Tensor:
        return make_image(3, (perceptor.size, perceptor.size)).detach()

    def _require_unit_rows(self, rows: Tensor, shape: tuple[int, int]) -> None:
        require(tuple(rows.shape) == shape, f"it returns {tuple(rows.shape)}; expected {shape}, as `dim` says")
        require_finite(rows, "the embedding")
        lengths = rows.detach().float().norm(dim=-1)
        require_close(lengths, torch.ones(len(rows)), 1e-3, "the rows are not of length 1; normalise them")

    def test_images_become_unit_rows(self) -> None:
        perceptor = self.build()
        self._require_unit_rows(perceptor.embed_images(self._images(perceptor)), (3, perceptor.dim))

    def test_texts_become_unit_rows(self) -> None:
        perceptor = self.build()
        rows = perceptor.embed_texts(["a cat", "a dog"])
        self._require_unit_rows(rows, (2, perceptor.dim))
        require(not torch.allclose(rows[0], rows[1], atol=1e-3), "'a cat' and 'a dog' get the same row")

    def test_the_gradient_reaches_the_pixels_alone(self) -> None:
        perceptor = self.build()
        image = torch.full((1, 3, perceptor.size, perceptor.size), 0.4, requires_grad=True)
        require_gradient(image, perceptor.embed_images(image)[0, :1], "the embedding")
        trained = [name for name, weight in _weights(perceptor) if weight.grad is not None]
        require(not trained, f"the gradient reaches weights ({', '.join(trained[:3])}); use requires_grad_(False)")

    def test_rows_do_not_depend_on_their_neighbours(self) -> None:
        perceptor = self.build()
        images, texts = self._images(perceptor), ["a cat", "a large dog in the rain"]
        together = perceptor.embed_images(images), perceptor.embed_texts(texts)
        alone = (
            torch.cat([perceptor.embed_images(image[None]) for image in images]),
            torch.cat([perceptor.embed_texts([text]) for text in texts]),
        )
        for what, one, other in zip(("an image", "a text"), together, alone, strict=True):
            message = f"{what} gets another row beside others; put the model into eval(), let nothing cross the batch"
            require_close(one, other, self.tolerance, message)

    def test_its_features_are_maps(self) -> None:
        perceptor = self.build()
        if not hasattr(perceptor, "features"):
            return
        for number, layer in enumerate(perceptor.features(self._images(perceptor))):
            maps = layer.dim() == 4 and len(layer) == 3
            require(maps, f"features()[{number}] of 3 images is {tuple(layer.shape)}; expected (3, channels, h, w)")
            require_finite(layer, f"features()[{number}]")

    def test_it_changes_nothing_in_place(self) -> None:
        perceptor = self.build()
        images = self._images(perceptor)
        perceptor.embed_images(images)
        require(torch.equal(images, self._images(perceptor)), "it changes the images that it was handed")


def _weights(part: object) -> list[tuple[str, Tensor]]:
    """The parameters of `part` and of the modules that it holds."""
    modules = [part, *getattr(part, "__dict__", {}).values()]
    return [pair for module in modules if isinstance(module, torch.nn.Module) for pair in module.named_parameters()]


class FilterContract(SeededContract):
    """The same shape and range, with a gradient, each picture on its own, to the finished picture."""

    spec: ClassVar[api.FilterSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far a changed picture may be from the same one changed alone."""

    def use(self, built: api.Filter) -> Sequence[Tensor]:
        return [built(make_image(), step).detach() for step in (0, 9, 10)]

    def test_it_keeps_shape_and_range(self) -> None:
        for picture in (*_extremes().values(), *(make_image(size=size) for size in SIZES)):
            env = self.env(size=(picture.shape[2], picture.shape[3]))
            change = self.build(env)
            require_picture(change(picture, 0), tuple(picture.shape), "the changed picture")

    def test_it_changes_the_finished_picture_too(self) -> None:
        env, image = self.env(), make_image()
        require_picture(self.build(env)(image, env.steps), tuple(image.shape), "the finished picture, at env.steps,")

    def test_the_gradient_reaches_the_picture(self) -> None:
        image = make_image()
        require_gradient(image, self.build()(image, 0), "the changed picture")

    def test_a_picture_is_changed_the_same_alone_and_in_a_batch(self) -> None:
        image = make_image().detach()
        both = self.build(self.env(seeds=(3, 4)))(image, 2)
        alone = self.build(self.env(seeds=(4,)))(image[1:], 2)
        advice = "let nothing (a mean, a maximum) reach across the batch"
        require_close(both[1:], alone, self.tolerance, f"a picture is changed in another way in a batch; {advice}")

    def test_it_changes_nothing_in_place(self) -> None:
        image = make_image().detach()
        self.build()(image, 0)
        require(torch.equal(image, make_image()), "it changes the picture that it was handed; return a new one")


class ReporterContract(SpecContract):
    """It can watch a whole run without raising, one that fails too, and touches nothing.

    What it writes into the current folder is thrown away.
    """

    spec: ClassVar[api.ReporterSpec]

    def use(self, built: api.Reporter) -> Sequence[Tensor]:
        """Show it a run of three steps; returns the pictures it was shown."""
        return self._watch(built, steps_done=3)

    def _watch(self, reporter: api.Reporter, steps_done: int, failure: str | None = None) -> list[Tensor]:
        shown = [make_image(seed=step).detach() for step in range(steps_done)]
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            reporter.on_start(3)
            for step, image in enumerate(shown):
                reporter.on_step(api.StepEvent(step, 3, image, {"clip": 0.5}, 0.5, 0.1))
            curve = tuple((step, 0.5) for step in range(steps_done))
            losses = {"clip": curve, "total": curve}
            last = shown[-1].clone()
            reporter.on_end(api.Result(last, 0, (0.5, 0.6), steps_done, losses, {"format": 1}, failure=failure))
        return [*shown, last]

    def test_it_watches(self) -> None:
        self.use(self.build())

    def test_it_watches_a_run_that_fails(self) -> None:
        self._watch(self.build(), steps_done=1, failure="loss 'clip' is NaN")

    def test_it_changes_nothing_in_place(self) -> None:
        shown = self.use(self.build())
        expected = [make_image(seed=step) for step in (*range(3), 2)]
        same = all(one.equal(other) for one, other in zip(shown, expected, strict=True))
        require(same, "it changes the picture that it is shown; work on a copy")


CONTRACTS: Mapping[str, type[SpecContract]] = {
    "generator": GeneratorContract,
    "loss": LossContract,
    "perceptor": PerceptorContract,
    "view": AugmentationContract,
    "filter": FilterContract,
    "finish": FinishContract,
    "reporter": ReporterContract,
}
"""The contract of each kind of component, as a preset calls the kinds."""
