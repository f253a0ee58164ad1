"""Pictures as PDF, as large as they are printed."""

from __future__ import annotations

from artgen.api import Exporter, ExportSource, hookimpl


def _export(source: ExportSource) -> bytes:
    from artgen_pdf.page import pdf

    return pdf(source)


@hookimpl
def artgen_exporters() -> list[Exporter]:
    about = (
        "a page as large as the print that `upscale` makes, else as fits on A4; as curves where the drawing has them"
    )
    return [Exporter(".pdf", about, _export)]
