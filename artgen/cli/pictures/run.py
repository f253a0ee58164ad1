"""Make the picture of a preset.

PRESET is a YAML file, the name of a shipped preset (see `artgen presets`), or a picture, the folder of a run or a
recipe.json of artgen's, whose preset is drawn again. The run folder gets image.png, recipe.json, progress.png,
losses.png and losses.json, preset.yaml (every setting, resolved) and, if several pictures are drawn at once, batch/
and sheet.png, which shows them with their seeds. While it goes on, preview.png shows how far it is. Of a preset with
`film` it draws the frames, into frames/, and makes the film of them.

    artgen run quickstart
    artgen run quickstart --prompt "a yellow fish" --seed 3
    artgen run vqgan --seed 1-12 --quality draft
    artgen run my.yaml --set losses.clip.weight=2 --steps 400 --out pictures/fish
    artgen run my.yaml --seed random --size 640x360 --out fish.png
    artgen run runs/fish-0001 --continue --prompt "a red fish"

--continue goes on from the picture that PRESET has made, where else it is drawn again from nothing.

--export svg writes the picture as SVG, too, where a plugin can (see `artgen plugins`): image.svg, or fish.svg beside a
picture that --out names.

--timelapse makes a film of how the picture grows, too: timelapse.mp4 in the run folder, or timelapse.webp where no
ffmpeg is on the PATH. A run that is resumed goes on with it.

--out names the run folder or, with the suffix of a PNG, WebP or JPEG, the picture; the run itself is then in runs/.

Ctrl-C ends the step, saves what there is and exits with 130; once more, and it stops at once. SIGTERM and SIGHUP do
the same, with 143 and 129. A run that was stopped, so or by a crash or a power cut, goes on from its last checkpoint
and ends in the same bytes as one that was not:

    artgen run --resume runs/quickstart-0001
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures.flags import Flags, setting_flags
from artgen.cli.types import FOLDER
from artgen.cli.types import PICTURE as PICTURE_FILE

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.films.timelapse import Timelapse
    from artgen.preset.model import Preset
    from artgen.results import Result


Change = str | tuple[str, Any]
"""A setting that is changed, as `load` takes it: text, of which the value is YAML, or a path and a value."""
OFTEN = "how often to write one: steps or seconds (default: 30s)"


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument(required=False)
@common.out("DIR|FILE", "the run folder (default: a new one in runs/), or a picture, such as fish.png", PICTURE_FILE)
@common.overwrite("let --out replace the picture")
@setting_flags
@common.overrides()
@common.allow("let a picture's recipe read this folder")
@common.privacy
@click.option("--export", multiple=True, metavar="SUFFIX", help="write this form of it, too, such as svg")
@click.option("--timelapse", is_flag=True, help="make a film of how the picture grows, too")
@click.option("--continue", "goes_on", is_flag=True, help="go on from the picture of PRESET")
@click.option("--resume", type=FOLDER, metavar="DIR", help="go on with the run of this folder")
@click.option("--checkpoint", default="30s", metavar="N|Ns|off", help=OFTEN)
@common.plugins
@common.quiet("the picture's path")
def command(
    preset: str | None,
    out: Path | None,
    overwrite: bool,
    flags: Flags,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    no_recipe: bool,
    private: bool,
    export: tuple[str, ...],
    timelapse: bool,
    goes_on: bool,
    resume: Path | None,
    checkpoint: str,
    quiet: bool,
) -> int:
    from rich.console import Console

    from artgen.engine.interval import CheckpointInterval
    from artgen.errors import InputError

    CheckpointInterval.parse(checkpoint)
    console = Console(stderr=True, quiet=quiet)
    changes: list[Change] = [*overrides, *flags.overrides()]
    if private or no_recipe:
        changes.append("recipe=none" if no_recipe else "recipe=private")
    if resume is not None:
        if preset or out or overwrite or allow or goes_on or export or timelapse or changes:
            raise InputError("--resume: goes on with the run as it was begun; leave out the preset and its changes")
        return _resume(resume, checkpoint, console)
    if preset is None:
        raise InputError("run: name a preset, such as quickstart, or --resume the folder of a run")
    if goes_on:
        changes.insert(0, ("start", str(_picture_of(Path(preset)))))
    loaded = _loaded(preset, changes, allow, flags)
    folder, picture = common.places(out, overwrite)
    if loaded.film is not None:
        from artgen.cli.pictures import filming

        filming.refuse_misfits(picture, export, goes_on, timelapse)
        return filming.make(loaded, run_name(preset), folder, overwrite, console)
    beside = _beside(export, loaded, picture, overwrite)
    # Only now what is slow to import: a mistake in the preset has been told by here.
    from artgen.engine.run import run
    from artgen.reporters.places import new_folder

    folder = folder or new_folder(run_name(preset))
    draw = partial(run, loaded, out=folder, overwrite=overwrite, checkpoint=checkpoint, export=export)
    return _told(folder, console, draw, picture, beside, timelapse)


def _beside(export: Sequence[str], preset: Preset, picture: Path | None, overwrite: bool) -> list[str]:
    """The suffixes of the forms that --export asks for; InputError if one cannot be written."""
    from artgen.files import refuse_overwriting
    from artgen.registry.lookup import exporters

    suffixes = [offer.name for offer in exporters(export, preset.generator)]
    if picture:
        for suffix in suffixes:
            refuse_overwriting(picture.with_suffix(suffix), overwrite)
    return suffixes


def _loaded(preset: str, changes: list[Change], allow: tuple[Path, ...], flags: Flags) -> Preset:
    from artgen.fields.paths import allowing
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    with allowing(allow), on_this_machine(), common.naming(flags.spelt()):
        return load(preset, changes)


def run_name(preset: str) -> str:
    """What the folder of a run is called before its number; of a run that is drawn again, as that one was."""
    from artgen.fields.paths import PICTURE
    from artgen.recipe import metadata

    path = Path(preset).absolute()
    again = path if path.is_dir() else path.parent if path.name in (PICTURE, metadata.FILE, "preset.yaml") else None
    return (re.sub(r"-\d{4,}$", "", again.name) if again else path.stem) or "run"


def _resume(folder: Path, checkpoint: str, console: Console) -> int:
    from artgen.engine.stopped_run import unfinished
    from artgen.fields.paths import PICTURE

    stopped = unfinished(folder)
    if stopped is None:
        printing.note(f"{folder}: is finished")
        printing.say_path(folder / PICTURE)
        return 0
    if stopped["preset"].get("film"):
        from artgen.cli.pictures import filming

        return filming.go_on(folder, console)
    from artgen.engine.run import resume
    from artgen.films.timelapse import Timelapse

    go_on = partial(resume, folder, checkpoint=checkpoint)
    return _told(folder, console, go_on, timelapse=Timelapse.is_kept(folder))


def _picture_of(made: Path) -> Path:
    """The picture of a run's folder, before its finishing stages, or the picture that was named."""
    from artgen.errors import InputError
    from artgen.fields.paths import drawing_in
    from artgen.recipe import metadata

    found = drawing_in(made)
    if not found.is_file() or found.suffix.lower() not in metadata.SUFFIXES:
        raise InputError(f"--continue: {made} is no picture of artgen's, and no folder of a run with one")
    return found


