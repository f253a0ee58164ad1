"""Pictures of a run while it is drawn: how large, in what form, and how often."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from artgen.engine.parts import Parts
    from artgen.results import StepEvent

MOST_PIXELS = 1 << 20
"""Of all pictures of a batch together."""
SMALL = 1 << 16
"""A picture of at most so many pixels is kept without losses: in pixel art each of them counts."""
SECONDS = 0.2
"""So long, at least, from one to the next."""
SHARE = 10
"""A picture may take this fraction of the time between two, so that large ones are rarer."""
MOMENTS = 64
"""How many pictures show how a whole run went."""


def webp(picture: Image.Image) -> bytes:
    """The bytes of a WebP file; quick to make rather than small."""
    buffer = io.BytesIO()
    if picture.width * picture.height <= SMALL:
        picture.save(buffer, format="WEBP", lossless=True, method=0)
    else:
        picture.save(buffer, format="WEBP", quality=85, method=1)
    return buffer.getvalue()


def sheet_of(images: Tensor) -> Image.Image:
    """The pictures (B, 3, H, W) of a batch side by side, none of them too large."""
    from artgen.picture.images import to_pil
    from artgen.picture.preview import grid, thumbnail

    return grid([thumbnail(to_pil(image), MOST_PIXELS // len(images)) for image in images])


def seen(parts: Parts, step: int) -> Image.Image:
    """A sheet of what the perceptors see of the first picture, after so many steps."""
    from artgen.engine.drawing import at_work, draw
    from artgen.engine.views.sheet import readings_of, sheet

    now = min(step, parts.generator.steps - 1)
    with at_work(parts, gradient=False):
        drawn = draw(parts, now)
        image = parts.alpha.over(drawn, now) if parts.alpha else drawn
        return sheet(parts, image, now, "the picture", readings_of(parts.preset))


class Previews:
    """Says when a run's picture is due, and makes it."""

    def __init__(self, steps: int) -> None:
        self.stride = max(1, -(-steps // MOMENTS))
        self._next = 0.0

    def is_moment(self, step: int, steps: int) -> bool:
        """Whether the picture after so many steps is one of those that are kept."""
        return step % self.stride == 0 or step in (1, steps)

    def is_due(self) -> bool:
        return time.monotonic() >= self._next

    def make(self, event: StepEvent) -> bytes:
        begun = time.monotonic()
        content = webp(sheet_of(event.image))
        now = time.monotonic()
        self._next = now + max(SECONDS, SHARE * (now - begun))
        return content
