"""Draw a preset with a plugin of one file, again whenever one of the two is saved.

    artgen new loss stripes --file
    artgen dev stripes.py stripes.yaml
    artgen dev stripes.py quickstart --set losses.clip.weight=0.5 --size 128 --steps 40

Open the picture, stripes-dev.png, in a viewer that shows what changes: it is written every few seconds while it grows.
The models stay loaded, so that each time only what you have written begins anew. A mistake costs a line, until the next
time that you save. Ctrl-C ends it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures.flags import Flags, setting_flags
from artgen.cli.types import CODE
from artgen.cli.types import PICTURE as PICTURE_FILE

if TYPE_CHECKING:
    from artgen.cli.pictures.run import Change
    from artgen.preset.model import Preset

OFTEN = 0.2
"""Seconds between two looks at the files."""
SHOWN = 3
"""Seconds between two pictures of one run."""
Stamp = tuple[tuple[int, int], ...]
"""When each file was saved, and how large it is."""


@click.command(cls=Subcommand, help=__doc__)
@common.argument("plugin", "the file of Python, whose components the preset may name", type=CODE)
@common.preset_argument()
@common.out("FILE", "the picture (default: PRESET-dev.png, in the current folder)", PICTURE_FILE)
@common.overwrite("let --out replace the picture")
@setting_flags
@common.overrides()
@click.option("--once", is_flag=True, help="draw it once, and stop")
def command(
    plugin: Path,
    preset: str,
    out: Path | None,
    overwrite: bool,
    flags: Flags,
    overrides: tuple[str, ...],
    once: bool,
) -> int:
    from artgen.engine.reuse import keeping_perceptors
    from artgen.errors import ArtgenError
    from artgen.files import refuse_overwriting

    if out is not None:
        refuse_overwriting(out, overwrite)
    files = (plugin, Path(preset))
    drawing = Drawing(plugin, preset, (*overrides, *flags.overrides()), flags, out or Path(f"{files[1].stem}-dev.png"))
    with keeping_perceptors():
        while True:
            saved, code = stamps(files), 0
            try:
                drawing.draw(partial(_is_stale, files, saved))
            except ArtgenError as error:
                printing.note(error)
                code = error.exit_code
            if once:
                return code
            while not _is_stale(files, saved):
                time.sleep(OFTEN)


def _is_stale(files: Iterable[Path], saved: Stamp) -> bool:
    return stamps(files) != saved


def stamps(files: Iterable[Path]) -> Stamp:
    """Those of the files that are there; an editor may take one away for a moment while it saves."""
    found = []
    for file in files:
        try:
            state = file.stat()
        except OSError:
            continue
        found.append((state.st_mtime_ns, state.st_size))
    return tuple(found)


@dataclass(frozen=True)
class Drawing:
    """What is drawn again and again."""

    plugin: Path
    preset: str
    changes: Sequence[Change]
    flags: Flags
    picture: Path

    def draw(self, is_stale: Callable[[], bool]) -> None:
        """Read both files and draw the picture, unless it `is_stale` by then: what it was to be has been saved anew."""
        from rich.console import Console

        from artgen.engine.run import steps
        from artgen.reporters.folder import save_preview
        from artgen.reporters.terminal import LiveProgress
        from artgen.results import judged

        loaded, console = self._loaded(), Console(stderr=True)
        progress = LiveProgress(console)
        begun = shown = time.monotonic()
        try:
            run = steps(loaded, reporters=[progress], note=printing.noting(console))
            for event in run:
                if is_stale():
                    return
                if time.monotonic() - shown > SHOWN:
                    save_preview(self.picture, event)
                    shown = time.monotonic()
            result = run.result
        finally:
            progress.stop()
        result.save(self.picture)
        if result.failure:
            printing.note(f"{result.failure}; {self.picture} is the last good picture")
            return
        score, seconds = result.scores[result.best], time.monotonic() - begun
        liked = judged(result.judge_scores, result.best)
        printing.say(f"{self.picture}: {result.steps_done} steps, loss {score:.4g}{liked}, {seconds:.1f} s")
        sys.stdout.flush()  # whoever reads it shall not wait for the next picture

    def _loaded(self) -> Preset:
        from artgen.preset.loading import load
        from artgen.preset.settings.device import on_this_machine

        with on_this_machine(), common.naming(self.flags.spelt()):
            return load(self.preset, list(self.changes), plugins=[self.plugin])
