"""Parts of a preset that several importers write: size, steps, seed, CLIP models, views and prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from artgen.importing import Context, Noted, Reader, number, printable, prompt_text, shown

MAX_SIDE = 4096
MOST_VIEWS = 4096
SEEDS = 2**63
EMBEDDED_VIEWS = {
    "zoom_share": 0,
    "wide_scale": [0.81, 1.44],
    "perspective_probability": 0,
    "rotation": 3,
    "translate": 0.1,
    "fill": "edge",
    "jitter_probability": 0,
    "noise": 0,
}
OPENAI = ("RN50", "RN101", "RN50x4", "RN50x16", "RN50x64", "ViT-B/32", "ViT-B/16", "ViT-L/14", "ViT-L/14@336px")
"""The models that OpenAI published, as their own library calls them."""
_BARE = re.compile(r"[^a-z0-9]")
_BY_BARE = {_BARE.sub("", name.lower()): name for name in OPENAI} | {"vitl14336": "ViT-L/14@336px"}
_PLAIN = re.compile(r"[\w ,.'!?&;/-]+")


def about(context: Context, program: str, source: str) -> None:
    context.put("about", f"Imported from {program}, {printable(source)[:80]}")


def size(context: Context, width: float, height: float, multiple: int = 1) -> tuple[int, int]:
    """Write `size`: no larger than a run can draw, cut to multiples of so many pixels as the program does."""
    reader = context.read("size")
    most = max(width, height)
    wide, high = (int(side * min(1.0, MAX_SIDE / most)) for side in (width, height))
    if most > MAX_SIDE:
        reader.note(f"{width:g} x {height:g} pixels are more than one run can draw; made smaller in proportion.")
    sides = [max(1, side // multiple * multiple) if side >= multiple else max(1, side) for side in (wide, high)]
    if sides != [max(1, wide), max(1, high)]:
        reader.note(f"{wide} x {high} is cut to multiples of {multiple} pixels there; so here.")
    context.put("size", f"{sides[0]}x{sides[1]}")
    return sides[0], sides[1]


def start(context: Context, wanted: bool = True) -> bool:
    """Write `start`, if there is an `init_image`, and it is `wanted`; whether it is there."""
    reader = context.read("start")
    image = reader.text("init_image")
    if not wanted or image.lower() in ("", "none"):
        return False
    if found := context.pictures(image):
        context.put("start", {"image": found[0]})
        return True
    reader.note(context.absence("init_image", image))
    context.draft.off["start"] = {"image": image}
    return False


def seed(context: Context, name: str = "seed") -> None:
    """Write `seed`, where the file has one that is not chosen at random."""
    reader = context.read("seed")
    text = reader.text(name)
    if re.fullmatch(r"[0-9]{1,40}", text, re.ASCII):
        context.put("seed", int(text) % SEEDS)
        reader.note("The same seed is another picture here, because other numbers are drawn from it.")
    elif text and text.lower() not in ("-1", "random_seed", "random"):
        reader.note(f"{name}: {shown(text)} - is no number; a new seed is drawn, and recorded.")


def models(context: Context, reader: Reader, names: Sequence[str]) -> list[str]:
    """Write `perceptors`; `names` as OpenAI or open_clip (``ViT-B-32::laion2b_e16``) have them. Their keys."""
    if context.embedded:
        reader.note(f"Instead of {', '.join(map(shown, names)) or 'CLIP'} the model that comes with artgen.")
        context.put("perceptors", {"clip": Noted({"type": "open_clip", "model": "embedded"})})
        return ["clip"]
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        spec = _perceptor(name)
        if spec is None:
            reader.note(f"{shown(name)} - no CLIP model that open_clip has; left out.")
        else:
            found.setdefault(key(name), spec)
    if not found:
        reader.note("No CLIP model is named that open_clip has; ViT-B/32 is taken.")
        found = {"vit_b_32": openai("ViT-B/32")}
    context.put("perceptors", {name: Noted(spec) for name, spec in found.items()})
    return list(found)


def key(name: str) -> str:
    """What the preset calls a model."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("::openai", "")).strip("_")


def openai(name: str) -> dict[str, Any]:
    # OpenAI trained with QuickGELU, which open_clip keeps apart by name.
    model = name.replace("/", "-").replace("@336px", "-336")
    return {"type": "open_clip", "model": f"{model}-quickgelu", "pretrained": "openai"}


def known(name: str) -> str | None:
    """OpenAI's name of a model, however it is written."""
    return _BY_BARE.get(_BARE.sub("", name.lower().removesuffix("-quickgelu")))


def _perceptor(name: str) -> dict[str, Any] | None:
    model, mark, tag = name.partition("::")
    if (not mark or tag == "openai") and known(model):
        return openai(known(model) or "")
    if mark and tag and re.fullmatch(r"[\w./-]+", model + tag, re.ASCII):
        return {"type": "open_clip", "model": model, "pretrained": tag}
    return None


def views(context: Context, reader: Reader, spec: dict[str, Any]) -> None:
    """Write `views`."""
    if context.embedded:
        reader.note("The embedded model is so small that it needs to see nearly the whole picture, as it is.")
        spec = {"type": "cutouts", "count": spec.get("count", 24), **EMBEDDED_VIEWS}
    context.put("views", [spec])


def clip_loss(context: Context, weight: float = 1) -> Noted:
    spec: dict[str, Any] = {"type": "clip", "distance": "contrast" if context.embedded else "spherical"}
    notes = ("Spherical distances are too little for the embedded model.",) if context.embedded else ()
    return Noted(spec | ({"weight": number(weight)} if weight != 1 else {}), notes)


def text(words: str, **more: Any) -> Any:
    """A prompt as it stands, whatever signs are in it; short where it is nothing but words."""
    words = " ".join(words.split())
    entry = {"text": prompt_text(words), **{name: value for name, value in more.items() if value is not None}}
    if entry.get("weight") == 1:
        del entry["weight"]
    return words if len(entry) == 1 and _PLAIN.fullmatch(words) else entry


def of_film(reasons: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """The reasons where there is a film, which has read what it could of `names`."""
    return {**reasons, **dict.fromkeys(names, "belongs to another animation_mode, or has no like in 'film'")}


def scenes(items: Mapping[int, list[Any]], last: int, blend: int = 0) -> list[Any]:
    """Prompts that change at frames, within `blend` of them where that fits between two of them.

    Those of one moment are plain, and those after frame `last` are left out.
    """
    told = {at: prompts for at, prompts in sorted(items.items()) if prompts and at <= last}
    if len(told) < 2:
        return next(iter(told.values()), [])
    first, *others = told
    spans = [after - at for at, after in pairwise(others)]
    begins = {"0f": told[first], **{f"{at}f": told[at] for at in others}}
    return [{"scenes": begins, "blend": f"{min([blend, *spans])}f"}]


def say_left(context: Context, reasons: dict[str, str], program: str) -> None:
    """Every setting that nothing has read, those of one reason together."""
    grouped: dict[str, list[str]] = {}
    for name in context.given.left():
        value = context.given.values[name]
        if value in ("", [], {}, False):
            continue
        reason = reasons.get(name)
        if reason is None:
            context.draft.note(
                "", f"{shown(name)}: {shown(value)} - {program} has no such setting that is read here; left out."
            )
        else:
            grouped.setdefault(reason, []).append(f"{shown(name)}: {shown(value)}")
    for reason, settings in grouped.items():
        context.draft.note("", f"{', '.join(settings)} - {reason}.")
