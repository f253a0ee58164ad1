"""Deforum's prompts by frame, with what to keep away from behind ``--neg``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from artgen.importing import Context, Reader, as_number, json_data, shown
from artgen_imports import parts, stable
from artgen_imports.motion import Motion

MOST = 1000
_COMPUTED = re.compile(r"\(([^()`]*):\s*`[^`]*`\s*\)")
_NEGATIVE = re.compile(r"--neg\b")


def write(context: Context, motion: Motion | None, blend: bool) -> None:
    """Write `prompts`: in a film as scenes, or, where they blend, with weights between their frames."""
    reader = context.read("prompts")
    told = _by_frame(reader)
    around = [_around(reader, sign) for sign in ("positive", "negative")]
    scenes = {frame: _prompts(reader, text, around) for frame, text in told.items()}
    if motion is None:
        _say_others(reader, told)
        items = next(iter(scenes.values()), [])
    elif blend:
        items = _blended(motion, scenes)
    else:
        late = [frame for frame in scenes if frame >= motion.frames]
        if late:
            reader.note(f"The film ends before frame {', '.join(map(str, late[:8]))}; those prompts are left out.")
        items = parts.scenes({motion.place(frame): scene for frame, scene in scenes.items()}, motion.drawn - 1)
    if not items:
        reader.note("There is no prompt in it; this one only holds its place.")
        items = ["a picture"]
    context.put("prompts", items)


def interpolated(context: Context, frames: int) -> int:
    """How many frames there are where pictures are made between prompts."""
    reader = context.read("film")
    prompts = len(_by_frame(context.read("prompts")))
    if reader.flag("interpolate_key_frames"):
        return frames
    return max(0, prompts - 1) * reader.whole("interpolate_x_frames", 4, 1, 10_000) + 1


def _by_frame(reader: Reader) -> dict[int, str]:
    """The texts by their frames; those of a list one after the other, as of frames 0, 1, 2."""
    # The notebook keeps prompts of single pictures beside those of an animation.
    found = [reader.raw(name) for name in ("animation_prompts", "prompts")]
    value = next((one for one in found if one), None)
    if isinstance(value, str):
        try:
            value = json_data(value)
        except ValueError:
            return {0: value}
    if isinstance(value, list):
        value = dict(enumerate(value[:MOST]))
    if not isinstance(value, Mapping):
        return {}
    told = {}
    for frame, text in list(value.items())[:MOST]:
        at = as_number(frame)
        if at is None or not 0 <= at < 10**6 or not isinstance(text, str):
            reader.note(f"{shown(frame)} - is no frame with a prompt; left out.")
        else:
            told[int(at)] = text
    return dict(sorted(told.items()))


def _around(reader: Reader, sign: str) -> str:
    """What belongs to the prompts of all frames."""
    return reader.text(f"animation_prompts_{sign}") or reader.text(f"{sign}_prompts")


def _prompts(reader: Reader, text: str, around: list[str]) -> list[Any]:
    words, *away = _NEGATIVE.split(text)
    made = []
    for part, more, weight in ((words, around[0], 1), (" ".join(away), around[1], stable.NEGATIVE)):
        joined = " ".join(filter(None, (part.strip(), more)))[: stable.LONGEST]
        bare = _COMPUTED.sub(r"\1", joined)
        plain, marks = stable.plain(bare)
        if bare != joined:
            marks.append("(word:`computed`)")
        if marks:
            reader.note(f"{shown(joined)}: {', '.join(marks[:5])} - not read; the words are kept.")
        if plain:
            made.append(parts.text(plain, weight=weight))
    return made if words.strip() or around[0] else []


def _say_others(reader: Reader, told: Mapping[int, str]) -> None:
    if len(told) > 1:
        reader.note(f"One of {len(told)} prompts; the others: {'; '.join(map(shown, list(told.values())[1:9]))}.")


def _blended(motion: Motion, scenes: Mapping[int, list[Any]]) -> list[Any]:
    """Each prompt at its frame alone, and on the way there and from there with its neighbour."""
    filled = [scene for scene in scenes.values() if scene]
    frames = [frame for frame, scene in scenes.items() if scene]
    if not motion.reader.flag("interpolate_key_frames"):
        step = (motion.frames - 1) / max(1, len(scenes) - 1)
        frames = [round(step * place) for place in range(len(filled))]
    frames = [min(frame, motion.frames - 1) for frame in frames]
    if len(filled) < 2 or any(after <= before for before, after in pairwise(frames)):
        return filled[0] if filled else []
    made = []
    for place, (frame, scene) in enumerate(zip(frames, filled, strict=True)):
        around = {frames[near]: 0.0 for near in (place - 1, place + 1) if 0 <= near < len(frames)}
        for prompt in scene:
            entry = prompt if isinstance(prompt, dict) else {"text": prompt}
            points = sorted({**around, frame: float(entry.get("weight", 1))}.items())
            made.append({**entry, "weight": {f"{at}f": weight for at, weight in points}})
    return made
