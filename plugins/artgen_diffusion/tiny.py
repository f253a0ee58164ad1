"""TAESD as its author publishes it: one file, or one of an encoder and one of a decoder, without a configuration.

O. Boer Bohan, TAESD (2023); its layers are those of diffusers' AutoencoderTiny, counted differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from artgen import weights
from artgen.api import InputError
from artgen_diffusion.prompted_spec import other_half

_LAYER = re.compile(r"(?:taesd_)?(encoder|decoder)\.(?:layers\.)?(\d+)\.(.+)")
_BARE = re.compile(r"(\d+)\.(.+)")
# There the decoder begins with a clamp, which diffusers does not count.
_CLAMP = 1


def load(path: Path, dtype: torch.dtype, device: torch.device) -> tuple[Any, dict[str, str]]:
    """The autoencoder in a file, or in a file and its other half; and the hashes of what was read."""
    other = other_half(path)
    files = [path, *([other] if other else [])]
    state: dict[str, Tensor] = {}
    for file in files:
        state |= _named(weights.read_state(file), file)
    if not state.keys() >= {"encoder.layers.0.weight", "decoder.layers.0.weight"}:
        raise InputError(
            f"{path}: is no whole TAESD; of a bare file only that is read, and its encoder and decoder lie side by "
            "side; for another autoencoder name a folder in diffusers' layout"
        )
    channels = state["decoder.layers.0.weight"].shape[1]
    with weights.silenced(), torch.random.fork_rng(devices=[]):
        model: Any = AutoencoderTiny(latent_channels=channels)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(f"{path}: is no TAESD that is known ({weights.first_line(error)})") from None
    return model.to(device=device, dtype=dtype).eval().requires_grad_(False), weights.hashes(files, path.stem)


def _named(state: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """The tensors under the names that diffusers gives them; those of other things are left out."""
    if all(_BARE.fullmatch(name) for name in state):
        # Of a half, only the encoder has something to learn in its first layer.
        half = "encoder" if "0.weight" in state else "decoder"
        state = {f"{half}.{name}": value for name, value in state.items()}
    counted_so = any(".layers." in name for name in state)
    named = {}
    for name, value in state.items():
        if match := _LAYER.fullmatch(name):
            half, number, rest = match.groups()
            first = 0 if counted_so or half == "encoder" else _CLAMP
            named[f"{half}.layers.{int(number) - first}.{rest}"] = value
    return named
