"""The working half of the VQGAN generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Schedule
from artgen.canvas import Descending, Descent, covered, in_range
from artgen_drawings.codec import Codec
from artgen_drawings.prior import Prior, reader_of
from artgen_vqgan import Vqgan, regularisers
from artgen_vqgan.ground import Ground
from artgen_vqgan.loading import load


class VqganGenerator(Descending):
    """A latent (B, C, h, w) whose cells are drawn as their nearest codes, after VQGAN+CLIP (Crowson et al. 2022)."""

    def __init__(self, spec: Vqgan, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._canvas = spec, env.size
        self._codec, self.weights = load(spec, env)
        self.credits: tuple[str, ...] = ()
        self._cells = cells(env.size, self._codec.factor * spec.upscale)
        self._say_size(env)
        self._ground: Ground | None = None
        self.cover: Tensor | None = None
        self._start = self._begin(env)
        # Outside the codes' range nothing changes any more, and the way back grows long.
        self._descent = Descent(spec, [self._start], env.steps, (self._codec.low, self._codec.high))

    def _begin(self, env: Env) -> Tensor:
        """The latent of step 0, (B, C, h, w)."""
        if env.start is not None:
            return encoded(env.start, self._codec, self._cells)
        if self._spec.init == "prompt":
            return self._guess(env)
        return start(self._spec.init, env, self._codec, self._cells)

    def _guess(self, env: Env) -> Tensor:
        """The codes of drawings of what the prompts say, made at the size at which they draw."""
        prior = Prior(lambda latent: self._codec.decode(self._codec.nearest(latent)))
        spec, reader = self._spec, reader_of(env, prior.width)
        scenes = prior.scenes(env, reader, spec.hand, spec.guesses, spec.variety)
        self.weights |= prior.weights
        self.credits = prior.credits
        whole = torch.stack([scene.picture(env.size) for scene in scenes]).to(env.device)
        self.cover = whole[:, 3:]
        if self._spec.hold_ground:
            self._ground = Ground(whole)
        size = (self._cells[0] * self._codec.factor, self._cells[1] * self._codec.factor)
        pictures = torch.stack([scene.picture(size) for scene in scenes])
        return _encode(pictures[:, :3].to(env.device), self._codec)

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
        return self._draw(self._descent.at(step)[0])

    def _draw(self, latent: Tensor) -> Tensor:
        image = self._codec.decode(self._codec.nearest(latent))
        if image.shape[-2:] != self._canvas:
            image = in_range(F.interpolate(image, self._canvas, mode="bicubic", antialias=True))
        return image if self._ground is None else self._ground.behind(image)

    def advance(self, step: int) -> None:
        self._add_regularisers(step)
        if self._ground is not None and self._latent.grad is not None:
            self._latent.grad.mul_(self._ground.free(self._cells))
        self._descent.step(step)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the codes that stand for (B, 3, H, W)."""
        self._give_up(torch.ones_like(image[:1, :1]))
        self._descent.put([encoded(image, self._codec, self._cells)])

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the cells that (1, 1, H, W) touches."""
        self._give_up(cover)
        codes = encoded(image, self._codec, self._cells)
        self._descent.put([codes.where(covered(cover, self._cells), self._latent.detach())])

    def _give_up(self, cover: Tensor) -> None:
        """Take what (1, 1, H, W) covers for no ground any more: somebody has painted there."""
        if self._ground is not None:
            self._ground.give_up(cover)
        if self.cover is not None:
            self.cover = self.cover.maximum(cover)

    def _add_regularisers(self, step: int) -> None:
        """Add the gradient of what holds the latent near its start."""
        for weight, distance in self._distances(step):
            if weight:
                (weight * distance().sum()).backward()

    def _distances(self, step: int) -> list[tuple[float, Callable[[], Tensor]]]:
        spec, latent, first = self._spec, self._latent, self._start
        pairs: list[tuple[Schedule, Callable[[], Tensor]]] = [
            (spec.stay_spherical, lambda: regularisers.spherical(latent, first)),
            (spec.stay_mse, lambda: regularisers.mse(latent, first)),
            (spec.stay_cosine, lambda: regularisers.cosine(latent, first)),
            (spec.stay_pixels, lambda: regularisers.pixels(self._draw(latent), self._first_image)),
        ]
        return [(schedule.at(step, self.steps), distance) for schedule, distance in pairs]

    @cached_property
    def _first_image(self) -> Tensor:
        with torch.no_grad():
            return self._draw(self._start)

    def state_dict(self) -> dict[str, Any]:
        """The latent, the optimiser's memory, the start, and what is no ground any more."""
        held = {} if self._ground is None else {"shown": self._ground.shown.clone()}
        if self.cover is not None:
            held["cover"] = self.cover.clone()
        return {**self._descent.state_dict(), "start": self._start.clone(), **held}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._descent.load_state_dict(state)
        self._start.copy_(state["start"])
        if self._ground is not None:
            self._ground.shown.copy_(state["shown"])
        if self.cover is not None and "cover" in state:  # older checkpoints have none
            self.cover = state["cover"].to(self.cover)
        self.__dict__.pop("_first_image", None)


def cells(canvas: tuple[int, int], unit: int) -> tuple[int, int]:
    """Rows and columns of codes for a canvas: as near as whole cells come, at least one."""
    rows, columns = (max(1, round(side / unit)) for side in canvas)
    return rows, columns


def start(init: str, env: Env, codec: Codec, grid: tuple[int, int]) -> Tensor:
    """A random latent, (B, C, *grid), of one kind."""
    size = (grid[0] * codec.factor, grid[1] * codec.factor)
    if init == "codes":
        places = (env.random.uniform("codes", grid) * len(codec.codes)).long()
        return codec.codes[places].movedim(-1, 1).contiguous()
    if init == "noise":
        return _encode(env.random.uniform("noise", (3, *size)), codec)
    corners = env.random.uniform("gradient", (3, 2, 2))
    return _encode(F.interpolate(corners, size, mode="bilinear", align_corners=True), codec)


def encoded(images: Tensor, codec: Codec, grid: tuple[int, int]) -> Tensor:
    """(B, C, *grid): the codes that stand for (B, 3, H, W), fitted to that many cells."""
    size = (grid[0] * codec.factor, grid[1] * codec.factor)
    return _encode(F.interpolate(images, size, mode="bicubic", antialias=True).clamp(0, 1), codec)


def _encode(images: Tensor, codec: Codec) -> Tensor:
    return torch.cat([codec.encode(image[None]) for image in images])
