"""The prompts, as a network that was trained beside a CLIP is told them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError, Perceptor, Prompt
from artgen_diffusion.pixel_spec import CFG, Diffusion

Told = tuple[Sequence[Prompt], Sequence[Tensor]]
"""Prompts, and for each the embeddings of its texts, (texts, width)."""


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
        self._told = [self._embedded(perceptor, picture) for picture in pictures] if perceptor else None

    def _embedded(self, perceptor: Perceptor, picture: int) -> Told:
        """The prompts as a picture of the batch is told them, and for each the embeddings of its texts."""
        prompts = tuple(prompt.told(picture) for prompt in self._prompts)
        rows = perceptor.embed_texts([text for prompt in prompts for text in prompt.wordings]).detach().float()
        return prompts, rows.split([len(prompt.wordings) for prompt in prompts])

    def at(self, step: int, steps: int) -> tuple[float, Tensor, Tensor]:
        """`cfg`, and what to draw and what to keep away from: (width,), zeros where no prompt says.

        Where each picture of the batch is told something else, (B, width).
        """
        cfg = CFG if self._spec.cfg is None else self._spec.cfg.at(step, steps)
        if self._told is None or cfg == 0:
            return 0.0, self._nothing, self._nothing
        weights = self._nothing.new_tensor([prompt.weight.at(step, steps) for prompt in self._prompts])
        pictures = [_rows(*told, step, steps) for told in self._told]
        return cfg, _mixed(weights.clamp(min=0), pictures), _mixed(-weights.clamp(max=0), pictures)


def _rows(prompts: Sequence[Prompt], embeddings: Sequence[Tensor], step: int, steps: int) -> Tensor:
    """(prompts, width): each as it is at a step."""
    both = zip(prompts, embeddings, strict=True)
    return torch.stack([one.travel.embedding(rows, step, steps) if one.travel else rows[0] for one, rows in both])


def _mixed(weights: Tensor, pictures: Sequence[Tensor]) -> Tensor:
    """Of each picture's (prompts, width) one row of mean square 1, or of zeros; one for all, or (B, width)."""
    mixed = [F.normalize(weights @ rows, dim=0) * rows.shape[1] ** 0.5 for rows in pictures]
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
