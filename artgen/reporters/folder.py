"""The run folder: the picture, the others of its batch, the progress strip, the resolved preset, the losses."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from artgen.errors import InputError
from artgen.fields.paths import PICTURE, PREVIEW
from artgen.files import atomic_path, remove, write_text
from artgen.picture import images
from artgen.preset.model import Preset, as_yaml
from artgen.prompts.batches import of_picture
from artgen.recipe import metadata, saving
from artgen.recipe.model import to_json
from artgen.recipe.source_type import png_text
from artgen.reporters import batch_sheet, curves, outputs
from artgen.reporters.loss_plot import plot_losses
from artgen.reporters.places import drawing_of
from artgen.reporters.progress import ProgressFile
from artgen.results import Result, StepEvent, event_picture, picture_tensor

PREVIEW_SECONDS = 5
"""How often what shows the run while it goes on is written."""


def save_preview(path: Path, event: StepEvent) -> None:
    """What there is at a step as a PNG, the pictures of a batch side by side. InputError if it cannot be written."""
    with atomic_path(path) as temporary:
        event_picture(event).save(temporary, format="PNG")


class RunFolder:
    """A reporter that remembers a few moments and writes everything at the end."""

    def __init__(self, folder: Path, preset: Preset) -> None:
        self.folder, self.preset = folder, preset
        self.moments: set[int] = set()
        self.frames: list[Tensor] = []
        self.progress = ProgressFile(folder)
        self.digests: dict[str, str] = {}
        """sha256 of each other form of a picture that was written, by its path in the folder."""
        self.previewed: float | None = None
        """When the preview was last written; infinitely late where it cannot be."""
        self.steps_done = 0
        """Where a run that is resumed goes on."""

    def on_start(self, steps: int) -> None:
        # The last frame is the finished picture, so the others are spread over what comes before.
        wanted = self.preset.frames
        self.moments = {round(i * (steps - 1) / (wanted - 1)) for i in range(wanted - 1)}
        self.progress.begin(steps, self.steps_done)

    def on_step(self, event: StepEvent) -> None:
        if event.step in self.moments:
            self.frames.append(event.image.cpu())
        self.progress.on_step(event)
        now = time.monotonic()
        if self.previewed is None or now - self.previewed >= PREVIEW_SECONDS:
            self.previewed = now
            self._preview(event)

    def _preview(self, event: StepEvent) -> None:
        """What there is so far; where that cannot be written, the run goes on without."""
        try:
            save_preview(self.folder / PREVIEW, event)
        except InputError:
            self.previewed = math.inf

    def on_finish(self, title: str, share: float) -> None:
        self.progress.on_stage(title)

    def state_dict(self) -> dict[str, Any]:
        """The moments and the losses of the steps so far, for a checkpoint."""
        return {"frames": self.frames, "losses": self.progress.losses}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer; what else stands there is left alone."""
        self.frames = [frame.cpu() for frame in state["frames"]]
        losses = state.get("losses", {})  # which an older checkpoint does not have
        self.progress.losses = {name: list(points) for name, points in losses.items()}
        self.steps_done = 1 + max((points[-1][0] for points in losses.values()), default=-1)

    def write(self, result: Result) -> Path:
        """Write the folder's files; returns the picture's path."""
        picture, best = self.folder / PICTURE, picture_tensor(result, result.best)
        self.progress.folder = self.folder  # which may be another by now
        written = saving.save(picture, best, result.recipe)
        self._write_forms(result, result.best, picture)
        self._write_batch(result)
        outputs.write(self.folder, self.digests)
        if written is not None:
            # Beside the picture, for those who want to read it.
            write_text(self.folder / metadata.FILE, to_json(written) + "\n")
        frames = [frame[result.best] for frame in self.frames] + [images.on_white(best)]
        images.save_strip(self.folder / "progress.png", frames, text=png_text(result.recipe))
        # The recipe has no reporters, and no stage that failed; the user's own preset keeps them.
        own = {section: self.preset.resolved()[section] for section in ("finish", "reporters")}
        resolved = {**result.recipe["preset"], **own}
        write_text(self.folder / "preset.yaml", as_yaml(resolved))
        plot_losses(self.folder / "losses.png", result.losses, result.judges)
        remove(self.folder / PREVIEW)
        write_text(self.folder / curves.FILE, curves.to_json(curves.of_result(result)))
        self.progress.end(result.interrupted, result.failure)
        return picture

    def on_end(self, result: Result) -> None:
        """Nothing: the files are written by `write`, whose errors must reach the user."""

    def _write_batch(self, result: Result) -> None:
        if len(result.images) == 1:
            return
        batch_sheet.save(self.folder, result)
        seed = result.recipe["preset"]["seed"]
        for i in range(len(result.images)):
            path = self.folder / "batch" / f"seed-{seed + i}.png"
            saving.save(path, picture_tensor(result, i), of_picture(result.recipe, i))
            self._write_forms(result, i, path)

    def _write_forms(self, result: Result, i: int, path: Path) -> None:
        """Beside picture number `i` its other forms, and the drawing before it was finished."""
        for suffix, files in result.files.items():
            written = saving.save_beside(path, suffix, files[i])
            self.digests[written.relative_to(self.folder).as_posix()] = hashlib.sha256(files[i]).hexdigest()
        if result.drawing is not None:
            drawn, recipe = picture_tensor(result.drawing, i), of_picture(result.drawing.recipe, i)
            saving.save(drawing_of(path), drawn, recipe)
