"""Coordinate networks: a small network tells each place its colour, so that a picture has any size afterwards."""

from __future__ import annotations

from artgen.api import Exporter, ExportSource, GeneratorSpec, hookimpl
from artgen_coordinates.coordinates_spec import Activation, CoordinateSpec, Cppn, Siren

__all__ = ["Activation", "CoordinateSpec", "Cppn", "Siren"]


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Cppn, Siren]


@hookimpl
def artgen_exporters() -> list[Exporter]:
    def export(source: ExportSource) -> bytes:
        from artgen_coordinates.shader import export_shader

        return export_shader(source)

    return [Exporter(".glsl", "a fragment shader (WebGL) that draws the same at any size", export, (Cppn, Siren))]
