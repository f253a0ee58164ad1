"""What every component must keep, as pytest classes to subclass: for plugins and for artgen itself.

::

    from artgen.testing import LossContract
    from my_plugin import Dark

    class TestDark(LossContract):
        spec = Dark()

The methods are named as pytest finds them and use plain asserts; pytest itself is not imported.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from artgen import api
from artgen.regions import fitted, show
from artgen.rng import Random


class ColourPerceptor:
    """A tiny real perceptor: a picture's embedding is its colours in a coarse grid; a text's, its letters'."""

    def __init__(self, size: int = 8, dim: int = 12) -> None:
        self.size, self.dim = size, dim
        self.matrix = torch.randn(3 * 4 * 4, dim, generator=torch.Generator().manual_seed(1))

    def embed_images(self, images: Tensor) -> Tensor:
        return F.normalize((F.adaptive_avg_pool2d(images, 4) - 0.5).flatten(1) @ self.matrix + 1e-3, dim=-1)

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        letters = torch.zeros(len(texts), self.dim)
        for row, text in enumerate(texts):
            for place, letter in enumerate(text):
                letters[row, (ord(letter) * 31 + place) % self.dim] += 1
        return F.normalize(letters + 1e-3, dim=-1)


class PlainLook:
    """A `Look` at one picture through whole-picture views, for testing losses on their own."""

    def __init__(
        self,
        image: Tensor,
        perceptors: Mapping[str, api.Perceptor],
        step: int = 0,
        steps: int = 10,
        regions: Sequence[Tensor] = (),
    ) -> None:
        self.image, self.step, self.steps = image, step, steps
        self._perceptors, self._regions = perceptors, regions

    @property
    def perceptors(self) -> tuple[str, ...]:
        return tuple(self._perceptors)

    def weight(self, perceptor: str) -> float:
        """Every perceptor counts the same."""
        return 1.0 if perceptor in self._perceptors else 0.0

    def views(self, perceptor: str) -> Tensor:
        size = self._perceptors[perceptor].size
        whole = F.interpolate(self.image, (size, size), mode="bilinear", antialias=True)
        return torch.stack([whole, whole.flip(-1)], dim=1)

    def embeddings(self, perceptor: str) -> Tensor:
        views = self.views(perceptor)
        return self._perceptors[perceptor].embed_images(views.flatten(0, 1)).unflatten(0, views.shape[:2])

    def within(self, region: Tensor) -> PlainLook:
        regions = (*self._regions, fitted(region, self.image))
        return PlainLook(show(self.image, regions[-1]), self._perceptors, self.step, self.steps, regions)

    @torch.no_grad()
    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        shown = functools.reduce(show, self._regions, image.expand(self.image.shape[0], -1, -1, -1))
        return PlainLook(shown, self._perceptors).embeddings(perceptor)


def make_env(
    *, size: tuple[int, int] = (24, 32), seeds: tuple[int, ...] = (3, 4), steps: int = 10, **more: Any
) -> api.Env:
    """An `Env` on the CPU: a canvas of `size` (height, width), a batch with `seeds`, one `ColourPerceptor`."""
    device = torch.device("cpu")
    perceptors: Mapping[str, api.Perceptor] = more.pop("perceptors", {"clip": ColourPerceptor()})
    prompts = more.pop("prompts", (api.Prompt(text="a red heart"),))
    random = Random(seeds, more.pop("component", "tested"), device)
    return api.Env(device, size, len(seeds), steps, random, prompts, perceptors, **more)


