"""What a run tells: an event after each step, and the result at its end. Both show themselves in a notebook."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from artgen.errors import InputError
from artgen.fields.paths import expanded
from artgen.picture import preview
from artgen.prompts.batches import of_picture
from artgen.prompts.titles import asked

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor


@dataclass(frozen=True)
class StepEvent:
    """What reporters see after a step."""

    step: int
    """The step, from 0."""
    steps: int
    """How many steps the run has."""
    image: Tensor
    """(B, 3, H, W), detached, as it was judged at this step."""
    losses: Mapping[str, float]
    """Each loss's unweighted value, averaged over the batch; a loss of weight 0 is absent."""
    total: float
    """The weighted sum, averaged over the batch."""
    seconds: float
    """Time since the first step began; of a resumed run, since it went on."""
    judges: Mapping[str, float] = field(default_factory=dict)
    """What each judge says of this step's drawing, averaged over the batch, more is better; empty where none looked."""

    def __repr__(self) -> str:
        return f"<StepEvent {self.step + 1} of {self.steps}, loss {self.total:.4g}>"

    def _repr_png_(self) -> bytes:
        """What a notebook shows: the pictures of the batch, side by side."""
        return preview.png(event_picture(self))


@dataclass(frozen=True)
class Result:
    """What a run leaves."""

    images: Tensor
    """(B, 3, H, W) on the CPU."""
    best: int
    """Which picture of the batch is kept as *the* picture: the one of the lowest score, or, where the preset says so,
    the one that the judges like most."""
    scores: tuple[float, ...]
    """How far each picture is from what the prompts ask for, lower is better: the weighted sum of the losses that read
    them, averaged over the last steps. Where no loss reads the prompts, it is the sum of all."""
    steps_done: int
    """How many steps were taken; fewer than the preset's where the run ended early."""
    losses: Mapping[str, tuple[tuple[int, float], ...]]
    """(step, value) pairs of each loss and of the weighted sum, under the name ``total``."""
    recipe: Mapping[str, Any]
    """What made it, as in the picture's text."""
    alpha: Tensor | None = None
    """(B, 1, H, W) in [0, 1] on the CPU: how much of `images` covers what lies behind, where the preset asks for it."""
    interrupted: bool = False
    """Whether the user stopped it."""
    failure: str | None = None
    """Why the run stopped early, if it did; `images` is then the last good drawing, or one that is not finished."""
    files: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    """Each picture in other forms, by suffix, such as ``.svg``, where a finishing stage or an exporter makes them."""
    drawing: Result | None = None
    """What there was before the finishing stages, where there are any."""
    judges: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    """(step, value) pairs of each judge, averaged over the batch, more is better; the last of the finished drawing."""
    judge_scores: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """What each judge says of each picture as it was finished drawing; more is better."""

    @property
    def image(self) -> Image.Image:
        """The best picture of the batch, 8 bits a channel: RGB, or RGBA where there is `alpha`."""
        from artgen.picture import images

        return images.to_pil(picture_tensor(self, self.best))

    def save(self, path: str | Path, picture: int | None = None) -> Path:
        """Write a picture with its recipe in it, as ``artgen run`` does; a file that is there is replaced.

        Args:
            path: where to. The suffix chooses PNG, WebP (lossless) or JPEG; folders that are missing are made.
            picture: which one of the batch, from 0; by default the best.

        Returns:
            The path that was written.

        Raises:
            InputError: if the suffix is another or the place cannot be written to, or there is no such picture.
        """
        from artgen.recipe import saving

        number = self.best if picture is None else picture
        if not 0 <= number < len(self.images):
            raise InputError(f"there is no picture {number}; the result has {len(self.images)}, counted from 0")
        place = expanded(path)
        saving.save(place, picture_tensor(self, number), of_picture(self.recipe, number))
        return place

    def __repr__(self) -> str:
        return f"<Result: {summary(self)}>"

    def _repr_png_(self) -> bytes:
        """The best picture, for what shows no HTML."""
        return preview.png(preview.thumbnail(self.image))

    def _repr_html_(self) -> str:
        """What a notebook shows: the batch with seeds and scores."""
        return result_html(self)


