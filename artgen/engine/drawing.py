"""A drawing, from the generator through the filters; and what is laid over it, which goes the other way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor

from artgen import api
from artgen.engine.determinism import deterministic
from artgen.engine.parts import Parts
from artgen.picture.kept import keeping
from artgen.registry.fence import fenced


def draw(parts: Parts, step: int, candidate: int | None = None) -> Tensor:
    """The drawing and what the filters make of it, checked at each boundary, so that the culprit is named.

    Of a generator that tries several, one of these.
    """
    with fenced(parts.generator_title, step):
        if candidate is not None and isinstance(parts.generator, api.DrawsCandidates):
            drawn = parts.generator.draw_candidate(step, candidate)
        else:
            drawn = parts.generator.draw(step)
        image = parts.boundary.drawn(drawn, parts.generator_title, step)
    for title, change in parts.filters:
        with fenced(title, step):
            image = parts.boundary.filtered(change(image, step), image, title, step)
    return image


def lay_over(parts: Parts, step: int) -> None:
    """Give the generator its drawing with the overlay on it, where that is due, and then what is painted."""
    overlay, layer = parts.preset.overlay, parts.overlay
    if overlay and layer is not None and overlay.is_due(step, parts.generator.steps):
        _paint(parts, layer, step)
    for due, painted in parts.paint:
        if due == step:
            _paint(parts, painted, step)


def _paint(parts: Parts, layer: Tensor, step: int) -> None:
    """Give the generator its drawing with a layer on it, (1, 4, H, W): colours, and how much each pixel hides."""
    generator, cover = parts.generator, layer[:, 3:]
    if not cover.any():
        return
    with torch.no_grad(), fenced(parts.generator_title, step):
        painted = generator.draw(step).lerp(layer[:, :3], cover)
        # A generator draws no picture quite as it is: what is not covered shall not even be tried.
        if not cover.all() and isinstance(generator, api.PaintsOver):
            generator.paint_over(painted, cover, step)
            return
    assert isinstance(generator, api.Paints)  # the preset's check saw to it
    with fenced(parts.generator_title, step):
        generator.paint(painted, step)


@contextlib.contextmanager
def at_work(parts: Parts, gradient: bool) -> Iterator[None]:
    """Set for each step, and not for what the caller does between two."""
    counting = parts.preset.deterministic
    with deterministic(counting), keeping(parts.pictures), torch.set_grad_enabled(gradient):
        yield
