"""From a spec to a frozen VQGAN, or to one line that says why not."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from diffusers import VQModel
from torch import Tensor

from artgen.api import Env, InputError
from artgen.weights import (
    check_config,
    first_line,
    hashes,
    read_config,
    read_state,
    refuse_larger,
    renamed,
    silenced,
)
from artgen_drawings.codec import Codec
from artgen_drawings.loading import embedded
from artgen_vqgan import Vqgan, catalogue, taming


def load(spec: Vqgan, env: Env) -> tuple[Codec, dict[str, str]]:
    """The model, and what it was loaded from."""
    if spec.checkpoint:
        return _from_taming(spec.checkpoint, spec.config, env)
    if spec.model in catalogue.PUBLISHED:
        return _from_taming(catalogue.PUBLISHED[spec.model].fetch(env.note), None, env)
    if spec.model != catalogue.EMBEDDED:
        return _from_diffusers(catalogue.repository(spec.model).fetch(env.note), spec.model, env)
    return embedded(env.device)


def _from_taming(path: Path, config: Path | None, env: Env) -> tuple[Codec, dict[str, str]]:
    state = taming.first_stage(read_state(path), path)
    geometry = taming.geometry(state, path)
    tanh = taming.read_config(config, geometry) if config else False
    weights, gumbel = taming.convert(state, path)
    return Codec(_model(geometry, weights, path), gumbel, tanh, env.device), hashes(path, "vqgan")


def _from_diffusers(root: Path, title: str, env: Env) -> tuple[Codec, dict[str, str]]:
    place = next((root / sub for sub in catalogue.SUBFOLDERS if _is_vqmodel(root / sub / "config.json")), None)
    if place is None:
        raise InputError(f"{title}: has no VQModel of diffusers, neither at its top nor under vqvae, vqmodel or movq")
    weights = next((place / name for name in catalogue.FILES if (place / name).is_file()), None)
    if weights is None:
        raise InputError(f"{title}: has no weights beside its configuration; expected {catalogue.FILES[0]}")
    state = {name: value.float() for name, value in renamed(read_state(weights)).items()}
    config = read_config(place / "config.json")
    check_config(config, place / "config.json")
    model = _model(config, state, weights)
    return Codec(model, {}, False, env.device), hashes([weights], "vqgan")


def _is_vqmodel(config: Path) -> bool:
    return config.is_file() and read_config(config).get("_class_name") == "VQModel"


def _model(geometry: dict[str, Any], state: dict[str, Tensor], path: Path) -> Any:
    """The model with exactly these weights."""
    refuse_larger(lambda: VQModel.from_config(geometry), sum(value.numel() for value in state.values()), path)
    try:
        # The weights that a constructor makes up are replaced; its draws must not be felt by anyone else.
        with silenced(), torch.random.fork_rng(devices=[]):
            model: Any = VQModel.from_config(geometry)
    except Exception as error:  # whatever the configuration makes its many constructors raise
        raise InputError(f"{path}: diffusers cannot build this model ({first_line(error)})") from None
    reads, draws = model.config.in_channels, model.config.out_channels
    if reads != draws or reads != 3 * math.isqrt(reads // 3) ** 2:
        raise InputError(f"{path}: reads {reads} channels and draws {draws}; only RGB models are supported")
    try:
        model.load_state_dict({name: _flat(name, value) for name, value in state.items()})
    except (RuntimeError, KeyError) as error:
        raise InputError(f"{path}: is no complete VQGAN of its kind ({_misfit(error)})") from None
    return model


def _flat(name: str, value: Tensor) -> Tensor:
    """Attention's matrices, which older checkpoints keep as 1 x 1 convolutions."""
    return value[:, :, 0, 0] if ".to_" in name and value.dim() == 4 else value


def _misfit(error: Exception) -> str:
    """The first thing that does not fit, of the many lines that torch writes."""
    lines = [line.strip() for line in str(error).splitlines()]
    return lines[1][:200] if len(lines) > 1 else first_line(error)
