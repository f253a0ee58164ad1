"""Draw a preset again and again, each time with other settings.

PRESET is whatever `artgen run` takes. --over names a setting, as --set does, and the values that it takes in turn;
every value is drawn with every other:

    artgen sweep quickstart --over seed=1..12 --over losses.clip.weight=1,2,4
    artgen sweep quickstart --over prompts=@prompts.txt --over size=128,256 --steps 60
    artgen sweep --over preset=quickstart,pixel,vqgan --over seed=1..3 --out sweeps/three
    artgen sweep my.yaml --over 'generator.learning_rate={random: 40, low: 0.01, high: 0.5, scale: log}'
    artgen sweep my.yaml --over seed=1,2,3 --over 'prompts=a fox, an owl, "a ship, at sea"' --zip

1..12 are all whole numbers, 0.1..0.9:5 five numbers evenly spread, @FILE is a value on each line, and {choices: "a
{red|blue} {fish|bird}"} every text that comes of the choices. What is `random` is drawn together. A preset may say it
all itself, under `sweep`.

Each cell is a run of its own in DIR/cells, with its recipe; DIR/sheet.html and sheet.png show them by their settings,
and cells.csv lists them. The same command goes on with a sweep that was stopped, draws nothing twice, and tries again
what has failed. With other values, what is new is added.

--engine ray draws them on the workers of a Ray cluster that is up, --engine slurm by the queue of a SLURM cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures.flags import Flags, setting_flags
from artgen.cli.types import FOLDER

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.preset.settings.sweep import Sweep
    from artgen.sweeps.engines import Engine
    from artgen.sweeps.making import Plan

OFTEN = "how often each cell writes one: steps or seconds (default: 30s)"
SHEET_SECONDS = 20
"""So often, at most, is the sheet drawn anew while the sweep goes on."""


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument(required=False)
@click.option("--over", multiple=True, metavar="KEY=VALUES", help="a setting, and the values that it takes in turn")
@click.option("--zip", "zipped", is_flag=True, help="take the first values together, then the second ones, ...")
@click.option("--where", multiple=True, metavar="KEY=VALUES", help="draw only the cells of these values")
@click.option("--unless", multiple=True, metavar="KEY=VALUES", help="leave out the cells of these values")
@common.out("DIR", "the sweep's folder (default: sweeps/ and the preset's name)", FOLDER)
@setting_flags
@common.overrides()
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="how many are drawn at once")
@click.option("--engine", type=click.Choice(["local", "ray", "slurm"]), default="local", help="what draws the cells")
@click.option("--address", metavar="ADDRESS", help="of a Ray cluster, such as ray://host:10001")
@click.option("--gpus-per-run", type=click.FloatRange(0, 64), metavar="N", help="of a Ray worker: 0.5, say")
@click.option("--slurm", multiple=True, metavar="KEY=VALUE", help="a parameter of submitit, such as timeout_min=60")
@click.option("--threads", type=click.IntRange(1, 4096), metavar="N", help="with how many each is drawn")
@click.option("--dry-run", is_flag=True, help="list the cells, and draw none")
@click.option("--checkpoint", default="30s", metavar="N|Ns|off", help=OFTEN)
@common.plugins
@common.quiet("the sheet's path")
def command(
    preset: str | None,
    over: tuple[str, ...],
    zipped: bool,
    where: tuple[str, ...],
    unless: tuple[str, ...],
    out: Path | None,
    flags: Flags,
    overrides: tuple[str, ...],
    jobs: int | None,
    engine: str,
    address: str | None,
    gpus_per_run: float | None,
    slurm: tuple[str, ...],
    threads: int | None,
    dry_run: bool,
    checkpoint: str,
    quiet: bool,
) -> int:
    from rich.console import Console

    from artgen.engine.interval import CheckpointInterval
    from artgen.preset.settings.device import on_this_machine
    from artgen.sweeps.making import plan

    CheckpointInterval.parse(checkpoint)
    name = _name(preset)
    elsewhere = _engine(engine, address, gpus_per_run, slurm, out or Path("sweeps") / name)
    console = Console(stderr=True, quiet=quiet)
    with on_this_machine(), common.naming(flags.spelt()):
        made = plan(
            preset,
            _wanted(over, zipped, where, unless),
            out=out or Path("sweeps") / name,
            overrides=[*overrides, *flags.overrides()],
            processes=jobs,
            threads=threads,
            title=name,
            tell=None if dry_run or elsewhere else printing.noting(console),
        )
    if dry_run:
        return _list(made)
    return _drawn(made, elsewhere or made.engine(), checkpoint, console)


def _engine(engine: str, address: str | None, gpus: float | None, slurm: Sequence[str], folder: Path) -> Engine | None:
    """What draws elsewhere than on this machine; None if nothing does. InputError for flags of another engine."""
    from artgen.errors import InputError

    for given, flag, of in (
        (address, "--address", "ray"),
        (gpus, "--gpus-per-run", "ray"),
        (slurm, "--slurm", "slurm"),
    ):
        if given and engine != of:
            raise InputError(f"{flag}: belongs to --engine {of}")
    if engine == "ray":
        from artgen.sweeps.engines.on_ray import Ray

        return Ray(address, gpus or 0)
    if engine == "slurm":
        from artgen.sweeps.engines.on_slurm import Slurm, read_parameters

        return Slurm(folder / "slurm", read_parameters(slurm))
    return None


def _name(preset: str | None) -> str:
    from artgen.cli.pictures.run import run_name

    return run_name(preset) if preset else "presets"


def _wanted(over: Sequence[str], zipped: bool, where: Sequence[str], unless: Sequence[str]) -> Sweep | None:
    """What is combined; None if it is what the preset says. InputError for flags that belong to --over."""
    from artgen.errors import InputError
    from artgen.sweeps.axes import checked, read_over

    for given, flag in ((zipped, "--zip"), (where, "--where"), (unless, "--unless")):
        if given and not over:
            raise InputError(f"{flag}: belongs to --over; a preset's own 'sweep' says 'combine', 'where' and 'unless'")
    if not over:
        return None
    return checked(
        {
            "over": read_over(over),
            "combine": "zip" if zipped else "product",
            "where": [read_over(where, "--where")] if where else [],
            "unless": [{key: value} for key, value in read_over(unless, "--unless").items()],
        }
    )


def _list(made: Plan) -> int:
    from rich.table import Table

    from artgen.errors import shown

    table = Table("cell", *(shown(axis.key, 60) for axis in made.axes), "state", box=None)
    for number, row in enumerate(made.rows(), 1):
        values = (printing.cell(value) for value in row.settings.values())
        table.add_row(str(number), *values, row.state)
    printing.print_table(table)
    return 0


def _drawn(made: Plan, engine: Engine, checkpoint: str, console: Console) -> int:
    """Draw, with live progress, and say what came of it; the exit code."""
    import contextlib
    import time

    from artgen.sweeps import showing
    from artgen.sweeps.making import drawn
    from artgen.sweeps.terminal import SweepProgress, announced, calibrated

    note = printing.noting(console)
    before = made.rows()
    note(announced(made, before))
    for line in made.remarks():
        note(line)
    progress = SweepProgress(console, made)
    progress.found(before)
    shown, known = time.monotonic(), {row.name for row in before if row.state == "finished"}
    try:
        with progress, contextlib.closing(drawn(made, engine, checkpoint, note)) as rows:
            for row in rows:
                if row.name in known:
                    continue
                progress.on_row(row)
                if row.state == "finished" and progress.done == 1 and progress.left():
                    note(calibrated(progress.left(), made.room_left()))
                if time.monotonic() - shown >= SHEET_SECONDS:
                    showing.save(made)
                    shown = time.monotonic()
    except KeyboardInterrupt as ended:
        showing.save(made)
        done = sum(row.state == "finished" for row in made.rows())
        ended.add_note(f"{done} of {len(made.cells)} cells are drawn; the same command goes on")
        raise
    sheet = showing.save(made)
    failed = sum(row.state == "failed" for row in made.rows())
    if failed:
        printing.note(f"{failed} of {len(made.cells)} cells failed; the same command tries them again")
    printing.say_path(sheet)
    return 1 if failed else 0
