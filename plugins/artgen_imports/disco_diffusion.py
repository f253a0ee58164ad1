"""Settings of Disco Diffusion (notebooks up to 5.7), of DiscoArt and progrockdiffusion, which have its names.

JSON or YAML, or the arguments of DiscoArt's ``create``. The network that they steer, a guided diffusion by OpenAI, is
not read by `diffusion`; everything around it is: prompts, CLIP models, cuts, scales, symmetry and the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.importing import Claim, Context, Document, Noted, as_number, is_true, number, shown
from artgen_imports import disco_motion, disco_prompts, disco_views, parts
from artgen_imports.disco_names import COMMON, MODELS, MOTION, NAMES, REASONS
from artgen_imports.motion import Motion

GUIDANCE, SCALE = 0.3, 5000
"""Our usual `guidance` stands for the notebook's usual `clip_guidance_scale`."""
_CREATES = ("discoart.create", "create")


def recognise(source: Document) -> list[Claim]:
    """A settings file, or calls of DiscoArt."""
    if source.settings:
        known = [name for name in source.settings if name in NAMES]
        telling = [name for name in known if name not in COMMON]
        if ("text_prompts" in known or len(telling) > 2) and 2 * len(known) >= len(source.settings):
            return [Claim(source.settings, "a settings file", len(known) + 5 * ("text_prompts" in known))]
        return []
    found = []
    for call in source.calls:
        known = [name for name in call.settings if name in NAMES]
        if call.name in _CREATES and ("discoart" in call.name or "text_prompts" in known) and known:
            notes = tuple(f"{name}: is computed by the program, which is not run; left out." for name in call.unread)
            found.append(Claim(call.settings, "a Python call", 10 + len(known), notes))
    return found


def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    context = Context(settings, source, home, embedded)
    parts.about(context, "Disco Diffusion", source.name)
    size = _size(context)
    steps = context.read("steps").whole("steps", 250, 1, 10**6)
    context.put("steps", steps)
    parts.seed(context, "seed" if "seed" in context.given.values else "set_seed")
    motion = disco_motion.opened(context, steps)
    disco_prompts.write(context, motion)
    has_start = _start(context)
    scale = _generator(context, steps, has_start, motion)
    keys = parts.models(context, context.read("perceptors"), _models(context))
    disco_views.write(context)
    losses = _losses(context, scale, has_start and motion is None, keys)
    held = disco_motion.stay(context, scale, keys[0]) if motion else None
    context.put("losses", [*losses, *([held] if held else [])])
    _symmetry(context)
    if motion:
        disco_motion.write(context, motion, size)
    parts.say_left(context, parts.of_film(REASONS, MOTION) if motion else REASONS, "Disco Diffusion")
    return context.draft.text()


def _size(context: Context) -> tuple[int, int]:
    reader = context.read("size")
    sides = reader.numbers("width_height", 2, 1, 1e5)
    if sides is None:
        sides = [reader.number("width", 1280, 1, 1e5), reader.number("height", 768, 1, 1e5)]
    return parts.size(context, sides[0], sides[1], 64)


def _models(context: Context) -> list[str]:
    """Switches in the notebook, which may be numbers in progrockdiffusion; a list in DiscoArt."""
    reader = context.read("perceptors")
    listed = [str(name) for name in reader.several("clip_models")]
    given = {name: reader.raw(name) for name in MODELS}
    chosen = [MODELS[name] for name, value in given.items() if is_true(value) or (as_number(value) or 0) > 0]
    weights = {as_number(value) for value in given.values() if not isinstance(value, bool)} - {None, 0.0, 1.0}
    if weights:
        reader.note("The models have weights there; here each may have a 'weight' of its own.")
    return [*listed, *chosen] or ["ViT-B/32", "ViT-B/16", "RN50"]


