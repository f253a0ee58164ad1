"""The embedded VQGAN from its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import VQModel

from artgen.api import InputError
from artgen.weights import hashes, read_config, read_state, renamed, silenced
from artgen_drawings.catalogue import VQGAN
from artgen_drawings.codec import Codec

_WEIGHTS = "diffusion_pytorch_model.safetensors"


def embedded(device: torch.device, folder: Path = VQGAN) -> tuple[Codec, dict[str, str]]:
    """The model on `device`, and what it was loaded from."""
    if not (folder / "config.json").is_file():
        raise InputError("the embedded model is not installed; reinstall artgen")
    file = folder / _WEIGHTS
    # The weights that a constructor makes up are replaced; its draws must not be felt by anyone else.
    with silenced(), torch.random.fork_rng(devices=[]):
        model: Any = VQModel.from_config(read_config(folder / "config.json"))
    model.load_state_dict({name: value.float() for name, value in renamed(read_state(file)).items()})
    return Codec(model, {}, False, device), hashes([file], "vqgan")
