"""Pixray's drawers by our generators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from artgen.importing import Reader, number, shown
from artgen_pixray.context import Context
from artgen_pixray.tables import LOST_OPTIMISERS, OPTIMISERS, UNLIKE_MODELS, VQGAN_MODELS

Size = tuple[int, int]
SLOPE = 4
"""A step in colour is this many times as long before a sigmoid, at mid-grey."""
FFT_PACE = 1 / 6
"""Pixray's usual 0.3 is our usual 0.05."""
DROP = 10
"""What a learning rate is divided by."""
MOST_STROKES, MOST_SEGMENTS = 4096, 16
"""Of the generator `strokes`."""
WAVE = "coif2"
WAVES = re.compile(r"haar|dmey|(db|sym|coif)\d{1,2}|bior\d\.\d|rbio\d\.\d")
"""Names of wavelets."""
UPSCALERS = {"RealESRGAN_x4plus": "realesrgan-photo", "RealESRGAN_x4plus_anime_6B": "realesrgan-anime"}
"""Networks by the generator `super_resolution`'s names."""
CELLS = {
    "rectshift": ("shifted", 0.5),
    "hex": ("hexagon", 3**0.5 / 2),
    "tri": ("triangle", 3**0.5 / 2),
    "diamond": ("diamond", 0.5),
    "knit": ("knit", 0.8),
}
"""Pixray's kinds of cells besides upright rectangles, as ours, and the height of a row over a cell's width there."""
DRAWERS = ("vqgan", "pixel", "fast_pixel", "vdiff", "fft", "clipdraw", "line_sketch", "super_resolution")


def name(context: Context) -> str:
    return context.read("generator").choice("drawer", DRAWERS, "vqgan")


def write(context: Context, drawer: str, size: Size, steps: int) -> None:
    """Write `generator`."""
    reader = context.read("generator")
    spec = _DRAWERS[drawer](context, reader, size)
    if drawer != "vdiff":
        spec |= _descent(reader, drawer, steps)
    else:
        _without_descent(reader)
        if "start" not in context.draft.values:
            spec.pop("strength")
            if "vdiff_skip" in reader:
                reader.note(
                    f"vdiff_skip: {shown(reader.raw('vdiff_skip'))} - belongs to an init_image; see 'strength'."
                )
    context.put("generator", spec)


