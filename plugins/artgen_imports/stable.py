"""The preset of a picture by Stable Diffusion or its like: prompts, size, steps and seed; the rest is named.

Programs say which words count more by brackets: A1111 and ComfyUI by ``(word:1.3)`` and ``[word]``, InvokeAI by
``word++`` and ``(some words)1.3``. The words are kept and the brackets are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import Context, number, shown
from artgen_imports import parts

LONGEST, MOST_INNER = 20_000, 16
"""Characters of a prompt, and brackets in each other."""
NEGATIVE = -0.3
"""The weight of what is to be kept away from, as in the shipped preset stable-diffusion."""
SD, SDXL = "stable-diffusion-v1-5/stable-diffusion-v1-5", "stabilityai/stable-diffusion-xl-base-1.0"
_SAMPLERS = (
    (r"euler[\s_]*(a$|a\b|anc)", "euler_a"),
    (r"euler", "euler"),
    (r"dpm\+\+|dpmpp|dpm_?solver", "dpm++"),
    (r"ddim", "ddim"),
    (r"ddpm", "ddpm"),
)
_TAG = re.compile(r"<(?:lora|lyco|hypernet|lora_\w+):[^<>]*>", re.IGNORECASE)
_WEIGHTED = re.compile(r"(?<!\\)\(([^()\\]*(?:\\.[^()\\]*)*):\s*[-+]?[\d.]+\s*\)")
_INVOKE = re.compile(r"\)(?:[\d.]+|[+-]+)(?=$|[\s,.])")
_PLUSES = re.compile(r"(?<=\w)(?:\+{1,4}|-{2,4})(?=$|[\s,.])")
_BRACKET = re.compile(r"(?<!\\)[()\[\]]")
_EDIT = re.compile(r"\[([^\[\]:|]*)[:|][^\[\]]*\]")


def convert(program: str, settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset; `settings` has prompt, negative, width, height, steps, seed, cfg, sampler, model, and `others`."""
    context = Context(settings, source, home, embedded)
    parts.about(context, program, source.name)
    width, height = (context.read("size").number(name, 512, 8, 1e5) for name in ("width", "height"))
    size = parts.size(context, width, height)
    context.put("steps", context.read("steps").whole("steps", 30, 1, 1000))
    parts.seed(context)
    _prompts(context)
    _generator(context, max(size))
    parts.models(context, context.read("perceptors"), ["ViT-B/32"])
    parts.views(context, context.read("views"), {"type": "cutouts", "count": 16})
    context.put("losses", [parts.clip_loss(context)])
    _say_others(context)
    return context.draft.text()


def _prompts(context: Context) -> None:
    reader = context.read("prompts")
    items = []
    for name, weight in (("prompt", 1), ("negative", NEGATIVE)):
        given = reader.text(name)
        words, marks = plain(given)
        if marks:
            reader.note(
                f"{name}: {', '.join(marks)} - not read; the words are kept. {{text: ..., weight: 2}} pulls harder."
            )
        if words:
            items.append(parts.text(words, weight=weight))
    if all(isinstance(item, dict) and item.get("weight") == NEGATIVE for item in items):
        reader.note("There is no prompt in it; this one only holds its place.")
        items.insert(0, "a picture")
    context.put("prompts", items)


def _generator(context: Context, side: int) -> None:
    reader = context.read("generator")
    cfg, wanted = number(reader.number("cfg", 7.5, 0, 100)), reader.text("model")
    context.put("generator", drawing(context, side, wanted, reader.text("sampler"), cfg))


def drawing(context: Context, side: int, wanted: str, sampler: str, cfg: Any) -> dict[str, Any]:
    """The generator of a picture by a model `wanted`, whose longer side has `side` pixels; `cfg` as a preset has it."""
    reader, sampler = context.read("generator"), sampler.lower()
    scheduler = next((ours for pattern, ours in _SAMPLERS if re.search(pattern, sampler)), None)
    if context.embedded:
        reader.note(f"Instead of {shown(wanted) or 'Stable Diffusion'} the small model that comes with artgen.")
        return {"type": "diffusion"}
    is_large = side >= 960 or "xl" in wanted.lower()
    spec = {"type": "latent_diffusion", "model": SDXL if is_large else SD, "cfg": cfg}
    if wanted:
        reader.note(f"model: {shown(wanted)} - 'model' names a folder in diffusers' layout or a repository of the hub.")
    if scheduler:
        spec["scheduler"] = scheduler
    elif sampler:
        reader.note(f"sampler: {shown(sampler)} - the model's own is taken; see 'scheduler'.")
    reader.note("CLIP steers the early steps; 'guidance: 0' draws as the other program does, from other numbers.")
    # Early steps lay out the picture, so there the losses may pull; late ones only draw it clean.
    return {**spec, "guidance": {0: 0.15, "60%": 0, "curve": "step"}}


def _say_others(context: Context) -> None:
    others = context.read("").raw("others")
    if isinstance(others, Mapping) and others:
        said = ", ".join(f"{shown(name)}: {shown(value)}" for name, value in list(others.items())[:60])
        context.draft.note("", f"Not read here: {said}.")


def plain(words: str) -> tuple[str, list[str]]:
    """The words of a prompt without marks of attention; and which marks there were."""
    if len(words) > LONGEST:
        return words, []  # which no preset takes, and whose patterns would take long
    marks = [shown(tag) for tag in _TAG.findall(words)]
    found = _TAG.sub("", words)
    for pattern, name in ((_EDIT, "[a:b]"), (_WEIGHTED, "(word:1.3)")):
        for _ in range(MOST_INNER):
            less = pattern.sub(r"\1", found)
            if less == found:
                break
            found = less
            marks.append(name)
    for pattern, name, kept in ((_INVOKE, "(words)1.3", ")"), (_PLUSES, "word++", ""), (_BRACKET, "(word)", "")):
        less = pattern.sub(kept, found)
        if less != found:
            marks.append(name)
        found = less
    found = re.sub(r"\\([()\[\]])", r"\1", found)
    found = re.sub(r"\s*\b(?:BREAK|AND)\b\s*", ", ", found)
    return re.sub(r"\s+", " ", re.sub(r"(?:\s*,\s*){2,}", ", ", found)).strip(" ,"), list(dict.fromkeys(marks))
