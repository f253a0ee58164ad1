"""Command lines of VQGAN-CLIP (github.com/nerdyrodent/VQGAN-CLIP, ``generate.py``), and the notebooks it came from.

``python generate.py -p "a painting of an apple:2 | fog" -ii init.png -opt AdamW``: prompts are parted by bars, scenes
by ``^``. The notebooks by Katherine Crowson give the same settings to ``argparse.Namespace``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import (
    Claim,
    Context,
    Document,
    Noted,
    Options,
    Reader,
    as_number,
    number,
    shown,
    spelled,
    weighted,
)
from artgen_imports import latents, parts

_OPTIONS = Options(
    spelled(
        {
            "prompts": ("-p", "--prompts"),
            "image_prompts": ("-ip", "--image_prompts"),
            "iterations": ("-i", "--iterations"),
            "save_every": ("-se", "--save_every"),
            "init_image": ("-ii", "--init_image"),
            "init_noise": ("-in", "--init_noise"),
            "init_weight": ("-iw", "--init_weight"),
            "clip_model": ("-m", "--clip_model"),
            "vqgan_config": ("-conf", "--vqgan_config"),
            "vqgan_checkpoint": ("-ckpt", "--vqgan_checkpoint"),
            "learning_rate": ("-lr", "--learning_rate"),
            "cut_method": ("-cutm", "--cut_method"),
            "num_cuts": ("-cuts", "--num_cuts"),
            "cut_power": ("-cutp", "--cut_power"),
            "seed": ("-sd", "--seed"),
            "optimiser": ("-opt", "--optimiser"),
            "output": ("-o", "--output"),
            "zoom_start": ("-zs", "--zoom_start"),
            "zoom_frequency": ("-zse", "--zoom_save_every"),
            "zoom_scale": ("-zsc", "--zoom_scale"),
            "zoom_shift_x": ("-zsx", "--zoom_shift_x"),
            "zoom_shift_y": ("-zsy", "--zoom_shift_y"),
            "prompt_frequency": ("-cpe", "--change_prompt_every"),
            "video_length": ("-vl", "--video_length"),
            "output_video_fps": ("-ofps", "--output_video_fps"),
            "input_video_fps": ("-ifps", "--input_video_fps"),
            "video_style_dir": ("-vsd", "--video_style_dir"),
            "cuda_device": ("-cd", "--cuda_device"),
        }
    )
    | spelled({"size": ("-s", "--size")}, count=2)
    | spelled(
        {
            "noise_prompt_seeds": ("-nps", "--noise_prompt_seeds"),
            "noise_prompt_weights": ("-npw", "--noise_prompt_weights"),
            "augments": ("-aug", "--augments"),
        },
        count=-1,
    )
    | spelled(
        {
            "make_video": ("-vid", "--video"),
            "make_zoom_video": ("-zvid", "--zoom_video"),
            "cudnn_determinism": ("-d", "--deterministic"),
        },
        count=0,
        is_switch=True,
    )
)
_NOTEBOOK = {"step_size": "learning_rate", "cutn": "num_cuts", "cut_pow": "cut_power", "max_iterations": "iterations"}
"""The notebooks' names by those of the command line."""
_FILM = "belongs to a video; a run makes one picture, and progress.png shows 'frames' of its moments"
REASONS = {
    **dict.fromkeys(
        [
            "make_video",
            "make_zoom_video",
            "zoom_start",
            "zoom_frequency",
            "zoom_scale",
            "zoom_shift_x",
            "zoom_shift_y",
            "video_length",
            "output_video_fps",
            "input_video_fps",
            "video_style_dir",
        ],
        _FILM,
    ),
    "save_every": "the picture is saved at the end, and 'frames' of its moments in progress.png",
    "display_freq": "the command line shows a progress bar",
    "output": "a run has a folder; name it with: artgen run FILE --out DIR",
    "cut_method": "the views are VQGAN-CLIP's default ones",
    "cut_power": "the program reads it and does not use it; 'zoom_power' of the views makes them smaller or larger",
    "augments": "the views are VQGAN-CLIP's default ones, Af Pe Ji Er; each of their settings may be changed",
    "cudnn_determinism": "'deterministic: true' is the same here",
    "cuda_device": "'device: cuda:1' is another than the first GPU",
    "vqgan_config": "the weights say nearly everything",
}
_OPTIMISERS = ("adam", "adamw", "adagrad", "adamax", "radam", "rmsprop")


def recognise(source: Document) -> list[Claim]:
    """Command lines of generate.py, and the notebooks' settings."""
    found = []
    for command in source.commands:
        if command.script == "generate":
            settings, known, notes = _OPTIONS.read(command.words)
            if known and known * 2 >= len(settings):
                found.append(Claim(settings, "a command line", 10 + known, tuple(notes)))
    for call in source.calls:
        if call.name == "argparse.Namespace" and {"vqgan_checkpoint", "clip_model"} & {*call.settings, *call.unread}:
            renamed = {_NOTEBOOK.get(name, name): value for name, value in call.settings.items()}
            notes_ = tuple(f"{name}: is computed by the program, which is not run; left out." for name in call.unread)
            found.append(Claim(renamed, "a notebook's settings", 10 + len(renamed), notes_))
    return found


