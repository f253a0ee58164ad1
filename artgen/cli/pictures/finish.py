"""Put a picture through finishing stages, without drawing it again: enlarge it, trace it, give it a frame.

    artgen finish gallery/owl.png --with upscale --set scale=4
    artgen finish runs/owl-0001 --with palette --set colours=riso --with texture --out owl-print.png

Each --with is one more stage, and the --set behind it are that stage's settings; `artgen plugins list finish` and
`artgen plugins list filters` show what there is. A picture's file is finished further. A run's folder is finished anew:
from the drawing that it had before its own stages. The picture that comes out has the longer recipe, which replays; one
that another program made is finished, too, and carries none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing, slips
from artgen.cli.base import Subcommand
from artgen.cli.types import COMPONENT, MADE, PICTURE
from artgen.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.engine.finish_picture import FinishedPicture


class _Command(Subcommand):
    """Each ``--set`` belongs to the ``--with`` before it; click alone would lose which that is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        stages = _stages(slips.in_order(ctx, args))
        rest = super().parse_args(ctx, args)
        ctx.params["stages"] = stages
        return rest


Stage = tuple[str, list[str]]
"""The type of a stage, and its settings as ``key=value``."""


def _stages(words: Sequence[str]) -> list[Stage]:
    found: list[Stage] = []
    for option, _, value in (word.partition("=") for word in words[: words.index("--")]):
        if option == "--with":
            found.append((value, []))
        elif option == "--set":
            if not found:
                raise InputError(f"--set {value}: say first of which stage, with --with")
            found[-1][1].append(value)
    return found


SETTING = "a setting of the stage before it, such as scale=4; may be given many times"
STAGE = "a stage or filter, such as upscale; may be given many times"


@click.command(cls=_Command, help=__doc__)
@common.argument("picture", "a picture, or the folder of a run", type=MADE)
@click.option("--with", "stages", multiple=True, required=True, type=COMPONENT, metavar="TYPE", help=STAGE)
@click.option("--set", multiple=True, expose_value=False, metavar="KEY=VALUE", help=SETTING)
@common.out("FILE", "the picture to write (default: beside PICTURE)", PICTURE)
@common.overwrite("let --out replace a file")
@click.option("--device", metavar="NAME", default="auto", help="auto, cpu, mps, cuda or cuda:N")
@common.quiet("the picture's path")
@common.plugins
def command(picture: Path, stages: list[Stage], out: Path | None, overwrite: bool, device: str, quiet: bool) -> None:
    from rich.console import Console

    from artgen.files import refuse_overwriting
    from artgen.picture.decoding import missing
    from artgen.recipe import metadata

    if not picture.exists():
        raise missing(picture)
    if out is not None:
        if out.is_dir():
            raise InputError(f"{out}: is a folder; name the picture to write")
        metadata.options(out, None)
        refuse_overwriting(out, overwrite)
    out = out or _free(picture, [type for type, _ in stages])
    _finished(picture, stages, device, Console(stderr=True, quiet=quiet)).save(out)
    printing.say_path(out)


def _free(picture: Path, stages: Sequence[str]) -> Path:
    """``owl-upscale.png`` beside ``owl.png``, or the next number that is free, so that nothing is replaced."""
    from artgen.fields.paths import drawing_in

    source = drawing_in(picture)
    stem = source.with_suffix("").name
    name = "-".join(([] if picture.is_dir() else [stem]) + [stage.rpartition(":")[2] for stage in stages])
    candidates = (source.with_name(f"{name}{number}.png") for number in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(path for path in candidates if not path.exists())


def _finished(picture: Path, stages: Sequence[Stage], device: str, console: Console) -> FinishedPicture:
    from rich.progress import Progress as Bar

    from artgen.engine.finish_picture import finish

    typed = [(place, text) for place, (_, settings) in enumerate(stages) for text in settings]
    overrides = [f"finish[{place}].{text}" for place, text in typed]
    names = ((place, text.partition("=")[0]) for place, text in typed)
    # Mistakes of a setting are said of it as it was typed.
    flags = {f"finish[{place}].{name}": f"--set {name}" for place, name in names}
    with Bar(console=console, transient=True, disable=console.quiet or not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(title: str, share: float) -> None:
            if title not in tasks:
                tasks[title] = bar.add_task(title, total=1)
            bar.update(tasks[title], completed=share)

        with common.naming(flags):
            specs = [{"type": type} for type, _ in stages]
            return finish(picture, specs, overrides, device=device, note=printing.noting(console), progress=tell)
