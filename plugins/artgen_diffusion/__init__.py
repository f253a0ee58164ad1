"""Diffusion models that the losses steer while they denoise."""

from __future__ import annotations

from artgen.api import GeneratorSpec, hookimpl


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return []
