"""Embeddings from a file: JSON with a list of numbers, or a mapping from models to such lists."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import HasModel, InputError, Perceptor, hint
from artgen.weights import first_line

MAX_BYTES = 1 << 23


def read(path: Path, name: str, perceptor: Perceptor) -> Tensor:
    """(dim,): the file's vector for the perceptor called `name`, as a unit.

    Pixray's files hold one list in a list for each model, under OpenAI's names, such as ViT-B/32.

    Raises:
        InputError: if there is none, or it is as wide as another perceptor's embeddings.
    """
    numbers = _numbers(_pick(_load(path), path, name, perceptor), path)
    if len(numbers) != perceptor.dim:
        raise InputError(
            f"{path}: holds {len(numbers)} numbers, the embeddings of perceptor '{name}' {perceptor.dim}; "
            "use the perceptor it was made with"
        )
    return F.normalize(torch.tensor(numbers), dim=-1)


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise InputError(f"{path}: larger than {MAX_BYTES >> 20} MiB, which is no vector")
        return json.loads(raw)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({first_line(error)})") from None


def _pick(data: Any, path: Path, name: str, perceptor: Perceptor) -> Any:
    """What a mapping holds for the perceptor: under its name in the preset, or its model's."""
    if not isinstance(data, dict):
        return data
    known = {_plain(key): value for key, value in data.items()}
    model = perceptor.model if isinstance(perceptor, HasModel) else ""
    for key in (name, model, model.partition("/")[0]):
        if _plain(key) in known:
            return known[_plain(key)]
    raise InputError(f"{path}: has no vector for perceptor '{name}'{f' ({model})' if model else ''}{hint(name, data)}")


def _plain(model: str) -> str:
    return model.replace("/", "-").lower()


def _numbers(data: Any, path: Path) -> list[float]:
    data = data[0] if isinstance(data, list) and len(data) == 1 and isinstance(data[0], list) else data
    fits = isinstance(data, list) and all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in data)
    if not fits or not all(map(_is_finite, data)) or not any(data):
        raise InputError(f"{path}: a vector is a list of finite numbers that are not all 0")
    return [float(number) for number in data]


def _is_finite(number: float) -> bool:
    return math.isfinite(number) if isinstance(number, float) else abs(number) < 1e30
