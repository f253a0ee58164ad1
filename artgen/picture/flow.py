"""Optical flow in a file, and a picture moved by it.

A flow says of each pixel of a new picture where in the old one it comes from, in pixels to the right and down, or that
it is not known. The file is a greyscale PNG of 16 bits, twice as high as the pictures: above the way to the right,
below the way down, in the numbers of KITTI (M. Menze and A. Geiger, "Object scene flow for autonomous vehicles", CVPR
2015): 32768 is 0, 64 steps are a pixel, and 0 is unknown. Whoever reads it again gets the same, and it takes a tenth of
the bytes of Middlebury's .flo.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.picture import decoding, kept, moving
from artgen.picture.source import Unreadable

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

ZERO, STEPS = 1 << 15, 64
"""The number that no way is written as, and how many are a pixel."""
MOST = (ZERO - 1) / STEPS
"""Pixels of the longest way that can be written; longer ones are unknown."""
MAX_PIXELS = 1 << 24


def encoded(flow: np.ndarray, known: np.ndarray) -> bytes:
    """The file of a flow (H, W, 2), to the right and down, where it is `known` (H, W)."""
    import numpy as np
    from PIL import Image

    is_known = known & (np.abs(flow).max(axis=2) <= MOST)
    levels = np.where(is_known[..., None], np.rint(flow * STEPS) + ZERO, 0).astype(np.uint16)
    made = io.BytesIO()
    Image.fromarray(np.concatenate((levels[..., 0], levels[..., 1]))).save(made, format="PNG", optimize=True)
    return made.getvalue()


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The flow (H, W, 2) in a file, and where it is known (H, W); InputError, in one line, if there is none in it."""
    import numpy as np
    from PIL import Image

    data = kept.read(path)
    with decoding.refusing_damaged(path):
        file = Image.open(io.BytesIO(data), formats=("PNG",))
        if not file.mode.startswith("I;16") or file.height % 2 or file.width * file.height > 2 * MAX_PIXELS:
            raise Unreadable("an optical flow is a greyscale PNG of 16 bits, of two halves one above the other")
        levels = np.asarray(file).astype(np.int32)
    ways = np.stack(np.split(levels, 2), axis=2)
    known: np.ndarray = np.all(ways > 0, axis=2)
    return np.where(known[..., None], (ways - ZERO) / STEPS, 0), known


def moved(image: Tensor, path: Path, edge: moving.Edge = "extend") -> Tensor:
    """(B, 4, H, W), RGB and alpha in [0, 1], moved by the flow in a file; clear where that is unknown.

    Args:
        image: the old picture.
        path: a flow between pictures of the same shape, of whatever size.
        edge: what comes in from outside, as `moving.moved` has it.
    """
    import torch
    import torch.nn.functional as F

    flow, known = read(path)
    height, width = image.shape[-2:]
    ways = torch.from_numpy(flow).permute(2, 0, 1)[None]
    sure = torch.from_numpy(known).to(ways)[None, None]
    # Between a known way and an unknown one the known one counts.
    share = F.interpolate(sure, (height, width), mode="bilinear", align_corners=False)
    ways = F.interpolate(ways, (height, width), mode="bilinear", align_corners=False) / share.clamp(min=1e-3)
    # Softly, because a border of single pixels would be drawn on from frame to frame.
    share = (share * F.avg_pool2d(share, 3, stride=1, padding=1, count_include_pad=False))[0, 0]
    x, y = moving.places((height, width))
    rows, columns = flow.shape[:2]
    x, y = x + ways[0, 0] * 2 * (width / height) / columns, y + ways[0, 1] * 2 / rows
    made = moving.sampled(image, x, y, 1, edge)
    return torch.cat((made[:, :3], made[:, 3:] * share.to(made)), dim=1)
