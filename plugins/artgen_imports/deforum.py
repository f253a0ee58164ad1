"""Settings of Deforum: of the notebooks deforum-stable-diffusion, and of the extension of A1111's web UI and Forge.

Animations of Stable Diffusion, JSON in a text file. Numbers over the frames are key frames with arithmetic in them
(``0:(1.02+0.02*sin(2*3.14*t/20))``), which is parsed and never run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import Claim, Context, Document, Reader, number, shown
from artgen_imports import deforum_prompts, expressions, keyframes, parts, stable, warps
from artgen_imports.deforum_names import EXTENSION, MOTION, NAMES, REASONS, TELLING
from artgen_imports.motion import MODEL, Motion, say_video

FPS, EXTENSION_FPS = 12, 15
"""Of the notebooks, whose settings do not say it, and of the extension."""
MOST_FRAMES = 10**6
USUAL_FRAMES, USUAL_STRENGTH = 120, 0.65


def recognise(source: Document) -> list[Claim]:
    """A settings file."""
    known = [name for name in source.settings if name in NAMES]
    telling = TELLING & set(known)
    if len(telling) > 2 and 2 * len(known) >= len(source.settings):
        return [Claim(source.settings, "a settings file", len(known) + 5 * len(telling))]
    return []


def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    context = Context(settings, source, home, embedded)
    parts.about(context, "Deforum", source.name)
    width, height = (context.read("size").number(name, 512, 8, 1e5) for name in ("W", "H"))
    size = parts.size(context, width, height, 64)
    steps = context.read("steps").whole("steps", 25, 1, 1000)
    context.put("steps", steps)
    parts.seed(context)
    mode = _mode(context)
    motion = _opened(context, mode)
    deforum_prompts.write(context, motion, mode == "interpolation")
    has_start = parts.start(context, context.read("start").flag("use_init"))
    _generator(context, max(size), motion, has_start, mode == "interpolation")
    parts.models(context, context.read("perceptors"), ["ViT-B/32"])
    parts.views(context, context.read("views"), {"type": "cutouts", "count": 16})
    context.put("losses", [parts.clip_loss(context)])
    if motion:
        _camera(context, motion, mode, size)
        _drawings(context, motion, steps)
        motion.write()
    parts.say_left(context, parts.of_film(REASONS, MOTION) if motion else REASONS, "Deforum")
    return context.draft.text()


def _mode(context: Context) -> str:
    reader = context.read("film")
    usual = "2d" if "max_frames" in reader else "none"
    mode = reader.text("animation_mode", usual).lower()
    if mode not in ("none", "2d", "3d", "video input", "interpolation"):
        reader.note(f"animation_mode: {shown(mode)} - there is no such one; taken as {usual.upper()}.")
        return usual
    if mode == "video input":
        say_video(reader, "video_init_path")
    return mode


def _opened(context: Context, mode: str) -> Motion | None:
    """The film that the settings ask for; None of one picture."""
    if mode not in ("2d", "3d", "interpolation"):
        return None
    reader = context.read("film")
    frames = reader.whole("max_frames", USUAL_FRAMES, 1, MOST_FRAMES)
    if mode == "interpolation":
        frames = deforum_prompts.interpolated(context, frames)
    if frames < 2:
        reader.note("max_frames: 1 - an animation of one frame is a picture.")
        return None
    usual = EXTENSION_FPS if any(name in reader for name in EXTENSION) else FPS
    every = 1 if mode == "interpolation" else reader.whole("diffusion_cadence", 1, 1, 1000)
    return Motion(context, frames, reader.number("fps", usual, 1, 120), every)


def _generator(context: Context, side: int, motion: Motion | None, has_start: bool, is_fresh: bool) -> None:
    reader = context.read("generator")
    wanted = reader.text("sd_model_name") or reader.text("model_checkpoint")
    spec = stable.drawing(context, side, wanted, reader.text("sampler"), _cfg(reader, motion))
    kept = reader.number("strength", 0, 0, 1)
    if is_fresh:
        reader.raw("strength_schedule")
        spec["strength"] = 1
    elif motion:
        told = motion.numbers("strength_schedule", USUAL_STRENGTH, reader)
        mean = sum(told) / len(told)
        if max(told) - min(told) > 1e-9:
            reader.note("strength_schedule: one number holds for all frames here; this is the mean of the schedule.")
        if has_start:
            reader.note(f"strength: {number(kept)} - is of the first frame; 'strength' is that of all frames here.")
        spec["strength"] = _left(mean)
    elif has_start:
        spec["strength"] = _left(kept)
    if "strength" in spec:
        reader.note("strength: the share of the steps that is run here, and that is left out there.")
    context.put("generator", spec)


def _left(kept: float) -> float:
    return number(round(min(1.0, max(0.02, 1 - kept)), 3))


def _cfg(reader: Reader, motion: Motion | None) -> Any:
    scale = reader.number("scale", 7, 0, 100)
    if "cfg_scale_schedule" not in reader:
        return number(scale)
    told = (
        motion.numbers("cfg_scale_schedule", scale, reader) if motion else _first(reader, "cfg_scale_schedule", scale)
    )
    kept = [min(100.0, max(0.0, value)) for value in told]
    return motion.chosen(kept) if motion and not motion.context.embedded else number(kept[0])


def _first(reader: Reader, name: str, default: float) -> list[float]:
    """What key frames say of the first frame."""
    try:
        return keyframes.parse(reader.raw(name), 1, {"max_f": 1.0, "s": 0.0})
    except expressions.UnreadableError:
        return [default]


def _camera(context: Context, motion: Motion, mode: str, size: tuple[int, int]) -> None:
    reader = motion.reader
    if mode == "interpolation":
        return
    if any(reader.flag(name) for name in ("flip_2d_perspective", "enable_perspective_flip")):
        flips = [shown(reader.raw(f"perspective_flip_{name}")) for name in ("theta", "phi", "gamma", "fv")]
        reader.note(
            f"perspective_flip: {', '.join(flips)} - not read; 'tilt_x' and 'tilt_y' of the camera are its like."
        )
    if mode == "2d":
        warps.flat(motion, size)
        _centre(motion)
        motion.edge("border", "replicate")
    else:
        _deep(context, motion, size)
    sampling = reader.text("sampling_mode", "bicubic")
    if mode == "3d" and sampling != "bicubic":
        reader.note(f"sampling_mode: {shown(sampling)} - frames are sampled bicubically here.")


def _deep(context: Context, motion: Motion, size: tuple[int, int]) -> None:
    reader = motion.reader
    name = "fov_schedule" if "fov_schedule" in reader else "fov"
    views = [min(170.0, max(1.0, value)) for value in motion.numbers(name, 40 if name == "fov" else 70)]
    view = sum(views) / len(views)
    if max(views) - min(views) > 1e-9:
        reader.note(f"{name}: {shown(reader.raw(name))} - one field of view holds for the film, its mean.")
    is_room = reader.flag("use_depth_warping") or "use_depth_warping" not in reader
    warps.deep(motion, size, view, squeezed=True, depth=warps.MIDDLE if is_room else 1.0)
    motion.edge("padding_mode", "border")
    if is_room:
        motion.deepen(MODEL)
        told = [f"{one}: {shown(reader.raw(one))}" for one in ("depth_algorithm", "midas_weight") if one in reader]
        reader.note(f"depth: {', '.join(told) or 'MiDaS and AdaBins'} there; another model here, that alone tells it.")


def _centre(motion: Motion) -> None:
    told = [motion.numbers(f"transform_center_{axis}", 0.5) for axis in "xy"]
    if any(value != 0.5 for values in told for value in values):
        motion.camera["centre"] = [number(min(1.0, max(0.0, values[0]))) for values in told]
        if any(max(values) - min(values) > 1e-9 for values in told):
            motion.reader.note("transform_center: moves there; here it is where it was at first.")


def _drawings(context: Context, motion: Motion, steps: int) -> None:
    reader = motion.reader
    is_scheduled = reader.flag("enable_steps_scheduling")
    told = motion.numbers("steps_schedule", steps) if is_scheduled else [float(steps)] * motion.frames
    if not is_scheduled:
        reader.raw("steps_schedule")
    motion.film["steps_per_frame"] = motion.chosen([min(1000.0, max(1.0, value)) for value in told])
    contrast = motion.numbers("contrast_schedule", 1)
    if any(abs(value - 1) > 1e-9 for value in contrast):
        said = shown(reader.raw("contrast_schedule"))
        reader.note(f"contrast_schedule: {said} - frames keep their contrast; the filter 'tone' may change it.")
    song = reader.text("soundtrack_path")
    if reader.text("add_soundtrack", "None").lower() in ("none", "", "false") or not song:
        return
    found = context.songs(song)
    if found:
        motion.film["song"] = found[0]
    else:
        reader.note(context.absence("soundtrack_path", song).replace("remove the # here", "name it as 'song'"))
