"""Sheets of pictures, to look at while a model learns."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from torch import Tensor


def save_sheet(images: Tensor, path: Path, columns: int) -> None:
    """Pictures in rows, enlarged twice without smoothing."""
    rows = images.mul(255).round().byte().permute(0, 2, 3, 1).cpu().unflatten(0, (-1, columns))
    sheet = rows.permute(0, 2, 1, 3, 4).flatten(0, 1).flatten(1, 2)
    Image.fromarray(sheet.numpy()).resize((2 * sheet.shape[1], 2 * sheet.shape[0]), Image.Resampling.NEAREST).save(path)
