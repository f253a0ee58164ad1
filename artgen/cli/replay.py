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

With --in-lock it is replayed in the environment that `artgen freeze` has written down, which is built in artgen's
cache. Only files with the sha256 of the lock are installed; but they are programs, and run, so that is asked about too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.compare.replay import Verdict
    from artgen.compare.replay_plan import ReplayPlan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="what artgen made: a picture, a run's folder or recipe"
    )
    out = "keep what was made in this folder, or as this picture, such as again.png"
    parser.add_argument("--out", type=Path, metavar="DIR|FILE", help=out)
    common.add_overwrite(parser, "let --out replace the picture")
    parser.add_argument("--tolerance", action="store_true", help="let equivalent pictures pass")
    common.add_allow(parser, "let it read this folder")
    parser.add_argument("--prompt", metavar="TEXT", help="the prompts of a picture that keeps them to itself")
    parser.add_argument("--yes", action="store_true", help="run it even if it is much work, or downloads weights")
    parser.add_argument("--dry-run", action="store_true", help="show what would be run, and stop")
    parser.add_argument("--in-lock", action="store_true", help="in the environment of the lock beside it")
    parser.add_argument("--lock", type=Path, metavar="FILE", help="in the environment of this lock")
    common.add_quiet(parser, "the verdict")


def main(given: argparse.Namespace) -> int:
    if given.in_lock or given.lock:
        return _in_lock(given)
    from rich.console import Console

    from artgen.compare.replay_plan import plan
    from artgen.errors import plain

    console = Console(stderr=True, quiet=given.quiet)
    what = plan(given.source, given.allow, given.prompt)
    console.print(plain(_described(what)), markup=False, highlight=False)
    if given.dry_run:
        return 0
    _confirm(what, given.yes)
    verdict = _replay(what, given, console)
    common.say(verdict)
    return 0 if verdict.word == "identical" or (verdict.word == "equivalent" and given.tolerance) else 1


def _in_lock(given: argparse.Namespace) -> int:
    from artgen.lock import replaying

    what = replaying.plan(given.source, given.lock)
    if not given.quiet:
        common.note(what)
    replaying.refuse_what_is_gone(what, given.allow)
    if given.dry_run:
        return 0
    if not what.is_built:
        _ask(f"{what.path}", "installs what its lock names, and runs it", given.yes)
    return replaying.run(what, _words(given), common.note)


def _words(given: argparse.Namespace) -> list[str]:
    """The arguments for the artgen of the lock, which may know fewer."""
    flags = [f"--{name}" for name in ("overwrite", "tolerance", "yes", "quiet") if getattr(given, name)]
    values = {"--out": given.out, "--prompt": given.prompt}
    options = [f"{name}={value}" for name, value in values.items() if value is not None]
    return [*flags, *options, *(f"--allow={folder}" for folder in given.allow), "--", str(given.source)]


def _described(plan: ReplayPlan) -> str:
    from artgen.prompts.titles import asked

    recipe, preset = plan.recipe, plan.preset
    prompts = asked(preset.resolved()) or "no prompts"
    width, height = preset.size
    steps = f"{recipe['steps_done']} of {preset.steps}" if recipe["interrupted"] else f"{preset.steps}"
    makers = ", ".join(f"{name} {version}" for name, version in recipe["plugins"].items() if name != "artgen")
    return (
        f"{plan.source}: {prompts}\n"
        f"  {preset.generator.type}, {width}x{height}, {steps} steps, batch {preset.batch}, seed {preset.seed}\n"
        f"  made by artgen {recipe['artgen']}{', ' + makers if makers else ''}"
        f" with torch {recipe['libraries'].get('torch', '?')} on {recipe['device']} {recipe['hardware']}".rstrip()
    )


def _confirm(plan: ReplayPlan, yes: bool) -> None:
    """A recipe that takes long or much memory, or downloads something, is run only if the user wants it."""
    if plan.objections:
        _ask(str(plan.source), plan.objections, yes)


def _ask(what: str, objections: str, yes: bool) -> None:
    from artgen.errors import InputError

    if yes or (sys.stdin.isatty() and input(f"  it {objections}; run it? [y/N] ").strip().lower() in ("y", "yes")):
        return
    raise InputError(f"{what}: {objections}; say --yes to run it")


def _replay(plan: ReplayPlan, given: argparse.Namespace, console: Console) -> Verdict:
    from artgen.compare.replay import replay
    from artgen.fields.paths import PICTURE
    from artgen.recipe import saving
    from artgen.reporters.folder import claim_folder
    from artgen.reporters.terminal import LiveProgress
    from artgen.results import picture_tensor

    folder, picture = common.places(given)
    if folder:
        picture = claim_folder(folder, given.overwrite) / PICTURE
    progress = LiveProgress(console)
    progress.on_start(plan.preset.steps)
    try:
        verdict = replay(plan, long=True, on_step=progress.on_step, note=common.noting(console))
    finally:
        progress.stop()
    if picture:
        saving.save(picture, picture_tensor(verdict.result, verdict.picture), verdict.result.recipe)
    return verdict
