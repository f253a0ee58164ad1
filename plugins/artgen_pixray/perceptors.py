"""Pixray's CLIP models by the names of open_clip, and how many cuts they see."""

from __future__ import annotations

from artgen.api import hint
from artgen.importing import Noted, Reader, shown
from artgen_pixray.context import Context
from artgen_pixray.tables import CLIP_SIDES, SLIP_MODELS, Quality

MOST_VIEWS = 4096


def write(context: Context, quality: Quality) -> list[str]:
    """Write `perceptors` and `views`; the names of the models in Pixray's spelling, each once."""
    reader = context.read("perceptors")
    family = reader.choice("perceptors", ("clip", "slip", "mixed"), "clip")
    named = [name.strip() for name in _text(reader).split(",") if name.strip()]
    if named and "perceptors" in reader:
        reader.note(f"perceptors: {family} - Pixray ignores it beside 'clip_models'.")
    models = _known(reader, named) if named else []
    if context.embedded:
        reader.note("Instead of Pixray's models the one that comes with artgen, which sees 48 x 48 pixels.")
        context.put("perceptors", {"clip": Noted({"type": "open_clip", "model": "embedded"})})
        return ["embedded"]
    models = models or _known(reader, list(getattr(quality, family)))
    context.put("perceptors", {key(model): Noted(_spec(model)) for model in models})
    return models


def _text(reader: Reader) -> str:
    value = reader.raw("clip_models")
    return ",".join(map(str, value)) if isinstance(value, list) else reader.text("clip_models")


def _known(reader: Reader, names: list[str]) -> list[str]:
    """OpenAI's models of that name, or the nearest to those that open_clip does not have."""
    found: dict[str, None] = {}
    for name in names[:16]:
        if name in CLIP_SIDES:
            found[name] = None
        elif name in SLIP_MODELS:
            reader.note(f"{name}: open_clip has no SLIP models; {SLIP_MODELS[name]} is the nearest.")
            found[SLIP_MODELS[name]] = None
        else:
            known = hint(name, (*CLIP_SIDES, *SLIP_MODELS))
            reader.note(f"clip_models: {shown(name)} - Pixray knows no such one{known}; left out.")
    return list(found)


def key(model: str) -> str:
    """What the preset calls it."""
    return "clip" if model == "embedded" else "".join(sign if sign.isalnum() else "_" for sign in model.lower())


def _spec(model: str) -> dict[str, str]:
    # OpenAI trained with QuickGELU, which open_clip keeps apart by name.
    name = model.replace("/", "-").replace("@336px", "-336")
    return {"type": "open_clip", "model": f"{name}-quickgelu", "pretrained": "openai"}


def sides(models: list[str]) -> int:
    """How many sizes of cutouts there are; Pixray judges the pixels of each and adds that up."""
    return len({CLIP_SIDES.get(model, 64) for model in models})


def views(context: Context, quality: Quality) -> int:
    """Write `views`; the number of cuts of one batch."""
    reader = context.read("views")
    cuts = reader.whole("num_cuts", quality.cuts, 1, MOST_VIEWS)
    batches = reader.whole("batches", quality.batches, 1, MOST_VIEWS)
    count = min(cuts * batches, MOST_VIEWS)
    if batches > 1:
        reader.note(f"{cuts} cuts x {batches} batches; to save memory, 'chunk: {cuts}' looks at so many at once.")
    if count < cuts * batches:
        reader.note(f"{cuts} x {batches} cuts are more than a step can have; taken as {count}.")
    spec = {"type": "cutouts", "count": count}
    if context.embedded:
        reader.note("The embedded model is so small that it needs to see nearly the whole picture, as it is.")
        spec |= {"zoom_share": 0, "wide_scale": [0.81, 1.44], "perspective_probability": 0, "rotation": 3}
        spec |= {"translate": 0.1, "fill": "edge", "jitter_probability": 0, "noise": 0}
    context.put("views", [spec])
    return cuts
