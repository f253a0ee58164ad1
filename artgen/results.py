"""What a run tells: an event after each step, and the result at its end. Both show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """Time since the first step began."""

    def __repr__(self) -> str:
        return f"<StepEvent {self.step + 1} of {self.steps}, loss {self.total:.4g}>"

    def _repr_png_(self) -> bytes:
        """What a notebook shows: the pictures of the batch, side by side."""
        from artgen.picture import preview

        return preview.png(preview.event_picture(self))


@dataclass(frozen=True)
class Result:
    """What a run leaves."""

    images: Tensor
    """(B, 3, H, W) on the CPU."""
    best: int
    """Which picture of the batch is kept as *the* picture."""
    scores: tuple[float, ...]
    """The weighted loss of each picture, averaged over the last steps; lower is better."""
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
    """Why the run stopped early, if it did; `images` is then the last good drawing."""

    @property
    def image(self) -> Image.Image:
        """The best picture of the batch, 8 bits a channel: RGB, or RGBA where there is `alpha`."""
        from artgen.picture import images

        return images.to_pil(images.layer(self, self.best))

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
        from artgen.picture import images

        return images.save_result(self, Path(path), self.best if picture is None else picture)

    def __repr__(self) -> str:
        from artgen.picture import preview

        return f"<Result: {preview.summary(self)}>"

    def _repr_png_(self) -> bytes:
        """The best picture, for what shows no HTML."""
        from artgen.picture import preview

        return preview.png(preview.thumbnail(self.image))

    def _repr_html_(self) -> str:
        """What a notebook shows: the batch with seeds and scores."""
        from artgen.picture import preview

        return preview.result_html(self)
