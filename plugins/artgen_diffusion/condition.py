"""The prompts, as a network that was trained beside a CLIP is told them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError, Perceptor
from artgen_diffusion.pixel_spec import CFG, Diffusion


class Condition:
    """What to add to the network's embedding of the time: a CLIP's text embedding, scaled to mean square 1.

    A row of zeros stands for no text, as the network was told while it learnt (Ho & Salimans 2022,
    arXiv:2207.12598).
    """

    def __init__(self, spec: Diffusion, env: Env, width: int) -> None:
        self._spec = spec
        self._prompts = tuple(prompt for prompt in env.prompts if prompt.words is not None)
        self._nothing = torch.zeros(width, device=env.device)
        perceptor = perceptor_of(spec, env, width) if self._prompts else None
        pictures = range(env.batch if env.tells_each else 1)
        self._rows = [self._embedded(perceptor, picture) for picture in pictures] if perceptor else None

    def _embedded(self, perceptor: Perceptor, picture: int) -> Tensor:
        """(prompts, width), as a picture of the batch is told them."""
        return perceptor.embed_texts([str(prompt.told(picture).words) for prompt in self._prompts]).detach().float()

    def at(self, step: int, steps: int) -> tuple[float, Tensor, Tensor]:
        """`cfg`, and what to draw and what to keep away from: (width,), zeros where no prompt says.

        Where each picture of the batch is told something else, (B, width).
        """
        cfg = CFG if self._spec.cfg is None else self._spec.cfg.at(step, steps)
        if self._rows is None or cfg == 0:
            return 0.0, self._nothing, self._nothing
        weights = self._nothing.new_tensor([prompt.weight.at(step, steps) for prompt in self._prompts])
        return cfg, self._mixed(weights.clamp(min=0)), self._mixed(-weights.clamp(max=0))

    def _mixed(self, weights: Tensor) -> Tensor:
        assert self._rows is not None
        mixed = [F.normalize(weights @ rows, dim=0) * self._nothing.numel() ** 0.5 for rows in self._rows]
        return torch.stack(mixed) if len(mixed) > 1 else mixed[0]


def perceptor_of(spec: Diffusion, env: Env, width: int) -> Perceptor | None:
    """The one that the preset names, or the first whose embeddings are as wide as the network takes them."""
    try:
        return env.perceptor(spec.perceptor, width)[1]
    except InputError as error:
        reason = str(error)
    if spec.perceptor is not None:
        raise InputError(f"{reason}; name the perceptor that {spec.model} was trained with")
    if spec.cfg is not None:
        raise InputError(f"'cfg' tells {spec.model} the prompts through the perceptor it was trained with; {reason}")
    env.note(
        f"diffusion: draws without the prompts, which {spec.model} reads through the perceptor it was trained with; "
        f"{reason}, so that the losses alone steer"
    )
    return None
