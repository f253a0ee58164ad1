"""Show what two pictures or presets differ in: the settings, how they were made, the pixels and the scores.

A and B are pictures that artgen made, folders of runs, recipes (JSON), or presets: a file or a shipped one.
The scores are the cosine similarities of both pictures to their prompts, as the perceptors of A's preset embed them;
nothing is downloaded for them.

    artgen diff runs/quickstart-0001 runs/quickstart-0002 --out heat.png
    artgen diff gallery/quickstart.png quickstart

The exit code is 0 if nothing differs and 1 if something does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import PNG, PRESET

if TYPE_CHECKING:
    from artgen.compare.likeness import Likeness
    from artgen.compare.pair import Comparison, Side
    from artgen.compare.settings import Difference


SIDE = "a picture, the folder of a run, a recipe or a preset"


@click.command(cls=Subcommand, help=__doc__)
@common.argument("first", SIDE, metavar="A", type=PRESET)
@common.argument("second", SIDE, metavar="B", type=PRESET)
@common.out("FILE", "draw where the colours differ: a heat map, a PNG", PNG)
@common.overwrite("let --out replace a file")
@click.option("--no-scores", is_flag=True, help="leave the perceptors out, which is faster")
@common.json("print one object with everything that was found")
def command(first: str, second: str, out: Path | None, overwrite: bool, no_scores: bool, as_json: bool) -> int:
    from artgen.compare.pair import compare, side

    common.refuse_sheet(out, overwrite, "heat map")
    sides = side(first), side(second)
    if out is not None:
        _need_pictures(*sides)
    found = compare(*sides, not no_scores, printing.note)
    if out is not None:
        _draw(out, *sides, found)
    print_found = _print_json if as_json else _print
    print_found(*sides, found)
    return 0 if found.equal else 1


def _need_pictures(*sides: Side) -> None:
    from artgen.errors import InputError

    for side in sides:
        if side.picture is None:
            raise InputError(f"{side.name}: has no picture, so there is no heat map; leave out --out")


def _draw(out: Path, first: Side, second: Side, found: Comparison) -> None:
    from artgen.compare import likeness
    from artgen.picture import decoding

    assert first.picture and second.picture
    if found.other_size:
        found.notes.append(f"{out}: not drawn; a heat map needs two pictures of one size")
        return
    pictures = [decoding.read(side.picture) for side in (first, second) if side.picture]
    likeness.save_heat_map(out, likeness.colour_differences(*pictures))


def _print_json(first: Side, second: Side, found: Comparison) -> None:
    import dataclasses
    import json

    whole = {
        "a": first.name,
        "b": second.name,
        "equal": found.equal,
        "settings": [_plain(row) for row in found.settings],
        "made": [_plain(row) for row in found.made],
        "pixels": dataclasses.asdict(found.pixels) if found.pixels else None,
        "scores": [{"prompt": prompt, "a": a, "b": b} for prompt, (a, b) in found.scores.items()],
        "notes": found.notes,
    }
    print(json.dumps(whole, indent=2))


def _plain(row: Difference) -> dict[str, Any]:
    """A side that does not have the setting has no key."""
    from artgen.compare.settings import MISSING

    values = {"path": row.path, "a": row.first, "b": row.second}
    return {key: value for key, value in values.items() if value is not MISSING}


def _print(first: Side, second: Side, found: Comparison) -> None:
    from artgen.compare.settings import text

    heads = first.name, second.name
    parts: list[tuple[str, Iterable[tuple[str, str, str]]]] = [
        ("setting", [(row.path, text(row.first), text(row.second)) for row in found.settings]),
        ("made with", [(row.path, text(row.first), text(row.second)) for row in found.made]),
        ("score", [(prompt, f"{a:.3f}", f"{b:.3f}") for prompt, (a, b) in found.scores.items()]),
    ]
    blocks = [_table((head, *heads), rows) for head, rows in parts if rows]
    if found.pixels:
        blocks.append(_table(("pixels", "", ""), _pixels(found.pixels)))
    _print_blocks(blocks)
    for line in found.notes:
        printing.say(line)
    if found.equal:
        print("nothing differs" if not found.notes else "nothing else differs")


def _print_blocks(blocks: list[Any]) -> None:
    for block in blocks:
        printing.print_table(block)
        print()


def _pixels(found: Likeness) -> Iterator[tuple[str, str, str]]:
    if found.identical:
        yield "identical", "yes", ""
        return
    yield "structure (SSIM)", f"{found.ssim:.4f}", "1 is the same"
    yield "colour (CIEDE2000), mean", f"{found.delta_e:.2f}", "about 1 can just be seen"
    yield "95 % of the pixels within", f"{found.delta_e_95:.2f}", ""
    yield "channels, mean", f"{found.mean_difference:.4f}", "from 0 to 1"
    yield "at most", f"{found.max_difference:.4f}", ""
    if found.perceptor is not None:
        yield "to the perceptors", f"{found.perceptor:.4f}", "cosine similarity"


def _table(heads: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    from artgen.errors import shown

    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(Text(shown(head)), overflow="fold", ratio=None if place else 2)
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    return table
