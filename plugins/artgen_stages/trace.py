"""The working half of the trace stage."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from artgen.api import Env, Finished
from artgen.colours import channels, oklab, srgb
from artgen_stages.tracing.components import Whole
from artgen_stages.tracing.curves import fitted
from artgen_stages.tracing.drawing import Drawing, Layer
from artgen_stages.tracing.inks import SEEDS, Rows, colours_of, distances, inks_of
from artgen_stages.tracing.layers import outlines
from artgen_stages.tracing.regions import Sheet, TOLERANCE, agreed, evenness, flattened, without_rims, without_specks
from artgen_stages.trace_spec import INKS, MOST, Trace

SIDE = 512
"""Pixels of the longer side of what is looked at: finer detail is no shape of a flat print."""
LARGEST = 4
"""How many times smaller pictures are enlarged for that, at most."""
REACH = 0.008
"""How far from a border its own two colours are found, as a share of the shorter side."""
RIM = 0.025
"""How wide a rim of mixed colour can be, as a share of the shorter side."""
HUES = 1.7
"""How much more a difference of hue counts than one of lightness: flat prints leave shades out before colours."""
STRETCH = np.array([1, HUES, HUES])
AROUND = 0.012
"""Standard deviation of the surroundings that an ink agrees with, as a share of the shorter side."""
SHARPEST = 0.8
"""The least blur, in pixels of what is looked at: without one, outlines show its pixels."""
MISS = 0.12
"""How far a curve may be from its outline, in pixels of what is looked at."""
CERTAIN = 60.0
"""What it costs to print where the picture is clear, and to leave clear where it is not."""
DRAWN = 0.4
"""The share of a picture's task that is done when its outlines are known."""


class TraceFinish:
    """Pictures in flat inks, of another size, and their drawings."""

    def __init__(self, spec: Trace, env: Env) -> None:
        self._spec, self._env = spec, env
        self._size = spec.resized(env.size)
        self._chances = env.random.uniform("inks", (SEEDS,)).double().cpu().numpy()
        self._scale = min(SIDE / max(env.size), LARGEST)

    def __call__(self, finished: Finished) -> Finished:
        count = len(finished.image)
        drawings, pictures = [], []
        for number in range(count):
            alpha = None if finished.alpha is None else finished.alpha[number : number + 1]
            drawing = self._drawing(finished.image[number : number + 1], alpha, self._chances[number])
            start = number / count
            self._env.progress(start + DRAWN / count)
            pictures.append(drawing.pixels(lambda share: self._env.progress(start + (DRAWN + (1 - DRAWN) * share) / count)))
            drawings.append(drawing.svg())
        drawn = torch.stack(pictures).to(self._env.device)
        files = {**finished.files, ".svg": drawings}
        return Finished(drawn[:, :3], None if finished.alpha is None else drawn[:, 3:], files)

    def _drawing(self, image: Tensor, alpha: Tensor | None, chances: Rows) -> Drawing:
        """Of (1, 3, H, W) and (1, 1, H, W)."""
        sheet, labels, even = self._flat(image, alpha, chances)
        shown, colours = self._printed(sheet, labels, even)
        layers = []
        areas = np.bincount(shown.ravel(), minlength=len(colours) + 1)[: len(colours)]
        order = np.argsort(-areas, kind="stable")
        order = order[areas[order] > 0]
        if alpha is None:
            layers.append(Layer(colours[order[0]], ()))
        stretch = np.array([self._size[1] / labels.shape[1], self._size[0] / labels.shape[0]])
        for ink, lines in outlines(shown, order, max(self._sigma(labels.shape), SHARPEST), whole=alpha is None):
            curves = [fitted(line, MISS) * stretch for line in lines]
            if curves:
                layers.append(Layer(colours[ink], curves))
        return Drawing(self._size, layers)

    def _sigma(self, size: tuple[int, ...]) -> float:
        return self._spec.smooth * min(size)

    def _flat(self, image: Tensor, alpha: Tensor | None, chances: Rows) -> tuple[Sheet, Whole, Rows]:
        """The picture as it is looked at, the ink of each place, (H, W), and how even it is there."""
        cover = torch.ones_like(image[:, :1]) if alpha is None else alpha
        seen = _resized(torch.cat([image, cover], dim=1).float().cpu(), self._scale)
        short = min(seen.shape[2:])
        lab = torch.cat([oklab(seen[:, :3].movedim(1, -1)).movedim(-1, 1), seen[:, 3:]], dim=1)
        lab = lab * torch.tensor([1, HUES, HUES, 1]).view(1, 4, 1, 1)
        lab = flattened(lab, max(1.0, REACH * short))
        even = evenness(lab[:, :3], 1.0)[0, 0].double().numpy()
        solid = (lab[0, 3] >= 0.5).numpy()
        colours = lab[0, :3].movedim(0, -1).double().numpy()
        inks = np.zeros((0, 3))
        if solid.any():
            inks = inks_of(colours_of(colours[solid], even[solid]), self._most(), chances)
        sheet = Sheet(colours, inks, len(inks))
        costs = np.full((len(inks) + 1, *solid.shape), CERTAIN)
        costs[:-1, solid] = distances(colours[solid], inks).T / (2 * TOLERANCE**2)
        costs[-1, ~solid] = 0
        sigma = AROUND * short
        labels = agreed(torch.from_numpy(costs)[None].float(), sigma)[0].argmax(dim=0).numpy()
        labels = without_rims(labels, sheet, max(2, round(RIM * short)))
        return sheet, without_specks(labels, sheet, self._spec.specks * labels.size), even

    def _most(self) -> int:
        if self._spec.inks is not None:
            return self._spec.inks
        return INKS if self._spec.palette is None else min(len(self._spec.palette), MOST)

    def _printed(self, sheet: Sheet, labels: Whole, even: Rows) -> tuple[Whole, list[str]]:
        """The label of each place again, and the colours of the labels; two inks may be printed in the same one."""
        inks = np.stack([_middle(sheet, labels == ink, even) for ink in range(sheet.clear)]) if sheet.clear else sheet.inks
        if self._spec.palette is None:
            return labels, _names(srgb(torch.from_numpy(inks / STRETCH)))
        offered = oklab(torch.tensor([channels(colour) for colour in self._spec.palette], dtype=torch.float64)).numpy() * STRETCH
        chosen = distances(inks, offered).argmin(axis=1)
        shown = np.append(chosen, len(offered))[labels]
        joined = Sheet(sheet.lab, offered, len(offered))
        return without_specks(shown, joined, self._spec.specks * labels.size), list(self._spec.palette)


def _resized(image: Tensor, scale: float) -> Tensor:
    size = [max(1, round(side * scale)) for side in image.shape[2:]]
    mode = "bicubic" if scale > 1 else "bilinear"
    return F.interpolate(image, size, mode=mode, antialias=scale < 1).clamp(0, 1)


def _middle(sheet: Sheet, inside: NDArray[np.bool_], even: Rows) -> Rows:
    """(3,) in Oklab: the colour in the middle of those of a label, where they are even."""
    chosen = inside & (even >= 0.5)
    chosen = chosen if chosen.any() else inside
    found: Rows = np.median(sheet.lab[chosen], axis=0) if chosen.any() else np.zeros(3)
    return found


def _names(colours: Tensor) -> list[str]:
    """(N, 3) in [0, 1] as `#rrggbb`."""
    return ["#{:02x}{:02x}{:02x}".format(*row) for row in (colours * 255).round().int().tolist()]
