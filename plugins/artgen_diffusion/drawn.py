"""The working half of the embedded diffusion model: latent diffusion of drawings (Rombach et al. 2022, 2112.10752)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env
from artgen.canvas import in_range
from artgen_diffusion.condition import perceptor_of
from artgen_diffusion.pixel_spec import CFG, Diffusion
from artgen_diffusion.sampler import Sampler
from artgen_drawings.caption import MOST, Caption, Thing, rgb
from artgen_drawings.composition import Composition
from artgen_drawings.cutout import contrast, cut, painted
from artgen_drawings.denoiser import levels
from artgen_drawings.loading import embedded
from artgen_drawings.prior import Prior, ground_seed, heaviest, poses, reworded, speaks

_LEVELS = 1000
_NOISIEST = 0.999
"""The time at which a run begins; at 1 nothing would be left of the picture."""
_MISSED = 0.15
"""Variance (components have 1) of what the prior misses of pictures that it has not drawn, measured without noise."""


class DrawnDiffusion:
    """Noisy components (B, MOST, K), a row for each thing of a picture; those that a picture has not stay 0.

    Each step draws the things as the prior expects them behind the noise, composed as the prompt says. A picture that
    is taken over, a `start` too, is one thing that fills the canvas from then on.
    """

    def __init__(self, spec: Diffusion, env: Env) -> None:
        self._spec, self._env = spec, env
        codec, self.weights = embedded(env.device)
        self._codec, self._prior = codec, Prior(lambda latent: codec.decode(codec.nearest(latent)))
        self.weights |= self._prior.weights
        self._hands = self._prior.hands(env, spec.hand)
        self.credits = self._prior.credits
        some = any(prompt.words for i in range(env.batch) for prompt in env.prompts_of(i))
        self._perceptor = perceptor_of(spec, env, self._prior.width) if some else None
        self._captions = [self._caption(picture) for picture in range(env.batch)]
        self._compositions = [
            Composition(caption, env.size, torch.Generator().manual_seed(ground_seed(env, picture)))
            for picture, caption in enumerate(self._captions)
        ]
        self._poses = [poses(env, picture, spec.variety) for picture in range(env.batch)]
        self._towards, self._away = self._told()
        self._step, self._whole = 0, env.start is not None
        self.cover = None if self._whole else torch.ones(env.batch, 1, *env.size, device=env.device)
        start = None if env.start is None else self._components(env.start)
        shape = (MOST, self._prior.model.components)
        self._sampler = Sampler(spec, env, scheduler(), shape, self._clean, start=start, apart=True)
        self.steps = self._sampler.steps

    def _caption(self, picture: int) -> Caption:
        """What a picture shows; something, where no prompt says."""
        prompt = heaviest(self._env, picture)
        words = None if prompt is None else prompt.words
        if words is not None and self._perceptor:
            words = reworded(self._perceptor, words)
        caption = Caption((Thing(""),)) if words is None else self._prior.reader.read(words)
        if speaks(self._env, picture) and caption.unread:
            said = "', '".join(caption.unread)
            self._env.note(f"diffusion: draws nothing for '{said}'; that is left to the guidance")
        if speaks(self._env, picture) and not caption.things and self._env.start is None:
            self._env.note(f"diffusion: '{words}' is a place, which is painted; there is no thing to be guided")
        return caption

    def _told(self) -> tuple[list[Tensor], list[Tensor]]:
        """For each picture (things, D) texts of its things, and of what to keep away from: 0 where nothing is said."""
        pictures = range(self._env.batch)
        towards = [torch.stack(self._asked(i)) for i in pictures]
        return towards, [self._row(self._unwanted(i)).expand_as(towards[i]) for i in pictures]

    def _asked(self, picture: int) -> list[Tensor]:
        """(D,) for each thing of a picture, for one where there is none."""
        prompt, caption, perceptor = heaviest(self._env, picture), self._captions[picture], self._perceptor
        if prompt is None or perceptor is None or not caption.things:
            return [torch.zeros(self._prior.width)] * max(1, len(caption.things))
        if prompt.travel and prompt.travel.moves and speaks(self._env, picture):
            self._env.note(f"diffusion: draws where '{prompt.title}' begins; the losses alone go on along that way")
        return [self._scaled(text) for text in self._prior.told(prompt, caption, self._env, perceptor)]

    def _row(self, texts: Mapping[str, float]) -> Tensor:
        """(D,): weighted texts as the prior is told them; 0 for none."""
        perceptor = self._perceptor
        if perceptor is None or not texts:
            return torch.zeros(self._prior.width)
        # Text by text, so that a row is the same in any batch.
        rows = [weight * perceptor.embed_texts([text])[0].detach() for text, weight in texts.items()]
        return self._scaled(torch.stack(rows).sum(0))

    def _scaled(self, text: Tensor) -> Tensor:
        """(D,) of mean square 1, as the prior is told texts."""
        scaled: Tensor = F.normalize(text.cpu().float(), dim=0) * self._prior.width**0.5
        return scaled

    def _unwanted(self, picture: int) -> dict[str, float]:
        """The negative prompts of a picture, as the run begins, and how much they count."""
        told = [(p.words, p.weight.at(0, self._env.steps)) for p in self._env.prompts_of(picture)]
        return {words: -weight for words, weight in told if words and weight < 0}

    def _things(self, picture: int) -> tuple[Thing, ...]:
        return self._captions[picture].things

    def _clean(self, noisy: Tensor, timestep: float) -> Tensor:
        """What the prior expects behind (B, MOST, K) noisy components."""
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        clean = torch.stack([self._denoised(i, rows.cpu(), timestep) for i, rows in enumerate(noisy)]).to(noisy)
        if not self._whole:
            return clean
        return trusted(noisy, clean, timestep)

    def _denoised(self, picture: int, rows: Tensor, timestep: float) -> Tensor:
        count = self._count(picture)
        noisy, towards, away = rows[:count], self._towards[picture][:count], self._away[picture][:count]
        time, hands = torch.full((count,), time_of(timestep)), self._hands[picture].expand(count, -1)
        cfg = CFG if self._spec.cfg is None else self._spec.cfg.at(self._step, self.steps)
        clean = self._prior.model(noisy, time, away if cfg == 0 else towards, hands)
        if cfg not in (0, 1):
            plain = self._prior.model(noisy, time, away, hands)
            clean = plain + cfg * (clean - plain)
        return torch.cat([clean, torch.zeros_like(rows[count:])])

    def _count(self, picture: int) -> int:
        return 1 if self._whole else len(self._things(picture))

    def draw(self, step: int) -> Tensor:
        self._step = step
        # Where nothing pulls, no graph is kept: plain sampling costs plain sampling's time and memory.
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._spec.guidance.at(step, self.steps) > 0):
            estimate = self._sampler.estimate(step)
            made = torch.stack([self._picture(i, rows.cpu()) for i, rows in enumerate(estimate)]).to(estimate)
        if self.cover is not None:
            self.cover = made[:, 3:].detach()
        return made[:, :3]

    def _picture(self, number: int, rows: Tensor) -> Tensor:
        """(4, H, W) of clean components (MOST, K): the picture, and what its things cover."""
        count = self._count(number)
        if not count:
            return self._compositions[number].around([])
        drawings, masks = self._prior.drawn(rows[:count], self._env.device)
        if self._whole:
            return F.pad(in_range(_unfitted(drawings.cpu(), self._env.size)[0]), (0, 0, 0, 0, 0, 1), value=1.0)
        things = zip(self._things(number), drawings.cpu(), masks, self._poses[number], strict=False)
        figures = [pose(_coloured(cut(drawing, mask), thing)) for thing, drawing, mask, pose in things]
        return in_range(self._compositions[number].around(figures))

    def advance(self, step: int) -> None:
        self._sampler.advance(step)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on as if (B, 3, H, W) were what the prior expects behind the noise of one thing that fills the canvas."""
        self._step, self._whole = step, True
        self._sampler.put(step, self._components(image))

    def _components(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, MOST, K): the encoding of the whole picture, in the first row."""
        square = fitted(image, self._prior.side * self._codec.factor)
        latents = torch.cat([self._codec.encode(one[None]) for one in square])
        rows = encoded(self._prior, square, latents)[:, None]
        return F.pad(rows, (0, 0, 0, MOST - 1)).to(image)

    def state_dict(self) -> dict[str, Any]:
        return {**self._sampler.state_dict(), "whole": self._whole, "cover": self.cover}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._whole, self.cover = bool(state["whole"]), state.get("cover", self.cover)
        self._sampler.load_state_dict(state)


def scheduler() -> dict[str, Any]:
    """The noise levels that the prior was taught, as diffusers writes a scheduler."""
    kept = [1.0, *(levels(time_of(number))[0] ** 2 for number in range(_LEVELS))]
    return {
        "_class_name": "DDIMScheduler",
        "num_train_timesteps": _LEVELS,
        "trained_betas": [1 - after / before for before, after in pairwise(kept)],
        "prediction_type": "sample",
        "timestep_spacing": "trailing",
        "clip_sample": False,
        "set_alpha_to_one": True,
    }


def encoded(prior: Prior, square: Tensor, latents: Tensor) -> Tensor:
    """(B, K) components, on the CPU, of what `fitted` gives and of its latents."""
    masks = F.adaptive_avg_pool2d(contrast(square.cpu()), prior.side)[:, 0]
    # One picture at a time, so that it comes out the same in any batch, to the bit.
    pairs = zip(latents.cpu().split(1), masks.split(1), strict=True)
    return torch.cat([prior.components(latent, mask) for latent, mask in pairs])


def trusted(noisy: Tensor, clean: Tensor, timestep: float) -> Tensor:
    """What the prior expects behind noisy components of a picture that it has not drawn."""
    # Where there is less noise than it misses, the sample itself says more of a picture from elsewhere.
    keep, blur = levels(time_of(timestep))
    noise = (blur / keep) ** 2
    return (noisy / keep).lerp(clean, noise / (noise + _MISSED))


def time_of(timestep: float) -> float:
    """The prior's own time, 0 to 1, of a number of the scheduler."""
    return (timestep + 1) / _LEVELS * _NOISIEST


def _coloured(figure: Tensor, thing: Thing) -> Tensor:
    return painted(figure, rgb(thing.colour)) if thing.colour else figure


def fitted(image: Tensor, side: int) -> Tensor:
    """(B, 3, side, side) in [0, 1]: a picture in the middle of a white square."""
    height, width = image.shape[-2:]
    longest = max(height, width)
    before = ((longest - width) // 2, (longest - height) // 2)
    around = (before[0], longest - width - before[0], before[1], longest - height - before[1])
    square = F.pad(image, around, value=1.0)
    return in_range(F.interpolate(square, (side, side), mode="bicubic", antialias=True))


def _unfitted(square: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, 3, *size) of what `_fitted` gives."""
    longest = max(size)
    image = F.interpolate(square, (longest, longest), mode="bicubic", antialias=True)
    top, left = (longest - size[0]) // 2, (longest - size[1]) // 2
    return image[..., top : top + size[0], left : left + size[1]]
