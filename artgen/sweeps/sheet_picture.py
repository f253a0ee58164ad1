"""The contact sheet of a sweep: every picture at its settings, the best one framed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from artgen.errors import shown
from artgen.files import atomic_path
from artgen.picture import preview
from artgen.sweeps.rows import Axis, Row
from artgen.sweeps.sheets import lettering, ranking
from artgen.sweeps.sheets.arrangement import Arrangement, arrange
from artgen.sweeps.sheets.labels import headings
from artgen.sweeps.sheets.sizes import Sizes, sizes, spoken
from artgen.sweeps.sheets.thumbnails import measured, opened

FILE = "sheet.png"
PAPER, INK, FAINT, RULE = "#ffffff", "#222222", "#767676", "#e2e0dc"
BEST, WRONG, EMPTY, WRONG_PAPER = "#e0a800", "#8f3a17", "#f4f3f0", "#f8ebe6"
HEAD = 300
"""Pixels that the title may take at most."""
FADED = 0.6
"""How much paper is mixed into a picture that ended early."""
NOTES = {"pruned": "pruned", "waiting": "waiting", "stopped": "stopped", "failed": "failed", "finished": "no picture"}
"""What a tile without its picture says."""


def save(folder: Path, axes: Sequence[Axis], rows: Sequence[Row], title: str, goal: str | None = None) -> Path:
    """Write ``sheet.png``: axes along columns, rows and blocks, with their values; at most 8192 pixels a side.

    Args:
        folder: the sweep's, where it is written.
        axes: the settings that vary.
        rows: the cells; of those without a picture that can be read there is a plain tile that says why.
        title: what stands above it.
        goal: of a search, by which its cells are ranked.
    """
    with atomic_path(folder / FILE) as temporary:
        _sheet(axes, rows, title, goal).save(temporary, format="PNG")
    return folder / FILE


def _sheet(axes: Sequence[Axis], rows: Sequence[Row], title: str, goal: str | None) -> Image.Image:
    found = headings(axes, rows)
    measures = ranking.measures(found, rows, goal)
    best = ranking.deciding(measures)
    arrangement = arrange(found, ranking.ranked(measures, rows) if goal else ())
    blocks = arrangement.in_blocks(len(rows))
    shapes = {shape for row in rows if (shape := measured(row.picture))}
    chosen = sizes(arrangement, [len(cells) for _, cells in blocks], shapes, HEAD)
    head = _head(chosen, title, _subtitle(arrangement, rows, best))
    top = chosen.margin + sum(lettering.line_height(size) + 6 for _, size, _ in head) + chosen.margin // 2
    sheet = Image.new("RGB", (chosen.body[0], chosen.body[1] + top), PAPER)
    pen = ImageDraw.Draw(sheet)
    y = chosen.margin
    for line, size, colour in head:
        lettering.write(pen, (chosen.margin, y), [line], size, colour)
        y += lettering.line_height(size) + 6
    for i, (name, cells) in enumerate(blocks):
        across, down = i % chosen.flow[0], i // chosen.flow[0]
        x = chosen.margin + across * (chosen.block[0] + chosen.margin)
        _Block(sheet, pen, chosen, rows, best).draw((x, top + down * (chosen.block[1] + chosen.margin)), name, cells)
    return sheet


def _head(chosen: Sizes, title: str, subtitle: str) -> list[tuple[str, int, str]]:
    """The lines above everything, with the size of their letters and their colour."""
    room, small = chosen.body[0] - 2 * chosen.margin, max(14, chosen.letter)
    large = 2 * small
    titles = lettering.lines(shown(" ".join(title.split()), 300), large, room, 2)
    subtitles = lettering.lines(subtitle, small, room, 3)
    return [(line, large, INK) for line in titles] + [(line, small, FAINT) for line in subtitles]


def _subtitle(arrangement: Arrangement, rows: Sequence[Row], best: ranking.Measure | None) -> str:
    finished = sum(row.state == "finished" for row in rows)
    count = "1 picture" if len(rows) == 1 else f"{len(rows)} pictures"
    parts = [count if finished == len(rows) else f"{finished} of {count}"]
    pruned = sum(row.state == "pruned" for row in rows)
    parts.append(f"{pruned} ended early" if pruned else "")
    parts.append("best first" if arrangement.ranked else "")
    parts.append(spoken(arrangement.columns, arrangement.rows))
    parts += [f"{axis.name} {axis.texts[0]}" for axis in arrangement.fixed if axis.texts]
    parts.append(f"framed: {best.said}" if best else "")
    return "   ·   ".join(filter(None, parts))


class _Block:
    """Draws the cells that share the values of what runs neither along columns nor along rows."""

    def __init__(
        self,
        sheet: Image.Image,
        pen: ImageDraw.ImageDraw,
        chosen: Sizes,
        rows: Sequence[Row],
        best: ranking.Measure | None,
    ) -> None:
        self._sheet, self._pen, self._sizes, self._rows, self._best = sheet, pen, chosen, rows, best

    def draw(self, corner: tuple[int, int], name: str, cells: Sequence[int]) -> None:
        """Draw the cells of these numbers, from 0, with the block's name and headings."""
        sizes, (x, y) = self._sizes, corner
        arrangement = sizes.arrangement
        if name:
            written = lettering.lines(name, sizes.letter + 2, sizes.block[0] - sizes.gap, 1)
            lettering.write(self._pen, (x, y), written, sizes.letter + 2, INK)
        y += sizes.block_head
        if arrangement.rows is not None:
            self._headings(x, y)
        x, y = x + sizes.row_head, y + sizes.column_head
        width, height = sizes.cell
        for i, number in enumerate(cells):
            if arrangement.columns is not None and arrangement.rows is not None:
                across, down = arrangement.columns.places[number], arrangement.rows.places[number]
            else:
                across, down = i % sizes.grid[0], i // sizes.grid[0]
            self._cell((x + across * width, y + down * height), number)

    def _headings(self, x: int, y: int) -> None:
        sizes, pen = self._sizes, self._pen
        columns, rows = sizes.arrangement.columns, sizes.arrangement.rows
        if columns is None or rows is None:
            return
        left, top = x + sizes.row_head, y + sizes.column_head
        right = x + sizes.block[0] - sizes.gap
        lettering.write(
            pen, (left, y), lettering.lines(columns.name, sizes.letter, right - left, 1), sizes.letter, FAINT
        )
        for i, head in enumerate(sizes.column_heads):
            place = left + i * sizes.cell[0], top - sizes.gap - len(head) * sizes.line
            lettering.write(pen, place, head, sizes.letter, INK)
        room = sizes.row_head - sizes.gap - 4
        lettering.write(
            pen,
            (x, top - sizes.gap - sizes.line),
            lettering.lines(rows.name, sizes.letter, room, 1),
            sizes.letter,
            FAINT,
        )
        for i, text in enumerate(rows.texts):
            head = lettering.lines(text, sizes.letter, room, max(1, sizes.box[1] // sizes.line))
            lettering.write(pen, (x, top + i * sizes.cell[1]), head, sizes.letter, INK)
        pen.line((left, top - sizes.gap // 2 - 2, right, top - sizes.gap // 2 - 2), RULE)

    def _cell(self, corner: tuple[int, int], number: int) -> None:
        """One picture, or what stands for it, and what is below."""
        sizes, row, (x, y) = self._sizes, self._rows[number], corner
        width, height = sizes.box
        picture = opened(row.picture)
        if picture is None:
            framed = self._plain(corner, row)
        else:
            small = _fitted(picture, (width, height))
            left, top = x + (width - small.width) // 2, y + (height - small.height) // 2
            if row.state == "pruned":
                small = Image.blend(small.convert("RGB"), Image.new("RGB", small.size, PAPER), FADED)
            self._sheet.paste(small, (left, top))
            framed = left, top, left + small.width - 1, top + small.height - 1
            if row.state != "finished":
                self._mark(framed, row.state)
        is_best = self._best is not None and number in self._best.best
        if is_best:
            edge = 5 if sizes.has_text else 2
            grown = framed[0] - edge, framed[1] - edge, framed[2] + edge, framed[3] + edge
            self._pen.rectangle(grown, outline=BEST, width=3 if sizes.has_text else 2)
        if sizes.has_text:
            self._below((x, y + height + 7), number)

    def _below(self, corner: tuple[int, int], number: int) -> None:
        """The cell's number, its loss or score, and where no heading says it, its setting."""
        sizes, (x, y) = self._sizes, corner
        columns = sizes.arrangement.columns
        for axis in sizes.arrangement.told if sizes.label else ():
            text = f"{axis.name} {axis.texts[axis.places[number]]}"
            lettering.write(self._pen, (x, y), lettering.lines(text, sizes.letter, sizes.tile, 1), sizes.letter, INK)
            y += sizes.line
        if sizes.label and columns is not None:
            text = f"{columns.name} {columns.texts[columns.places[number]]}"
            lettering.write(self._pen, (x, y), lettering.lines(text, sizes.letter, sizes.tile, 3), sizes.letter, INK)
            y += sizes.label * sizes.line
        size = sizes.letter - 1
        lettering.write(self._pen, (x, y), [str(number + 1)], size, FAINT)
        told = self._best.text(number) if self._best else ""
        if told and self._best and self._best.name == "loss" and sizes.tile >= 112:
            told = f"loss {told}"
        lettering.write(self._pen, (x + sizes.tile, y), [told] if told else [], size, FAINT, "ra")

    def _plain(self, corner: tuple[int, int], row: Row) -> tuple[int, int, int, int]:
        """A tile without a picture; returns its left, top, right and bottom."""
        sizes, (x, y) = self._sizes, corner
        width, height = sizes.box
        edges = x, y, x + width - 1, y + height - 1
        has_failed = row.state == "failed"
        self._pen.rectangle(edges, fill=WRONG_PAPER if has_failed else EMPTY)
        if not sizes.has_text:
            if has_failed:
                inset = sizes.tile // 4
                self._pen.line((x + inset, y + inset, edges[2] - inset, edges[3] - inset), WRONG, 2)
                self._pen.line((x + inset, edges[3] - inset, edges[2] - inset, y + inset), WRONG, 2)
            return edges
        pad = max(6, sizes.tile // 18)
        lettering.write(self._pen, (x + pad, y + pad), [NOTES[row.state]], sizes.letter, WRONG if has_failed else FAINT)
        most = (height - 2 * pad) // sizes.line - 1
        if row.reason and most > 0:
            reason = lettering.lines(shown(row.reason), sizes.letter - 1, width - 2 * pad, most)
            lettering.write(self._pen, (x + pad, y + pad + sizes.line), reason, sizes.letter - 1, INK)
        return edges

    def _mark(self, edges: tuple[int, int, int, int], state: str) -> None:
        """That a picture is not what was asked for, over its lower left corner."""
        left, bottom = edges[0], edges[3]
        colour = WRONG if state == "failed" else FAINT
        if not self._sizes.has_text:
            self._pen.rectangle((left, bottom - 5, left + 5, bottom), fill=colour)
            return
        size = self._sizes.letter - 1
        wide, high = int(lettering.width(state, size)) + 10, lettering.line_height(size) + 2
        self._pen.rectangle((left, bottom - high, left + wide, bottom), fill=colour)
        lettering.write(self._pen, (left + 5, bottom - high + 2), [state], size, PAPER)


def _fitted(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The picture as large as it can be within the box; a small one by whole times."""
    times = min(box[0] / picture.width, box[1] / picture.height)
    return preview.tile(picture, max(1, int(max(picture.size) * times)))