def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments."""
    context = Context(settings, source, home, embedded)
    parts.about(context, "VQGAN-CLIP", source.name)
    reader = context.read("size")
    sides = reader.numbers("size", 2, 1, 1e5) or [512, 512]
    parts.size(context, sides[0], sides[1], 16)
    steps = context.read("steps").whole("iterations", 500, 1, 10**6)
    context.put("steps", steps)
    parts.seed(context)
    pull = _prompts(context, steps)
    has_picture = _start(context)
    _generator(context, has_picture)
    perceptors = context.read("perceptors")
    parts.models(context, perceptors, [perceptors.text("clip_model", "ViT-B/32")])
    views = context.read("views")
    count = views.whole("num_cuts", 32, 1, parts.MOST_VIEWS)
    parts.views(context, views, {"type": "cutouts", "style_of": "vqgan-clip", "count": count})
    losses = context.read("losses")
    held = "stay_mse" in context.draft.values["generator"] or "decay" in context.draft.values["generator"]
    if pull != 1 and held:
        losses.note("Prompts are added up there and averaged here; this is their sum.")
    context.put("losses", [parts.clip_loss(context, pull if held else 1)])
    parts.say_left(context, REASONS, "VQGAN-CLIP")
    return context.draft.text()


def _prompts(context: Context, steps: int) -> float:
    """Write `prompts`; the sum of their weights."""
    reader = context.read("prompts")
    value = reader.raw("prompts")
    lines = value if isinstance(value, list) else [] if value is None else [value]
    stories = [story for line in lines for story in str(line).split("^") if story.strip()]
    every = reader.whole("prompt_frequency", 0, 0, 10**6)
    items: list[Any] = []
    pull = 0.0
    if len(stories) > 1 and not isinstance(value, list):
        if not every:
            reader.note("Scenes follow each other with -cpe alone; without it, only the first is drawn.")
            stories = stories[:1]
        else:
            items.append({"scenes": _scenes(context, stories, every, steps), "blend": 0})
            pull, stories = 1.0, []
    for story in stories:
        for prompt, weight in _texts(context, story):
            items.append(prompt)
            pull += abs(weight)
    pull += _others(context, reader, items)
    if not pull:
        reader.note("There is no prompt in it; this one only holds its place.")
        items.append("a picture")
    context.put("prompts", items)
    return pull or 1.0


def _scenes(context: Context, stories: list[str], every: int, steps: int) -> dict[int, list[Any]]:
    """Each at the step at which it begins; those that would begin after the end are left out."""
    starts = {number * every: story for number, story in enumerate(stories) if number * every < steps}
    return {step: [prompt for prompt, _ in _texts(context, story)] for step, story in starts.items()}


def _texts(context: Context, story: str) -> list[tuple[Any, float]]:
    found = []
    for part in (part.strip() for part in story.split("|")):
        words, weight, stop = weighted(part)
        if words:
            more = {"stop": None if stop is None or context.embedded else number(stop)}
            found.append((parts.text(words, weight=number(weight), **more), weight))
    return found


def _others(context: Context, reader: Reader, items: list[Any]) -> float:
    """Pictures and noise among the prompts; the sum of their weights."""
    pull = 0.0
    value = reader.raw("image_prompts")
    listed = value if isinstance(value, list) else str(value or "").split("|")
    for text in (str(item).strip() for item in listed):
        path, weight, _ = weighted(text)
        found = context.pictures(path) if path else []
        if found:
            items.append({"image": found[0], **({"weight": number(weight)} if weight != 1 else {})})
            pull += abs(weight)
        elif path:
            items.append(Noted({"image": path}, (context.absence("image_prompts", path),), off=True))
    seeds = [as_number(item) for item in reader.several("noise_prompt_seeds")]
    weights = [as_number(item) for item in reader.several("noise_prompt_weights")]
    for noise, strength in zip(seeds, weights, strict=False):
        if noise is not None and strength is not None and noise >= 0:
            items.append({"noise": int(noise) % parts.SEEDS, "weight": number(strength)})
            pull += abs(strength)
    if len(seeds) != len(weights):
        reader.note("noise_prompt_seeds and noise_prompt_weights go in pairs; the rest is left out.")
    return pull


def _start(context: Context) -> bool:
    """Write `start`; whether a picture is in it."""
    reader = context.read("start")
    noise = reader.text("init_noise").lower()
    if parts.start(context):
        return True
    if noise in ("pixels", "gradient"):
        context.put("start", {"noise": "snow" if noise == "pixels" else "gradient"})
    elif noise and noise != "none":
        reader.note(f"init_noise: {shown(noise)} - pixels or gradient; left out.")
    return False


def _generator(context: Context, has_picture: bool) -> None:
    reader = context.read("generator")
    spec = latents.generator(context, reader, "", reader.text("vqgan_checkpoint") or reader.text("vqgan_config"))
    rate = reader.number("learning_rate", 0.1, 0)
    optimiser = reader.text("optimiser", "Adam").lower()
    if optimiser in _OPTIMISERS:
        spec |= {} if optimiser == "adam" else {"optimiser": optimiser}
    else:
        reader.note(f"optimiser: {shown(optimiser)} - not here; adam is taken.")
    weight = reader.number("init_weight", 0, 0)
    if weight:
        reader.note("init_weight pulls to zero there, by half of itself, and ever less; here to the start, by as much.")
        spec |= {"stay_mse" if has_picture else "decay": number(weight / 2)}
    context.put("generator", {**spec, "learning_rate": number(rate)})
