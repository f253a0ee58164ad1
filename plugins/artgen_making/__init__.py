"""Instructions for making a picture by hand, of pieces such as bricks, beads and stitches."""

from __future__ import annotations

from artgen.api import Exporter, ExportSource, hookimpl


def _instructions(source: ExportSource) -> bytes:
    from artgen_making.instructions import instructions

    return instructions(source)


@hookimpl
def artgen_exporters() -> list[Exporter]:
    about = "how to make a picture of a stock's pieces by hand: its parts, and what goes where"
    return [Exporter(".instructions.pdf", about, _instructions)]
