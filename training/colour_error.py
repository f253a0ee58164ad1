"""How far colours turn when a picture is redrawn."""

import torch
from skimage.color import rgb2lab
from torch import Tensor

SATURATED = 20.0  # chroma in CIELAB below which a hue says little


def hue_error(made: Tensor, true: Tensor) -> float:
    """Mean angle in degrees between the hues of two (B, 3, H, W) in [0, 1], in CIELAB, where it is saturated."""
    lab = [torch.from_numpy(rgb2lab(x.permute(0, 2, 3, 1).float().cpu().numpy())) for x in (made, true)]
    strong = lab[1][..., 1:].norm(dim=-1) > SATURATED
    angles = [torch.atan2(x[..., 2], x[..., 1])[strong] for x in lab]
    off = (angles[0] - angles[1]).abs()
    return float(torch.rad2deg(torch.minimum(off, 2 * torch.pi - off)).mean())
