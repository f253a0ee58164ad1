"""Make the picture of a preset.

PRESET is a YAML file, the name of a shipped preset (see `artgen presets`), or a picture, the folder of a run or a
recipe.json of artgen's, whose preset is drawn again. The run folder gets image.png, recipe.json, progress.png,
losses.png and losses.json, preset.yaml (every setting, resolved) and, if several pictures are drawn at once, batch/
and sheet.png, which shows them with their seeds. While it goes on, preview.png shows how far it is.

    artgen run quickstart
    artgen run quickstart --prompt "a yellow fish" --seed 3
    artgen run vqgan --seed 1-12 --quality draft
    artgen run my.yaml --set losses.clip.weight=2 --steps 400 --out pictures/fish
    artgen run my.yaml --seed random --size 640x360 --out fish.png
    artgen run runs/fish-0001 --continue --prompt "a red fish"

--continue goes on from the picture that PRESET has made, where else it is drawn again from nothing.

--out names the run folder or, with the suffix of a PNG, WebP or JPEG, the picture; the run itself is then in runs/.

Ctrl-C ends the step, saves what there is and exits with 130; once more, and it stops at once. SIGTERM and SIGHUP do
the same, with 143 and 129. A run that was stopped, so or by a crash or a power cut, goes on from its last checkpoint
and ends in the same bytes as one that was not:

    artgen run --resume runs/quickstart-0001
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.cli import common, shorthands

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.results import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", metavar="PRESET", nargs="?", help=common.PRESET)
    out = "the run folder (default: a new one in runs/), or a picture, such as fish.png"
    parser.add_argument("--out", type=Path, metavar="DIR|FILE", help=out)
    common.add_overwrite(parser, "let --out replace the picture")
    shorthands.add_to(parser)
    common.add_overrides(parser)
    common.add_allow(parser, "let a picture's recipe read this folder")
    parser.add_argument("--no-recipe", action="store_true", help="let the picture tell nothing of how it was made")
    parser.add_argument("--private", action="store_true", help="keep the prompts out of the picture's recipe")
    parser.add_argument("--continue", dest="goes_on", action="store_true", help="go on from the picture of PRESET")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with the run of this folder")
    parser.add_argument(
        "--checkpoint",
        default="30s",
        metavar="N|Ns|off",
        help="how often to write one: steps or seconds (default: 30s)",
    )
    common.add_quiet(parser, "the picture's path")


def main(given: argparse.Namespace) -> int:
    from rich.console import Console

    from artgen.engine.interval import CheckpointInterval

    CheckpointInterval.parse(given.checkpoint)
    console = Console(stderr=True, quiet=given.quiet)
    return _resume(given, console) if given.resume else _begin(given, console)


def _begin(given: argparse.Namespace, console: Console) -> int:
    from artgen.errors import InputError
    from artgen.fields.paths import allowing
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    if given.preset is None:
        raise InputError("run: name a preset, such as quickstart, or --resume the folder of a run")
    with allowing(given.allow), on_this_machine(), common.naming(shorthands.flags(given)):
        preset = load(given.preset, _overrides(given))
    folder, picture = common.places(given)
    # Only now what is slow to import: a mistake in the preset has been told by here.
    from artgen.engine.run import run
    from artgen.reporters.folder import new_folder

    folder = folder or new_folder(run_name(given.preset))
    draw = partial(run, preset, out=folder, overwrite=given.overwrite, checkpoint=given.checkpoint)
    return _told(folder, console, draw, picture)


def run_name(preset: str) -> str:
    """What the folder of a run is called before its number; of a run that is drawn again, as that one was."""
    from artgen.fields.paths import PICTURE
    from artgen.recipe import metadata

    path = Path(preset).absolute()
    again = path if path.is_dir() else path.parent if path.name in (PICTURE, metadata.FILE, "preset.yaml") else None
    return (re.sub(r"-\d{4,}$", "", again.name) if again else path.stem) or "run"


def _resume(given: argparse.Namespace, console: Console) -> int:
    from artgen.engine.stopped_run import unfinished
    from artgen.errors import InputError
    from artgen.fields.paths import PICTURE

    if given.preset or given.out or given.overwrite or given.allow or given.goes_on or _overrides(given):
        raise InputError("--resume: goes on with the run as it was begun; leave out the preset and its changes")
    if unfinished(given.resume) is None:
        common.note(f"{given.resume}: is finished")
        common.say_path(given.resume / PICTURE)
        return 0
    from artgen.engine.run import resume

    return _told(given.resume, console, partial(resume, given.resume, checkpoint=given.checkpoint))


def _overrides(given: argparse.Namespace) -> list[str | tuple[str, Any]]:
    """The shorthands are settings like any other; their values are taken as text, not as YAML."""
    overrides: list[str | tuple[str, Any]] = [*given.overrides, *shorthands.overrides(given)]
    if given.goes_on:
        overrides.insert(0, ("start", str(_picture_of(Path(given.preset)))))
    if given.private or given.no_recipe:
        overrides.append("recipe=none" if given.no_recipe else "recipe=private")
    return overrides


def _picture_of(made: Path) -> Path:
    """The picture of a run's folder, before its finishing stages, or the picture that was named."""
    from artgen.errors import InputError
    from artgen.fields.paths import drawing_in
    from artgen.recipe import metadata

    found = drawing_in(made)
    if not found.is_file() or found.suffix.lower() not in metadata.SUFFIXES:
        raise InputError(f"--continue: {made} is no picture of artgen's, and no folder of a run with one")
    return found


def _told(folder: Path, console: Console, draw: Callable[..., Result], picture: Path | None = None) -> int:
    """Draw, with live progress, and say what came of it; the exit code. The picture is also written to `picture`."""
    from artgen.engine.stopped_run import continuation
    from artgen.errors import plain
    from artgen.fields.paths import PICTURE
    from artgen.reporters.terminal import LiveProgress

    progress = LiveProgress(console)
    try:
        result = draw(reporters=[progress], note=common.noting(console), show=False)
    except KeyboardInterrupt as ended:
        if folder.is_dir():
            ended.add_note(continuation(folder))
        raise
    finally:
        progress.stop()
    console.print(plain(_summary(result, folder)), markup=False, highlight=False, soft_wrap=True)
    if picture:
        result.save(picture)
        console.print(plain(f"the run is in {folder}"), markup=False, highlight=False, soft_wrap=True)
    common.say_path(picture or folder / PICTURE)
    return _exit_code(result, folder / PICTURE)


def _summary(result: Result, folder: Path) -> str:
    """``30 steps, loss 0.31, seed 7``."""
    preset, done = result.recipe["preset"], result.steps_done
    seed = preset["seed"] + result.best
    kept = f"seed {seed}"
    if len(result.images) > 1:
        kept = f"the best of {len(result.images)} is seed {seed}, all are in {folder / 'batch'}"
    # A generator may take other steps than it was asked for.
    more = f" (made of the preset's {preset['steps']})" if done > preset["steps"] else ""
    return f"{done} step{'' if done == 1 else 's'}{more}, loss {result.scores[result.best]:.4g}, {kept}"


def _exit_code(result: Result, picture: Path) -> int:
    from artgen.engine.stopped_run import continuation

    if result.failure:
        common.note(f"{result.failure}; {picture} is the last good picture")
        return 1
    if result.interrupted:
        there_is = f"interrupted after {result.steps_done} steps; {picture} is what there is"
        common.note(f"{there_is}; {continuation(picture.parent)}")
        return 130
    return 0
