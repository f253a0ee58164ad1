"""Disco Diffusion's animations: its key frames as a camera, and how each frame begins with the last one."""

from __future__ import annotations

import math
from typing import Any

from artgen.importing import Context, Noted, as_number, number, shown
from artgen_imports import warps
from artgen_imports.motion import MODEL, Motion, say_video

FPS = 12
"""Of the notebook's cell that makes the video; no settings file says it."""
MOST_FRAMES = 10_000
SKIPPED = 0.6
"""Of the steps of a frame after the first."""
_SPLINES = ("quadratic", "cubic")
_MODELS = {"dpt_large": "Intel/dpt-large"}


def opened(context: Context, steps: int) -> Motion | None:
    """The film that the settings ask for; None of one picture."""
    reader = context.read("film")
    mode = reader.text("animation_mode", "None").lower()
    if mode == "video input":
        say_video(reader, "video_init_path")
        return None
    if mode not in ("2d", "3d"):
        if mode not in ("none", ""):
            reader.note(f"animation_mode: {shown(mode)} - there is no such one; a run makes one picture.")
        return None
    frames = reader.whole("max_frames", MOST_FRAMES, 1, 10**6)
    if frames < 2:
        reader.note(f"animation_mode: {mode.upper()} - of one frame, which is a picture.")
        return None
    motion = Motion(context, frames, reader.number("fps", FPS, 1, 120), _cadence(context, mode))
    motion.film["steps_per_frame"] = steps
    return motion


def _cadence(context: Context, mode: str) -> int:
    """Turbo mode draws every n-th frame, and moves those between."""
    reader = context.read("film")
    if not reader.flag("turbo_mode"):
        return 1
    every = reader.whole("turbo_steps", 3, 1, 100)
    if mode == "2d":
        reader.note(f"turbo_steps: {every} - belongs to 3D; nothing reads it.")
        return 1
    rolled = reader.whole("turbo_preroll", 10, 0, 10**6)
    if rolled > 1:
        reader.note(f"turbo_preroll: {rolled} - the first frames are drawn as often as the others here.")
    return every


def write(context: Context, motion: Motion, size: tuple[int, int]) -> None:
    """Write `film`."""
    reader = motion.reader
    spline = reader.text("interp_spline", "Linear").lower()
    if spline in _SPLINES:
        reader.note(f"interp_spline: {shown(spline)} - numbers go straight on between key frames here.")
    reader.raw("key_frames")
    if reader.text("animation_mode").lower() == "2d":
        warps.flat(motion, size)
        motion.camera["edge"] = "wrap"
    else:
        view = reader.number("fov", 40, 1, 170)
        for name in ("near_plane", "far_plane"):
            reader.raw(name)
        warps.deep(motion, size, view, squeezed=False)
        motion.edge("padding_mode", "border")
        model = reader.text("midas_depth_model")
        motion.deepen(_MODELS.get(model, MODEL))
        reader.raw("midas_weight")
        reader.note("depth: two models, mixed by 'midas_weight', tell it there, and one here.")
    sampling = reader.text("sampling_mode", "bicubic")
    if sampling != "bicubic":
        reader.note(f"sampling_mode: {shown(sampling)} - frames are sampled bicubically here.")
    motion.write()


def strength(context: Context, steps: int) -> float:
    """How far a frame goes from the last one: the share of its steps that is run."""
    reader = context.read("generator")
    share = reader.text("frames_skip_steps")
    counted = reader.text("calc_frames_skip_steps")
    skipped = as_number(share.rstrip("%"))
    left = 1 - skipped / 100 if skipped is not None and "%" in share else 1 - SKIPPED
    if as_number(counted) is not None:
        left = 1 - float(counted) / steps
    elif skipped is not None and "%" not in share:
        left = 1 - skipped / steps
    return max(0.02, min(1.0, number(round(left, 3)))) if math.isfinite(left) else 1 - SKIPPED


def stay(context: Context, scale: float, perceptor: str) -> Noted | None:
    """The loss that holds a frame to the last one."""
    weight = context.read("losses").number("frames_scale", 1500, 0) / scale
    if not weight:
        return None
    spec: dict[str, Any] = {"type": "stay_content", "weight": number(weight), "perceptor": perceptor}
    note = "frames_scale, as a share of clip_guidance_scale: what it holds to is the last frame, as the camera sees it."
    return Noted(spec, (note,))
