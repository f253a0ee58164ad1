"""The working half of the VQGAN generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Schedule
from artgen.canvas import Descent, read_picture
from artgen_vqgan import Vqgan, pulls
from artgen_vqgan.codec import Codec, clamp
from artgen_vqgan.loading import load


class VqganGenerator:
    """A latent (B, C, h, w) whose cells are drawn as their nearest codes, after VQGAN+CLIP (Crowson et al. 2022)."""

    def __init__(self, spec: Vqgan, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._canvas = spec, env.size
        self._codec, self.weights = load(spec, env)
        self._cells = cells(env.size, self._codec.factor * spec.upscale)
        self._say_size(env)
        self._start = start(spec, env, self._codec, self._cells)
        self._descent = Descent(spec, [self._start], env.steps)
        self._average = torch.zeros_like(self._start)
        self._averaged = 0

    def _say_size(self, env: Env) -> None:
        unit = self._codec.factor * self._spec.upscale
        height, width = (side * unit for side in self._cells)
        if (height, width) != env.size:
            wanted = f"{env.size[1]} x {env.size[0]}"
            env.note(f"vqgan: drawn at {width} x {height} and fitted to {wanted}; multiples of {unit} pixels are exact")

    @property
    def _latent(self) -> Tensor:
        return self._descent.parameters[0]

    def draw(self, step: int) -> Tensor:
        """The drawing; after the last step, that of the averaged latent."""
        if self._spec.ema and step >= self.steps and self._averaged:
            return self._draw(self._average / (1 - self._spec.ema**self._averaged))
        return self._draw(self._latent)

    def _draw(self, latent: Tensor) -> Tensor:
        image = self._codec.decode(self._codec.nearest(latent))
        if image.shape[-2:] == self._canvas:
            return image
        return clamp(F.interpolate(image, self._canvas, mode="bicubic", antialias=True))

    def advance(self, step: int) -> None:
        self._pull(step)
        self._descent.step(step)
        with torch.no_grad():
            # Outside the codes' range nothing changes any more, and the way back grows long.
            self._latent.copy_(self._latent.clamp(self._codec.low, self._codec.high))
            if self._spec.ema:
                self._average.lerp_(self._latent, 1 - self._spec.ema)
                self._averaged += 1

    def _pull(self, step: int) -> None:
        """Add the gradient of what holds the latent near its start."""
        for weight, distance in self._distances(step):
            if weight:
                (weight * distance().sum()).backward()

    def _distances(self, step: int) -> list[tuple[float, Callable[[], Tensor]]]:
        spec, latent, first = self._spec, self._latent, self._start
        pairs: list[tuple[Schedule, Callable[[], Tensor]]] = [
            (spec.stay_spherical, lambda: pulls.spherical(latent, first)),
            (spec.stay_mse, lambda: pulls.mse(latent, first)),
            (spec.stay_cosine, lambda: pulls.cosine(latent, first)),
            (spec.stay_pixels, lambda: pulls.pixels(self._draw(latent), self._first_image)),
        ]
        return [(schedule.at(step, self.steps), distance) for schedule, distance in pairs]

    @cached_property
    def _first_image(self) -> Tensor:
        with torch.no_grad():
            return self._draw(self._start)

    def state_dict(self) -> dict[str, Any]:
        """The latent, the optimiser's memory, the start and the average."""
        return {
            **self._descent.state_dict(),
            "start": self._start.clone(),
            "average": self._average.clone(),
            "averaged": self._averaged,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._descent.load_state_dict(state)
        self._start.copy_(state["start"])
        self.__dict__.pop("_first_image", None)
        self._average.copy_(state["average"])
        self._averaged = state["averaged"]


def cells(canvas: tuple[int, int], unit: int) -> tuple[int, int]:
    """Rows and columns of codes for a canvas: as near as whole cells come, at least one."""
    rows, columns = (max(1, round(side / unit)) for side in canvas)
    return rows, columns


def start(spec: Vqgan, env: Env, codec: Codec, grid: tuple[int, int]) -> Tensor:
    """The latent of step 0, (B, C, h, w)."""
    size = (grid[0] * codec.factor, grid[1] * codec.factor)
    if spec.init_image is not None:
        return codec.encode(read_picture(spec.init_image, size).to(env.device)).repeat(env.batch, 1, 1, 1)
    if spec.init == "codes":
        places = (env.random.uniform("codes", grid) * len(codec.codes)).long()
        return codec.codes[places].movedim(-1, 1).contiguous()
    if spec.init == "noise":
        return _encode(env.random.uniform("noise", (3, *size)), codec)
    corners = env.random.uniform("gradient", (3, 2, 2))
    return _encode(F.interpolate(corners, size, mode="bilinear", align_corners=True), codec)


def _encode(images: Tensor, codec: Codec) -> Tensor:
    return torch.cat([codec.encode(image[None]) for image in images])
