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

--search optuna chooses the cells by what those before have come to, in place of drawing all combinations: --trials of
them, of which the --goal says which is good. Ranges such as 0.1..0.9 are then any numbers between:

    artgen sweep my.yaml --over generator.learning_rate=0.01..0.5 --over steps=20..90 --search optuna --trials 60

--engine ray draws them on the workers of a Ray cluster that is up, --engine slurm by the queue of a SLURM cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures.flags import Flags, setting_flags
from artgen.cli.types import FOLDER

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.preset.settings.sweep import Sweep
    from artgen.sweeps.engines import Engine
    from artgen.sweeps.making import AnyPlan
    from artgen.sweeps.rows import Row
    from artgen.sweeps.search.telling import SearchProgress
    from artgen.sweeps.terminal import SweepProgress

OFTEN = "how often each cell writes one: steps or seconds (default: 30s)"
SHEET_SECONDS = 20
"""So often, at most, is the sheet drawn anew while the sweep goes on."""


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument(required=False)
@click.option("--over", multiple=True, metavar="KEY=VALUES", help="a setting, and the values that it takes in turn")
@click.option("--zip", "zipped", is_flag=True, help="take the first values together, then the second ones, ...")
@click.option("--where", multiple=True, metavar="KEY=VALUES", help="draw only the cells of these values")
@click.option("--unless", multiple=True, metavar="KEY=VALUES", help="leave out the cells of these values")
@click.option("--search", type=click.Choice(["optuna"]), help="choose the cells by what others have come to")
@click.option("--trials", type=click.IntRange(1, 10_000), metavar="N", help="how many a search draws in the end")
@click.option("--goal", metavar="NAME", help="of a search: loss, judges, or the name of a judge")
@click.option("--prune/--no-prune", default=None, help="whether a search ends poor cells early (default: it does)")
@common.out("DIR", "the sweep's folder (default: sweeps/ and the preset's name)", FOLDER)
@setting_flags
@common.overrides()
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="how many are drawn at once")
@click.option("--engine", type=click.Choice(["local", "ray", "slurm"]), default="local", help="what draws the cells")
@click.option("--address", metavar="ADDRESS", help="of a Ray cluster, such as ray://host:10001")
@click.option("--gpus-per-run", type=click.FloatRange(0, 64), metavar="N", help="of a Ray worker: 0.5, say")
@click.option("--slurm", multiple=True, metavar="KEY=VALUE", help="a parameter of submitit, such as timeout_min=60")
@click.option("--threads", type=click.IntRange(1, 4096), metavar="N", help="with how many each is drawn")
@click.option("--no-share", is_flag=True, help="draw each cell from its first step, also where several begin alike")
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
    search: str | None,
    trials: int | None,
    goal: str | None,
    prune: bool | None,
    out: Path | None,
    flags: Flags,
    overrides: tuple[str, ...],
    jobs: int | None,
    engine: str,
    address: str | None,
    gpus_per_run: float | None,
    slurm: tuple[str, ...],
    threads: int | None,
    no_share: bool,
    dry_run: bool,
    checkpoint: str,
    quiet: bool,
) -> int:
    from rich.console import Console

    from artgen.engine.interval import CheckpointInterval
    from artgen.preset.settings.device import on_this_machine
    from artgen.sweeps.making import plan

    CheckpointInterval.parse(checkpoint)
    name, said = _name(preset), _search(search, trials, goal, prune)
    elsewhere = _engine(engine, address, gpus_per_run, slurm, out or Path("sweeps") / name)
    console = Console(stderr=True, quiet=quiet)
    with on_this_machine(), common.naming(flags.spelt()):
        made = plan(
            preset,
            _wanted(over, zipped, where, unless, said),
            out=out or Path("sweeps") / name,
            overrides=[*overrides, *flags.overrides(), *_changed(over, said)],
            processes=jobs,
            threads=threads,
            title=name,
            share=not no_share,
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


def _search(by: str | None, trials: int | None, goal: str | None, prune: bool | None) -> dict[str, Any]:
    """What the flags say of a search."""
    told = {"by": by, "trials": trials, "goal": goal, "prune": prune}
    return {key: value for key, value in told.items() if value is not None}


def _changed(over: Sequence[str], said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What the flags of a search change in the preset's own."""
    return [] if over else [(f"sweep.search.{key}", value) for key, value in said.items()]


def _wanted(
    over: Sequence[str], zipped: bool, where: Sequence[str], unless: Sequence[str], said: Mapping[str, Any]
) -> Sweep | None:
    """What is combined; None if it is what the preset says. InputError for flags that belong to --over."""
    from artgen.errors import InputError
    from artgen.sweeps.axes import checked, read_over

    for given, flag in ((zipped, "--zip"), (where, "--where"), (unless, "--unless")):
        if given and not over:
            raise InputError(f"{flag}: belongs to --over; a preset's own 'sweep' says 'combine', 'where' and 'unless'")
    if not over:
        return None
    if said and "by" not in said:
        raise InputError(f"--{next(iter(said))}: belongs to --search optuna")
    return checked(
        {
            "over": read_over(over),
            "combine": "zip" if zipped else "product",
            "where": [read_over(where, "--where")] if where else [],
            "unless": [{key: value} for key, value in read_over(unless, "--unless").items()],
            "search": dict(said) or None,
        }
    )


def _list(made: AnyPlan) -> int:
    from rich.table import Table

    from artgen.errors import shown
    from artgen.sweeps.search.planning import SearchPlan
    from artgen.sweeps.search.telling import searched

    if isinstance(made, SearchPlan):
        for line in searched(made):
            printing.note(line)
    table = Table("cell", *(shown(axis.key, 60) for axis in made.axes), "state", box=None)
    for number, row in enumerate(made.rows(), 1):
        values = (printing.cell(value) for value in row.settings.values())
        table.add_row(str(number), *values, row.state)
    printing.print_table(table)
    return 0


def _drawn(made: AnyPlan, engine: Engine, checkpoint: str, console: Console) -> int:
    """Draw, with live progress, and say what came of it; the exit code."""
    import contextlib

    from artgen.sweeps import showing
    from artgen.sweeps.making import drawn
    from artgen.sweeps.search.planning import SearchPlan
    from artgen.sweeps.search.telling import search_ended

    note = printing.noting(console)
    before = made.there()
    known = {row.name for row in before}
    progress = _progress(console, made, before, note)
    try:
        with progress, contextlib.closing(drawn(made, engine, checkpoint, note)) as rows:
            _follow((row for row in rows if row.name not in known), progress, made.folder)
    except KeyboardInterrupt as ended:
        showing.save(made.folder)
        ended.add_note(f"{len(made.there())} of {made.total} cells are drawn; the same command goes on")
        raise
    sheet = showing.save(made.folder)
    if isinstance(made, SearchPlan):
        note(search_ended(made))
    failed = sum(row.state == "failed" for row in made.rows())
    if failed:
        printing.note(f"{failed} of {made.total} cells failed; the same command tries them again")
    printing.say_path(sheet)
    return 1 if failed else 0


def _progress(
    console: Console, made: AnyPlan, before: Sequence[Row], note: Callable[[str], None]
) -> SweepProgress | SearchProgress:
    """Say what is going to be drawn, and show from now on how far it is."""
    from artgen.sweeps.search.planning import SearchPlan
    from artgen.sweeps.search.telling import SearchProgress, search_announced
    from artgen.sweeps.terminal import SweepProgress, announced

    note(search_announced(made) if isinstance(made, SearchPlan) else announced(made, before))
    for line in made.remarks():
        note(line)
    progress = SearchProgress(console, made) if isinstance(made, SearchPlan) else SweepProgress(console, made, note)
    progress.found(before)
    return progress


def _follow(rows: Iterable[Row], progress: SweepProgress | SearchProgress, folder: Path) -> None:
    """Show each cell as it ends, and the sheet now and then."""
    import time

    from artgen.sweeps import showing

    shown = time.monotonic()
    for row in rows:
        progress.on_row(row)
        if time.monotonic() - shown >= SHEET_SECONDS:
            showing.save(folder)
            shown = time.monotonic()
