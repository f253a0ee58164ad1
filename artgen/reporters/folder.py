"""The run folder: the picture, the others of its batch, the progress strip, the resolved preset, the losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from artgen.api import Result, StepEvent
from artgen.errors import InputError
from artgen.files import PICTURE, atomic_path, write_text
from artgen.picture import images
from artgen.preset.model import Preset, parse
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from artgen.reporters import curves

NOTE = "run.json"
"""What stands in the folder of a run that is not finished."""


def new_folder(name: str, runs: Path = Path("runs")) -> Path:
    """Make ``runs/name-0001``, or the next number that is free, so that no run ever overwrites another."""
    for number in range(1, 100_000):
        folder = runs / f"{name}-{number:04}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another place with --out") from None
        return folder
    raise InputError(f"{runs}: full of runs of {name}; move some away")


def claim_folder(folder: Path, overwrite: bool) -> Path:
    """Make `folder`; InputError if it holds a picture or a run that is not finished, unless `overwrite`."""
    if (folder / NOTE).exists() and not overwrite:
        on = f"go on with `artgen run --resume {folder}`, or say --overwrite"
        raise InputError(f"{folder}: holds a run that is not finished; {on}")
    if (folder / PICTURE).exists() and not overwrite:
        raise InputError(f"{folder}: already holds a picture; choose another --out, or say --overwrite")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another --out") from None
    return folder


class RunFolder:
    """A reporter that remembers a few moments and writes everything at the end."""

    def __init__(self, folder: Path, preset: Preset) -> None:
        self.folder, self.preset = folder, preset
        self.moments: set[int] = set()
        self.frames: list[Tensor] = []

    def on_start(self, steps: int) -> None:
        # The last frame is the finished picture, so the others are spread over what comes before.
        wanted = self.preset.frames
        self.moments = {round(i * (steps - 1) / (wanted - 1)) for i in range(wanted - 1)}

    def on_step(self, event: StepEvent) -> None:
        if event.step in self.moments:
            self.frames.append(event.image.cpu())

    def write(self, result: Result) -> Path:
        """Write the folder's files; returns the picture's path."""
        picture = self.folder / PICTURE
        made = images.layer(result, result.best)
        images.save(picture, made, result.recipe)
        self._write_batch(result)
        self._write_recipe(picture)
        frames = [frame[result.best] for frame in self.frames] + [images.on_white(made)]
        images.save_strip(self.folder / "progress.png", frames)
        resolved = {**result.recipe["preset"], "reporters": self.preset.resolved()["reporters"]}
        parse(resolved).save(self.folder / "preset.yaml")
        plot_losses(self.folder / "losses.png", result.losses)
        write_text(self.folder / curves.FILE, curves.to_json(result.losses))
        return picture

    def on_end(self, result: Result) -> None:
        """Nothing: the files are written by `write`, whose errors must reach the user."""

    def _write_batch(self, result: Result) -> None:
        if len(result.images) == 1:
            return
        seed = result.recipe["preset"]["seed"]
        for i in range(len(result.images)):
            path = self.folder / "batch" / f"seed-{seed + i}.png"
            images.save(path, images.layer(result, i), {**result.recipe, "picture": i})

    def _write_recipe(self, picture: Path) -> None:
        """The recipe beside the picture, for those who want to read it."""
        if self.preset.recipe != "none":
            write_text(self.folder / metadata.FILE, recipe.to_json(metadata.read(picture)) + "\n")


def plot_losses(path: Path, losses: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    """One curve a loss over the steps, unweighted, and their weighted sum."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name for name in losses if name != "total"]
    names += ["total"] if "total" in losses else []
    figure = Figure(figsize=(7, 1.6 * max(len(names), 1) + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(max(len(names), 1), 1, sharex=True, squeeze=False)[:, 0]
    for panel, name in zip(panels, names, strict=False):
        steps, values = zip(*losses[name], strict=True)
        panel.plot(steps, values, linewidth=1.2, color="black" if name == "total" else "tab:blue")
        panel.set_title(name if name != "total" else "weighted sum", fontsize=9, loc="left")
        panel.grid(alpha=0.3)
    panels[-1].set_xlabel("step")
    with atomic_path(path) as temporary:
        # No date and version inside, so that the same run gives the same bytes.
        figure.savefig(temporary, dpi=110, format="png", metadata={"Software": None})
