"""The models whose opinion is asked: what a loss needs of them, and which a preset names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Perceptor, Prompt
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.pixel_spec import EMBEDDED
from artgen_diffusion.prompted_spec import any_model

Told = TypeVar("Told")


class Teacher(Protocol):
    """A diffusion model with its autoencoder, if it has one, which was told the prompts it is built with."""

    scheduler: Mapping[str, Any]
    """The configuration of its scheduler: its noise levels, and what it predicts."""
    shape: tuple[int, ...]
    """Of one picture's clean sample."""
    cfg: float
    """How much prompts are exaggerated by default; 0: it was trained without texts."""
    weights: Mapping[str, str]
    """sha256 of its files."""
    credits: Sequence[str]
    """Whose work it learnt from, where a licence asks for it."""

    def seen(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] to the same at the size and in the shape that the model is shown; differentiable."""
        ...

    def encode(self, seen: Tensor) -> Tensor:
        """(1, 3, h, w) of `seen` to (1, *shape), differentiable."""
        ...

    def decode(self, clean: Tensor) -> Tensor:
        """The way back, in [0, 1]; without a gradient."""
        ...

    def predict(self, noisy: Tensor, timestep: float, picture: int, rows: Sequence[int], at: tuple[int, int]) -> Tensor:
        """(1, *shape), of a picture of the batch, to (1 + rows, *shape).

        Without a text, and told each of the prompts by these numbers, as they are at a step of so many; a model that
        was trained without texts gives the first alone.
        """
        ...


class Texts(Generic[Told]):
    """The prompts of each picture in a model's terms, each text embedded once and by itself."""

    def __init__(
        self,
        env: Env,
        prompts: Sequence[Prompt],
        embed: Callable[[Sequence[str]], Sequence[Told]],
        mix: Callable[[Prompt, Sequence[Told], int, int], Told],
    ) -> None:
        """`embed` is given every text once; `mix` a prompt that travels, its texts, a step and the number of steps."""
        self._mix = mix
        pictures = range(env.batch if any(prompt.told_apart for prompt in prompts) else 1)
        self._prompts = [[prompt.told(picture) for prompt in prompts] for picture in pictures]
        texts = list(dict.fromkeys(text for told in self._prompts for prompt in told for text in prompt.wordings))
        self._embedded = dict(zip(texts, embed(texts), strict=True))

    def at(self, picture: int, row: int, step: int, steps: int) -> Told:
        """What a picture of the batch is told by one of the prompts at a step."""
        prompts = self._prompts[picture if len(self._prompts) > 1 else 0]
        rows = [self._embedded[text] for text in prompts[row].wordings]
        return self._mix(prompts[row], rows, step, steps) if prompts[row].travel else rows[0]


def embedded_alone(perceptor: Perceptor, texts: Sequence[str]) -> list[Tensor]:
    """(D,) of mean square 1 for each text, as networks are told a perceptor's embeddings."""
    # Each alone: one that is added later must not reach a bit of the others.
    rows = [perceptor.embed_texts([one])[0].detach().float() for one in texts]
    return [F.normalize(row, dim=0) * len(row) ** 0.5 for row in rows]


def embedding_between(prompt: Prompt, rows: Sequence[Tensor], step: int, steps: int) -> Tensor:
    """Where a prompt that travels is at a step, of what `embedded_alone` gives for its texts."""
    assert prompt.travel is not None
    length = len(rows[0]) ** 0.5
    between: Tensor = prompt.travel.embedding(torch.stack(list(rows)) / length, step, steps) * length
    return between


def usual_cfg(form: str) -> float:
    """What is published for models of the size of Stable Diffusion; 100 is DreamFusion's."""
    return 100.0 if form == "sds" else 7.5


def teacher_of(spec: Distill, env: Env, prompts: Sequence[Prompt]) -> Teacher:
    """The model that a preset names, told these prompts."""
    if spec.model == EMBEDDED:
        from artgen_diffusion.distilling.drawn import DrawnTeacher

        return DrawnTeacher(spec, env, prompts)
    home = any_model(spec.model, spec.precision != "fp32").fetch(env.note)
    if (home / "text_encoder").is_dir():
        from artgen_diffusion.distilling.stable import StableTeacher

        return StableTeacher(spec, env, prompts)
    from artgen_diffusion.distilling.pixels import PixelTeacher

    return PixelTeacher(spec, env, prompts, home)
