"""What made a picture.

A recipe is plain JSON: the resolved preset with its seed, the versions of everything that took part, the hashes of
the weights and of the pictures it read, and how the machine counted. `artgen.recipe.metadata` writes it into pictures
and reads it back, ``artgen replay`` makes the picture again and compares.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError

FORMAT = 2
MAX_LENGTH = 1 << 20
"""Of its text in characters; an escape counts as the one that it stands for."""
MAX_BYTES = 6 * MAX_LENGTH
"""Of its text with every character escaped."""
MAX_DEPTH = 64
"""How many lists and mappings may lie within each other; artgen's own recipes have about eight."""
MAX_DIGITS = 40
"""Of a whole number; a seed has 19."""

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
ShortText = Annotated[str, Field(max_length=4096)]
Versions = Annotated[dict[ShortText, ShortText], Field(max_length=1024)]
Digests = Annotated[dict[ShortText, Digest], Field(max_length=65536)]


class Recipe(BaseModel):
    """The form of a recipe, to check those that strangers wrote. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Annotated[int, Field(ge=1, le=FORMAT)]
    """The version of this form."""
    artgen: ShortText
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
    code: Digests | None = None
    """sha256 of the code of every distribution among them that is installed editable, so that its version says less."""
    libraries: Versions
    """Version of every library that its components require, or that artgen counts with."""
    weights: Digests
    """sha256 of every weight file."""
    credits: Annotated[list[ShortText], Field(max_length=256)] | None = None
    """Whose work the weights learnt from, where their licence wants that said."""
    read_as: Annotated[dict[ShortText, ShortText], Field(max_length=4096)] | None = None
    """Words of the prompts in whose place a model was told others that it knows, and those."""
    inputs: Digests = {}
    """sha256 of every file that the preset names, by its path there."""
    device: ShortText
    """cpu, cuda or mps."""
    hardware: ShortText = ""
    """The GPU's name, or the kind of CPU."""
    rounding: ShortText = ""
    """Of a CPU, what `artgen.engine.rounding` makes of how it rounds."""
    threads: Annotated[int, Field(ge=1, le=4096)]
    """Sums are split among threads, so their number reaches the last bits of a picture."""
    flags: Annotated[dict[ShortText, bool | ShortText], Field(max_length=64)] = {}
    """How torch was told to count."""
    python: ShortText
    system: ShortText = ""
    """The operating system and the machine's architecture."""
    private: ShortText | None = None
    """What `artgen.recipe.privacy.fingerprint` makes of the prompts where they are left out."""
    hidden: Annotated[list[list[ShortText | int]], Field(max_length=4096)] | None = None
    """Where the settings stood that are left out besides the prompts; a replay needs them all."""
    pixels: Digest | None = None
    """sha256 of the picture's 8-bit pixels, row by row, so that a picture of another format can be checked."""


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What two recipes differ in besides the preset: ``torch 2.6.0 (was 2.5.1)``."""
    found = []
    for part in ("artgen", "device", "hardware", "threads", "system"):
        found += _difference(part, old.get(part), new.get(part))
    if _rounds_otherwise(old, new):
        found.append("another processor, which rounds otherwise")
    for part in ("plugins", "libraries", "flags"):
        # A library that the new one does not name took no part in it; older recipes name some that took none either.
        names = new.get(part, {}) if part == "libraries" else {*old.get(part, {}), *new.get(part, {})}
        for name in sorted(names):
            if name != "artgen":
                found += _difference(name, old.get(part, {}).get(name), new.get(part, {}).get(name))
    for name, digest in sorted((old.get("code") or {}).items()):
        # Of a wheel of that version nobody knows whether it is the same code.
        if (now := (new.get("code") or {}).get(name)) and now != digest:
            found.append(f"{name}'s code, edited since")
    for part, what in (("weights", "other weights"), ("inputs", "another file")):
        # By content, because on another machine a file may lie elsewhere.
        there = set(new.get(part, {}).values())
        found += [f"{what} {name}" for name, digest in sorted(old.get(part, {}).items()) if digest not in there]
    return tuple(found)


def _rounds_otherwise(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the processor is another, of which nothing else tells; another torch may round otherwise, too."""
    known = bool(old.get("rounding") and new.get("rounding")) and old["rounding"] != new["rounding"]
    torch = [recipe.get("libraries", {}).get("torch") for recipe in (old, new)]
    return known and old.get("hardware") == new.get("hardware") and torch[0] == torch[1]


def _difference(name: str, old: object, new: object) -> list[str]:
    if old in (None, "") or old == new:
        return []
    return [f"{name} {'missing' if new is None else new} (was {old})"]


def to_json(recipe: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces, so that equal recipes are equal texts."""
    return json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str, source: object) -> dict[str, Any]:
    """A recipe of any format in the newest form, without reporters. InputError, in one line, if it is none."""
    if len(text) > MAX_BYTES or _length(text) > MAX_LENGTH:
        raise InputError(f"{source}: its recipe is larger than 1 MiB, which is none of artgen's")
    recipe, written = parsed(text), 0
    if isinstance(recipe, dict) and isinstance(recipe.get("preset"), dict):
        written = recipe.get("format", 0)
    if written and isinstance(recipe.get("frames"), list):
        raise InputError(f"{source}: is a film; name one of its frames, or say which by --frame")
    if type(written) is not int or written < 1:
        raise InputError(f"{source}: the recipe in this picture is damaged")
    if written > FORMAT:
        raise InputError(f"{source}: its recipe has format {written}, this artgen reads {FORMAT}; update artgen")
    for upgrade in _UPGRADES[written - 1 :]:
        recipe = upgrade(recipe)
    # What watches a run is no part of a picture; a stranger's would be built, and may write files.
    recipe["preset"].pop("reporters", None)
    try:
        return Recipe.model_validate(recipe).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise InputError(f"{source}: the recipe in this picture is damaged ({where}: {first['msg']})") from None


def _length(text: str) -> int:
    return len(text) if len(text) <= MAX_LENGTH else len(re.sub(r"\\u[0-9a-fA-F]{4}", " ", text))


def parsed(text: str) -> Any:
    """JSON as artgen writes it, bounded in depth and digits; None if it is anything else."""
    try:
        data = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
        # Half of a surrogate pair, which an escape can name, is no text that could be shown or written.
        json.dumps(data, ensure_ascii=False).encode()
        return data if _is_shallow(data) else None
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(digits[:MAX_DIGITS])
    return int(digits)


def _finite(number: str) -> float:
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(number[:MAX_DIGITS])
    return found


def _is_shallow(data: Any) -> bool:
    """Whether what works through it with a call for each level comes to its end."""
    level = [data]
    for _ in range(MAX_DEPTH):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [value for part in inner for value in part]
    return not level


def _from_1(recipe: dict[str, Any]) -> dict[str, Any]:
    """Format 1 wrote down no inputs, flags and pixels, and kept the reporters."""
    preset = {key: value for key, value in recipe["preset"].items() if key != "reporters"}
    defaults = {"artgen": "0.1.0", "steps_done": 0, "plugins": {}, "libraries": {}, "weights": {}, "python": ""}
    return {**defaults, "device": "cpu", "threads": 1, **recipe, "preset": preset, "format": 2}


_UPGRADES: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (_from_1,)
"""What makes each format the next one."""
