"""Pixray's losses by ours, with weights that pull as hard.

Pixray adds up prompts and CLIP models, ours averages them: where anything else pulls too, the weight of `clip` makes up
for it. Some of Pixray's losses look at the cutouts of every size and add that up; ours look at the picture once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from artgen.importing import Noted, Reader, number, shown, weighted
from artgen_pixray import palettes
from artgen_pixray.context import Context
from artgen_pixray.perceptors import key, sides

PALETTE_PULL = 2
"""A distance d counts as d there, as d^2 here: at d = 1/4 this makes their gradients equal."""
COLOURFUL = 109 / 255
"""Ours is 1 - M / 109, for M on a scale to 255; theirs is M on a scale to 1."""
SMOOTH = 3**0.5 / 224
"""Theirs is the gradient's length over three channels, from pixel to pixel of 224; ours that of one, on a side of 1."""
HEADS = {
    "ViT-B/16": "laion_v1_vit_b_16",
    "ViT-L/14": "laion_v1_vit_l_14",
    "ViT-B/32": "laion_v1_vit_b_32",
    "embedded": "cleanness",
}


@dataclass(frozen=True)
class Scene:
    """What the weights depend on."""

    size: tuple[int, int]
    steps: int
    models: list[str]
    cuts: int
    palette: list[str]


def clip(context: Context, pull: float, models: list[str], is_alone: bool) -> list[Noted]:
    """The loss that follows the prompts."""
    spec: dict[str, Any] = {"type": "clip"}
    notes: list[str] = []
    if context.embedded:
        spec["distance"] = "contrast"
        notes.append("Spherical distances, which Pixray has, are too little for the embedded model.")
    total = pull * len(models)
    if not is_alone and total > 0 and total != 1:
        spec["weight"] = number(total)
        notes.append("Pixray adds prompts and models up where artgen averages them; this is their sum.")
    return [Noted(spec, tuple(notes))] if pull else []


def named(context: Context, scene: Scene) -> list[Noted]:
    """Those of `custom_loss`: ``symmetry:0.5, saturation``."""
    reader = context.read("losses")
    value = reader.raw("custom_loss")
    names = [str(item) for item in value] if isinstance(value, list) else str(value or "").split(",")
    found: list[Noted] = []
    for text in filter(None, (name.strip() for name in [*names, *_older(context.older, names)])):
        head, *arguments = text.split("->")
        name, weight, _ = weighted(head)
        if arguments:
            reader.note(f"custom_loss: {shown(text)} - what follows '->' is read by no loss of Pixray 1.9.1.")
        if name in _LOSSES:
            found += _LOSSES[name](context, reader, scene, weight)
        else:
            reader.note(f"custom_loss: {shown(name)} - Pixray knows no such one; left out.")
    return found


def _older(older: set[str], names: list[str]) -> list[str]:
    """Losses that early versions switched on by their weight alone."""
    wanted = [name.partition(":")[0].strip() for name in names]
    return [name for name in ("saturation", "smoothness") if name not in wanted and ({name, f"enforce_{name}"} & older)]


