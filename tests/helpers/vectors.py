"""Random shapes, and what another rasteriser makes of them."""

import io

import numpy as np
import resvg_py
import torch
from PIL import Image

from artgen.vectors import Shapes, chain, ring


def resvg(drawing):
    """(3, H, W) in [0, 1]: an SVG file as resvg draws it."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawing.decode()))
    return torch.from_numpy(np.array(Image.open(io.BytesIO(png)).convert("RGB"))).permute(2, 0, 1).float() / 255


def random_shapes(seed, kind, size=(40, 56), count=4, segments=3):
    """Shapes that cross themselves and each other and leave the canvas, and a ground; colours as files have them."""
    draw = torch.Generator().manual_seed(seed)

    def uniform(*shape):
        return torch.rand(*shape, generator=draw)

    def colours(*shape):
        return (uniform(*shape, 3) * 255).round() / 255

    scale = torch.tensor([size[1], size[0]])
    closed = kind in ("nonzero", "evenodd")
    points = (uniform(1, count, 3 * segments + (not closed), 2) * 1.3 - 0.15) * scale
    look = {"colours": colours(1, count), "opacities": uniform(1, count)}
    if closed:
        return Shapes(ring(points), rule=kind, **look), colours(1)
    each = (segments + 1,) if kind == "pressure" else ()
    widths = 1 + 11 * uniform(1, count, *each)
    return Shapes(chain(points), widths=widths, **look), colours(1)
