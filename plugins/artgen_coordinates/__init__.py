"""Coordinate networks: a small network tells each place its colour, so that a picture has any size afterwards."""

from __future__ import annotations

from artgen.api import GeneratorSpec, hookimpl
from artgen_coordinates.coordinates_spec import Activation, CoordinateSpec, Cppn, Siren

__all__ = ["Activation", "CoordinateSpec", "Cppn", "Siren"]


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Cppn, Siren]