def _start(context: Context) -> bool:
    """Write `start`; whether there is one."""
    reader = context.read("start")
    perlin = reader.flag("perlin_init")
    mode = reader.text("perlin_mode", "mixed")
    if perlin:
        context.put("start", "fractal")
        if "perlin_mode" in reader:
            reader.note(f"perlin_mode: {shown(mode)} - this noise is always in colour.")
    elif "perlin_mode" in reader and mode not in ("mixed", ""):
        reader.note(f"perlin_mode: {shown(mode)} - belongs to perlin_init; nothing reads it.")
    parts.start(context)
    return "start" in context.draft.values


def _generator(context: Context, steps: int, has_start: bool, motion: Motion | None) -> float:
    """Write `generator`; how hard CLIP guided there."""
    reader = context.read("generator")
    scale = reader.number("clip_guidance_scale", SCALE, 0) or 1
    skip = reader.whole("skip_steps", 0, 0, 10**6)
    sampler = reader.text("diffusion_sampling_mode", "ddim").lower()
    eta = reader.number("eta", 0.8, -1000, 1000)
    if not 0 <= eta <= 1:
        reader.note(f"eta: {eta:g} - is from 0 to 1 here.")
    spec: dict[str, Any] = {"type": "diffusion", "eta": number(min(1.0, max(0.0, eta)))}
    spec["guidance"] = number(min(5.0, GUIDANCE * scale / SCALE))
    if motion:
        spec["strength"] = disco_motion.strength(context, steps)
        if skip:
            reader.note(f"skip_steps: {skip} - is of the first frame; 'strength' is that of all frames here.")
    elif has_start:
        spec["strength"] = max(0.02, number(round(1 - min(skip, steps) / steps, 3)))
    elif skip:
        reader.note(f"skip_steps: {skip} - belongs to a start; see 'strength'.")
    if sampler not in ("ddim", ""):
        reader.note(f"diffusion_sampling_mode: {shown(sampler)} - not here; ddim is taken.")
    reader.note(
        "The network of Disco Diffusion is not read; the small model that comes with artgen draws. 'model' may name an "
        "unconditional UNet2DModel of a hub; {type: latent_diffusion} is Stable Diffusion."
    )
    reader.note(f"guidance: clip_guidance_scale {scale:g} as a share of the usual {SCALE}, times our usual {GUIDANCE}.")
    context.put("generator", spec)
    return scale


def _losses(context: Context, scale: float, has_start: bool, keys: Sequence[str]) -> list[Noted]:
    """Their weights are those of the notebook, as shares of CLIP's."""
    reader = context.read("losses")
    found = [parts.clip_loss(context)]
    tv, limits, start = (reader.number(name, 0, 0) / scale for name in ("tv_scale", "range_scale", "init_scale"))
    if tv:
        found.append(
            Noted({"type": "smoothness", "weight": number(tv)}, ("tv_scale, as a share of clip_guidance_scale.",))
        )
    if limits:
        note = "range_scale, as a share of clip_guidance_scale; it keeps off black and white, which are its ends here."
        found.append(Noted({"type": "range", "weight": number(limits)}, (note,)))
    if start and has_start:
        note = "init_scale, as a share of clip_guidance_scale: an LPIPS there, the features of a perceptor here."
        spec = {"type": "stay_content", "weight": number(start), "perceptor": keys[0]}
        found.append(Noted(spec, (note,)))
    elif start and "init_image" in reader:
        reader.note("init_scale: belongs to an init_image; nothing reads it.")
    return found


def _symmetry(context: Context) -> None:
    """Mirrored there once, at each of the moments; here up to the last of them."""
    reader = context.read("filters")
    axes = [reader.flag("use_horizontal_symmetry"), reader.flag("use_vertical_symmetry")]
    moments = [value for value in map(as_number, reader.several("transformation_percent")) if value and 0 < value <= 1]
    if not any(axes):
        return
    axis = "both" if all(axes) else "left-right" if axes[0] else "up-down"
    end = max(moments, default=0.09)
    strength = {0: 1, f"{number(end * 100)}%": 0, "curve": "step"} if end < 1 else 1
    reader.note("Mirrored there at the moments of transformation_percent; here up to the last of them.")
    context.put("filters", [Noted({"type": "symmetry", "axis": axis, "strength": strength})])
