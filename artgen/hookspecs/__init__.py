"""The hooks: what a plugin may offer. Each is asked once, before a run, and returns spec classes.

A plugin is a module (named by an entry point of the group ``artgen``) with one or more of these
functions, each decorated with ``@artgen.api.hookimpl``. It may import ``artgen.api`` and pydantic at its
top; torch and everything heavy belongs into the module that ``Spec.build`` imports. No hook is called
while a picture is made, so installing a plugin never changes one.
"""

from __future__ import annotations

from artgen.hookspecs.components import (
    artgen_augmentations,
    artgen_filters,
    artgen_finishes,
    artgen_generators,
    artgen_losses,
    artgen_perceptors,
    artgen_reporters,
)
from artgen.hookspecs.files import artgen_importers, artgen_palettes, artgen_presets, artgen_weights, artgen_words
from artgen.hookspecs.outputs import artgen_exporters

__all__ = [
    "artgen_augmentations",
    "artgen_exporters",
    "artgen_filters",
    "artgen_finishes",
    "artgen_generators",
    "artgen_importers",
    "artgen_losses",
    "artgen_palettes",
    "artgen_perceptors",
    "artgen_presets",
    "artgen_reporters",
    "artgen_weights",
    "artgen_words",
]