T = TypeVar("T")


def copied(told: T) -> T:
    """An event or a result that shares nothing which could be written to; all else as it is."""
    if isinstance(told, StepEvent):
        return replace(told, image=told.image.clone(), losses=dict(told.losses), judges=dict(told.judges))
    if isinstance(told, Result):
        return replace(
            told,
            images=told.images.clone(),
            losses=dict(told.losses),
            recipe=copy.deepcopy(told.recipe),
            alpha=None if told.alpha is None else told.alpha.clone(),
            files={suffix: list(files) for suffix, files in told.files.items()},
            drawing=copied(told.drawing),
            judges=dict(told.judges),
            judge_scores=dict(told.judge_scores),
        )
    return told


def picture_tensor(result: Result, picture: int) -> Tensor:
    """(3, H, W), or (4, H, W) where the run made alpha: picture number `picture` of a result."""
    import torch

    colours = result.images[picture]
    return colours if result.alpha is None else torch.cat((colours, result.alpha[picture]))


def summary(result: Result) -> str:
    """One line of plain text: what there is, and how it came to its end."""
    count, _, height, width = result.images.shape
    size = f"{count} pictures of {width}x{height}" if count > 1 else f"{width}x{height}"
    best = f"the best is {_name(result, result.best)}" if count > 1 else _name(result, result.best)
    liked = judged(result.judge_scores, result.best)
    return f"{size}, {best}, loss {result.scores[result.best]:.4g}{liked}, {result.steps_done} steps{ending(result)}"


def judged(scores: Mapping[str, Sequence[float]], picture: int) -> str:
    """``, second 0.2537``: what each judge says of a picture, as the end of a phrase; empty where there is none."""
    return "".join(f", {name} {rows[picture]:.4g}" for name, rows in scores.items())


def ending(result: Result) -> str:
    """The end of a line about a result: why the run stopped early, or nothing."""
    return f"; {result.failure}" if result.failure else "; interrupted" if result.interrupted else ""


def result_html(result: Result) -> str:
    """The pictures of the batch with their seeds and scores, the best one marked."""
    figures = "".join(_figure(result, i) for i in range(len(result.images)))
    head = f"<div><b>{escape(asked(result.recipe.get('preset', {})))}</b></div><div>{escape(summary(result))}</div>"
    return f'{head}<div style="display:flex;flex-wrap:wrap;gap:12px;margin:8px 4px">{figures}</div>'


def _figure(result: Result, picture: int) -> str:
    from artgen.picture import images

    count = len(result.images)
    whole = images.to_pil(picture_tensor(result, picture))
    name, best = _name(result, picture), count > 1 and picture == result.best
    line = "outline:3px solid #e0a800;outline-offset:2px;" if best else ""
    # Pixel art keeps its hard edges; a picture that was made smaller has lost them anyway.
    sharp = "image-rendering:pixelated;" if whole.width < preview.SMALLEST else ""
    shown = preview.image_html(preview.thumbnail(whole, preview.PIXELS // count), name, line + sharp)
    caption = f"{'<b>★ ' if best else ''}{name}{'</b>' if best else ''}<br>loss {result.scores[picture]:.4g}"
    caption += escape(judged(result.judge_scores, picture))
    return f'<figure style="margin:0">{shown}<figcaption style="margin-top:6px">{caption}</figcaption></figure>'


def _name(result: Result, picture: int) -> str:
    seed = result.recipe.get("preset", {}).get("seed")
    return f"picture {picture}" if seed is None else f"seed {seed + picture}"


def event_picture(event: StepEvent, pixels: int | None = None) -> Image.Image:
    """The batch at a step, no more than `pixels` in all; by default as many as a result shows."""
    from artgen.picture import images

    most = (pixels or preview.PIXELS) // len(event.image)
    return preview.grid([preview.thumbnail(images.to_pil(image), most) for image in event.image])
