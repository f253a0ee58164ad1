"""Small pictures of cells, and pictures whose pixels are numbers of colours."""

from __future__ import annotations

import io

from PIL import Image

from artgen.api import ExportSource, HasSprite, InputError

MOST_COLOURS = 256


def sprite(source: ExportSource) -> bytes:
    """A PNG of one pixel a cell.

    Raises:
        InputError: if the generator draws no cells.
    """
    if not isinstance(source.generator, HasSprite):
        raise InputError("only a picture of cells has a sprite; draw with cells, or with pixel")
    levels = (source.generator.sprite(source.picture) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    opaque = bool((levels[..., 3] == 255).all())
    return _png(Image.fromarray(levels[..., :3] if opaque else levels))


def indexed(source: ExportSource) -> bytes:
    """A PNG with a table of its colours, the most common first.

    Raises:
        InputError: if the picture has more than `MOST_COLOURS`.
    """
    import numpy as np

    result = source.result
    levels = (result.images[source.picture] * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    if result.alpha is not None:
        alpha = (result.alpha[source.picture] * 255).round().byte().permute(1, 2, 0).cpu().numpy()
        levels = np.concatenate([levels, alpha], axis=2)
    colours, numbers, counts = np.unique(
        levels.reshape(-1, levels.shape[2]), axis=0, return_inverse=True, return_counts=True
    )
    if len(colours) > MOST_COLOURS:
        raise InputError(
            f"the picture has {len(colours):,} colours, and an indexed PNG at most {MOST_COLOURS}; give the generator "
            "or a filter a palette, and no soft edges"
        )
    order = (-counts).argsort(kind="stable")
    rank = order.argsort(kind="stable").astype(np.uint8)
    picture = Image.fromarray(rank[numbers.reshape(levels.shape[:2])], mode="P")
    picture.putpalette(colours[order, :3].tobytes())
    if levels.shape[2] == 4:
        picture.info["transparency"] = colours[order, 3].tobytes()
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
