"""The settings of the run as a whole: quality, size, steps, seed, and when to stop."""

from __future__ import annotations

import hashlib
import re

from artgen.api import InputError
from artgen.canvas import picture_size
from artgen.importing import Reader, shown
from artgen_pixray.context import Context
from artgen_pixray.tables import ASPECTS, EZ_SIZES, QUALITIES, Quality

MAX_SIDE = 4096
"""A larger picture than this was never made with Pixray, and none of its settings mean one."""
SEEDS = 2**63
_NUMBER = re.compile(r"-?[0-9]{1,40}", re.ASCII)
_SIZED = ("aspect", "ezsize", "scale")


def quality(context: Context) -> Quality:
    """What Pixray's `quality` fills in where the file leaves it out."""
    reader = context.read("")
    name = reader.choice("quality", tuple(QUALITIES), "normal")
    found = QUALITIES[name]
    if "quality" in reader:
        reader.note(
            f"quality: {name} - in Pixray this fills in what the file leaves out: {found.steps} iterations, scale "
            f"{found.scale}, {found.cuts} x {found.batches} cuts, and CLIP models. artgen's own 'quality' "
            "multiplies the steps and views below."
        )
    return found


def size(context: Context, quality: Quality, multiple: int) -> tuple[int, int]:
    """Width and height, cut to `multiple` pixels as Pixray does for its drawer."""
    reader = context.read("size")
    given = reader.numbers("size", 2, 1, 1e6)
    found = _given(reader, given) if given else _scaled(context, reader, quality)
    most = max(found)
    if most > MAX_SIDE:
        reader.note(f"{found[0]} x {found[1]} pixels are more than one run can draw; made smaller in proportion.")
        found = (found[0] * MAX_SIDE / most, found[1] * MAX_SIDE / most)
    width, height = (max(1, int(side)) if side < multiple else int(side) // multiple * multiple for side in found)
    if (width, height) != (int(found[0]), int(found[1])):
        reader.note(f"Pixray's drawer cuts {int(found[0])} x {int(found[1])} to multiples of {multiple} pixels.")
    context.put("size", f"{width}x{height}")
    return width, height


def _given(reader: Reader, sides: list[float]) -> tuple[float, float]:
    for name in _SIZED:
        if name in reader:
            reader.note(f"{name}: {shown(reader.raw(name))} - Pixray ignores it beside 'size'.")
    return sides[0], sides[1]


def _scaled(context: Context, reader: Reader, quality: Quality) -> tuple[float, float]:
    scale = reader.number("scale", quality.scale, 0.01, 100)
    if "ezsize" in reader and "scale" in reader:
        reader.note(f"ezsize: {shown(reader.raw('ezsize'))} - Pixray ignores it beside 'scale'.")
    elif "ezsize" in reader:
        scale = EZ_SIZES[reader.choice("ezsize", tuple(EZ_SIZES), "medium")]
    aspect = reader.choice("aspect", (*ASPECTS, "retain"), "widescreen")
    if aspect == "retain":
        return _retained(context, reader, scale)
    width, height = ASPECTS[aspect]
    return width * scale, height * scale


def _retained(context: Context, reader: Reader, scale: float) -> tuple[float, float]:
    """The shape of the init image, 144 pixels wide times the scale."""
    found = context.pictures(reader.text("init_image"))
    try:
        height, width = picture_size(context.home / found[0])
    except (IndexError, InputError):
        reader.note("aspect: retain - takes the shape of init_image, which is not there; taken as widescreen.")
        return ASPECTS["widescreen"][0] * scale, ASPECTS["widescreen"][1] * scale
    return 144 * scale, 144 * scale * height / width


def steps(context: Context, quality: Quality) -> int:
    """How many steps the run takes."""
    found = context.read("steps").whole("iterations", quality.steps, 1, 10**6)
    context.put("steps", found)
    return found


def seed(context: Context) -> None:
    """A number as it is; other texts by the number that Pixray makes of them."""
    reader = context.read("seed")
    text = reader.text("seed")
    if not text:
        return
    if _NUMBER.fullmatch(text):
        found = int(text) % SEEDS
        reader.note("The same seed as in Pixray is another picture here, because other numbers are drawn from it.")
    else:
        found = int.from_bytes(hashlib.sha512(text.encode("utf-8", "replace")).digest(), "big") % 2**32
        reader.note(f"seed: {shown(text)} - the number that Pixray makes of this text.")
    context.put("seed", found)


def auto_stop(context: Context, can_stop: bool) -> None:
    """Pixray divides the learning rate by 10 where the loss stands still, and stops after the last drop."""
    reader = context.read("auto_stop")
    if not reader.flag("auto_stop"):
        return
    if can_stop:
        reader.note("auto_stop: true - Pixray first lowers the learning rate where the loss stands still.")
        context.put("auto_stop", True)
    else:
        reader.note("auto_stop: true - this generator needs all of its steps; left out.")


def transparent(context: Context) -> bool:
    """Whether alpha is searched for."""
    reader = context.read("transparent")
    has_weight, weight = "transparent_weight" in reader, reader.number("transparent_weight", 0, 0)
    if not reader.flag("transparent"):
        if has_weight:
            reader.note("transparent_weight: belongs to 'transparent: true'; nothing reads it.")
        return False
    if not has_weight:
        reader.note("Pixray's own weight is 0, which leaves it to chance that anything gets see-through.")
    context.put("transparent", {"weight": weight} if has_weight else True)
    return True
