"""Where the embedded models lie. Imports nothing heavy."""

from __future__ import annotations

import functools
import json
from pathlib import Path

_FOLDER = Path(__file__).parent / "embedded"
VQGAN = _FOLDER / "vqgan"
"""A VQModel in diffusers' layout, trained by training/vqgan.py."""
PRIOR = _FOLDER / "prior.safetensors"
"""From words and a hand to encodings of that VQGAN, trained by training/prior.py and training/refiner.py."""
HANDS = ("flat", "cartoon", "glossy", "outlined", "clipart")
"""By look; what each learnt from stands in the prior's file."""


@functools.cache
def names(path: Path = PRIOR) -> frozenset[str]:
    """What the prior has learnt drawings of, in small letters and without articles; none where it is not installed."""
    from safetensors import safe_open

    if not path.is_file():
        return frozenset()
    with safe_open(path, "numpy") as file:
        return frozenset(json.loads(file.metadata()["names"]))
