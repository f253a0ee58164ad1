"""What stands on the pages: text, swatches and pieces; lengths are in millimetres from the top left corner."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.api import InputError
from artgen.colours import channels

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4
WIDTH, HEIGHT = 210.0, 297.0
"""A4."""
MARGIN = 12.0
INK, GREY, FAINT = "#1c1c1c", "#707070", "#c8c8c8"


class Paper:
    """A PDF file in the making, which is the same for the same work."""

    def __init__(self, title: str) -> None:
        try:
            from reportlab.pdfgen import canvas
        except ImportError:
            raise InputError('a PDF needs reportlab; pip install "artgen[pdf]"') from None
        self._file = io.BytesIO()
        self._canvas: Canvas = canvas.Canvas(self._file, (WIDTH * MM, HEIGHT * MM), invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("artgen")
        self._wide = False

    def bytes(self) -> bytes:
        """The finished file."""
        self._canvas.save()
        return self._file.getvalue()

    def turn(self) -> None:
        """Go to the next page."""
        self._canvas.showPage()

    def text(
        self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False, ink: str = INK, at: str = "left"
    ) -> None:
        """A line whose letters stand at height `y`; `size` in points, `at`: left, middle or right of `x`."""
        self._canvas.setFont(self._font(text, bold), size)
        self._canvas.setFillColorRGB(*channels(ink))
        put = {"left": "drawString", "middle": "drawCentredString", "right": "drawRightString"}[at]
        getattr(self._canvas, put)(x * MM, (HEIGHT - y) * MM, text)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How long a line is."""
        return float(self._canvas.stringWidth(text, self._font(text, bold), size)) / MM

    def _font(self, text: str, bold: bool) -> str:
        """Helvetica; DejaVu where that lacks letters."""
        try:
            text.encode("cp1252")
        except UnicodeEncodeError:
            self._fetch_wide()
            return "DejaVuSans-Bold" if bold else "DejaVuSans"
        return "Helvetica-Bold" if bold else "Helvetica"

    def _fetch_wide(self) -> None:
        if self._wide:
            return
        import matplotlib
        from reportlab.pdfbase import pdfmetrics, ttfonts

        folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
        for name in ("DejaVuSans", "DejaVuSans-Bold"):
            pdfmetrics.registerFont(ttfonts.TTFont(name, str(folder / f"{name}.ttf")))
        self._wide = True

    def line(self, x: float, y: float, to_x: float, to_y: float, *, width: float = 0.1, ink: str = FAINT) -> None:
        self._canvas.setLineWidth(width * MM)
        self._canvas.setStrokeColorRGB(*channels(ink))
        self._canvas.line(x * MM, (HEIGHT - y) * MM, to_x * MM, (HEIGHT - to_y) * MM)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | None,
        edge: str | None = None,
        line: float = 0.1,
    ) -> None:
        """A rectangle from its top left corner."""
        self._brush(fill, edge, line)
        self._canvas.rect(x * MM, (HEIGHT - y - height) * MM, width * MM, height * MM, int(bool(edge)), int(bool(fill)))

    def disc(
        self, x: float, y: float, radius: float, fill: str | None, edge: str | None = None, line: float = 0.1
    ) -> None:
        """A circle around (x, y)."""
        self._brush(fill, edge, line)
        self._canvas.circle(x * MM, (HEIGHT - y) * MM, radius * MM, int(bool(edge)), int(bool(fill)))

    def _brush(self, fill: str | None, edge: str | None, line: float) -> None:
        if fill:
            self._canvas.setFillColorRGB(*channels(fill))
        if edge:
            self._canvas.setStrokeColorRGB(*channels(edge))
            self._canvas.setLineWidth(line * MM)


Shape = Callable[[Paper, float, float, float, str], None]
"""Draws a piece: the paper, left, top, how wide it is, and its colour."""


def stud(paper: Paper, x: float, y: float, wide: float, colour: str) -> None:
    """A plate with its stud."""
    paper.box(x, y, wide, wide, colour, edge=edge_of(colour))
    paper.disc(x + wide / 2, y + wide / 2, wide * 0.31, None, edge=edge_of(colour), line=wide * 0.02)


def bead(paper: Paper, x: float, y: float, wide: float, colour: str) -> None:
    """A bead from above."""
    paper.disc(x + wide / 2, y + wide / 2, wide * 0.46, colour, edge=edge_of(colour))


def stitch(paper: Paper, x: float, y: float, wide: float, colour: str) -> None:
    """A square."""
    paper.box(x, y, wide, wide, colour)


@dataclass(frozen=True)
class Look:
    """How a work is printed."""

    shape: Shape
    columns: int
    """Of a sheet."""
    rows: int
    wide: float
    """How wide a piece is printed."""
    by_rows: bool
    """Whether one goes row by row, and not colour by colour."""


LOOKS: dict[str, Look] = {
    "lego": Look(stud, 16, 16, 8, True),
    "perler": Look(bead, 29, 29, 5, True),
    "dmc": Look(stitch, 40, 50, 4.5, False),
    "": Look(stitch, 30, 30, 6, True),
}
"""By the material's name. Plates and beads are printed as large as they are: a sheet lies below a board."""


def light(colour: str) -> bool:
    """Whether black shows better on it than white."""
    red, green, blue = channels(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def ink_on(colour: str) -> str:
    return INK if light(colour) else "#ffffff"


def edge_of(colour: str) -> str:
    """A shade of it that shows where pieces of one colour meet."""
    toward = 0.0 if light(colour) else 1.0
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * (level + (toward - level) * 0.22)) for level in channels(colour)))


def fitted(paper: Paper, text: str, wide: float, size: float, **how: Any) -> str:
    """As much of it as fits, with an ellipsis where something is left out."""
    while paper.width(text, size, **how) > wide and len(text) > 1:
        text = text.removesuffix("…")[:-1] + "…"
    return text