def _symmetry(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    return [Noted({"type": "symmetry", "weight": number(weight * reader.number("symmetry_weight", 1))})]


def _saturation(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    weight *= reader.number("saturation_weight", 1) / 5 * COLOURFUL * sides(scene.models)
    note = "saturation: Pixray's is Hasler & Suesstrunk's colourfulness; the weight is for our scale."
    return [Noted({"type": "colourfulness", "weight": number(weight)}, (note,))]


def _palette(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    weight *= reader.number("palette_weight", 1) / 10 * scene.cuts * sides(scene.models) * PALETTE_PULL
    if not scene.palette:
        reader.note("custom_loss: palette - there is no 'palette' to come near to; left out.")
        return []
    note = "palette: Pixray's weight grows with num_cuts; distances count here squared."
    spec = {"type": "palette", "palette": scene.palette, "space": "rgb", "weight": number(weight)}
    return [Noted(spec, (note,))]


def _smoothness(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    kind = reader.choice("smoothness_type", ("default", "clipped", "log"), "default")
    spec: dict[str, Any] = {"type": "smoothness"}
    if kind != "default":
        # Pixray clips the gradient's length over three channels at 0.5, and takes the logarithm of 1 + that.
        spec |= {"kind": kind, "edge": number({"clipped": 0.5, "log": 1}[kind] / 3**0.5)}
    spacing = reader.whole("smoothness_spacing", 1, 1, 1000)
    spec |= {"spacing": spacing} if spacing > 1 else {}
    deviation = reader.number("smoothness_gaussian_std", 1, 0, 50)
    if reader.number("smoothness_gaussian_kernel", 0, 0, 1000):
        spec["blur"] = number(deviation / 224)
    if "smoothness_edge_order" in reader:
        reader.note("smoothness_edge_order: at the rim, neighbours are compared as everywhere else.")
    weight *= reader.number("smoothness_weight", 1) * SMOOTH * sides(scene.models)
    note = "smoothness: the weight is for our scale, on which a picture is 1 wide, whatever its pixels."
    return [Noted(spec | {"weight": number(weight)}, (note,))]


def _edge(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    """Pixray adds up the means of the four sides, and of the whole picture; ours takes one mean of the border."""
    weight *= reader.number("edge_color_weight", 0.1)
    whole = reader.number("global_color_weight", 0.05, 0)
    margins = _margins(reader, scene.size)
    spec, notes = _edge_goal(context, reader)
    mask = reader.text("edge_mask_image")
    if mask and (found := context.pictures(mask)):
        return _edge_under_mask(spec | {"margins": [0] * 4, "whole": 1}, found[0], weight, whole, notes)
    if mask:
        absence = context.absence("edge_mask_image", mask)
        notes.append(absence.replace("remove the # here", "add 'mask: FILE, invert: true, whole: 1'"))
        margins = [0.0] * 4
    drawn = sum(side > 0 for side in margins)
    if not drawn and not whole:
        reader.note(
            "custom_loss: edge - " + (notes[-1] if notes else "it has no border and no global_color_weight; left out.")
        )
        return []
    times = drawn or 1
    spec |= {"margins": [number(side) for side in margins]}
    spec |= {"whole": number(whole / times if drawn else 1)} if whole else {}
    weight *= times if drawn else whole
    return [Noted(spec | {"weight": number(weight)}, tuple(notes))]


def _edge_under_mask(spec: dict[str, Any], mask: str, weight: float, whole: float, notes: Sequence[str]) -> list[Noted]:
    """Pixray pulls what is black in the mask, and the whole picture besides."""
    masked = spec | {"mask": mask, "invert": True, "weight": number(weight)}
    everywhere = [Noted(spec | {"weight": number(weight * whole)}, ())] if whole else []
    return [Noted(masked, tuple(notes)), *everywhere]


def _margins(reader: Reader, size: tuple[int, int]) -> list[float]:
    """Left, right, top, bottom as ours has them: Pixray gives percents of the width and of the height."""
    thickness = reader.number("edge_thickness", 5, 0, 100)
    percents = reader.numbers("edge_margins", 4, 0, 100) or [thickness] * 4
    lengths = [percent / 100 * size[i // 2] for i, percent in enumerate(percents)]
    shares = [round(length / min(size), 4) for length in lengths]
    # From 1 on ours counts pixels.
    return [share if share < 1 else float(int(length)) for share, length in zip(shares, lengths, strict=True)]


def _edge_goal(context: Context, reader: Reader) -> tuple[dict[str, Any], list[str]]:
    """The colour or picture that the border comes near to."""
    file = reader.text("edge_input_image")
    found = context.pictures(file) if file else []
    if found:
        return {"type": "edge", "image": found[0]}, []
    notes = (
        [context.absence("edge_input_image", file).replace("remove the # here", "add 'image: FILE'")] if file else []
    )
    value = reader.raw("edge_color")
    try:
        colour = palettes.levels(value) if isinstance(value, list) else palettes.colour(str(value or "white"))
    except ValueError:
        notes.append(f"edge_color: {shown(value)} - no colour that Pixray knows; taken as white.")
        colour = "white"
    return {"type": "edge", "colour": colour}, notes


def _gaussian(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    down, across = reader.numbers("gaussian_std", 2, 0.001, 1e5) or (40.0, 40.0)
    colour = reader.numbers("gaussian_color", 3, 0, 255) or (255.0, 255.0, 255.0)
    weight *= reader.number("gaussian_weight", 1)
    spec = {
        "type": "vignette",
        "colour": "#" + "".join(f"{round(level):02x}" for level in colour),
        "deviation": [number(across / scene.size[0]), number(down / scene.size[1])],
        "weight": number(weight),
    }
    return [Noted(spec, ("gaussian: Pixray has the file and never offers it; here it works.",))]


def _style(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    file = reader.text("style_file")
    skip = reader.whole("styleloss_skip", 100, 0, 10**6)
    notes = _style_notes(reader)
    if not file:
        reader.note("custom_loss: style - there is no style_file; left out.")
        return []
    found = context.pictures(file)
    strength: Any = number(weight)
    if 0 < skip < scene.steps:
        strength = {0: 0, skip: number(weight), "curve": "step"}
    elif skip >= scene.steps:
        notes.append(f"styleloss_skip: {skip} - would skip the whole run; the style counts from the start.")
    network = "perceptor" if context.embedded else "vgg16"
    spec = {"type": "style", "image": found[0] if found else file, "kind": "remd", "network": network}
    if not found:
        notes.append(context.absence("style_file", file))
    return [Noted(spec | {"weight": strength}, tuple(notes), off=not found)]


def _style_notes(reader: Reader) -> list[str]:
    reasons = {
        "styleloss_content_weight": "Pixray compares the drawing with itself there; see the loss 'stay_content'",
        "styleloss_ospace": "the network is always shown colours as it learnt them",
        "styleloss_every": "the style counts at every step; lower its weight instead",
    }
    return [f"{name}: {shown(reader.raw(name))} - {reasons[name]}." for name in reasons if name in reader]


def _resmem(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    reader.raw("symmetry_weight")
    reader.note("custom_loss: resmem - nothing here judges how memorable a picture is; 'aesthetic' is the nearest.")
    return []


def _aesthetic(context: Context, reader: Reader, scene: Scene, weight: float) -> list[Noted]:
    """Pixray's factor of 0.02 on the squared difference is 2 on ours, of a tenth of it."""
    target = reader.number("aesthetic_target", 10, 0, 10)
    model = next((model for model in HEADS if model in scene.models), None)
    if model is None:
        reader.note(
            "custom_loss: aesthetic - no head fits these perceptors; add ViT-B-16 and {type: aesthetic, model: "
            "laion_v1_vit_b_16}. Pixray would have scored them with a head made for another."
        )
        return []
    spec: dict[str, Any] = {"type": "aesthetic", "model": HEADS[model], "perceptor": key(model)}
    spec |= {"target": number(target)} if target != 10 else {}
    note = "aesthetic: Pixray's file ava_vit_b_16_linear.pth may be given as 'checkpoint' in place of 'model'."
    return [Noted(spec | {"weight": number(2 * weight)}, (note,))]


_LOSSES: dict[str, Callable[[Context, Reader, Scene, float], list[Noted]]] = {
    "symmetry": _symmetry,
    "saturation": _saturation,
    "palette": _palette,
    "smoothness": _smoothness,
    "edge": _edge,
    "gaussian": _gaussian,
    "style": _style,
    "resmem": _resmem,
    "aesthetic": _aesthetic,
}
