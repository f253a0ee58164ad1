"""Sheets of pictures, to look at while a model learns."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from torch import Tensor
from torchvision.utils import make_grid

from artgen.picture.images import to_pil


def save_sheet(images: Tensor, path: Path, columns: int) -> None:
    """Pictures in rows, enlarged twice without smoothing."""
    sheet = to_pil(make_grid(images, nrow=columns, padding=0))
    sheet.resize((2 * sheet.width, 2 * sheet.height), Image.Resampling.NEAREST).save(path)
