"""The pages of instructions: the finished work, its parts, and a page or more for each sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artgen.api import ExportSource
from artgen_making.paper import FAINT, GREY, HEIGHT, INK, LOOKS, MARGIN, WIDTH, Look, Paper, fitted, ink_on
from artgen_making.work import Part, Sheet, Work, runs, work_of

ROOM = WIDTH - 2 * MARGIN
FOOT = HEIGHT - MARGIN
TOP = 26.0
"""Where what a page is about begins."""
ROW = 6.6
"""Height of a line in the parts list."""
LEAST = 4.5
"""Height of a row's line at least; where there is less room, they are on a page of their own."""
MAP = 11.0
"""The longer side of the small map of sheets."""


def instructions(source: ExportSource) -> bytes:
    """The PDF of one picture. InputError if it is not drawn of a stock, or reportlab is missing."""
    work = work_of(source)
    paper = Paper(work.title or "Instructions")
    book = _Book(paper, work)
    book.cover()
    book.parts()
    for number, sheet in enumerate(book.sheets, 1):
        book.sheet(sheet, number)
    book.end()
    return paper.bytes()


class _Book:
    def __init__(self, paper: Paper, work: Work) -> None:
        self._paper, self._work = paper, work
        self._look: Look = LOOKS[work.material.name]
        self.sheets: Sequence[Sheet] = list(work.sheets(self._look.columns, self._look.rows))
        self._page = 1

    def _next(self) -> None:
        self.end()
        self._paper.turn()
        self._page += 1

    def end(self) -> None:
        """Finish the page."""
        self._paper.text(WIDTH - MARGIN, FOOT + 5, str(self._page), 8, ink=GREY, at="right")

    def _head(self, title: str, right: str = "", room: float = 0) -> None:
        self._paper.text(MARGIN, 17, title, 15, bold=True)
        self._paper.text(WIDTH - MARGIN - room, 17, right, 9, ink=GREY, at="right")

    def cover(self) -> None:
        """The finished work, its size and what it takes."""
        paper, work = self._paper, self._work
        columns, rows = work.size
        title = work.title or "Instructions"
        paper.text(MARGIN, 26, fitted(paper, title, ROOM, 24, bold=True), 24, bold=True)
        for number, line in enumerate(self._facts()):
            paper.text(MARGIN, 35 + 5.2 * number, line, 10.5, ink=GREY)
        wide = min(ROOM / columns, (FOOT - 62) / rows)
        left, top = MARGIN + (ROOM - wide * columns) / 2, 60.0
        self._pieces(work.cells, left, top, wide)
        self._paper.box(left, top, wide * columns, wide * rows, None, edge=FAINT, line=0.2)

    def _facts(self) -> Iterator[str]:
        work = self._work
        columns, rows = work.size
        material, pitch = work.material, work.material.pitch
        yield material.title
        size = f"{columns} x {rows}"
        if pitch:
            size += f", {columns * pitch / 10:.1f} x {rows * pitch / 10:.1f} cm"
        yield f"{size}: {work.count:,} {material.pieces} in {len(work.parts)} colours, on {_sheets(len(self.sheets))}"
        if self._look.wide == pitch:
            yield "The sheets are as large as the work is, if they are printed at 100 %."

    def _pieces(self, cells: Sequence[Sequence[int]], left: float, top: float, wide: float) -> None:
        """Pieces as they look; those that follow each other in a row are one where they have no edge."""
        for number, row in enumerate(cells):
            column = 0
            for many, part in runs(row):
                x, y = left + wide * column, top + wide * number
                column += many
                if part < 0:
                    continue
                colour = self._work.parts[part].piece.colour
                if wide < 2:
                    self._paper.box(x, y, wide * many, wide, colour)
                    continue
                for place in range(many):
                    self._look.shape(self._paper, x + wide * place, y, wide, colour)

    def parts(self) -> None:
        """The parts list, in two columns where it is long."""
        parts = self._work.parts
        most = int((FOOT - TOP - 8) / ROW)
        for begin in range(0, len(parts), 2 * most):
            self._next()
            self._head("Parts", f"{self._work.count:,} {self._work.material.pieces}")
            some = parts[begin : begin + 2 * most]
            long = len(some) > most
            half = (len(some) + 1) // 2 if long else len(some)
            for side, column in enumerate((some[:half], some[half:])):
                self._column(column, MARGIN + side * (ROOM / 2 + 3), (ROOM / 2 - 3) if long else ROOM)

    def _column(self, parts: Sequence[Part], left: float, wide: float) -> None:
        paper = self._paper
        for number, part in enumerate(parts):
            y = TOP + 4 + ROW * number
            self._swatch(part, left, y, 5.4)
            middle = y + 3.9
            paper.text(left + 9, middle, part.piece.number, 9, ink=GREY)
            name = left + (22 if any(one.piece.number for one in parts) else 9)
            count = f"{part.count:,}"
            paper.text(
                name, middle, fitted(paper, part.piece.name or part.piece.colour, left + wide - name - 16, 10), 10
            )
            paper.text(left + wide, middle, count, 10, bold=True, at="right")
            paper.line(left, y + 6, left + wide, y + 6)

    def _swatch(self, part: Part, x: float, y: float, wide: float) -> None:
        colour = part.piece.colour
        self._paper.box(x, y, wide, wide, colour, edge=FAINT)
        self._symbol(part, x, y, wide)

    def _symbol(self, part: Part, x: float, y: float, wide: float) -> None:
        size = wide * (1.5 if len(part.symbol) == 1 else 1.25 if len(part.symbol) == 2 else 0.95)
        baseline = y + wide / 2 + size * 0.124
        self._paper.text(
            x + wide / 2, baseline, part.symbol, size, bold=True, ink=ink_on(part.piece.colour), at="middle"
        )

    def sheet(self, sheet: Sheet, number: int) -> None:
        """A page with the pieces of a part of the work, and how to go on row by row or colour by colour."""
        self._next()
        columns, rows = len(sheet.cells[0]), len(sheet.cells)
        place = f"columns {sheet.column + 1} to {sheet.column + columns}, rows {sheet.row + 1} to {sheet.row + rows}"
        if len(self.sheets) > 1:
            self._head(f"Sheet {number}", place, MAP + 3)
            self._map(sheet)
        else:
            self._head("Where they go", place)
        wide = self._look.wide
        left, top = MARGIN + 7, TOP + 6
        self._numbers(sheet, left, top, wide)
        for y, row in enumerate(sheet.cells):
            for x, part in enumerate(row):
                if part >= 0:
                    one = self._work.parts[part]
                    self._look.shape(self._paper, left + wide * x, top + wide * y, wide, one.piece.colour)
                    self._symbol(one, left + wide * x, top + wide * y, wide)
        self._grid(sheet, left, top, wide)
        below = top + wide * rows + 10
        self._needs(sheet, left + wide * columns + 6, below)
        if self._look.by_rows:
            if FOOT - below < LEAST * rows:
                self._next()
                self._head(f"Sheet {number}" if len(self.sheets) > 1 else "How they follow each other", place)
                below = TOP + 6
            self._rows(sheet, below)

    def _grid(self, sheet: Sheet, left: float, top: float, wide: float) -> None:
        """Lines between the cells, and thick ones after every tenth of the whole work."""
        columns, rows = len(sheet.cells[0]), len(sheet.cells)
        for number in range(columns + 1):
            thick = (sheet.column + number) % 10 == 0
            if thick or not self._look.by_rows:
                x, ink, width = left + wide * number, INK if thick else GREY, 0.35 if thick else 0.1
                self._paper.line(x, top, x, top + wide * rows, ink=ink, width=width)
        for number in range(rows + 1):
            thick = (sheet.row + number) % 10 == 0
            if thick or not self._look.by_rows:
                y, ink, width = top + wide * number, INK if thick else GREY, 0.35 if thick else 0.1
                self._paper.line(left, y, left + wide * columns, y, ink=ink, width=width)

    def _numbers(self, sheet: Sheet, left: float, top: float, wide: float) -> None:
        """Of every row and column where there is room, else of the first and of every tenth."""
        for number in range(len(sheet.cells[0])):
            column = sheet.column + number + 1
            if wide >= 5 or column % 10 == 0 or number == 0:
                self._paper.text(left + wide * (number + 0.5), top - 1.5, str(column), 6, ink=GREY, at="middle")
        for number in range(len(sheet.cells)):
            row = sheet.row + number + 1
            if wide >= 4.5 or row % 10 == 0:
                self._paper.text(left - 1.5, top + wide * (number + 0.5) + 0.8, str(row), 6, ink=GREY, at="right")

    def _map(self, sheet: Sheet) -> None:
        """Where on the whole work this sheet lies."""
        columns, rows = self._work.size
        wide = MAP / max(columns, rows)
        left, top = WIDTH - MARGIN - wide * columns, 17.5 - wide * rows
        for one in self.sheets:
            here = one is sheet
            self._paper.box(
                left + wide * one.column,
                top + wide * one.row,
                wide * len(one.cells[0]),
                wide * len(one.cells),
                INK if here else "#ffffff",
                edge=GREY,
            )

    def _needs(self, sheet: Sheet, left: float, below: float) -> None:
        """What this sheet takes: beside it, or below, as long as there is room."""
        beside, least = WIDTH - MARGIN - left >= 20, MARGIN + 7
        x, y = (left, TOP + 6.0) if beside else (least, below - 5)
        for part, count in sheet.counts().items():
            if y + 4.6 > FOOT:
                break
            self._swatch(self._work.parts[part], x, y, 4.6)
            self._paper.text(x + 6, y + 3.3, f"{count:,}", 8.5, bold=True)
            if beside:
                y += 5.4
            else:
                x, y = (x + 17, y) if x + 34 < WIDTH - MARGIN else (least, y + 5.6)

    def _rows(self, sheet: Sheet, top: float) -> None:
        """Each row as which pieces follow each other and how many, and how many of the sheet lie at its end."""
        step = min(6.4, (FOOT - top) / len(sheet.cells))
        chip = min(4.2, step - 0.7)
        laid = 0
        self._paper.text(MARGIN + 7, top - 2.5, "Row by row, from left to right", 8, bold=True)
        self._paper.text(WIDTH - MARGIN, top - 2.5, f"{self._work.material.pieces} laid", 7, ink=GREY, at="right")
        for number, row in enumerate(sheet.cells):
            y = top + step * number
            base = y + chip / 2 + 0.9
            laid += sum(part >= 0 for part in row)
            self._paper.text(MARGIN + 5.5, base, str(sheet.row + number + 1), 7, ink=GREY, at="right")
            x = MARGIN + 7
            for many, part in runs(row):
                if part >= 0:
                    self._swatch(self._work.parts[part], x, y, chip)
                else:
                    self._paper.text(x + chip / 2, base, "-", 8, at="middle")
                x += chip + 0.6
                if many > 1:
                    self._paper.text(x, base, str(many), 7.5)
                    x += self._paper.width(str(many), 7.5)
                x += 1.8
            self._paper.text(WIDTH - MARGIN, base, str(laid), 7, ink=GREY, at="right")


def _sheets(count: int) -> str:
    return "one sheet" if count == 1 else f"{count} sheets"
