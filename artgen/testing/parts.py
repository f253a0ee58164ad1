"""Small real parts to build a component with: a perceptor, a look, an environment, a picture."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from artgen import api
from artgen.picture.readings import changed
from artgen.picture.regions import crop_to_region, fitted
from artgen.recipe.model import FORMAT
from artgen.rng import Random
from artgen.version import own_version

TINY = ((1, 1), (1, 32), (32, 1))
"""Height and width of canvases on which arithmetic goes wrong first."""
SIZES = ((24, 32), (41, 35), (5, 64), (1, 1), (1, 32), (32, 1))
"""Height and width of the canvases that components are tried on."""
STEPS = 30
"""How many steps the runs have in which every step is looked at."""


class ColourPerceptor:
    """A tiny real perceptor: a picture's embedding is its colours in a coarse grid; a text's, its letters'.

    It takes pictures of `size` x `size` pixels and gives unit rows of `dim` numbers, without any weight file.
    """

    def __init__(self, size: int = 8, dim: int = 12, device: torch.device | str = "cpu") -> None:
        self.size, self.dim = size, dim
        self.matrix = torch.randn(3 * 4 * 4, dim, generator=torch.Generator().manual_seed(1)).to(device)

    def embed_images(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) in [0, 1] to (N, dim)."""
        return F.normalize((F.adaptive_avg_pool2d(images, 4) - 0.5).flatten(1) @ self.matrix + 1e-3, dim=-1)

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """M texts to (M, dim)."""
        letters = torch.zeros(len(texts), self.dim)
        for row, text in enumerate(texts):
            for place, letter in enumerate(text):
                letters[row, (ord(letter) * 31 + place) % self.dim] += 1
        return F.normalize(letters + 1e-3, dim=-1).to(self.matrix.device)

    def features(self, images: Tensor) -> list[Tensor]:
        """Two layers, (N, 3, size, size) and (N, 3, 4, 4): the pixels, and the means of a coarse grid."""
        return [images, F.adaptive_avg_pool2d(images, 4)]


class PlainLook:
    """A :class:`artgen.api.Look` at pictures through two views each, the whole one and its mirror image.

    For testing a loss on its own: ``loss(PlainLook(image, env.perceptors))``.
    """

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
        """(B, 2, 3, size, size)."""
        size = self._perceptors[perceptor].size
        whole = F.interpolate(self.image, (size, size), mode="bilinear", antialias=True)
        return torch.stack([whole, whole.flip(-1)], dim=1)

    def embeddings(self, perceptor: str) -> Tensor:
        """(B, 2, dim)."""
        views = self.views(perceptor)
        values: Tensor = self._perceptors[perceptor].embed_images(views.flatten(0, 1)).unflatten(0, views.shape[:2])
        return values

    def within(self, region: Tensor) -> PlainLook:
        """The same look at a part of the picture; `region` is (H, W) or (1, 1, H, W) in [0, 1]."""
        regions = (*self._regions, fitted(region, self.image))
        return PlainLook(crop_to_region(self.image, regions[-1]), self._perceptors, self.step, self.steps, regions)

    def through(self, change: Callable[[Tensor], Tensor]) -> PlainLook:
        """The same look at what `change` makes of the pictures, (B, 3, H, W) to (B, 3, h, w) in [0, 1]."""
        return PlainLook(changed(self.image, change), self._perceptors, self.step, self.steps)

    @torch.no_grad()
    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        """(B, 2, dim): the embeddings of the same views of another picture, (B or 1, 3, H, W)."""
        shown = functools.reduce(crop_to_region, self._regions, image.expand(self.image.shape[0], -1, -1, -1))
        return PlainLook(shown, self._perceptors).embeddings(perceptor)


def make_env(
    *, size: tuple[int, int] = (24, 32), seeds: tuple[int, ...] = (3, 4), steps: int = 10, **more: Any
) -> api.Env:
    """An :class:`artgen.api.Env` on the CPU, to build a component with: ``MyLoss().build(make_env())``.

    `size` is the canvas's height and width in pixels; there is one picture for each of `seeds`, or as many as `batch`
    says, whose seeds count on from the first. `component` names the component's random streams; every other attribute
    of `Env` may be given by its name, such as `device`. By default there are the prompt "a red heart" and one
    perceptor, a `ColourPerceptor` called ``clip``.
    """
    device = torch.device(more.pop("device", "cpu"))
    batch = more.pop("batch", len(seeds))
    seeds = seeds if batch == len(seeds) else tuple(range(seeds[0], seeds[0] + batch))
    stream = Random(seeds, more.pop("component", "tested"), device)
    random = more.pop("random", stream)
    perceptors: Mapping[str, api.Perceptor] = more.pop("perceptors", {"clip": ColourPerceptor(device=device)})
    prompts = more.pop("prompts", (api.Prompt(text="a red heart"),))
    return api.Env(device, size, batch, steps, random, prompts, perceptors, **more)


def extremes() -> Mapping[str, Tensor]:
    """(2, 3, H, W) pictures on which arithmetic goes wrong first."""
    black = torch.zeros(2, 3, 24, 32)
    return {"of colours": make_image().detach(), "all black": black, "all white": black + 1}


def make_recipe(steps_done: int = 3) -> dict[str, Any]:
    """The recipe of a run that never was, with all that a real one has."""
    return {
        "format": FORMAT,
        "artgen": own_version(),
        "preset": {"prompts": [{"text": "a red heart"}], "seed": 3, "size": [32, 24], "steps": 3, "batch": 2},
        **{name: {} for name in ("plugins", "libraries", "weights", "inputs", "flags")},
        **{"device": "cpu", "hardware": "", "threads": 1, "python": "", "system": ""},
        "steps_done": steps_done,
        "interrupted": False,
    }


def make_image(batch: int = 2, size: tuple[int, int] = (24, 32), seed: int = 0) -> Tensor:
    """(B, 3, H, W) smooth random colours in [0, 1] that require a gradient; `size` is height and width."""
    coarse = torch.rand(batch, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    smooth = F.interpolate(coarse, size, mode="bicubic").clamp(0.02, 0.98)
    return smooth.requires_grad_()
