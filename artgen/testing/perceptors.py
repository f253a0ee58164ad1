"""What every perceptor must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from artgen import api
from artgen.testing.checks import backward, require, require_close, require_finite, require_float32, require_gradient
from artgen.testing.parts import make_image
from artgen.testing.probes.graphs import leaves_of
from artgen.testing.specs import SeededContract


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
        require_float32(rows, "the embedding")
        require_finite(rows, "the embedding")
        lengths = rows.detach().float().norm(dim=-1)
        require_close(lengths, torch.ones(len(rows)), 1e-3, "the rows are not of length 1; normalise them")

    def test_images_become_unit_rows(self) -> None:
        """Embeddings of images are rows of length 1 and of the width that it says."""
        perceptor = self.build()
        self._require_unit_rows(perceptor.embed_images(self._images(perceptor)), (3, perceptor.dim))

    def test_texts_become_unit_rows(self) -> None:
        """Embeddings of texts are such rows too, without a graph, and tell texts apart."""
        perceptor = self.build()
        rows = perceptor.embed_texts(["a cat", "a dog"])
        self._require_unit_rows(rows, (2, perceptor.dim))
        require(not rows.requires_grad, "the rows of texts have a graph, which a run would keep; use torch.no_grad()")
        require(not torch.allclose(rows[0], rows[1], atol=1e-3), "'a cat' and 'a dog' get the same row")

    def test_the_gradient_reaches_the_pixels_alone(self) -> None:
        """What it sees steers the picture, and no weight of its own moves or gathers a gradient."""
        perceptor = self.build()
        image = torch.full((1, 3, perceptor.size, perceptor.size), 0.4, requires_grad=True)
        rows = perceptor.embed_images(image)
        others = [leaf for leaf in leaves_of(rows) if leaf is not image]
        require_gradient(image, rows[0, :1], "the embedding")
        names = {id(weight): name for name, weight in _weights(perceptor)}
        reached = [names.get(id(leaf), f"a tensor of {tuple(leaf.shape)}") for leaf in others]
        require(not reached, f"the gradient reaches weights ({', '.join(reached[:3])}); use requires_grad_(False)")

    def test_rows_do_not_depend_on_their_neighbours(self) -> None:
        """Views go through it in chunks of any size."""
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

    def test_asked_again_it_sees_the_same(self) -> None:
        """It remembers nothing, because a run that is resumed would go on otherwise."""
        perceptor = self.build()
        images, texts = self._images(perceptor), ["a cat"]
        rows = perceptor.embed_images(images), perceptor.embed_texts(texts)
        perceptor.embed_images(1 - images)
        perceptor.embed_texts(["a dog in the rain"])
        again = perceptor.embed_images(images), perceptor.embed_texts(texts)
        for what, one, other in zip(("an image", "a text"), rows, again, strict=True):
            message = f"{what} gets another row when it is seen again; keep nothing from call to call"
            require_close(one, other, 1e-6, message)

    def test_its_features_are_maps(self) -> None:
        """If it has `features`, losses of style and content find maps there."""
        perceptor = self.build()
        if not hasattr(perceptor, "features"):
            return
        for number, layer in enumerate(perceptor.features(self._images(perceptor))):
            maps = layer.dim() == 4 and len(layer) == 3
            require(maps, f"features()[{number}] of 3 images is {tuple(layer.shape)}; expected (3, channels, h, w)")
            require_finite(layer, f"features()[{number}]")

    def test_it_changes_nothing_in_place(self) -> None:
        """The views belong to all perceptors."""
        perceptor = self.build()
        images = self._images(perceptor)
        perceptor.embed_images(images)
        require(torch.equal(images, self._images(perceptor)), "it changes the images that it was handed")

    def _use_there(self, built: api.Perceptor, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        images = self._images(built).to(device).requires_grad_()
        rows = built.embed_images(images)
        backward(rows)
        return [rows, built.embed_texts(["a cat"])]


def _weights(part: object) -> list[tuple[str, Tensor]]:
    """The parameters of `part` and of the modules that it holds."""
    modules = [part, *getattr(part, "__dict__", {}).values()]
    return [pair for module in modules if isinstance(module, torch.nn.Module) for pair in module.named_parameters()]
