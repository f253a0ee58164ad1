"""What a resolved preset asks for, in words: of plain data, which may be a stranger's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from artgen.prompts.seen import Seen, SeenField, titled

_SEEN: TypeAdapter[tuple[Seen, ...]] = TypeAdapter(SeenField)


def asked(preset: Mapping[str, Any]) -> str:
    """The prompts in one line; where there are none, what the preset is about."""
    return " | ".join(title for title, _ in titles(preset)) or str(preset.get("about", ""))


def titles(preset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each prompt's title, with its weight unless that is 1 and how it is seen; those inside of components too."""
    for prompt in _prompts(preset):
        weight = prompt.get("weight", 1)
        plain = isinstance(weight, int | float) and not isinstance(weight, bool)
        weighs = "" if weight == 1 else f"weight {weight:g}" if plain else "changing weight"
        seen = titled(_seen(prompt))
        yield _title(prompt), ", ".join(filter(None, (seen and f"seen {seen}", weighs)))


def texts_of(prompt: Mapping[str, Any]) -> Iterator[str]:
    """The texts that a prompt says by itself or on its way."""
    travel = prompt.get("travel")
    told = travel.get("texts") if isinstance(travel, Mapping) else None
    yield from (
        text for text in (prompt.get("text"), *(told if isinstance(told, list) else ())) if isinstance(text, str)
    )


def ways(preset: Mapping[str, Any]) -> tuple[str, ...]:
    """How a prompt sees the picture otherwise, one after the other; of the first that does."""
    return next((tuple(way.title for way in seen) for prompt in _prompts(preset) if (seen := _seen(prompt))), ())


def _seen(prompt: Mapping[str, Any]) -> tuple[Seen, ...]:
    try:
        return _SEEN.validate_python(prompt["seen"]) if prompt.get("seen") else ()
    except ValidationError:
        return ()


def _prompts(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "prompts" and isinstance(inner, list):
                yield from (prompt for prompt in inner if isinstance(prompt, Mapping))
            else:
                yield from _prompts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _prompts(inner)


def _title(prompt: Mapping[str, Any]) -> str:
    """As `artgen.prompts.model.Prompt.title` has it, but of data that nobody has checked."""
    direction = prompt.get("direction")
    if isinstance(direction, Mapping):
        return f"from {direction.get('from')} to {direction.get('to')}"
    if prompt.get("travel") is not None:
        return ", then ".join(texts_of(prompt))
    for kind in ("image", "vector"):
        if isinstance(prompt.get(kind), str):
            return f"{kind} {Path(prompt[kind]).name}"
    return str(prompt.get("text") or prompt.get("label") or f"noise {prompt.get('noise')}")
