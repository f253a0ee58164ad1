"""Prompts: texts, spots, labels, vectors, pictures and noise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from artgen.importing import LARGEST, Noted, Reader, as_number, number, prompt_text, shown, weighted
from artgen_pixray.context import Context

VECTOR_SHARE = 0.1
"""What Pixray multiplies the weights of vectors by."""
_PLAIN = re.compile(r"[\w ,.'!?()&;#/-]+")


@dataclass
class Found:
    """The prompts of a file."""

    keeps_stops: bool
    items: list[Any] = field(default_factory=list)
    pull: float = 0
    """The sum of the sizes of their weights."""

    def add(self, source: dict[str, Any], weight: float = 1, stop: float | None = None, *notes: str) -> None:
        entry = dict(source)
        if weight != 1:
            entry["weight"] = number(weight)
        if stop is not None and self.keeps_stops:
            entry["stop"] = number(stop)
        elif stop is not None:
            notes = (*notes, f"Its stop, {stop:g}, is a spherical distance; the embedded model is told another kind.")
        self.items.append(Noted(_short(entry), notes))
        self.pull += abs(weight)


def write(context: Context) -> float:
    """Write `prompts`; how hard they pull together, 0 where there are none."""
    reader, found = context.read("prompts"), Found(keeps_stops=not context.embedded)
    for text, weight, stop in _lines(reader, "prompts"):
        _text(found, text, weight, stop)
    for text, weight, stop in _lines(reader, "labels"):
        found.add({"label": prompt_text(text)}, weight, stop)
    _spots(context, reader, found)
    _pictures(context, reader, found)
    _noises(reader, found)
    if not found.pull:
        reader.note(
            "The file names no prompt: Pixray was told it on the command line. Write it here, or: --prompt TEXT"
        )
    _vectors(context, reader, found)
    if found.items:
        context.put("prompts", found.items)
    return found.pull


def _lines(reader: Reader, name: str) -> Iterator[tuple[str, float, float | None]]:
    """The prompts of a line, parted by bars."""
    value = reader.raw(name)
    lines = value if isinstance(value, list) else [] if value is None else [value]
    for part in (part for line in lines for part in str(line).split("|")):
        text, weight, stop = weighted(" ".join(part.split()))
        if text:
            yield text, weight, stop


def _text(found: Found, text: str, weight: float, stop: float | None) -> None:
    if text.startswith("=") and text[1:].strip():
        note = "A '=' before a prompt was an experiment of Pixray, which fails in its last version; left out."
        found.add({"text": prompt_text(text[1:].strip())}, weight, stop, note)
    else:
        found.add({"text": prompt_text(text)}, weight, stop)


def _short(entry: dict[str, Any]) -> Any:
    """A text alone stands for itself, where it has no sign that means something."""
    text = entry.get("text")
    return text if len(entry) == 1 and isinstance(text, str) and _PLAIN.fullmatch(text) and "--" not in text else entry


def _spots(context: Context, reader: Reader, found: Found) -> None:
    """Pixray blackens the white part of its mask for `spot`, and the black part for `spot_off`."""
    pairs = [("spot_prompts", True), ("spot_prompts_off", False)]
    spots = [(name, inside, line) for name, inside in pairs for line in _lines(reader, name)]
    file = reader.text("spot_file")
    masks = context.pictures(file) if file else []
    if file and not spots:
        reader.note(f"spot_file: {shown(file)} - belongs to spot_prompts; nothing reads it.")
    elif file and not masks:
        reader.note(
            f"{context.absence('spot_file', file)} Until then the spot is the middle: {{mask: FILE, invert: true}}."
        )
    elif spots and not file:
        reader.note("The spot is the middle of the picture, as an ellipse; Pixray reads it from a picture of its own.")
    for _, inside, (text, weight, stop) in spots:
        where: dict[str, Any] = {"mask": masks[0]} if masks else {"place": "centre", "soft": 0}
        if inside == bool(masks):
            where["invert"] = True
        found.add({"text": prompt_text(text), "where": where}, weight, stop)


def _pictures(context: Context, reader: Reader, found: Found) -> None:
    for text, weight, stop in _lines(reader, "target_images"):
        _picture(context, found, "target_images", text, {}, weight, stop)
    weight = reader.number("image_prompt_weight", 1)
    names = [str(item) for item in _items(reader, "image_prompts")]
    for text in names:
        _picture(context, found, "image_prompts", text, {"views": True}, weight, None)
    if reader.flag("image_prompt_shuffle") and names:
        reader.note("image_prompt_shuffle: true - their views are always those of the drawing; leave out 'views'.")
    for name in ("image_prompt_weight", "image_prompt_shuffle"):
        if name in reader and not names:
            reader.note(f"{name}: belongs to image_prompts; nothing reads it.")


def _items(reader: Reader, name: str) -> list[Any]:
    value = reader.raw(name)
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]


def _picture(
    context: Context, found: Found, name: str, text: str, more: dict[str, Any], weight: float, stop: float | None
) -> None:
    paths = context.pictures(text)
    for path in paths:
        found.add({"image": path, **more}, weight, stop)
    if not paths:
        entry = {"image": text, **more, **({"weight": number(weight)} if weight != 1 else {})}
        found.items.append(Noted(entry, (context.absence(name, text),), off=True))


def _noises(reader: Reader, found: Found) -> None:
    seeds = [as_number(item) for item in reader.several("noise_prompt_seeds")]
    weights = [as_number(item) for item in reader.several("noise_prompt_weights")]
    for seed, weight in zip(seeds, weights, strict=False):
        if seed is not None and weight is not None:
            found.add({"noise": int(abs(seed)) % 2**63}, max(-LARGEST, min(LARGEST, weight)))
    if len(seeds) != len(weights):
        reader.note(
            f"noise_prompt_seeds: {len(seeds)}, noise_prompt_weights: {len(weights)} - Pixray uses them in pairs; "
            "the rest is left out."
        )


def _vectors(context: Context, reader: Reader, found: Found) -> None:
    """`textoff` is always there unless the file says ``none``."""
    if reader.text("vector_prompts", "textoff").lower() in ("none", "0", ""):
        return
    for text, weight, stop in (
        _lines(reader, "vector_prompts") if "vector_prompts" in reader else [("textoff", 1, None)]
    ):
        pull = VECTOR_SHARE * weight
        if text == "textoff":
            found.add({"vector": text}, pull, stop)
            continue
        paths = context.pictures(text if "json" in text else f"vectors/{text}.json")
        if paths:
            found.add({"vector": paths[0]}, pull, stop)
        else:
            entry = {"vector": text, "weight": number(pull)}
            found.items.append(Noted(entry, (context.absence("vector_prompts", text),), off=True))
