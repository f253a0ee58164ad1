"""The working half of the trace stage."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor

from artgen.api import Env, Finished
from artgen.colours import channels
from artgen_stages.trace_spec import INKS, MOST, Trace
from artgen_stages.tracing.borders import Whole
from artgen_stages.tracing.curves import fitted
from artgen_stages.tracing.drawing import Drawing, Layer
from artgen_stages.tracing.inks import SEEDS, Rows, distances, named, points_of
from artgen_stages.tracing.layers import outlines
from artgen_stages.tracing.regions import regions_of, without_specks
from artgen_stages.tracing.sheet import Sheet, sheet_of

SHARPEST = 0.8
"""The least blur of an outline, in pixels of the sheet: without one, outlines show these."""
MISS = 0.12
"""How far a curve may be from its outline, in pixels of the sheet."""
DRAWN = 0.4
"""The share of a picture's task that is done when its outlines are known."""


class TraceFinish:
    """Pictures in flat inks, of another size, and their drawings."""

    def __init__(self, spec: Trace, env: Env) -> None:
        self._spec, self._env = spec, env
        self._size = spec.resized(env.size)
        self._chances = env.random.uniform("inks", (SEEDS,)).double().cpu().numpy()

    def __call__(self, finished: Finished) -> Finished:
        image, alpha = finished.image.float().cpu(), finished.alpha
        count = len(image)
        drawn = torch.zeros(count, 3 if alpha is None else 4, *self._size)
        files = []
        for number in range(count):
            cover = None if alpha is None else alpha[number : number + 1].float().cpu()
            drawing = self._drawing(image[number : number + 1], cover, self._chances[number])
            self._tell(number, 0.0, DRAWN)
            drawing.paint(drawn[number], partial(self._tell, number, DRAWN))
            files.append(drawing.svg())
        drawn = drawn.to(self._env.device)
        return Finished(drawn[:, :3], None if alpha is None else drawn[:, 3:], {**finished.files, ".svg": files})

    def _tell(self, number: int, before: float, share: float) -> None:
        """That `share` of what remains of a picture's task after `before` is done."""
        self._env.progress((number + before + (1 - before) * share) / self._env.batch)

    def _drawing(self, image: Tensor, alpha: Tensor | None, chances: Rows) -> Drawing:
        """Of (1, 3, H, W) and (1, 1, H, W)."""
        sheet = sheet_of(image, alpha, self._most(), chances)
        labels, colours = self._printed(sheet, regions_of(sheet, self._spec.specks))
        areas = np.bincount(labels.ravel(), minlength=len(colours) + 1)[: len(colours)]
        order = np.argsort(-areas, kind="stable")[: (areas > 0).sum()]
        stretch = np.array([own / seen for own, seen in zip(self._size[::-1], labels.shape[::-1], strict=True)])
        layers = [] if alpha is not None else [Layer(colours[order[0]], ())]
        sigma = max(self._spec.smooth * sheet.short, SHARPEST)
        for ink, lines in outlines(labels, order, sigma, whole=alpha is None):
            curves = [fitted(line, MISS) * stretch for line in lines]
            if curves:
                layers.append(Layer(colours[ink], curves))
        return Drawing(self._size, layers)

    def _most(self) -> int:
        if self._spec.inks is not None:
            return self._spec.inks
        return INKS if self._spec.palette is None else min(len(self._spec.palette), MOST)

    def _printed(self, sheet: Sheet, labels: Whole) -> tuple[Whole, list[str]]:
        """The label of each place, and the labels' colours; in a palette, two inks may be printed in the same one."""
        inks = np.array([sheet.middle(labels == ink) for ink in range(sheet.clear)]).reshape(-1, 3)
        if self._spec.palette is None:
            return labels, named(inks)
        palette = list(self._spec.palette)
        offered = points_of(torch.tensor([channels(colour) for colour in palette])).double().numpy()
        chosen = np.append(distances(inks, offered).argmin(axis=1), len(palette))
        return without_specks(chosen[labels], offered, self._spec.specks * labels.size), palette
