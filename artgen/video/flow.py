"""Optical flow between two pictures of a video, and where it is not to be trusted.

The estimator that needs no weights is TV-L1 (C. Zach, T. Pock and H. Bischof, "A duality based approach for realtime
TV-L1 optical flow", DAGM 2007) as scikit-image has it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.picture import flow
from artgen.picture.reading import read_picture

Estimate = Callable[[Tensor, Tensor], Tensor]
"""Of two pictures (1, 3, H, W) in [0, 1] the flow (2, H, W): where in the second each pixel of the first is, in
pixels to the right and down from its place."""
SIDE = 512
"""Pixels of the longer side at which a flow is estimated, at most."""
LEAST = 96
"""Pixels of the shorter side that TV-L1 sees at least: of less it makes ways too short."""
LUMA = (0.2126, 0.7152, 0.0722)
"""Of BT.709."""


def between(before: Path, after: Path, size: tuple[int, int], estimate: Estimate) -> bytes:
    """The file of the flow by which `before` becomes `after`, as they look on a canvas of `size` (height, width)."""
    scale = min(1.0, SIDE / max(size))
    small = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    old, new = (read_picture(path, small) for path in (before, after))
    with torch.no_grad():
        back, forth = estimate(new, old).double().cpu(), estimate(old, new).double().cpu()
    return flow.encoded(back.permute(1, 2, 0).numpy(), trusted(back, forth).numpy())


def trusted(back: Tensor, forth: Tensor) -> Tensor:
    """(H, W): where a flow (2, H, W) and the one the other way agree, and no two things part.

    By equations 5 and 6 of N. Sundaram, T. Brox and K. Keutzer, "Dense point trajectories by GPU-accelerated large
    displacement optical flow", ECCV 2010, as M. Ruder, A. Dosovitskiy and T. Brox, "Artistic style transfer for
    videos", GCPR 2016, hide what comes into view.
    """
    height, width = back.shape[1:]
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    x, y = columns + back[0], rows + back[1]
    inside = (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)
    grid = torch.stack(((2 * x + 1) / width - 1, (2 * y + 1) / height - 1), dim=-1)[None]
    there = F.grid_sample(forth[None], grid, padding_mode="border", align_corners=False)[0]
    squares = back.square().sum(dim=0) + there.square().sum(dim=0)
    agree = (back + there).square().sum(dim=0) < 0.01 * squares + 0.5
    down, right = torch.gradient(back, dim=(1, 2))
    steep = down.square().sum(dim=0) + right.square().sum(dim=0)
    whole = steep <= 0.01 * back.square().sum(dim=0) + 0.002
    return inside & agree & whole


def tv_l1(first: Tensor, second: Tensor) -> Tensor:
    """An `Estimate` by scikit-image."""
    from skimage.registration import optical_flow_tvl1

    size = first.shape[2:]
    scale = max(1.0, LEAST / min(size))
    larger = [round(side * scale) for side in size]
    shown = [F.interpolate(one.double().cpu(), larger, mode="bicubic", align_corners=False) for one in (first, second)]
    grey = [np.tensordot(LUMA, one[0].numpy(), axes=1) for one in shown]
    down, right = optical_flow_tvl1(*grey, dtype=np.float32)
    flow = torch.from_numpy(np.stack((right / scale, down / scale)))[None]
    return F.interpolate(flow, size, mode="bilinear", align_corners=False)[0]
