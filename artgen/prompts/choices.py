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

    def pick(n: int, count: int) -> Sequence[int]:
        return torch.randperm(n, generator=generator)[:count].tolist()

    return resolve(source, pick)
