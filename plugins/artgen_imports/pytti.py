"""Settings of pytti (YAML for hydra, or its notebook's JSON): ``scenes: a | b || c``, with prefix, suffix and weights.

A prompt is ``text:weight:stop``; ``_`` after a weight begins a mask: a picture in brackets, words in braces, or a side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import Claim, Context, Document, Noted, Reader, as_number, number, shown
from artgen_imports import latents, parts, pytti_motion, pytti_weights
from artgen_imports.pytti_motion import Animation
from artgen_imports.pytti_weights import Weights

_MODELS = {
    "ViTB32": "ViT-B/32",
    "ViTB16": "ViT-B/16",
    "ViTL14": "ViT-L/14",
    "RN50": "RN50",
    "RN101": "RN101",
    "RN50x4": "RN50x4",
    "RN50x16": "RN50x16",
    "RN50x64": "RN50x64",
}
_MOTION = "belongs to an animation; a run makes one picture"
_SAVES = "belongs to how pytti saves and shows; artgen run FILE --out DIR, and 'frames' of progress.png"
_COLOURS = "belongs to palettes that pytti learns; a palette here is given: the generator's 'palette'"
_NAMES = {
    _MOTION: """animation_mode sampling_mode infill_mode pre_animation_steps steps_per_frame frames_per_second
        direct_stabilization_weight semantic_stabilization_weight depth_stabilization_weight
        edge_stabilization_weight flow_stabilization_weight flow_long_term_samples video_path frame_stride
        reencode_each_frame translate_x translate_y translate_z_3d rotate_3d rotate_2d zoom_x_2d zoom_y_2d
        lock_camera field_of_view near_plane far_plane
        reset_lr_each_frame""",
    _SAVES: """file_namespace save_every display_every clear_every display_scale approximate_vram_usage backups
        allow_overwrite show_graphs use_tensorboard models_parent_dir wandb path base_name""",
    _COLOURS: """palette_size palettes gamma hdr_weight palette_normalization_weight show_palette
        random_initial_palette lock_palette target_palette""",
    "views have no border of their own here; see 'fill' of the views": "cutout_border border_mode cut_pow",
    "memory is the business of 'chunk', and no picture changes by it": "gradient_accumulation_steps",
    "models by other loaders are not read": "use_mmc mmc_models conf defaults",
    "the optimiser is adam, over the whole run": "latent_ema optimizer",
}
MOTION = frozenset(_NAMES[_MOTION].split())
"""Those that are read where the animation is on."""
REASONS = {name: reason for reason, names in _NAMES.items() for name in names.split()}
_READ = frozenset(
    [
        "scenes",
        "scene_prefix",
        "scene_suffix",
        "interpolation_steps",
        "steps_per_scene",
        "direct_image_prompts",
        "init_image",
        "direct_init_weight",
        "semantic_init_weight",
        "image_model",
        "vqgan_model",
        "width",
        "height",
        "cutouts",
        "seed",
        "learning_rate",
        "smoothing_weight",
        "pixel_size",
        "input_audio",
        "input_audio_offset",
        "input_audio_filters",
    ]
)
NAMES = _READ | set(REASONS) | set(_MODELS)
_TELLING = frozenset(
    ("scenes", "scene_suffix", "scene_prefix", "steps_per_scene", "image_model", "interpolation_steps")
)
_PLACES = {"l": "left", "r": "right", "u": "top", "d": "bottom"}
_SIDES = {word: word for word in ("left", "right")} | {"up": "top", "down": "bottom"} | _PLACES
_COLON = re.compile(r":(?![/\\])(?![^\[]*\])")


def recognise(source: Document) -> list[Claim]:
    """A settings file."""
    known = [name for name in source.settings if name in NAMES]
    if _TELLING & set(known) and 2 * len(known) >= len(source.settings):
        return [Claim(source.settings, "a settings file", len(known) + 5 * len(_TELLING & set(known)))]
    return []


def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    context = Context(settings, source, home, embedded)
    parts.about(context, "pytti", source.name)
    reader = context.read("size")
    is_vqgan = context.read("generator").text("image_model", "VQGAN").lower() == "vqgan"
    scale = 1 if is_vqgan else reader.number("pixel_size", 1, 1, 1000)
    width, height = (reader.number(name, usual, 1, 1e5) for name, usual in (("width", 180), ("height", 112)))
    size = parts.size(context, width * scale, height * scale, 16 if is_vqgan else 1)
    texts = _texts(context)
    each = context.read("steps").whole("steps_per_scene", 100, 1, 10**6)
    steps = min(10**6, each * max(1, len(texts)))
    animation = pytti_motion.opened(context, steps)
    context.put("steps", animation.before if animation else steps)
    parts.seed(context)
    scenes = _scenes(context, texts, pytti_weights.opened(context, animation, len(texts)))
    _prompts(context, scenes, animation)
    has_picture = parts.start(context)
    _generator(context, is_vqgan, size, scale)
    models = context.read("perceptors")
    keys = parts.models(context, models, [name for key, name in _MODELS.items() if models.flag(key)] or ["ViT-B/32"])
    views = context.read("views")
    parts.views(
        context,
        views,
        {"type": "cutouts", "style_of": "pytti", "count": views.whole("cutouts", 40, 1, parts.MOST_VIEWS)},
    )
    context.put("losses", [parts.clip_loss(context), *_losses(context, has_picture, keys[0], animation)])
    if animation:
        pytti_motion.write(animation, (width, height))
    parts.say_left(context, parts.of_film(REASONS, MOTION) if animation else REASONS, "pytti")
    return context.draft.text()


def _texts(context: Context) -> list[str]:
    """The text of each scene, with what stands before and after it in all."""
    reader = context.read("prompts")
    around = [str(reader.raw(name) or "") for name in ("scene_prefix", "scene_suffix")]
    scenes = [scene for scene in reader.text("scenes").split("||") if scene.strip()]
    # As pytti joins them: what ends or begins with a bar is a prompt of its own, else it goes on with the text.
    return [f"{around[0]}{scene}{around[1]}" for scene in scenes or ([""] if any(around) else [])]


def _scenes(context: Context, texts: list[str], weights: Weights) -> list[list[Any]]:
    """The prompts of each scene."""
    reader = context.read("prompts")
    return [
        [prompt for part in text.split("|") if (prompt := _prompt(context, reader, part.strip(), weights))]
        for text in texts
    ]


def _prompts(context: Context, scenes: list[list[Any]], animation: Animation | None) -> None:
    reader = context.read("prompts")
    blend, each = reader.number("interpolation_steps", 0, 0, 10**6), reader.number("steps_per_scene", 100, 1, 10**6)
    filled = [scene for scene in scenes if scene]
    items: list[Any] = filled[0] if len(filled) == 1 else []
    if len(filled) > 1 and animation:
        begins = {animation.frame(each * place): scene for place, scene in enumerate(scenes)}
        items = parts.scenes({0: scenes[0], **begins}, animation.motion.frames - 1, round(blend / animation.each))
    elif len(filled) > 1:
        items = [{"scenes": filled, "blend": f"{number(min(1.0, blend / each) * 100 / len(filled))}%"}]
    items += [item for item in _pictures(context, reader) if item]
    if all(isinstance(item, Noted) and item.off for item in items):
        reader.note("There is no prompt in it; this one only holds its place.")
        items.append("a picture")
    context.put("prompts", items)


def _prompt(context: Context, reader: Reader, part: str, weights: Weights) -> Any:
    """``text:weight_mask:stop``; None if it is empty or needs what is not there."""
    fields = _COLON.split(part, maxsplit=2)
    words = fields[0].strip()
    if not words:
        return None
    weight, _, mask = (fields[1] if len(fields) > 1 else "1").partition("_")
    stop = as_number(fields[2].partition("_")[0].strip()) if len(fields) > 2 else None
    strength, told = weights.read(weight.strip())
    if strength is None:
        reader.note(f"{shown(part)} - the weight {told}; taken as 1.")
        strength = 1
    elif told:
        reader.note(f"{shown(words)}: its weight {shown(told)}.")
    more = {"where": _where(context, reader, mask.strip()) if mask else None}
    if stop is not None and not context.embedded:
        reader.note(f"{shown(words)}: its stop {stop:g} is a cosine there, no distance; left out.")
    image = re.fullmatch(r"\[(.*)\]", words)
    if image is None:
        return parts.text(words, weight=strength, **more)
    found = context.pictures(image[1].strip())
    if not found:
        reader.note(context.absence("scenes", image[1].strip()).replace("remove the # here", "add {image: FILE}"))
        return None
    made = {"image": found[0], "where": more["where"], "weight": None if strength == 1 else strength}
    return {name: value for name, value in made.items() if value is not None}


def _where(context: Context, reader: Reader, mask: str) -> Any:
    away = mask.startswith("-")
    bare = mask.removeprefix("-").strip()
    place: dict[str, Any] | None = None
    if bare.lower() in _SIDES:
        place = {"place": _SIDES[bare.lower()]}
    elif re.fullmatch(r"\[.*\]", bare) and (found := context.pictures(bare[1:-1].strip())):
        place = {"mask": found[0]}
    if place is None:
        reader.note(f"_{shown(mask)} - no side and no picture that is there; the prompt is about the whole picture.")
        return None
    return {**place, "invert": True} if away else place


def _pictures(context: Context, reader: Reader) -> list[Any]:
    """Pictures that pytti comes near to pixel by pixel are pictures for CLIP here; the loss `target` is for pixels."""
    found: list[Any] = []
    for part in (part.strip() for part in reader.text("direct_image_prompts").split("|")):
        path, *rest = _COLON.split(part, maxsplit=1)
        if not path:
            continue
        there = context.pictures(path.strip("[] "))
        weight = as_number(rest[0].partition("_")[0]) if rest else 1.0
        spec = {"image": there[0] if there else path, "weight": number(weight if weight is not None else 1.0)}
        note = "direct_image_prompts: by pixels there; the loss {type: target, image: ...} is that."
        found.append(Noted(spec, (note,) if there else (context.absence("direct_image_prompts", path),), off=not there))
    return found


def _generator(context: Context, is_vqgan: bool, size: tuple[int, int], scale: float) -> None:
    reader = context.read("generator")
    rate = reader.number("learning_rate", 0, 0)
    if is_vqgan:
        spec = latents.generator(context, reader, reader.text("vqgan_model"), "")
        usual = 0.1
    else:
        kind = reader.text("image_model")
        reader.note(f"image_model: {shown(kind)} - cells of colours, each free; pytti's learns palettes besides.")
        reader.raw("vqgan_model")
        spec = {"type": "pixel", "grid": [max(1, round(side / scale)) for side in size], "colours": "rgb"}
        usual = 0.08  # pytti's 0.02 in colours, before a sigmoid
        rate *= 4
    context.put("generator", {**spec, "learning_rate": number(rate or usual)})


def _losses(context: Context, has_picture: bool, perceptor: str, animation: Animation | None) -> list[Noted]:
    reader = context.read("losses")
    found = []
    smooth = reader.number("smoothing_weight", 0, 0)
    if smooth:
        found.append(
            Noted({"type": "smoothness", "weight": number(smooth)}, ("smoothing_weight, on our scale of differences.",))
        )
    kinds = {"direct": {"type": "stay"}, "semantic": {"type": "stay_content", "perceptor": perceptor}}
    places = [(f"{kind}_init_weight", kind, "to the start", has_picture and not animation) for kind in kinds]
    if animation:
        places += [(f"{kind}_stabilization_weight", kind, "to the last frame, moved", True) for kind in kinds]
    for name, kind, what, fits in places:
        weight = as_number(reader.text(name).partition("_")[0]) if reader.text(name) else None
        if weight and fits:
            found.append(Noted({**kinds[kind], "weight": number(weight)}, (f"{name}, {what}.",)))
        elif weight and has_picture:
            reader.note(f"{name}: {weight:g} - holds until the animation begins there, and is left out here.")
        elif weight:
            reader.note(f"{name}: {weight:g} - belongs to an init_image; nothing reads it.")
        elif reader.text(name) not in ("", "0", "None"):
            reader.note(f"{name}: {shown(reader.text(name))} - is no number, and nothing is computed here; left out.")
    return found
