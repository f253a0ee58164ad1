"""Draw a sheet of the views that the perceptors would see: the picture itself, then its views, for each view size.

The picture is the start of the drawing, at any moment, because nothing is drawn here; or the file of --image. Cut
schedules are shown as they are at that moment. Where prompts say how the picture is `seen`, it follows in each such
way, again with its views.

    artgen views quickstart
    artgen views my.yaml --at 50% --image runs/my-0001/image.png
    artgen views my.yaml --step 20 --set views.cutouts.style_of=watercolor --out watercolor.png

Without --out the sheet is PRESET-views.png in this folder, and replaces the one before.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PICTURE, PNG

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from artgen.engine.look import WeightedPerceptor
    from artgen.engine.parts import Parts
    from artgen.preset.model import Preset
    from artgen.prompts import Seen

WIDTH = 1600
"""A sheet is about this wide at most, in pixels."""
GAP, TEXT = 8, 18
PAPER, INK = "#e9e9e6", "#222222"


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument()
@click.option("--step", metavar="N", help="the step, from 0 (default: 0)")
@click.option("--at", metavar="50%", help="the moment, as a share of the run")
@click.option("--image", type=PICTURE, metavar="FILE", help="show views of this picture")
@common.out("FILE", "the sheet, a PNG (default: PRESET-views.png)", PNG)
@common.overwrite("let --out replace a file")
@common.overrides()
@common.plugins
def command(
    preset: str,
    step: str | None,
    at: str | None,
    image: Path | None,
    out: Path | None,
    overwrite: bool,
    overrides: tuple[str, ...],
) -> None:
    from artgen.errors import InputError
    from artgen.picture.decoding import missing
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    common.refuse_sheet(out, overwrite, "sheet")
    if step is not None and at is not None:
        raise InputError("--at: says in another way what --step says; leave one of them out")
    if image and not image.exists():
        raise missing(image)
    with on_this_machine():
        whole = load(preset, overrides)
        alone = _alone(whole, preset)
    sheet = out or Path(f"{Path(preset).stem}-views.png")
    _draw(alone, _readings(whole), ("--step", step or "0") if at is None else ("--at", at), image, sheet)
    printing.say_path(sheet)


def _alone(preset: Preset, name: str) -> Preset:
    """The first picture of the batch, and nothing that judges or watches it."""
    from artgen.errors import InputError

    if not (preset.views and preset.perceptors):
        raise InputError(f"{name}: nothing in it looks at views; add a loss that does, 'perceptors' and 'views'")
    return preset.model_copy(update={"batch": 1, "losses": (), "judges": {}, "reporters": ()})


def _readings(preset: Preset) -> list[tuple[Seen, ...]]:
    """The ways in which prompts see the picture, and first how it is."""
    own = [prompt for loss in preset.losses for prompt in getattr(loss, "prompts", None) or ()]
    return list(dict.fromkeys([(), *(prompt.seen or () for prompt in (*preset.prompts, *own))]))


def _draw(
    preset: Preset, readings: list[tuple[Seen, ...]], moment: tuple[str, str], path: Path | None, out: Path
) -> None:
    import torch

    from artgen.engine.assembly import build_parts
    from artgen.files import atomic_path

    parts = build_parts(preset, printing.note)
    step = _step(*moment, parts.generator.steps)
    with torch.no_grad():
        image = _picture(parts, path, step)
        blocks = list(_blocks(parts, image, step, "the picture" if path else "the start", readings))
    with atomic_path(out) as temporary:
        _sheet(blocks).save(temporary, format="PNG")


def _step(name: str, text: str, steps: int) -> int:
    """The step that an option says by `text`."""
    from artgen.errors import InputError
    from artgen.fields.moments import At

    try:
        step = round(At.parse(text).step(steps))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    if step >= steps:
        raise InputError(f"{name} {text}: the run has {steps} steps, counted from 0; choose 0 to {steps - 1}")
    return step


def _picture(parts: Parts, path: Path | None, step: int) -> Tensor:
    """(1, 3, H, W): what is looked at, as the loop would show it."""
    from artgen.picture.reading import read_picture

    width, height = parts.preset.size
    image = read_picture(path, (height, width)).to(parts.device) if path else parts.generator.draw(0)
    for _, change in parts.filters:
        image = change(image, step)
    return parts.alpha.over(image, step) if parts.alpha else image


Block = tuple[str, list["Image.Image"]]
"""A heading, and the pictures below it."""


def _blocks(parts: Parts, image: Tensor, step: int, what: str, readings: list[tuple[Seen, ...]]) -> Iterator[Block]:
    """`what` is shown: the start is no drawing of `step`, but is cut as that step's would be."""
    from artgen.engine.look import StepLook
    from artgen.picture.images import to_pil
    from artgen.prompts.seen import titled

    steps, perceptors = parts.generator.steps, parts.guidance.perceptors
    whole = StepLook(image, step, steps, perceptors, parts.guidance.augmentations, chunk=4)
    for seen in readings:
        look = functools.reduce(StepLook.through, seen, whole)
        height, width = look.image.shape[2:]
        title = f"{what} seen {titled(seen)}" if seen else what
        yield f"{title}, {width} x {height} pixels, cut as in step {step} of {steps}", [to_pil(look.image[0])]
        for size, names in _by_size(perceptors).items():
            views = [to_pil(view) for view in look.views(names[0])[0]]
            yield f"{', '.join(names)}: {len(views)} views, {size} x {size} pixels", views


def _by_size(perceptors: Mapping[str, WeightedPerceptor]) -> dict[int, list[str]]:
    """Perceptors of one size see the same."""
    names: dict[int, list[str]] = {}
    for name, weighted in perceptors.items():
        names.setdefault(weighted.perceptor.size, []).append(name)
    return names


def _sheet(blocks: list[Block]) -> Image.Image:
    """The blocks below each other."""
    from PIL import Image, ImageDraw, ImageFont

    parts = [(heading, _grid(pictures)) for heading, pictures in blocks]
    font = ImageFont.load_default(TEXT)
    width = max(*(grid.width for _, grid in parts), *(round(font.getlength(text)) for text, _ in parts))
    height = sum(grid.height + TEXT + 2 * GAP for _, grid in parts)
    sheet = Image.new("RGB", (width + 2 * GAP, height + GAP), PAPER)
    pen, top = ImageDraw.Draw(sheet), GAP
    for heading, grid in parts:
        pen.text((GAP, top), heading, fill=INK, font=font)
        sheet.paste(grid, (GAP, top + TEXT + GAP))
        top += TEXT + GAP + grid.height + GAP
    return sheet


def _grid(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one size in rows."""
    from artgen.picture.preview import contact_sheet, tile

    columns = math.ceil(math.sqrt(1.6 * len(pictures)))
    side = min(WIDTH // columns - GAP, 320)
    return contact_sheet([tile(picture, side, min(side, 160)) for picture in pictures], columns, GAP, PAPER)
