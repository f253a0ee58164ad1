"""Heads: small files that make a score of a CLIP embedding.

All of them are linear in the unit embedding, the improved one of LAION too: its five layers have no activation between
them, so that they are one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from artgen.api import InputError
from artgen.weights import read_state

MAX_BYTES = 64 << 20
MAX_WIDTH = 8192

_LAION = ("",)
_SIMULACRA = ("linear.",)
_IMPROVED = tuple(f"layers.{number}." for number in (0, 2, 4, 6, 7))


@dataclass(frozen=True)
class Head:
    """``head(rows)`` gives (..., dim) unit embeddings their scores, (...)."""

    weight: Tensor
    """(dim,)"""
    bias: Tensor
    """()"""

    @property
    def dim(self) -> int:
        return len(self.weight)

    def __call__(self, rows: Tensor) -> Tensor:
        return rows @ self.weight + self.bias

    def to(self, device: torch.device) -> Head:
        return Head(self.weight.to(device), self.bias.to(device))


def read(path: Path) -> Head:
    """The head in a file of one of the known layouts; InputError, in one line, for any other.

    ``weight, bias``: LAION's first predictor (github.com/LAION-AI/aesthetic-predictor) and K. Crowson's AVA heads.
    ``linear.*``: Simulacra's (github.com/crowsonkb/simulacra-aesthetic-models), fitted to sqrt(dim) times the unit
    embedding. ``layers.{0,2,4,6,7}.*``: LAION's improved predictor
    (github.com/christophschuhmann/improved-aesthetic-predictor).
    """
    state = _state(path)
    for layers in (_LAION, _SIMULACRA, _IMPROVED):
        if set(state) == {f"{layer}{part}" for layer in layers for part in ("weight", "bias")}:
            weight, bias = _product(state, layers, path)
            scale = len(weight) ** 0.5 if layers is _SIMULACRA else 1.0
            return Head((scale * weight).float(), bias.float())
    shown = ", ".join(sorted(state)[:3])
    raise InputError(f"{path}: is no aesthetic head of a known kind; its weights are called {shown}")


def _state(path: Path) -> dict[str, Tensor]:
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path}: is larger than {MAX_BYTES >> 20} MB, which no aesthetic head is")
    state = read_state(path)
    for name, value in state.items():
        if not value.is_floating_point() or max(value.shape, default=0) > MAX_WIDTH or not bool(value.isfinite().all()):
            raise InputError(f"{path}: '{name}' holds no finite numbers, or more than {MAX_WIDTH} in a row")
    return state


def _product(state: dict[str, Tensor], layers: tuple[str, ...], path: Path) -> tuple[Tensor, Tensor]:
    """Weight (dim,) and bias () of the one linear map that the layers are."""
    first = state[f"{layers[0]}weight"]
    weight = torch.eye(first.shape[-1] if first.dim() else 1, dtype=torch.float64)
    bias = torch.zeros(len(weight), dtype=torch.float64)
    for layer in layers:
        matrix, shift = state[f"{layer}weight"].double(), state[f"{layer}bias"].double()
        if matrix.dim() != 2 or matrix.shape[1] != len(weight) or shift.shape != matrix.shape[:1]:
            shapes = f"{tuple(matrix.shape)} and {tuple(shift.shape)}"
            raise InputError(f"{path}: the layer '{layer}weight' does not follow from the one before; it is {shapes}")
        weight, bias = matrix @ weight, matrix @ bias + shift
    if len(weight) != 1:
        raise InputError(f"{path}: gives {len(weight)} numbers; an aesthetic head gives one")
    return weight[0], bias[0]
