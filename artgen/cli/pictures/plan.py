"""Say how long a picture or a film takes and how much memory it needs, before it is drawn.

PRESET and the flags are those of `artgen run`. A few of its steps are tried out, which takes some seconds more than
building it; what was measured is remembered, and holds for other seeds and other prompts, too.

    artgen plan vqgan
    artgen plan vqgan --batch 8 --size 1024
    artgen plan my.yaml --set chunk=16 --fresh
    artgen plan zoom --json

--quick tries nothing out, and is rough. Nothing is downloaded: where something would have to be, the answer is rough,
too, and says what.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures.flags import Flags, setting_flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artgen.planning.estimate import Estimate


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument()
@setting_flags
@common.overrides()
@common.allow("let a picture's recipe read this folder")
@click.option("--quick", is_flag=True, help="reckon it from the preset alone, roughly")
@click.option("--fresh", is_flag=True, help="measure anew what is remembered")
@common.plugins
@common.json()
def command(
    preset: str,
    flags: Flags,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    quick: bool,
    fresh: bool,
    as_json: bool,
) -> int:
    from artgen.fields.paths import allowing
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    with allowing(allow), on_this_machine(), common.naming(flags.spelt()):
        loaded = load(preset, [*overrides, *flags.overrides()])
        from artgen.planning.making import plan  # slow to import: a mistake in the preset has been told by here

        found = plan(loaded, quick=quick, fresh=fresh, note=printing.note)
    if as_json:
        _print_json(found)
    else:
        _print(found)
    return 0


def _print_json(found: Estimate) -> None:
    import dataclasses
    import json

    print(json.dumps({"seconds": found.seconds, **dataclasses.asdict(found)}, indent=2))


def _print(found: Estimate) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(justify="left")
    for row in _rows(found):
        table.add_row(*map(printing.cell, row))
    printing.print_table(table)
    for line in found.advice:
        printing.say(f"it does not fit: {line}")


def _rows(found: Estimate) -> Iterator[tuple[str, str, str]]:
    from rich.filesize import decimal

    from artgen.reporters.terminal import clock

    about = "roughly: nothing was tried out" if found.rough else ""
    yield "start", f"{found.start:.1f} s", ""
    yield "building", f"{found.build:.1f} s", ""
    yield "steps", f"{found.stepping:.1f} s", f"{found.steps} of {found.stepping / max(1, found.steps):.3g} s"
    yield "finish", f"{found.finish:.1f} s", "and the files"
    ends = "at most: it may stop early" if found.at_most else ""
    yield "in all", clock(found.seconds), "; ".join(filter(None, (ends, about)))
    free = "" if found.free is None else f"of {decimal(found.free)} that are free"
    yield "memory", decimal(found.memory), free
    if found.device_memory:
        yield "GPU", decimal(found.device_memory), ""
    yield "disk", decimal(found.disk), ""
    yield "at once", str(found.at_once), "such pictures on this machine, as a sweep draws them"
    if found.downloads:
        yield "downloads", str(len(found.downloads)), ", ".join(found.downloads)
