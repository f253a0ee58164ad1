"""What trials have measured is kept in artgen's cache, for every preset that costs the same."""

from __future__ import annotations

import contextlib
import hashlib
import json
import statistics
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from artgen.engine.devices import pick_device
from artgen.errors import InputError
from artgen.files import read_text, write_text
from artgen.machine import cores, processor
from artgen.planning.calibration import Calibration
from artgen.preset.model import Preset
from artgen.preset.pictures import pictures_in
from artgen.prompts.model import WORDED
from artgen.version import own_version
from artgen.weights import cache_folder

FOLDER = "trials"
"""In artgen's cache."""
MOST = 256
"""So many are kept, the newest."""
MAX_BYTES = 1 << 16
FORMAT = 1
NO_MATTER = ("about", "seed", "frame", "sweep", "reporters", "recipe", "auto_stop", "frames")
"""Settings that take no time."""


def key_of(preset: Preset, threads: int, at_once: int = 1, again: bool = False, clock: str = "wall") -> str:
    """The same for all presets that take as long here: neither seeds, nor what prompts say, nor where pictures lie."""
    settings = _without_texts({name: value for name, value in preset.resolved().items() if name not in NO_MATTER})
    where = {str(path) for _, path in pictures_in(preset)}
    device = pick_device(preset.device)
    named = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    machine = [processor(), cores(), named, torch.__version__]
    told = [FORMAT, own_version(), machine, threads, at_once, again, clock, _without_places(settings, where)]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def recalled(key: str) -> Calibration | None:
    """What is kept; None if nothing is, or it is damaged."""
    return _read(_folder() / f"{key}.json")


def keep(key: str, found: Calibration, note: Callable[[str], None]) -> None:
    """Keep it, and as many others as there may be; where that cannot be, a note says so."""
    try:
        write_text(_folder() / f"{key}.json", found.model_dump_json())
    except InputError as error:
        note(f"what was measured is not kept: {error}")
    for old in list(_files())[MOST:]:
        with contextlib.suppress(OSError):
            old.unlink()


def speed() -> float | None:
    """Seconds of a unit of `cost.work` on this machine, by all that is kept; None if nothing is."""
    known = [found for file in _files() if (found := _read(file)) and found.work and not found.frames]
    rates = [found.drawing / found.work for found in known]
    return statistics.median(rates) if rates else None


def _folder() -> Path:
    return cache_folder() / FOLDER


def _files() -> Iterator[Path]:
    """The newest first."""
    dated: list[tuple[float, Path]] = []
    for file in _folder().glob("*.json"):
        with contextlib.suppress(OSError):
            dated.append((file.stat().st_mtime, file))
    return (file for _, file in sorted(dated, reverse=True))


def _read(file: Path) -> Calibration | None:
    try:
        return Calibration.model_validate_json(read_text(file, MAX_BYTES, "trial"))
    except (InputError, ValidationError):
        return None


def _without_texts(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The prompts are as many as before, and as heavy; what they say is gone."""
    prompts = [{key: None if key in WORDED else value for key, value in one.items()} for one in settings["prompts"]]
    return {**settings, "prompts": prompts}


def _without_places(value: Any, places: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(inner, places) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_places(inner, places) for inner in value]
    return None if isinstance(value, str) and value in places else value
