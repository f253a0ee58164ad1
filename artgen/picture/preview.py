"""How presets, steps and results look in a notebook: escaped HTML and PNGs that ask nothing of the network."""

from __future__ import annotations

import base64
import importlib
import io
import math
import re
import sys
import time
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

    from artgen.api import Result, StepEvent
    from artgen.preset.model import Preset

PIXELS = 1 << 18
"""How many pixels a result shows in all, so that a notebook stays small: one picture of 512x512, four of 256x256."""
PROGRESS_PIXELS = 1 << 16
"""How many the growing picture shows."""
SMALLEST = 128
"""A picture that is narrower than this many pixels is shown so wide, with hard edges."""


def in_notebook() -> bool:
    """Whether this is a notebook's kernel. A terminal, IPython's too, is none. Imports nothing."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return getattr(get_ipython() if get_ipython else None, "kernel", None) is not None


class Notebook:
    """A reporter that shows the progress and the growing picture in place, in the cell that runs.

    Args:
        every_seconds: how often the display changes.
    """

    def __init__(self, every_seconds: float = 0.5) -> None:
        self.every, self.shown = every_seconds, 0.0
        self.handle: Any = None
        self.seconds = 0.0

    def on_start(self, steps: int) -> None:
        self._show(_bar(0, steps, ""))

    def on_step(self, event: StepEvent) -> None:
        self.seconds = event.seconds
        now = time.monotonic()
        if now - self.shown >= self.every:
            self.shown = now
            picture = event_picture(event, PROGRESS_PIXELS)
            self._show(_bar(event.step + 1, event.steps, _pace(event)) + _img(picture, "the drawing so far"))

    def on_end(self, result: Result) -> None:
        """Leave one line; the picture is for the result to show."""
        self._show(f"<div>{result.steps_done} steps in {self.seconds:.1f} s{escape(_end(result))}</div>")

    def _show(self, html: str) -> None:
        display = importlib.import_module("IPython.display")
        if self.handle is None:
            self.handle = display.display(display.HTML(html), display_id=True)
        else:
            self.handle.update(display.HTML(html))


def event_picture(event: StepEvent, pixels: int = PIXELS) -> Image.Image:
    """The batch at a step, no more than `pixels` in all."""
    from artgen.picture import images

    return grid([thumbnail(images.to_pil(image), pixels // len(event.image)) for image in event.image])


def grid(pictures: Sequence[Image.Image], gap: int = 4) -> Image.Image:
    """Pictures of one size in rows, in as many rows as columns where that can be, with see-through gaps."""
    from PIL import Image

    if len(pictures) == 1:
        return pictures[0]
    width, height = pictures[0].size
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    sheet = Image.new("RGBA", (columns * (width + gap) - gap, rows * (height + gap) - gap))
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * (width + gap), i // columns * (height + gap)))
    return sheet


def thumbnail(picture: Image.Image, pixels: int = PIXELS) -> Image.Image:
    """The picture, or where it has more than `pixels` a smaller one."""
    from PIL import Image

    scale = math.sqrt(pixels / (picture.width * picture.height))
    if scale >= 1:
        return picture
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Image.Resampling.BOX)


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def summary(result: Result) -> str:
    """One line of plain text: what there is, and how it came to its end."""
    count, _, height, width = result.images.shape
    size = f"{count} pictures of {width}x{height}" if count > 1 else f"{width}x{height}"
    best = f"the best is {_name(result, result.best)}" if count > 1 else _name(result, result.best)
    return f"{size}, {best}, loss {result.scores[result.best]:.4g}, {result.steps_done} steps{_end(result)}"


def result_html(result: Result) -> str:
    """The pictures of the batch with their seeds and scores, the best one marked."""
    figures = "".join(_figure(result, i) for i in range(len(result.images)))
    head = f"<div><b>{escape(_asked(result))}</b></div><div>{escape(summary(result))}</div>"
    return f'{head}<div style="display:flex;flex-wrap:wrap;gap:12px;margin:8px 4px">{figures}</div>'


def preset_html(preset: Preset) -> str:
    """What the preset says as YAML; every setting, defaults too, is folded away below."""
    import yaml

    whole = preset.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    fields = type(preset).model_fields
    said = {key: value for key, value in whole.items() if getattr(preset, key) != fields[key].default}
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None)
    every = f"<details><summary>every setting</summary>{_pre(preset.to_yaml())}</details>"
    return f"<div>{_pre(text)}{every}</div>"


def _figure(result: Result, picture: int) -> str:
    from artgen.picture import images

    count = len(result.images)
    whole = images.to_pil(images.layer(result, picture))
    name, best = _name(result, picture), count > 1 and picture == result.best
    line = "outline:3px solid #e0a800;outline-offset:2px;" if best else ""
    # Pixel art keeps its hard edges; a picture that was made smaller has lost them anyway.
    sharp = "image-rendering:pixelated;" if whole.width < SMALLEST else ""
    shown = _img(thumbnail(whole, PIXELS // count), name, line + sharp)
    caption = f"{'<b>★ ' if best else ''}{name}{'</b>' if best else ''}<br>loss {result.scores[picture]:.4g}"
    return f'<figure style="margin:0">{shown}<figcaption style="margin-top:6px">{caption}</figcaption></figure>'


def _img(picture: Image.Image, alt: str, style: str = "") -> str:
    data = base64.b64encode(png(picture)).decode("ascii")
    size = f'width="{max(picture.width, SMALLEST)}" style="display:block;margin:0;{style}"'
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" {size}>'


def _pre(text: str) -> str:
    marked = re.sub(r"(?m)^(\w+:)", r"<b>\1</b>", escape(text))
    return f'<pre style="margin:0;background:none;color:inherit;white-space:pre-wrap">{marked}</pre>'


def _bar(done: int, steps: int, text: str) -> str:
    return f'<div><progress value="{done}" max="{steps}"></progress> {done}/{steps} {escape(text)}</div>'


def _pace(event: StepEvent) -> str:
    left = event.seconds / (event.step + 1) * (event.steps - event.step - 1)
    return f"loss {event.total:.4g}, {left:.0f} s left"


def _end(result: Result) -> str:
    return f"; {result.failure}" if result.failure else "; interrupted" if result.interrupted else ""


def _name(result: Result, picture: int) -> str:
    seed = result.recipe.get("preset", {}).get("seed")
    return f"picture {picture}" if seed is None else f"seed {seed + picture}"


def _asked(result: Result) -> str:
    """The texts of the prompts; a recipe may keep them to itself."""
    prompts = result.recipe.get("preset", {}).get("prompts", ())
    return " | ".join(str(prompt["text"]) for prompt in prompts if prompt.get("text"))
