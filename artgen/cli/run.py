"""Make the picture of a preset.

PRESET is a YAML file, the name of a shipped preset (see `artgen presets`), or a PNG that artgen made, whose
recipe is run again. The run folder gets image.png, recipe.json, progress.png, losses.png and losses.json, preset.yaml
(every setting, resolved) and, if the preset draws several pictures at once, batch/.

    artgen run quickstart
    artgen run quickstart --prompt "a yellow fish" --seed 3
    artgen run my.yaml --set losses.clip.weight=2 --set steps=400 --out pictures/fish

Ctrl-C ends the step, saves what there is and exits with 130; once more, and it stops at once. SIGTERM and SIGHUP do
the same, with 143 and 129. A run that was stopped, so or by a crash or a power cut, goes on from its last checkpoint
and ends in the same bytes as one that was not:

    artgen run --resume runs/quickstart-0001
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.results import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", metavar="PRESET", nargs="?")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default: a new one in runs/)")
    common.add_overwrite(parser, "let --out replace the picture in DIR")
    parser.add_argument("--prompt", metavar="TEXT", help="what to draw instead: text:weight:stop | ...")
    parser.add_argument("--seed", metavar="N", help="another seed")
    parser.add_argument("--steps", metavar="N", help="another number of steps")
    common.add_overrides(parser)
    common.add_allow(parser, "let a picture's recipe read this folder")
    parser.add_argument("--no-recipe", action="store_true", help="let the picture tell nothing of how it was made")
    parser.add_argument("--private", action="store_true", help="keep the prompts out of the picture's recipe")
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
    from artgen.fields.paths import allowing, expanded
    from artgen.preset.loading import load

    if given.preset is None:
        raise InputError("run: name a preset, such as quickstart, or --resume the folder of a run")
    with allowing(given.allow):
        preset = load(given.preset, _overrides(given))
    # Only now what is slow to import: a mistake in the preset has been told by here.
    from artgen.engine.run import run
    from artgen.reporters.folder import new_folder

    folder = expanded(given.out) if given.out else new_folder(Path(given.preset).stem)
    draw = partial(run, preset, out=folder, overwrite=given.overwrite, checkpoint=given.checkpoint)
    return _told(folder, console, draw)


def _resume(given: argparse.Namespace, console: Console) -> int:
    from artgen.engine.stopped_run import unfinished
    from artgen.errors import InputError
    from artgen.fields.paths import PICTURE

    if given.preset or given.out or given.overwrite or given.allow or _overrides(given):
        raise InputError("--resume: goes on with the run as it was begun; leave out the preset and its changes")
    if unfinished(given.resume) is None:
        common.note(f"{given.resume}: is finished")
        common.say_path(given.resume / PICTURE)
        return 0
    from artgen.engine.run import resume

    return _told(given.resume, console, partial(resume, given.resume, checkpoint=given.checkpoint))


def _overrides(given: argparse.Namespace) -> list[str | tuple[str, str]]:
    """The shorthands are settings like any other; their values are taken as text, not as YAML."""
    overrides: list[str | tuple[str, str]] = list(given.overrides)
    if given.prompt is not None:
        overrides.append(("prompts", given.prompt))
    overrides += [f"{key}={value}" for key in ("seed", "steps") if (value := getattr(given, key)) is not None]
    if given.private or given.no_recipe:
        overrides.append("recipe=none" if given.no_recipe else "recipe=private")
    return overrides


def _told(folder: Path, console: Console, draw: Callable[..., Result]) -> int:
    """Draw, with live progress, and say what came of it; the exit code."""
    from artgen.engine.stopped_run import continuation
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
    seed = result.recipe["preset"]["seed"] + result.best
    kept = f", the best of {len(result.images)} (seed {seed})" if len(result.images) > 1 else f", seed {seed}"
    console.print(f"{result.steps_done} steps, loss {result.scores[result.best]:.4g}{kept}", markup=False)
    common.say_path(folder / PICTURE)
    return _exit_code(result, folder / PICTURE)


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
