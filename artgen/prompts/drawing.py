"""The choices in a preset's texts, drawn by its seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import torch
from pydantic import BaseModel

from artgen.prompts.wildcards import Wild, draw
from artgen.rng import stream

Model = TypeVar("Model", bound=BaseModel)


def drawn(model: Model, seed: int) -> Model:
    """`model` with every choice made, in its parts too; itself, if there is none."""
    changed = {name: new for name, value in model if (new := _drawn(value, seed)) is not value}
    return model.model_copy(update=changed) if changed else model


def _drawn(value: Any, seed: int) -> Any:
    if isinstance(value, Wild):
        return _draw(value, seed)
    if isinstance(value, BaseModel):
        return drawn(value, seed)
    if isinstance(value, tuple):
        new = tuple(_drawn(item, seed) for item in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    return value


def _draw(source: str, seed: int) -> str:
    # Keyed by the text, so that no other prompt moves its choice.
    generator = stream(seed, "prompts", source)

    def pick(n: int, count: int) -> Sequence[int]:
        return torch.randperm(n, generator=generator)[:count].tolist()

    return draw(source, pick)
