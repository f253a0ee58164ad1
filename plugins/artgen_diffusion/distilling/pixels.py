"""The opinion of a UNet2DModel, which draws pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env, InputError, Prompt
from artgen.canvas import in_range
from artgen_diffusion import models
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.distilling.teacher import Texts, embedded_alone, embedding_between, usual_cfg
from artgen_diffusion.memory import Chunks
from artgen_diffusion.pixel import drawn_size, resized, through_network


class PixelTeacher:
    """Looks at the picture in the canvas's shape and about the number of pixels that its network was trained with.

    One that was trained without texts is told none, whatever the prompts say.
    """

    def __init__(self, spec: Distill, env: Env, prompts: Sequence[Prompt], home: Path) -> None:
        model = models.load(spec.model, env.note, home)
        self.scheduler: Mapping[str, Any] = model.scheduler
        self.weights: Mapping[str, str] = model.weights
        self.credits: Sequence[str] = ()
        self._network, self._block = model.network.to(env.device), model.block
        self._chunks = Chunks(spec.chunk, env.note)
        side = spec.resolution or model.side
        if side is None:
            raise InputError(f"{model.title}: does not say how large its pictures are; give a 'resolution'")
        self._size = drawn_size(env.size, side, model.factor)
        self.shape: tuple[int, ...] = (3, *self._size)
        self._texts = _texts(spec, env, prompts, model.text_width, model.title)
        self.cfg = usual_cfg(spec.form) if self._texts else 0.0
        self._nothing = torch.zeros(model.text_width or 0, device=env.device)

    def seen(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) at the size that the model is shown."""
        return resized(image, self._size)

    def encode(self, seen: Tensor) -> Tensor:
        """The same in [-1, 1]."""
        return seen * 2 - 1

    def decode(self, clean: Tensor) -> Tensor:
        """The way back."""
        return in_range(clean / 2 + 0.5)

    def predict(self, noisy: Tensor, timestep: float, picture: int, rows: Sequence[int], at: tuple[int, int]) -> Tensor:
        """Without a text, and told each prompt of `rows`."""
        network = partial(through_network, self._network, self._block, timestep=timestep)
        if self._texts is None:
            return self._chunks(network, noisy)
        told = torch.stack([self._nothing, *(self._texts.at(picture, row, *at) for row in rows)])
        return self._chunks(network, noisy.expand(len(told), -1, -1, -1), told)


def _texts(spec: Distill, env: Env, prompts: Sequence[Prompt], width: int | None, title: str) -> Texts[Tensor] | None:
    """The prompts in the model's terms; None for one that was trained without texts."""
    if width is None:
        if spec.perceptor is not None or (spec.cfg is not None and any(spec.cfg.values)):
            name = "cfg" if spec.perceptor is None else "perceptor"
            raise InputError(f"{title}: was trained without texts, so nothing reads '{name}'; leave it out")
        return None
    if spec.perceptor is None:
        if prompts:
            raise InputError(
                f"{title}: was trained with texts of width {width}; name its 'perceptor', or give 'cfg: 0'"
            )
        return Texts(env, (), lambda texts: (), embedding_between)
    perceptor = env.perceptor(spec.perceptor, width)[1]
    return Texts(env, prompts, partial(embedded_alone, perceptor), embedding_between)
