"""The working half of pixel-space diffusion."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError
from artgen.canvas import covered, in_range
from artgen_diffusion import models, sampling
from artgen_diffusion.condition import Condition
from artgen_diffusion.memory import Chunks
from artgen_diffusion.pixel_spec import Diffusion
from artgen_diffusion.sampler import Sampler

_ROUNDED = 0.01
"""A side that rounding moves by more than this share is worth a word."""


class PixelDiffusion:
    """Draws the picture that the model expects behind the noise; each step takes some of the noise away.

    `steps` is the preset's steps, less what `strength` leaves out, times `recurrence`.
    """

    def __init__(self, spec: Diffusion, env: Env) -> None:
        model = models.load(spec.model, env.note)
        self.weights = model.weights
        self._canvas, self._unet = env.size, model.network.to(env.device)
        self._block, self._chunks = model.block, Chunks(spec.chunk, env.note)
        self._condition = _condition(spec, model, env)
        self._told: tuple[float, Tensor, Tensor] | None = None
        self._share = spec.threshold or _published_threshold(model.scheduler)
        self._range = float(model.scheduler.get("clip_sample_range") or 1.0)
        size = _drawn_size(spec, model, env)
        self._size = size
        start = None if env.start is None else self._clean(env.start)
        self._sampler = Sampler(spec, env, model.scheduler, (3, *size), self._predict, bound=self._bound, start=start)
        self.steps = self._sampler.steps

    def _predict(self, x: Tensor, timestep: float) -> Tensor:
        """What the network makes of noisy pictures: as told the prompts, exaggerated (arXiv:2207.12598)."""
        network = partial(through_network, self._unet, self._block, timestep=timestep)
        if self._told is None:
            return self._chunks(network, x)
        cfg, towards, away = self._told
        towards, away = towards.expand(len(x), -1), away.expand(len(x), -1)
        if cfg in (0, 1):
            return self._chunks(network, x, towards if cfg else away)
        plain, told = self._chunks(network, torch.cat((x, x)), torch.cat((away, towards))).chunk(2)
        return plain + cfg * (told - plain)

    def _bound(self, x0: Tensor) -> Tensor:
        if self._share is not None:
            return sampling.thresholded(x0, self._share)
        return x0.clamp(-self._range, self._range)

    def draw(self, step: int) -> Tensor:
        if self._condition is not None:
            self._told = self._condition.at(step, self.steps)
        x0 = self._sampler.estimate(step)
        if step < self.steps and self._share is not None:
            x0 = sampling.thresholded(x0, self._share)
        return resized(in_range(x0 / 2 + 0.5), self._canvas)

    def advance(self, step: int) -> None:
        self._sampler.advance(step)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on as if the model expected (B, 3, H, W) behind the noise."""
        self._sampler.put(step, self._clean(image))

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in those of the model's pixels that (1, 1, H, W) touches."""
        self._sampler.put(step, self._clean(image), covered(cover, self._size))

    def _clean(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] as the model draws pictures: its size, in [-1, 1]."""
        return resized(image, self._size) * 2 - 1

    def state_dict(self) -> dict[str, Any]:
        return self._sampler.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._sampler.load_state_dict(state)


def through_network(network: Any, block: int, x: Tensor, text: Tensor | None = None, *, timestep: float) -> Tensor:
    """What a UNet2DModel, which takes blocks of so many pixels a side, makes of noisy pictures (B, 3, h, w)."""
    folded = F.pixel_unshuffle(x, block)
    output: Tensor = network(folded, timestep, class_labels=text).sample
    # A model with a learned variance gives it after the mean.
    return F.pixel_shuffle(output[:, : folded.shape[1]], block)


def resized(image: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, 3, *size) in [0, 1]."""
    if image.shape[-2:] == size:
        return image
    return in_range(F.interpolate(image, size, mode="bicubic", antialias=True))


def _published_threshold(scheduler: Mapping[str, Any]) -> float | None:
    return float(scheduler.get("dynamic_thresholding_ratio", 0.995)) if scheduler.get("thresholding") else None


def _condition(spec: Diffusion, model: models.PictureModel, env: Env) -> Condition | None:
    if model.text_width is not None:
        return Condition(spec, env, model.text_width)
    unread = next((name for name in ("cfg", "perceptor") if getattr(spec, name) is not None), None)
    if unread:
        raise InputError(f"{model.title}: was trained without texts, so nothing reads '{unread}'; leave it out")
    return None


def _drawn_size(spec: Diffusion, model: models.PictureModel, env: Env) -> tuple[int, int]:
    """Height and width that the network draws: the canvas's shape, as many pixels as asked for."""
    side = spec.resolution or model.side
    if side is None:
        raise InputError(f"{model.title}: does not say how large its pictures are; give a 'resolution'")
    size = drawn_size(env.size, side, model.factor)
    wanted = _exact_size(env.size, side)
    if any(abs(got / want - 1) > _ROUNDED for got, want in zip(size, wanted, strict=True)):
        env.note(
            f"diffusion: draws {size[1]} x {size[0]} pixels, because this model takes multiples of {model.factor}; "
            f"they are stretched to the canvas of {env.size[1]} x {env.size[0]}"
        )
    return size


def _exact_size(canvas: tuple[int, int], side: float) -> tuple[float, float]:
    aspect = (canvas[0] / canvas[1]) ** 0.5
    return side * aspect, side / aspect


def drawn_size(canvas: tuple[int, int], side: float, factor: int) -> tuple[int, int]:
    """Height and width in the shape of `canvas` and of about side x side pixels, both multiples of `factor`."""
    height, width = (max(1, round(length / factor)) * factor for length in _exact_size(canvas, side))
    return height, width
