"""What made a picture.

A recipe is plain JSON: the resolved preset with its seed, the versions of everything that took part, the hashes of
the weights and of the pictures it read, and how the machine counted. `artgen.recipe.metadata` writes it into pictures
and reads it back, ``artgen replay`` makes the picture again and compares.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen import __version__
from artgen.errors import InputError
from artgen.recipe.privacy import redacted

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.engine.assembly import Stage

FORMAT = 2
MAX_LENGTH = 1 << 20
LIBRARIES = ("torch", "torchvision", "open_clip_torch", "diffusers", "kornia", "timm", "transformers", "numpy")

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Word = Annotated[str, Field(max_length=4096)]
Versions = Annotated[dict[Word, Word], Field(max_length=1024)]
Digests = Annotated[dict[Word, Digest], Field(max_length=65536)]


class Recipe(BaseModel):
    """The form of a recipe, to check those that strangers wrote. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Annotated[int, Field(ge=1, le=FORMAT)]
    """The version of this form."""
    artgen: Word
    """The version of artgen."""
    preset: dict[str, Any]
    """The resolved preset; without what is private."""
    picture: Annotated[int, Field(ge=0)] = 0
    """Which picture of the batch this is."""
    steps_done: Annotated[int, Field(ge=0)]
    interrupted: bool = False
    """Whether the run ended before its time, so that the picture is an unfinished one."""
    plugins: Versions
    """Version of every distribution whose components took part."""
    libraries: Versions
    """Version of every library that has a say in the numbers."""
    weights: Digests
    """sha256 of every weight file."""
    inputs: Digests = {}
    """sha256 of every file that the preset names, by its path there."""
    device: Word
    """cpu, cuda or mps."""
    hardware: Word = ""
    """The GPU's name, or the kind of CPU."""
    threads: Annotated[int, Field(ge=1, le=4096)]
    """Sums are split among threads, so their number reaches the last bits of a picture."""
    flags: Annotated[dict[Word, bool | Word], Field(max_length=64)] = {}
    """How torch was told to count."""
    python: Word
    system: Word = ""
    """The operating system and the machine's architecture."""
    private: Word | None = None
    """What `artgen.recipe.privacy.seal` makes of the prompts where they are left out."""
    pixels: Digest | None = None
    """sha256 of the picture's 8-bit pixels, row by row, so that a picture of another format can be checked."""


def make(stage: Stage, picture: int, steps_done: int, interrupted: bool = False) -> dict[str, Any]:
    """The recipe of picture number `picture` of the batch; the writer of the picture adds `pixels`."""
    import torch

    # Had memory run out, the chunk is smaller than the preset says, and the last bits depend on it.
    preset = stage.preset.model_copy(update={"chunk": stage.guidance.chunk})
    return {
        "format": FORMAT,
        "artgen": __version__,
        # Reporters only watch, and a stranger's recipe shall not make them write.
        "preset": {key: value for key, value in preset.resolved().items() if key != "reporters"},
        "picture": picture,
        "steps_done": steps_done,
        "interrupted": interrupted,
        "plugins": stage.plugins,
        "libraries": libraries(),
        "weights": stage.weights,
        "inputs": dict(stage.inputs),
        "device": stage.device.type,
        "hardware": hardware(stage.device),
        "threads": torch.get_num_threads(),
        "flags": flags(preset.deterministic),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def told(recipe: Mapping[str, Any], image: Tensor) -> dict[str, Any] | None:
    """What the picture `image`, (C, H, W), tells of `recipe`, as its preset wishes; None: nothing."""
    wish = recipe["preset"].get("recipe", "full")
    if wish == "none":
        return None
    whole = {**recipe, "pixels": pixels(image)}
    return redacted(whole) if wish == "private" else whole


def libraries() -> dict[str, str]:
    """The versions of those libraries that are installed."""
    return {name: found for name in LIBRARIES if (found := _version(name))}


def flags(deterministic: bool) -> dict[str, bool | str]:
    """How torch counts in this process, and whether the preset asks it to be deterministic."""
    import torch

    return {
        "deterministic": deterministic or torch.are_deterministic_algorithms_enabled(),
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "cudnn.tf32": torch.backends.cudnn.allow_tf32,
        "matmul": torch.get_float32_matmul_precision(),
    }


def hardware(device: Any) -> str:
    """The GPU's name; for a CPU the vector instructions that torch uses, which reach the last bits."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else platform.processor()


def input_files(spec: object) -> Iterator[Path]:
    """Every path in a spec, a preset, or whatever they hold."""
    if isinstance(spec, Path):
        yield spec
    elif isinstance(spec, BaseModel):
        for name in type(spec).model_fields:
            yield from input_files(getattr(spec, name))
    elif isinstance(spec, Mapping):
        for value in spec.values():
            yield from input_files(value)
    elif isinstance(spec, (list, tuple)):
        for value in spec:
            yield from input_files(value)


def pixels(image: Tensor) -> str:
    """sha256 of (C, H, W) in [0, 1] as 8-bit levels, row by row, the channels of a pixel together."""
    from artgen.picture.images import to_pil

    return hashlib.sha256(to_pil(image).tobytes()).hexdigest()


def causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What two recipes differ in besides the preset: ``torch 2.6.0 (was 2.5.1)``."""
    found = []
    for part in ("artgen", "device", "hardware", "threads", "system"):
        found += _difference(part, old.get(part), new.get(part))
    for part in ("plugins", "libraries", "flags"):
        for name in sorted({*old.get(part, {}), *new.get(part, {})}):
            if name != "artgen":
                found += _difference(name, old.get(part, {}).get(name), new.get(part, {}).get(name))
    for part, what in (("weights", "other weights"), ("inputs", "another file")):
        # By content, because on another machine a file may lie elsewhere.
        there = set(new.get(part, {}).values())
        found += [f"{what} {name}" for name, digest in sorted(old.get(part, {}).items()) if digest not in there]
    return tuple(found)


def _difference(name: str, old: object, new: object) -> list[str]:
    if old in (None, "") or old == new:
        return []
    return [f"{name} {'missing' if new is None else new} (was {old})"]


def to_json(recipe: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces, so that equal recipes are equal texts."""
    return json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str, source: object) -> dict[str, Any]:
    """A recipe of any format in the newest form. InputError, in one line, if it is none."""
    if len(text) > MAX_LENGTH:
        raise InputError(f"{source}: its recipe is larger than 1 MiB, which is none of artgen's")
    try:
        recipe = json.loads(text)
        written = recipe["format"]
        known = type(written) is int and isinstance(recipe["preset"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise InputError(f"{source}: the recipe in this picture is damaged")
    if written > FORMAT:
        raise InputError(f"{source}: its recipe has format {written}, this artgen reads {FORMAT}; update artgen")
    for upgrade in _UPGRADES[max(written, 1) - 1 :]:
        recipe = upgrade(recipe)
    try:
        return Recipe.model_validate(recipe).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise InputError(f"{source}: the recipe in this picture is damaged ({where}: {first['msg']})") from None


def _from_1(recipe: dict[str, Any]) -> dict[str, Any]:
    """Format 1 wrote down no inputs, flags and pixels, and kept the reporters."""
    preset = {key: value for key, value in recipe["preset"].items() if key != "reporters"}
    defaults = {"artgen": "0.1.0", "steps_done": 0, "plugins": {}, "libraries": {}, "weights": {}, "python": ""}
    return {**defaults, "device": "cpu", "threads": 1, **recipe, "preset": preset, "format": 2}


_UPGRADES: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (_from_1,)
"""What makes each format the next one."""


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
