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

from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PICTURE, PNG

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.engine.parts import Parts
    from artgen.preset.model import Preset


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
    _draw(alone, whole, ("--step", step or "0") if at is None else ("--at", at), image, sheet)
    printing.say_path(sheet)


def _alone(preset: Preset, name: str) -> Preset:
    """The first picture of the batch, and nothing that judges or watches it."""
    from artgen.errors import InputError

    if not (preset.views and preset.perceptors):
        raise InputError(f"{name}: nothing in it looks at views; add a loss that does, 'perceptors' and 'views'")
    return preset.model_copy(update={"batch": 1, "losses": (), "judges": {}, "reporters": ()})


def _draw(preset: Preset, whole: Preset, moment: tuple[str, str], path: Path | None, out: Path) -> None:
    """What is seen of a preset's picture, in each way in which the prompts of the `whole` preset see it."""
    import torch

    from artgen.engine.assembly import build_parts
    from artgen.engine.views.sheet import readings_of, sheet
    from artgen.files import atomic_path

    parts = build_parts(preset, printing.note)
    step = _step(*moment, parts.generator.steps)
    with torch.no_grad():
        image = _picture(parts, path, step)
        drawn = sheet(parts, image, step, "the picture" if path else "the start", readings_of(whole))
    with atomic_path(out) as temporary:
        drawn.save(temporary, format="PNG")


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
