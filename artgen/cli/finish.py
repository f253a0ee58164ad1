"""Put a picture through finishing stages, without drawing it again: enlarge it, trace it, give it a frame.

    artgen finish gallery/owl.png --with upscale --set scale=4
    artgen finish runs/owl-0001 --with palette --set colours=riso --with texture --out owl-print.png

Each --with is one more stage, and the --set behind it are that stage's settings; `artgen plugins finish` and `artgen
plugins filters` list what there is. A picture's file is finished further. A run's folder is finished anew: from the
drawing that it had before its own stages. The picture that comes out has the longer recipe, which replays; one that
another program made is finished, too, and carries none.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.cli import common

if TYPE_CHECKING:
    from rich.console import Console

    from artgen.engine.finish_picture import FinishedPicture


class _Setting(argparse.Action):
    """``--set``: it belongs to the ``--with`` before it."""

    def __call__(self, parser: Any, given: argparse.Namespace, value: Any, option: str | None = None) -> None:
        if not given.stages:
            parser.error(f"--set {value}: say first of which stage, with --with")
        place = len(given.stages) - 1
        given.overrides = [*given.overrides, (place, value)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a picture, or the folder of a run")
    stage = "a stage or filter, such as upscale; may be given many times"
    parser.add_argument("--with", dest="stages", metavar="TYPE", action="append", default=[], required=True, help=stage)
    setting = "a setting of the stage before it, such as scale=4; may be given many times"
    parser.add_argument("--set", dest="overrides", metavar="KEY=VALUE", action=_Setting, default=[], help=setting)
    parser.add_argument("--out", type=Path, metavar="FILE", help="the picture to write (default: beside PICTURE)")
    common.add_overwrite(parser, "let --out replace a file")
    parser.add_argument("--device", metavar="NAME", default="auto", help="auto, cpu, mps, cuda or cuda:N")
    common.add_quiet(parser, "the picture's path")


def main(given: argparse.Namespace) -> int:
    from rich.console import Console

    from artgen.errors import InputError
    from artgen.files import refuse_overwriting
    from artgen.recipe import metadata

    if not given.picture.exists():
        from artgen.picture.decoding import missing

        raise missing(given.picture)
    if given.out is not None:
        if given.out.is_dir():
            raise InputError(f"{given.out}: is a folder; name the picture to write")
        metadata.options(given.out, None)
        refuse_overwriting(given.out, given.overwrite)
    out = given.out or _free(given.picture, given.stages)
    made = _finished(given, Console(stderr=True, quiet=given.quiet))
    made.save(out)
    common.say_path(out)
    return 0


def _free(picture: Path, stages: Sequence[str]) -> Path:
    """``owl-upscale.png`` beside ``owl.png``, or the next number that is free, so that nothing is replaced."""
    from artgen.fields.paths import drawing_in

    source = drawing_in(picture)
    stem = source.with_suffix("").name
    name = "-".join(([] if picture.is_dir() else [stem]) + [stage.rpartition(":")[2] for stage in stages])
    candidates = (source.with_name(f"{name}{number}.png") for number in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(path for path in candidates if not path.exists())


def _finished(given: argparse.Namespace, console: Console) -> FinishedPicture:
    from rich.progress import Progress as Bar

    from artgen.engine.finish_picture import finish

    stages = [{"type": name} for name in given.stages]
    overrides = [f"finish[{place}].{text}" for place, text in given.overrides]
    flags = {f"finish[{place}].{text.partition('=')[0]}": text.partition("=")[0] for place, text in given.overrides}
    with Bar(console=console, transient=True, disable=given.quiet or not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(title: str, share: float) -> None:
            if title not in tasks:
                tasks[title] = bar.add_task(title, total=1)
            bar.update(tasks[title], completed=share)

        with _naming(flags):
            note, device = common.noting(console), given.device
            return finish(given.picture, stages, overrides, device=device, note=note, progress=tell)


def _naming(flags: dict[str, str]) -> Any:
    """Mistakes of a setting are said of it as it was typed."""
    return common.naming({key: f"--set {name}" for key, name in flags.items()})
