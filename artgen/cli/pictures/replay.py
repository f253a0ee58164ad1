"""Make a picture again from the recipe that it carries, and say whether it is the same.

SOURCE is a PNG, WebP or JPEG that artgen made, the folder of a run, or a recipe's JSON file. The verdict:

    identical    the same pixels; in a JPEG or lossy WebP, those that it would keep   exit 0
    equivalent   different in the last bits, alike to the eye and the perceptors      exit 1; 0 with --tolerance
    different    another picture; the cause is named where it is known                exit 1
    cannot       something is missing, or the picture is of another size; a line why  exit 2

    artgen replay runs/quickstart-0001
    artgen replay gallery/quickstart.png --out again
    artgen replay fox.png --in-lock

A recipe reads files only from the current folder, its own, and those given with --allow; none that are hidden. What
takes long or much memory, or downloads weights, is asked about first.

Of a film, --frame 120 draws one frame again, from the one before it where that is in frames/ beside it; from the film's
file alone it is drawn from the beginning on.

    artgen replay runs/zoom-0001/film.mp4 --frame 12

With --in-lock it is replayed in the environment that `artgen freeze` has written down, which is built in artgen's
cache. Only files with the sha256 of the lock are installed; but they are programs, and run, so that is asked about too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import ANY_FILE, MADE, PICTURE, Count

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.compare.replay import Verdict
    from artgen.compare.replay_plan import ReplayPlan


OUT = "keep what was made in this folder, or as this picture, such as again.png"


@click.command(cls=Subcommand, help=__doc__)
@common.argument("source", "what artgen made: a picture, a run's folder or recipe", type=MADE)
@common.out("DIR|FILE", OUT, PICTURE)
@common.overwrite("let --out replace the picture")
@common.tolerance
@common.allow("let it read this folder")
@click.option("--prompt", metavar="TEXT", help="the prompts of a picture that keeps them to itself")
@click.option("--frame", type=Count(0, "a number of a frame, from 0"), metavar="N", help="this frame of a film")
@common.yes("run it even if it is much work, or downloads weights")
@click.option("--dry-run", is_flag=True, help="show what would be run, and stop")
@click.option("--in-lock", is_flag=True, help="in the environment of the lock beside it")
@click.option("--lock", type=ANY_FILE, metavar="FILE", help="in the environment of this lock")
@common.plugins
@common.quiet("the verdict")
def command(
    source: Path,
    out: Path | None,
    overwrite: bool,
    tolerance: bool,
    allow: tuple[Path, ...],
    prompt: str | None,
    frame: int | None,
    yes: bool,
    dry_run: bool,
    in_lock: bool,
    lock: Path | None,
    quiet: bool,
) -> int:
    if frame is not None and (out or prompt or in_lock or lock):
        from artgen.errors import InputError

        raise InputError("--frame: goes with none of --out, --prompt, --in-lock and --lock")
    if in_lock or lock:
        flags = {"--overwrite": overwrite, "--tolerance": tolerance, "--yes": yes, "--quiet": quiet}
        values = [("--out", out), ("--prompt", prompt), *(("--allow", folder) for folder in allow)]
        # What the artgen of the lock is told, which may know fewer options.
        options = [f"{name}={value}" for name, value in values if value is not None]
        words = [*(flag for flag, is_set in flags.items() if is_set), *options, "--", str(source)]
        return _in_lock(source, lock, allow, words, dry_run)
    from rich.console import Console

    from artgen.compare.replay_plan import plan
    from artgen.errors import plain

    console = Console(stderr=True, quiet=quiet)
    if frame is not None:
        return _of_film(source, frame, allow, tolerance, yes, dry_run, console)
    what = plan(source, allow, prompt)
    console.print(plain(_described(what)), markup=False, highlight=False)
    if dry_run:
        return 0
    confirm(what, yes)
    return _said(_replay(what, out, overwrite, console), tolerance)


def _said(verdict: Verdict, tolerance: bool) -> int:
    """Say the verdict; the exit code."""
    printing.say(verdict)
    return 0 if verdict.word == "identical" or (verdict.word == "equivalent" and tolerance) else 1


def _in_lock(source: Path, lock: Path | None, allow: tuple[Path, ...], words: list[str], dry_run: bool) -> int:
    from artgen.lock import replaying

    what = replaying.plan(source, lock)
    if "--quiet" not in words:
        printing.note(what)
    replaying.refuse_what_is_gone(what, allow)
    if dry_run:
        return 0
    if not what.is_built:
        ask(f"{what.path}", "installs what its lock names, and runs it", "--yes" in words)
    return replaying.run(what, words, printing.note)


def _of_film(
    source: Path,
    frame: int,
    allow: tuple[Path, ...],
    tolerance: bool,
    yes: bool,
    dry_run: bool,
    console: Console,
) -> int:
    from artgen.compare.film_replay import plan_frame, replay_frame
    from artgen.errors import plain

    what = plan_frame(source, frame, allow)
    way = "from the frame before it" if what.preset is None else "from the beginning on"
    told = f"{source}: frame {frame} of {len(what.record.frames)}, {way}"
    console.print(plain(told), markup=False, highlight=False, soft_wrap=True)
    if dry_run:
        return 0
    if what.objections:
        ask(str(source), what.objections, yes)
    return _said(replay_frame(what, note=printing.noting(console)), tolerance)


def _described(plan: ReplayPlan) -> str:
    from artgen.prompts.titles import asked

    recipe, preset = plan.recipe, plan.preset
    prompts = asked(preset.resolved()) or "no prompts"
    width, height = preset.size
    steps = f"{recipe['steps_done']} of {preset.steps}" if recipe["interrupted"] else f"{preset.steps}"
    makers = ", ".join(f"{name} {version[:32]}" for name, version in recipe["plugins"].items() if name != "artgen")
    return (
        f"{plan.source}: {prompts}\n"
        f"  {preset.generator.type}, {width}x{height}, {steps} steps, batch {preset.batch}, seed {preset.seed}\n"
        f"  made by artgen {recipe['artgen']}{', ' + makers if makers else ''}"
        f" with torch {recipe['libraries'].get('torch', '?')} on {recipe['device']} {recipe['hardware']}".rstrip()
    )


def confirm(plan: ReplayPlan, yes: bool) -> None:
    """A recipe that takes long or much memory, or downloads something, is run only if the user wants it."""
    if plan.objections:
        ask(str(plan.source), plan.objections, yes)


def ask(what: str, objections: str, yes: bool) -> None:
    from artgen.errors import InputError

    if yes or (sys.stdin.isatty() and input(f"  it {objections}; run it? [y/N] ").strip().lower() in ("y", "yes")):
        return
    raise InputError(f"{what}: {objections}; say --yes to run it")


def _replay(plan: ReplayPlan, out: Path | None, overwrite: bool, console: Console) -> Verdict:
    from artgen.compare.replay import replay
    from artgen.fields.paths import PICTURE
    from artgen.recipe import saving
    from artgen.reporters.places import claim_folder
    from artgen.reporters.terminal import LiveProgress
    from artgen.results import picture_tensor

    folder, picture = common.places(out, overwrite)
    if folder:
        picture = claim_folder(folder, overwrite) / PICTURE
    progress = LiveProgress(console)
    progress.on_start(plan.preset.steps)
    try:
        verdict = replay(plan, long=True, on_step=progress.on_step, note=printing.noting(console))
    finally:
        progress.stop()
    if picture:
        saving.save(picture, picture_tensor(verdict.result, verdict.picture), verdict.result.recipe)
    return verdict
