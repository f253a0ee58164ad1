"""What prompts ask of the whole picture, for a perceptor that judges it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from artgen import api
from artgen.engine.look import StepLook, check_embeddings
from artgen.engine.whole_view import whole_view
from artgen.errors import InputError
from artgen.picture.reading import read_picture

Told = tuple[api.Travel | None, Tensor]
"""The unit rows (n, dim) of a text or a picture, or of the texts that a way leads through."""


@dataclass(frozen=True)
class Wish:
    """One prompt as a perceptor understands it."""

    prompt: api.Prompt
    told: Sequence[Told]
    """For each picture of the batch, or once for all."""

    def cosine(self, look: StepLook, perceptor: str) -> Tensor:
        """(B,): how near what the prompt applies to is to what it says."""
        seen = self._seen(look).embeddings(perceptor)[:, 0]
        return (seen * self._target(look.step, look.steps)).sum(dim=-1)

    def _seen(self, look: StepLook) -> StepLook:
        whole = functools.reduce(lambda before, way: before.through(way), self.prompt.seen or (), look)
        height, width = whole.image.shape[2:]
        return whole.within(self.prompt.where.region((height, width))) if self.prompt.where else whole

    def _target(self, step: int, steps: int) -> Tensor:
        """(B, dim), or (1, dim) where all pictures are told the same."""
        return torch.stack([way.embedding(rows, step, steps) if way else rows[0] for way, rows in self.told])


def wishes(env: api.Env, perceptor: api.Perceptor, title: str) -> list[Wish]:
    """The prompts that say something of a whole picture; of the others a line is told.

    Raises:
        InputError: if there is none.
    """
    found = [Wish(prompt, told) for prompt in env.prompts if (told := _told(prompt, env, perceptor, title))]
    if not found:
        raise InputError("there is no prompt with a text or a picture, by which it could judge")
    left = [prompt.title for prompt in env.prompts if not any(prompt is wish.prompt for wish in found)]
    if left:
        env.note(f"{title} judges by texts and pictures, and so not by '{left[0]}'{_more(left)}")
    return found


def _more(left: Sequence[str]) -> str:
    return f" and {len(left) - 1} more" if len(left) > 1 else ""


def _told(prompt: api.Prompt, env: api.Env, perceptor: api.Perceptor, title: str) -> list[Told]:
    """Nothing of a vector or of noise, which mean something to the perceptors of the losses alone."""
    if prompt.image:
        picture = read_picture(prompt.image, env.size).to(env.device)
        view = whole_view(picture, perceptor).clamp(0, 1)
        return [(None, _embedded(lambda: perceptor.embed_images(view), 1, perceptor, title))]
    versions = [prompt.told(picture) for picture in range(env.batch)] if prompt.told_apart else [prompt]
    texts = [_texts(version) for version in versions]
    if not all(texts):
        return []
    flat = list(dict.fromkeys(text for one in texts for text in one))
    rows = _embedded(lambda: perceptor.embed_texts(flat), len(flat), perceptor, title)
    places = [[flat.index(text) for text in one] for one in texts]
    return [(version.travel, rows[place]) for version, place in zip(versions, places, strict=True)]


def _texts(prompt: api.Prompt) -> Sequence[str]:
    """Of a direction, what the picture should become."""
    return (prompt.direction.target,) if prompt.direction else prompt.wordings


@torch.no_grad()
def _embedded(embed: Callable[[], Tensor], count: int, perceptor: api.Perceptor, title: str) -> Tensor:
    """Unit rows (count, dim)."""
    rows = embed()
    check_embeddings(rows, count, perceptor, title)
    return normalize(rows.float(), dim=-1)


def likeness(look: StepLook, perceptor: str, wanted: Iterable[Wish]) -> Tensor | None:
    """(B,): the prompts' cosines by their weights at this step, over the sum of what these weigh; None if all are 0."""
    weighed = [(wish, wish.prompt.weight.at(look.step, look.steps)) for wish in wanted]
    parts = [weight * wish.cosine(look, perceptor) for wish, weight in weighed if weight]
    return torch.stack(parts).sum(dim=0) / sum(abs(weight) for _, weight in weighed) if parts else None
