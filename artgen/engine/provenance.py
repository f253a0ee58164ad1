"""What a run writes down of itself: versions, flags, hardware."""

from __future__ import annotations

import platform
from typing import Any

import torch

from artgen.engine.parts import Parts
from artgen.engine.rounding import fingerprint
from artgen.preset.personal import personal_settings
from artgen.prompts.batches import of_picture
from artgen.recipe.model import FORMAT
from artgen.registry.edited import code_of
from artgen.version import own_version


def make_recipe(parts: Parts, picture: int, steps_done: int, interrupted: bool = False) -> dict[str, Any]:
    """The recipe of picture number `picture` of the batch; the writer of the picture adds `pixels`."""
    return {**of_picture(describe(parts), picture), "steps_done": steps_done, "interrupted": interrupted}


def describe(parts: Parts) -> dict[str, Any]:
    """What of a recipe is known before the first step: the preset, and everything else that reaches the pixels."""
    # Had memory run out, the chunk is smaller than the preset says, and the last bits depend on it.
    preset = parts.preset.model_copy(update={"chunk": parts.guidance.chunk})
    # Told to the writer of the picture, which knows no plugin.
    hidden = {"hidden": personal_settings(preset.resolved())} if preset.recipe == "private" else {}
    credits = {"credits": list(parts.credits)} if parts.credits else {}
    code = {"code": found} if (found := {dist: code_of(dist) for dist in parts.plugins if code_of(dist)}) else {}
    read_as = {"read_as": parts.read_as} if parts.read_as else {}
    return {
        **hidden,
        **credits,
        **read_as,
        **code,
        "format": FORMAT,
        "artgen": own_version(),
        # Reporters only watch, and a stranger's recipe shall not make them write.
        "preset": {key: value for key, value in preset.resolved().items() if key != "reporters"},
        "plugins": parts.plugins,
        "libraries": parts.libraries,
        "weights": parts.weights,
        "inputs": dict(parts.inputs),
        "device": parts.device.type,
        "hardware": hardware(parts.device),
        **({"rounding": fingerprint()} if parts.device.type == "cpu" else {}),
        "threads": torch.get_num_threads(),
        "flags": flags(preset.deterministic),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def flags(deterministic: bool) -> dict[str, bool | str]:
    """How torch counts in this process, and whether the preset asks it to be deterministic."""
    return {
        "deterministic": deterministic or torch.are_deterministic_algorithms_enabled(),
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "cudnn.tf32": torch.backends.cudnn.allow_tf32,
        "matmul": torch.get_float32_matmul_precision(),
    }


def hardware(device: Any) -> str:
    """The GPU's name; for a CPU the vector instructions that torch uses, which reach the last bits."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else platform.processor()
