"""The embedded model's opinion: of the picture as one drawing that fills a white square."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from artgen.api import Env, Perceptor, Prompt
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.distilling.teacher import Texts, embedded_alone, embedding_between
from artgen_diffusion.drawn import encoded, fitted, scheduler, time_of, trusted
from artgen_diffusion.pixel_spec import CFG
from artgen_drawings.loading import embedded
from artgen_drawings.prior import Prior, phrase, reworded


class DrawnTeacher:
    """Knows things, and neither places nor colours: of each text it is told the first thing.

    Its own numbers are components of an encoding; the networks between them and pixels are small, and work on the CPU
    but for the encoder.
    """

    def __init__(self, spec: Distill, env: Env, prompts: Sequence[Prompt]) -> None:
        codec, weights = embedded(env.device)
        self._env, self._codec = env, codec
        self._prior = Prior(lambda latents: codec.decode(codec.nearest(latents)))
        self.weights: Mapping[str, str] = weights | self._prior.weights
        self._hands = self._prior.hands(env, spec.hand)
        self.credits: Sequence[str] = self._prior.credits
        self._nothing = torch.zeros(self._prior.width)
        self._texts: Texts[Tensor] = Texts(env, prompts, lambda texts: self._embedded(spec, texts), embedding_between)
        self.scheduler: Mapping[str, Any] = scheduler()
        self.shape: tuple[int, ...] = (self._prior.model.components,)
        self.cfg = CFG

    def _embedded(self, spec: Distill, texts: Sequence[str]) -> list[Tensor]:
        """(D,) of mean square 1 for each text."""
        if not texts:
            return []
        perceptor = self._env.perceptor(spec.perceptor, self._prior.width)[1]
        rows = embedded_alone(perceptor, [self._thing(one, perceptor) for one in texts])
        return [row.cpu() for row in rows]

    def _thing(self, text: str, perceptor: Perceptor) -> str:
        """The first thing that a text names, as the prior was told things; the text itself where it names none."""
        words = reworded(perceptor, text)
        things = self._prior.reader.read(words).things
        if len(things) > 1:
            self._env.note(f"distill: of '{text}' the embedded model is asked for the {things[0].words} alone")
        return phrase(things[0].words) if things else words

    def seen(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) in the middle of a white square."""
        return fitted(image, self._prior.side * self._codec.factor)

    def encode(self, seen: Tensor) -> Tensor:
        """The components of the whole picture; the gradient passes the choice of codes straight through."""
        return encoded(self._prior, seen, self._codec.nearest(self._codec.raw(seen)))

    def decode(self, clean: Tensor) -> Tensor:
        """The drawing, on white."""
        return self._prior.drawn(clean, self._env.device)[0]

    def predict(self, noisy: Tensor, timestep: float, picture: int, rows: Sequence[int], at: tuple[int, int]) -> Tensor:
        """Without a text, and told each prompt of `rows`."""
        told = [self._nothing, *(self._texts.at(picture, row, *at) for row in rows)]
        hand, time = self._hands[picture][None], torch.full((1,), time_of(timestep))
        # Each alone, so that it is rounded alike beside any others.
        clean = torch.cat([self._prior.model(noisy, time, one[None], hand) for one in told])
        return trusted(noisy, clean, timestep)