def _told(
    folder: Path,
    console: Console,
    draw: Callable[..., Result],
    picture: Path | None = None,
    beside: Sequence[str] = (),
    timelapse: bool = False,
) -> int:
    """Draw, with live progress, and say what came of it; the exit code.

    The picture is also written to `picture`, and its forms with the suffixes `beside` are beside that. The run's
    `timelapse` is written last.
    """
    from artgen.engine.stopped_run import continuation
    from artgen.errors import plain
    from artgen.fields.paths import PICTURE
    from artgen.reporters.terminal import LiveProgress

    progress, note = LiveProgress(console), printing.noting(console)
    growth = _growth(folder) if timelapse else None
    try:
        result = draw(reporters=[progress, *([growth] if growth else [])], note=note, show=False)
    except KeyboardInterrupt as ended:
        if folder.is_dir():
            ended.add_note(continuation(folder))
        raise
    finally:
        progress.stop()
    console.print(plain(_summary(result, folder)), markup=False, highlight=False, soft_wrap=True)
    if picture:
        result.save(picture)
        _save_forms(result, picture, beside)
        console.print(plain(f"the run is in {folder}"), markup=False, highlight=False, soft_wrap=True)
    printing.say_path(picture or folder / PICTURE)
    if growth and (film := growth.write(result, note)):
        note(f"how it grew is in {film}")
    return _exit_code(result, folder / PICTURE)


def _growth(folder: Path) -> Timelapse:
    from artgen.films.timelapse import Timelapse

    return Timelapse(folder)


def _save_forms(result: Result, picture: Path, suffixes: Sequence[str]) -> None:
    from artgen.recipe import saving

    for suffix in suffixes:
        if suffix in result.files:
            saving.save_beside(picture, suffix, result.files[suffix][result.best])


def _summary(result: Result, folder: Path) -> str:
    """``30 steps, loss 0.31, seed 7``."""
    preset, done = result.recipe["preset"], result.steps_done
    seed = preset["seed"] + result.best
    kept = f"seed {seed}"
    if len(result.images) > 1:
        kept = f"the best of {len(result.images)} is seed {seed}, all are in {folder / 'batch'}"
    # A generator may take other steps than it was asked for.
    more = f" (made of the preset's {preset['steps']})" if done > preset["steps"] else ""
    return f"{done} step{'' if done == 1 else 's'}{more}, {_measured(result)}, {kept}"


def _measured(result: Result) -> str:
    """``loss 0.31, second 0.254``: the picture's loss, and what the judges say."""
    from artgen.results import judged

    return f"loss {result.scores[result.best]:.4g}{judged(result.judge_scores, result.best)}"


def _exit_code(result: Result, picture: Path) -> int:
    from artgen.engine.stopped_run import continuation

    if result.failure:
        printing.note(f"{result.failure}; {picture} is the last good picture")
        return 1
    if result.interrupted:
        there_is = f"interrupted after {result.steps_done} steps; {picture} is what there is"
        printing.note(f"{there_is}; {continuation(picture.parent)}")
        return 130
    return 0