def make_image(batch: int = 2, size: tuple[int, int] = (24, 32), seed: int = 0) -> Tensor:
    """(B, 3, H, W) smooth random colours in [0, 1] that require a gradient."""
    coarse = torch.rand(batch, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    smooth = F.interpolate(coarse, size, mode="bicubic").clamp(0.02, 0.98)
    return smooth.requires_grad_()


class SpecContract:
    """What holds for the spec of any kind."""

    spec: ClassVar[api.Spec]

    def test_it_is_documented(self) -> None:
        assert (type(self.spec).__doc__ or "").strip(), "the spec class has no docstring"
        fields = type(self.spec).model_fields.items()
        missing = [name for name, field in fields if name != "type" and not field.description]
        assert not missing, f"fields without a docstring: {missing}"

    def test_it_survives_a_round_trip(self) -> None:
        assert type(self.spec).model_validate(self.spec.model_dump(mode="json", exclude_none=True)) == self.spec

    def test_importing_it_needs_no_torch(self) -> None:
        block = (
            "sys.modules.update(dict.fromkeys(['torch', 'kornia', 'open_clip', 'timm', 'diffusers', 'transformers']))"
        )
        program = f"import sys; sys.path[:0] = {sys.path}; {block}; import {type(self.spec).__module__}"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def build(self, env: api.Env | None = None) -> Any:
        """The object under test; building must not touch the global random state."""
        before = torch.get_rng_state()
        built = self.spec.build(env or make_env())
        assert torch.equal(before, torch.get_rng_state()), "building draws from the global random stream"
        return built


def _assert_picture(image: Tensor, shape: tuple[int, ...]) -> None:
    image = image.detach()
    assert image.shape == shape
    assert image.is_floating_point()
    assert bool(image.isfinite().all())
    assert float(image.min()) >= 0
    assert float(image.max()) <= 1


class GeneratorContract(SpecContract):
    """``draw`` gives pictures whose graph reaches the state; ``advance`` moves it; the state can be taken along."""

    spec: ClassVar[api.GeneratorSpec]
    sizes: ClassVar[Sequence[tuple[int, int]]] = ((24, 32), (17, 5), (1, 1))

    def _travel(self, generator: api.Generator, steps: range, target: float = 0.9) -> Tensor:
        for step in steps:
            image = generator.draw(step)
            if judged := getattr(generator, "judged", None):
                judged(step, (image.detach() - target).square().flatten(1).mean(dim=1).cpu())
            image.backward((image.detach() - target) / image[0].numel())
            generator.advance(step)
        return generator.draw(steps.stop).detach()

    def test_it_draws_pictures_of_the_canvas(self) -> None:
        for height, width in self.sizes:
            generator = self.build(make_env(size=(height, width)))
            assert generator.steps > 0
            _assert_picture(generator.draw(0), (2, 3, height, width))

    def test_drawing_twice_gives_the_same(self) -> None:
        generator = self.build()
        assert torch.equal(generator.draw(0), generator.draw(0))

    def test_it_follows_the_gradient(self) -> None:
        generator = self.build(make_env(steps=30))
        before = generator.draw(0).detach()
        after = self._travel(generator, range(30))
        assert float((after - 0.9).square().mean()) < float((before - 0.9).square().mean())

    def test_the_seed_is_honoured(self) -> None:
        first, again = (self._travel(self.build(), range(3)) for _ in range(2))
        assert torch.equal(first, again)

    def test_a_picture_is_the_same_alone_and_in_a_batch(self) -> None:
        both = self._travel(self.build(make_env(seeds=(3, 4))), range(3))
        alone = self._travel(self.build(make_env(seeds=(4,))), range(3))
        assert torch.allclose(both[1], alone[0], atol=1e-5)

    def test_it_takes_a_picture_over(self) -> None:
        if not self.spec.can_paint:
            return
        generator, picture = self.build(), make_image(seed=5).detach()
        self._travel(generator, range(8))
        before = (generator.draw(8).detach() - picture).square().mean()
        generator.paint(picture, 8)
        assert float((generator.draw(8).detach() - picture).square().mean()) < float(before)

    def test_its_state_can_be_taken_along(self) -> None:
        straight = self._travel(self.build(), range(6))
        first, second = self.build(), self.build()
        self._travel(first, range(3))
        second.load_state_dict(first.state_dict())
        assert torch.equal(self._travel(second, range(3, 6)), straight)


class LossContract(SpecContract):
    """A finite value () or (B,) with a finite gradient, each picture judged on its own."""

    spec: ClassVar[api.LossSpec]

    def _value(self, image: Tensor) -> Tensor:
        batch, _, *size = image.shape
        # One start for all, so that a picture meets the same one alone and in a batch.
        start = make_image(1, (size[0], size[1]), seed=9).detach().expand(batch, -1, -1, -1)
        env = make_env(size=(size[0], size[1]), seeds=tuple(range(batch)), start=start)
        return self.build(env)(PlainLook(image, env.perceptors))

    def test_it_is_finite(self) -> None:
        for image in (make_image(), torch.zeros(2, 3, 24, 32), torch.ones(2, 3, 24, 32), make_image(size=(3, 9))):
            image = image.detach().requires_grad_()
            value = self._value(image)
            assert value.shape in ((), (2,))
            value.sum().backward()
            assert bool(value.isfinite().all())
            assert image.grad is not None
            assert bool(image.grad.isfinite().all())

    def test_each_picture_is_judged_on_its_own(self) -> None:
        image = make_image().detach()
        both = self._value(image)
        if both.shape == (2,) and not self.spec.compares_batch:
            assert torch.allclose(both[1], self._value(image[1:])[0], atol=1e-5)


class AugmentationContract(SpecContract):
    """Views of the asked size, in range, differentiable, drawn from their own stream alone."""

    def test_it_makes_views(self) -> None:
        views = self.build()
        for size in (8, 21):
            made = views(make_image(), size, 0)
            assert made.shape[0] % 2 == 0
            _assert_picture(made, (made.shape[0], 3, size, size))

    def test_the_gradient_reaches_the_picture(self) -> None:
        image = make_image()
        self.build()(image, 12, 0).square().sum().backward()
        assert image.grad is not None
        assert bool(image.grad.isfinite().all())
        assert float(image.grad.abs().sum()) > 0

    def test_randomness_is_its_own(self) -> None:
        before = torch.get_rng_state()
        first, again = (self.build()(make_image(), 12, 5) for _ in range(2))
        assert torch.equal(first, again)
        assert torch.equal(before, torch.get_rng_state()), "it draws from the global random stream"

    def test_a_picture_has_the_same_views_alone_and_in_a_batch(self) -> None:
        image = make_image().detach()
        both = self.build(make_env(seeds=(3, 4)))(image, 12, 2)
        alone = self.build(make_env(seeds=(4,)))(image[1:], 12, 2)
        assert torch.allclose(both[len(both) // 2 :], alone, atol=1e-5)


class PerceptorContract(SpecContract):
    """Unit rows for images and texts; the gradient reaches the pixels and no weight."""

    def test_images_become_unit_rows(self) -> None:
        perceptor = self.build()
        rows = perceptor.embed_images(torch.rand(3, 3, perceptor.size, perceptor.size))
        assert rows.shape == (3, perceptor.dim)
        assert torch.allclose(rows.float().norm(dim=-1), torch.ones(3), atol=1e-3)

    def test_texts_become_unit_rows(self) -> None:
        perceptor = self.build()
        rows = perceptor.embed_texts(["a cat", "a dog"])
        assert rows.shape == (2, perceptor.dim)
        assert torch.allclose(rows.float().norm(dim=-1), torch.ones(2), atol=1e-3)
        assert not torch.allclose(rows[0], rows[1], atol=1e-3)

    def test_the_gradient_reaches_the_pixels_alone(self) -> None:
        perceptor = self.build()
        image = torch.full((1, 3, perceptor.size, perceptor.size), 0.4, requires_grad=True)
        perceptor.embed_images(image)[0, 0].backward()
        assert image.grad is not None
        assert float(image.grad.abs().sum()) > 0
        if isinstance(perceptor, torch.nn.Module):
            assert all(parameter.grad is None for parameter in perceptor.parameters())


class FilterContract(SpecContract):
    """The same shape and range, with a gradient."""

    def test_it_keeps_shape_and_range(self) -> None:
        image = make_image()
        changed = self.build()(image, 0)
        _assert_picture(changed, tuple(image.shape))
        changed.square().sum().backward()
        assert image.grad is not None
        assert bool(image.grad.isfinite().all())


class ReporterContract(SpecContract):
    """It can watch a whole run without raising."""

    def test_it_watches(self) -> None:
        reporter = self.build()
        reporter.on_start(1)
        image = make_image().detach()
        reporter.on_step(api.StepEvent(0, 1, image, {"clip": 0.5}, 0.5, 0.1))
        losses = {"clip": ((0, 0.5),), "total": ((0, 0.5),)}
        reporter.on_end(api.Result(image, 0, (0.5, 0.6), 1, losses, {"format": 1}))
