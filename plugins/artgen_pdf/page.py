"""One page that the picture fills."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from artgen.api import Exports, ExportSource, InputError
from artgen_pdf.curves import Curve, curves

INSTALL = 'pip install "artgen[pdf]"'
ROOM = (190.0, 277.0)
"""A4 within margins of 10 mm: the page of a picture that nothing else says the size of is as large as fits."""
POINTS = 72 / 25.4
"""A millimetre in PDF's unit."""
_DPI = re.compile(r"@\s*(\d+(?:\.\d+)?)\s*dpi", re.ASCII)


def pdf(source: ExportSource) -> bytes:
    """The file of one picture: its curves, if it is what a generator drew that writes SVG, else its pixels."""
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError:
        raise InputError(f"PDF needs one more package; {INSTALL}") from None
    height, width = source.result.images.shape[2:]
    scale = millimetres(source, (height, width)) * POINTS
    file = BytesIO()
    canvas = Canvas(file, (width * scale, height * scale), invariant=1)
    if source.recipe is not None:
        canvas.setSubject(json.dumps(source.recipe))
    found = _curves(source)
    if found is None:
        canvas.drawInlineImage(_pixels(source), 0, 0, width * scale, height * scale)
    else:
        canvas.translate(0, height * scale)
        canvas.scale(scale, -scale)
        for curve in found:
            _draw(canvas, curve)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def millimetres(source: ExportSource, size: tuple[int, int]) -> float:
    """How large a pixel is on paper, by the dots an inch that a finishing stage prints for, or as fits on A4."""
    for stage in source.result.recipe.get("preset", {}).get("finish") or []:
        told = _DPI.search(str(stage.get("print") or "")) if isinstance(stage, dict) else None
        if told:
            return 25.4 / float(told[1])
    low, high = sorted(size)
    return min(ROOM[0] / low, ROOM[1] / high)


def _curves(source: ExportSource) -> list[Curve] | None:
    """What the picture is made of; None where filters or stages have changed it, or where curves do not say it all."""
    generator, result = source.generator, source.result
    if not isinstance(generator, Exports) or ".svg" not in source.spec.exports or result.drawing is not None:
        return None
    if result.alpha is not None or not _same(generator.draw(generator.steps)[source.picture].cpu(), _picture(source)):
        return None
    return curves(generator.exported(".svg", source))


def _picture(source: ExportSource) -> Tensor:
    return source.result.images[source.picture]


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool(torch.equal((one * 255).round(), (other * 255).round()))


def _pixels(source: ExportSource) -> Image.Image:
    """Over white, because paper is."""
    picture = _picture(source)
    if source.result.alpha is not None:
        picture = torch.lerp(torch.ones_like(picture), picture, source.result.alpha[source.picture])
    return Image.fromarray((picture.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def _draw(canvas: Any, curve: Curve) -> None:
    path = canvas.beginPath()
    for letter, numbers in curve.steps:
        {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo, "Z": path.close}[letter](*numbers)
    if curve.width is None:
        canvas.setFillColorRGB(*curve.colour, curve.opacity)
    else:
        canvas.setStrokeColorRGB(*curve.colour, curve.opacity)
        canvas.setLineWidth(curve.width)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=curve.width is not None, fill=curve.width is None, fillMode=int(not curve.even))
