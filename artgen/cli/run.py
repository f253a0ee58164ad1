"""Make the picture of a preset.

PRESET is a YAML file, the name of a shipped preset (see `artgen presets`), or a PNG that artgen made, whose
recipe is run again. The run folder gets image.png, progress.png, losses.png, preset.yaml (every setting, resolved)
and, if the preset draws several pictures at once, batch/.

    artgen run quickstart
    artgen run quickstart --prompt "a yellow fish" --seed 3
    artgen run my.yaml --set losses.clip.weight=2 --set steps=400 --out pictures/fish

Ctrl-C saves what there is and exits with 130.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artgen.api import Result
    from artgen.presets import Preset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", metavar="PRESET")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default: a new one in runs/)")
    parser.add_argument("--overwrite", action="store_true", help="let --out replace the picture in DIR")
    parser.add_argument("--prompt", metavar="TEXT", help="what to draw instead: text:weight:stop | ...")
    parser.add_argument("--seed", metavar="N", help="another seed")
    parser.add_argument("--steps", metavar="N", help="another number of steps")
    parser.add_argument("--set", dest="overrides", metavar="KEY.PATH=VALUE", action="append", default=[])
    parser.add_argument("-q", "--quiet", action="store_true", help="print the picture's path and nothing else")


def main(given: argparse.Namespace) -> int:
    from artgen.presets import load

    preset = load(given.preset, _overrides(given))
    folder = _folder(given)
    return _run(preset, folder, given.quiet)


def _overrides(given: argparse.Namespace) -> list[str | tuple[str, str]]:
    """The shorthands are settings like any other; their values are taken as text, not as YAML."""
    overrides: list[str | tuple[str, str]] = list(given.overrides)
    if given.prompt is not None:
        overrides.append(("prompts", given.prompt))
    overrides += [f"{key}={value}" for key in ("seed", "steps") if (value := getattr(given, key)) is not None]
    return overrides


def _folder(given: argparse.Namespace) -> Path:
    from artgen.report import claim_folder, new_folder

    return claim_folder(given.out, given.overwrite) if given.out else new_folder(Path(given.preset).stem)


def _run(preset: Preset, folder: Path, quiet: bool) -> int:
    from rich.console import Console

    from artgen.console import LiveProgress
    from artgen.loop import run
    from artgen.report import RunFolder

    console = Console(stderr=True, quiet=quiet)
    writer, progress = RunFolder(folder, preset), LiveProgress(console)
    try:
        result = run(preset, reporters=[writer, progress], note=lambda line: console.print(line, markup=False))
    finally:
        progress.stop()
        _remove_if_empty(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture = writer.write(result)
    if not quiet:
        _tell(result, console)
    print(picture)
    return _exit_code(result, picture)


def _remove_if_empty(folder: Path) -> None:
    """A run that failed before its first picture leaves no empty folder behind."""
    import contextlib

    with contextlib.suppress(OSError):
        folder.rmdir()


def _tell(result: Result, console: object) -> None:
    from rich.console import Console

    assert isinstance(console, Console)
    seed = result.recipe["preset"]["seed"] + result.best
    kept = f", the best of {len(result.images)} (seed {seed})" if len(result.images) > 1 else f", seed {seed}"
    console.print(f"{result.steps_done} steps, loss {result.scores[result.best]:.4g}{kept}", markup=False)


def _exit_code(result: Result, picture: Path) -> int:
    if result.failure:
        print(f"{result.failure}; {picture} is the last good picture", file=sys.stderr)
        return 1
    if result.interrupted:
        print(f"interrupted after {result.steps_done} steps; {picture} is what there is", file=sys.stderr)
        return 130
    return 0
