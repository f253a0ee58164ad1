"""The choices in a preset's texts, drawn by its seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import torch
from pydantic import BaseModel

from artgen.prompts.wildcards import Wildcards, resolve
from artgen.rng import stream

ModelT = TypeVar("ModelT", bound=BaseModel)


def resolve_choices(model: ModelT, seed: int) -> ModelT:
    """`model` with every choice made, in its parts too; itself, if there is none."""
    changed = {name: new for name, value in model if (new := _resolved(value, seed)) is not value}
    return model.model_copy(update=changed) if changed else model


def _resolved(value: Any, seed: int) -> Any:
    if isinstance(value, Wildcards):
        return _resolve(value, seed)
    if isinstance(value, BaseModel):
        return resolve_choices(value, seed)
    if isinstance(value, tuple):
        new = tuple(_resolved(item, seed) for item in value)
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
