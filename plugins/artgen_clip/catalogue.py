"""What can be told without importing open_clip: its model names, and the embedded model's files."""

from __future__ import annotations

import functools
import importlib.machinery
from pathlib import Path

EMBEDDED = "embedded"

FOLDER = Path(__file__).parent / "embedded"
CONFIG = FOLDER / "open_clip_config.json"
CHECKPOINT = FOLDER / "model.safetensors"
TOKENIZER = FOLDER / "bpe.txt.gz"
BANK = FOLDER / "bank.txt"
"""One text a line, optionally after the object it shows and a tab."""


@functools.cache
def model_names() -> tuple[str, ...]:
    """The models that open_clip brings configurations for; found without importing it, which takes seconds."""
    found = importlib.machinery.PathFinder.find_spec("open_clip")
    folders = found.submodule_search_locations if found else None
    return tuple(sorted(path.stem for folder in folders or () for path in Path(folder, "model_configs").glob("*.json")))
