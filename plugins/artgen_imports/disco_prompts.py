"""Disco Diffusion's prompts: lists by frame, ``text:weight``, or DiscoArt's structured ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from artgen.importing import Context, Reader, as_number, is_true, number, shown
from artgen_imports import parts, schedules
from artgen_imports.motion import Motion


def write(context: Context, motion: Motion | None) -> None:
    """Write `prompts`: those of the first frame, or, of a film, those of all frames."""
    reader = context.read("prompts")
    value = reader.raw("text_prompts")
    items = list(_scenes(reader, value, motion)) if motion and _by_frame(value) else list(_items(reader, value))
    if not items:
        reader.note("There are no text_prompts in it; this one only holds its place.")
        items = ["a picture"]
    context.put("prompts", items)


def _by_frame(value: Any) -> bool:
    return isinstance(value, Mapping) and not isinstance(value.get("prompts"), list)


def _scenes(reader: Reader, value: Mapping[str, Any], motion: Motion) -> list[Any]:
    """The prompts of a frame hold until the next one's."""
    told: dict[int, list[Any]] = {}
    for frame in sorted(value, key=lambda frame: as_number(frame) or 0):
        at = as_number(frame)
        if at is None or not 0 <= at < motion.frames:
            reader.note(f"{shown(frame)} - is no frame of the film; its prompts are left out.")
            continue
        told[motion.place(at)] = [_steady(reader, item) for item in _items(reader, value[frame])]
    return parts.scenes(told, motion.drawn - 1)


def _steady(reader: Reader, item: Any) -> Any:
    """A prompt of a scene has one weight."""
    if isinstance(item, dict) and isinstance(weight := item.get("weight"), dict):
        reader.note(f"{shown(item['text'])}: its weight changes within a frame there; here it is the first one.")
        return {**item, "weight": next(iter(weight.values()))}
    return item


def _items(reader: Reader, value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping) and isinstance(value.get("prompts"), list):
        value = value["prompts"]
    elif isinstance(value, Mapping):
        frames = sorted(value, key=lambda frame: as_number(frame) or 0)
        if len(frames) > 1:
            reader.note(
                f"The prompts of frame {shown(frames[0])}; those of {', '.join(map(shown, frames[1:9]))} are left out."
            )
        value = value[frames[0]] if frames else []
    lines = value if isinstance(value, list) else [] if value is None else [value]
    for line in lines:
        if isinstance(line, Mapping):
            yield from _structured(reader, line)
        elif isinstance(line, list):
            yield from _items(reader, line)
        elif str(line).strip():
            words, weight = weighted(str(line).strip())
            yield parts.text(words, weight=number(weight))


def weighted(line: str) -> tuple[str, float]:
    """A number after the last colon is a weight; any other colon belongs to the text."""
    words, colon, tail = line.rpartition(":")
    weight = as_number(tail) if colon else None
    return (words.strip(), weight) if weight is not None and words.strip() else (line, 1.0)


def _structured(reader: Reader, line: Mapping[str, Any]) -> Iterator[Any]:
    words = str(line.get("text") or "").strip()
    if not words:
        return
    points = schedules.parse(line.get("weight", 1))
    if points is None:
        reader.note(f"weight: {shown(line.get('weight'))} - no number and no list of them; taken as 1.")
    for name, reason in (
        ("clip_guidance", "a prompt may name one 'perceptor' here"),
        ("spellcheck", "words are taken as they stand"),
    ):
        if name in line and (name != "spellcheck" or is_true(line[name])):
            reader.note(f"{name}: {shown(line[name])} - {reason}.")
    yield parts.text(words, weight=schedules.written(points) if points else None)
