"""The choices in a preset's texts, drawn by its seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from pydantic import BaseModel

from artgen.prompts.model import Prompt
from artgen.prompts.wildcards import Wildcards, resolve
from artgen.rng import stream

ModelT = TypeVar("ModelT", bound=BaseModel)


def resolve_choices(model: ModelT, seed: int) -> ModelT:
    """`model` with every choice made, in its parts too; itself, if there is none."""
    return resolve_batch(model, (seed,))


def resolve_batch(model: ModelT, seeds: Sequence[int], note: Callable[[str], None] = print) -> ModelT:
    """The same for a batch: a prompt whose choices come out otherwise for its pictures says so in `each` or `travels`.

    Its own text is then what the first one is told. `note` is told one line where a prompt has these already, of
    a batch of another size, which then counts for nothing.
    """
    if isinstance(model, Prompt):
        return _of_prompt(model, seeds, note)  # type: ignore[return-value]
    changed = {name: new for name, value in model if (new := _resolved(value, seeds, note)) is not value}
    return model.model_copy(update=changed) if changed else model


def _of_prompt(prompt: Prompt, seeds: Sequence[int], note: Callable[[str], None]) -> Prompt:
    if prompt.told_apart not in (0, len(seeds)):
        told = f"'{prompt.title}' was told to a batch of {prompt.told_apart} in as many ways"
        note(f"{told}; this is a batch of {len(seeds)}, which is told it alike")
        prompt = prompt.model_copy(update={"each": None, "travels": None})
    versions = [_chosen(prompt.told(picture), seed) for picture, seed in enumerate(seeds)]
    if not prompt.told_apart and versions[0] is prompt:
        return prompt
    if all(version == versions[0] for version in versions):
        return versions[0]
    if prompt.travel:
        return versions[0].model_copy(update={"travels": tuple(version.travel for version in versions)})
    return versions[0].model_copy(update={"each": tuple(version.said for version in versions)})


def _chosen(prompt: Prompt, seed: int) -> Prompt:
    changed = {name: new for name, value in prompt if (new := _resolved(value, (seed,), print)) is not value}
    return prompt.model_copy(update=changed) if changed else prompt


def _resolved(value: Any, seeds: Sequence[int], note: Callable[[str], None]) -> Any:
    if isinstance(value, Wildcards):
        return _resolve(value, seeds[0])
    if isinstance(value, BaseModel):
        return resolve_batch(value, seeds, note)
    if isinstance(value, tuple):
        new = tuple(_resolved(item, seeds, note) for item in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    return value


def _resolve(source: str, seed: int) -> str:
    # Keyed by the text, so that no other prompt moves its choice.
    generator = stream(seed, "prompts", source)

    def pick(weights: Sequence[float], count: int) -> Sequence[int]:
        if len(set(weights)) == 1:
            return torch.randperm(len(weights), generator=generator)[:count].tolist()
        # The largest of u^(1/w) are a sample without replacement (Efraimidis & Spirakis 2006).
        shares = torch.tensor(weights, dtype=torch.float64)
        draws = torch.rand(len(weights), generator=generator, dtype=torch.float64)
        return (draws.log() / shares).argsort(descending=True, stable=True)[:count].tolist()

    return resolve(source, pick)