def _vqgan(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    wanted = reader.text("vqgan_model", "imagenet_f16_16384")
    checkpoint, config = reader.text("vqgan_checkpoint"), reader.text("vqgan_config")
    if context.embedded:
        _say_embedded(reader, "vqgan_model", wanted)
        return {"type": "vqgan", "model": "embedded"}
    if checkpoint:
        files = {"checkpoint": context.pictures(checkpoint), "config": context.pictures(config) if config else []}
        if files["checkpoint"]:
            reader.note("vqgan_checkpoint: Pixray's last version reads it from where no option writes it.")
            return {"type": "vqgan", **{key: found[0] for key, found in files.items() if found}}
        reader.note(
            context.absence("vqgan_checkpoint", checkpoint).replace("remove the # here", "write 'checkpoint: FILE'")
        )
    elif config:
        reader.note("vqgan_config: belongs to vqgan_checkpoint; the weights say nearly everything.")
    if checkpoint and "vqgan_model" not in reader:
        wanted = _named_by(checkpoint) or wanted
    model = VQGAN_MODELS.get(wanted, "imagenet_f16_16384")
    if wanted not in VQGAN_MODELS:
        reader.note(f"vqgan_model: {shown(wanted)} - Pixray knows no such one; taken as {model}.")
    elif wanted in UNLIKE_MODELS:
        reader.note(f"vqgan_model: {wanted} - {model} is the nearest; who has the file gives it as 'checkpoint'.")
    return {"type": "vqgan", "model": model}


def _named_by(checkpoint: str) -> str:
    """The model that a file's name says, such as ``checkpoints/vqgan_wikiart_1024.ckpt``; empty if it says none."""
    stem = checkpoint.replace("\\", "/").rpartition("/")[2].rpartition(".")[0].lower()
    fitting = [name for name in VQGAN_MODELS if name in stem]
    return max(fitting, key=len, default="")


def _say_embedded(reader: Reader, name: str, wanted: str) -> None:
    if name in reader:
        reader.note(f"{name}: {shown(wanted)} - instead, the small model that comes with artgen.")


def _pixel(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    kind = reader.text("pixel_type", "rect")
    if kind not in ("rect", *CELLS):
        reader.note(f"pixel_type: {shown(kind)} - there are no such cells; they become upright rectangles.")
    for check in ("pixel_edge_check", "pixel_iso_check"):
        if check in reader:
            reader.note(
                f"{check}: {shown(reader.raw(check))} - corrects Pixray's own cells at the edges; nothing to do."
            )
    if kind in CELLS:
        return _cells(*CELLS[kind], _grid(reader, size), size)
    return _fast_pixel(context, reader, size)


def _cells(kind: str, height: float, grid: list[int], size: Size) -> dict[str, Any]:
    """As many cells on the width, and as many rows; `height` is what is usual, over a cell's width."""
    aspect = (size[1] / grid[1]) / (size[0] / grid[0]) / height
    return {"type": "cells", "kind": kind, "across": max(2, grid[0]), "aspect": number(aspect), "colours": "rgb"}


def _fast_pixel(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    return {"type": "pixel", "grid": _grid(reader, size), "colours": "rgb"}


def _grid(reader: Reader, size: Size) -> list[int]:
    """Columns and rows."""
    width, height = size
    usual = (40, 40) if width == height else (40, 50) if width < height else (80, 45)
    columns, rows = reader.numbers("pixel_size", 2, 1, 1e5) or usual
    scale = reader.number("pixel_scale", 0, 0, 1e4) or 1
    return [max(1, min(side, int(cells / scale))) for cells, side in ((columns, width), (rows, height))]


def _fft(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    kind = reader.choice("fft_use", ("fft", "dwt", "pixel"), "fft")
    for name, reason in (
        ("fft_sharp", "belongs to wavelets; 'decay_power' below 1 makes more of fine waves"),
        *([] if kind == "dwt" else [("fft_wave", "belongs to 'fft_use: dwt'; nothing to do")]),
        (
            "fft_colors",
            "Pixray reads it and never uses it; the filter {type: tone, saturation: 1.5} makes colours stronger",
        ),
    ):
        if name in reader:
            reader.note(f"{name}: {shown(reader.raw(name))} - {reason}.")
    decay = reader.number("fft_decay", 1.5, 0, 4)
    if kind == "pixel":
        return {"type": "pixel", "colours": "decorrelated"}
    if kind == "dwt":
        return {"type": "wavelet", "wavelet": _wave(reader), "decay_power": number(decay)}
    return {"type": "fourier", "decay_power": number(decay)}


def _wave(reader: Reader) -> str:
    wanted = reader.text("fft_wave", WAVE)
    if WAVES.fullmatch(wanted):
        return wanted
    reader.note(f"fft_wave: {shown(wanted)} - no wavelet is called so; {WAVE} is Pixray's own.")
    return WAVE


def _vdiff(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    wanted, schedule = reader.text("vdiff_model", "yfcc_2"), reader.text("vdiff_schedule", "default")
    reader.note(
        f"vdiff_model: {shown(wanted)} - v-diffusion's files are not read; the model that comes with artgen draws. "
        "'model' may name an unconditional UNet2DModel of a hub; {type: latent_diffusion} is Stable Diffusion."
    )
    if schedule != "default":
        reader.note(f"vdiff_schedule: {shown(schedule)} - the noise levels are those that the model was made for.")
    skip = reader.number("vdiff_skip", 0, 0, 100)
    # Its sampler adds fresh noise at each step, as eta 1.
    return {"type": "diffusion", "eta": 1, "strength": max(0.02, number(1 - skip / 100))}


def _clipdraw(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    for name in ("stroke_length", "allow_paper_color"):
        if name in reader:
            reader.note(f"{name}: {shown(reader.raw(name))} - belongs to the drawer line_sketch; nothing to do.")
    return _strokes(reader, size, count=1024, widths=(1, 5))


def _line_sketch(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    segments = round(reader.number("stroke_length", 8, 1, 1e4))
    if segments > MOST_SEGMENTS:
        reader.note(f"stroke_length: {segments} - a stroke has at most {MOST_SEGMENTS} segments here.")
    paper = {"paper_moves": True} if reader.flag("allow_paper_color") else {}
    spec = _strokes(reader, size, count=24, widths=(0.5, 2))
    return {**spec, "segments": min(segments, MOST_SEGMENTS), **paper}


def _strokes(reader: Reader, size: Size, count: int, widths: tuple[float, float]) -> dict[str, Any]:
    """Pixels become shares of the shorter side; points and widths move at CLIPDraw's rates in both programs."""
    wanted = round(reader.number("strokes", count, 1, 1e6))
    if wanted > MOST_STROKES:
        reader.note(f"strokes: {wanted} - there are at most {MOST_STROKES} here.")
    low, high = sorted(
        min(1.0, reader.number(name, usual, 1e-3, 1e4) / min(size))
        for name, usual in zip(("min_stroke_width", "max_stroke_width"), widths, strict=True)
    )
    shares = [number(low), number(high)]
    middle = number((shares[0] + shares[1]) / 2)
    return {"type": "strokes", "count": min(wanted, MOST_STROKES), "widths": shares, "width": middle}


def _super_resolution(context: Context, reader: Reader, size: Size) -> dict[str, Any]:
    wanted = reader.text("super_resolution_model", "RealESRGAN_x4plus")
    model = "embedded" if context.embedded else UPSCALERS.get(wanted, "embedded")
    if context.embedded:
        _say_embedded(reader, "super_resolution_model", wanted)
    elif wanted not in UPSCALERS:
        reader.note(f"super_resolution_model: {shown(wanted)} - not here; the one that comes with artgen, four times.")
    return {"type": "super_resolution", "model": model, "colours": "rgb"}


_DRAWERS: dict[str, Callable[[Context, Reader, Size], dict[str, Any]]] = {
    "vqgan": _vqgan,
    "pixel": _pixel,
    "fast_pixel": _fast_pixel,
    "vdiff": _vdiff,
    "fft": _fft,
    "clipdraw": _clipdraw,
    "line_sketch": _line_sketch,
    "super_resolution": _super_resolution,
}
_OWN_RATES = {"pixel": 0.03, "clipdraw": 0.03, "line_sketch": 0.03}
"""Of the drawers that ignore Pixray's `learning_rate`: that of their colours."""


def _descent(reader: Reader, drawer: str, steps: int) -> dict[str, Any]:
    """How the numbers move: the optimiser, and its step over the run."""
    spec: dict[str, Any] = {}
    own = drawer == "fft" or drawer in _OWN_RATES
    rate = reader.number("fft_lrate", 0.3, 0) if drawer == "fft" else _OWN_RATES.get(drawer, 0)
    if own:
        for name in ("learning_rate", "optimiser"):
            if name in reader:
                reader.note(f"{name}: {shown(reader.raw(name))} - Pixray's drawer {drawer} ignores it.")
    else:
        rate = reader.number("learning_rate", 0.2, 0)
        spec |= _optimiser(reader)
    if drawer == "fft":
        # As its AdamW has it.
        spec |= {"optimiser": "adamw", "decay": 0.01}
        reader.note(f"fft_lrate: {rate:g} - Pixray holds the picture's contrast fixed, which makes its steps smaller.")
        rate *= FFT_PACE
    elif drawer in ("clipdraw", "line_sketch"):
        # The learning rate is a share of the rates of points, widths and colours.
        return spec | {"colour_rate": rate, "learning_rate": _schedule(reader, 1, steps)}
    elif drawer != "vqgan":
        reader.note(f"learning_rate: {rate:g} in colours is {rate * SLOPE:g} in what a sigmoid makes colours of.")
        rate *= SLOPE
    return spec | {"learning_rate": _schedule(reader, rate, steps)}


def _optimiser(reader: Reader) -> dict[str, Any]:
    name = reader.choice("optimiser", (*OPTIMISERS, *LOST_OPTIMISERS), "adam")
    if name in LOST_OPTIMISERS:
        reader.note(f"optimiser: {name} - not here; adam is the nearest, of which it is a variant.")
    found = OPTIMISERS.get(name, "adam")
    return {} if found == "adam" else {"optimiser": found}


def _schedule(reader: Reader, rate: float, steps: int) -> Any:
    """`rate`, divided by ten at each drop."""
    drops = _drops(reader, steps)
    points: dict[Any, Any] = {0: number(rate)}
    for step in sorted(drops):
        rate /= DROP
        points[0 if step <= 0 else drops[step]] = number(rate)
    return points[0] if len(points) == 1 else {**points, "curve": "step"}


def _drops(reader: Reader, steps: int) -> dict[float, Any]:
    """Step to moment, as the preset writes it; without a word about it, three quarters of the way."""
    if "learning_rate_drops" not in reader:
        return {0.75 * (steps - 1): "75%"}
    found: dict[float, Any] = {}
    value = reader.raw("learning_rate_drops")
    for item in value if isinstance(value, list) else [value]:
        moment = reader.moment("learning_rate_drops", item, steps, percent=True)
        if moment is not None:
            step = float(moment[:-1]) / 100 * (steps - 1) if isinstance(moment, str) else float(moment)
            found[step] = moment
    return found


def _without_descent(reader: Reader) -> None:
    for name in ("learning_rate", "learning_rate_drops", "optimiser"):
        if name in reader:
            reader.note(f"{name}: {shown(reader.raw(name))} - noise is taken away, nothing descends; see 'guidance'.")
