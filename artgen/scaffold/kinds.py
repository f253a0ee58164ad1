"""The kinds of plugins and the licences to choose from. Light to import, because the command line shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PRESET = "preset"
"""A pack of presets: a plugin that offers no component."""
LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause")


@dataclass(frozen=True)
class Kind:
    """What the shared files say of one kind of plugin."""

    about: str
    usage: str
    """Lines of a preset, with $type."""
    work: str
    """The module that does the work; of a pack of presets their folder."""
    called: str | None = None
    """What a preset calls the kind, if that is another word than an author's."""


KINDS: Mapping[str, Kind] = {
    "generator": Kind(
        "A generator for artgen that paints with washes of watercolour.", "generator: {type: $type}", "painting.py"
    ),
    "loss": Kind(
        "A loss for artgen that likes pictures painted in one hue.",
        "losses:\n  - {type: $type, hue: 260}",
        "judging.py",
    ),
    "perceptor": Kind(
        "A perceptor for artgen that reads a text as bands of colour from top to bottom.",
        "perceptors:\n  bands: {type: $type}",
        "seeing.py",
    ),
    "filter": Kind(
        "A filter for artgen that prints the picture as coloured dots.",
        "filters:\n  - {type: $type, pitch: 6}",
        "printing.py",
    ),
    "augmentation": Kind(
        "Views for artgen: square crops of many sizes.", "views:\n  - {type: $type, count: 12}", "cutting.py", "view"
    ),
    "finish": Kind(
        "A finishing stage for artgen that mounts the picture on a card.",
        "finish:\n  - {type: $type, border: 0.1}",
        "mounting.py",
    ),
    "reporter": Kind(
        "A reporter for artgen that writes the losses into a CSV file.",
        "reporters:\n  - {type: $type, name: losses}",
        "writing.py",
    ),
    PRESET: Kind("Presets for artgen that print in five inks.", "extends: $type\nprompts: a red heart", "presets"),
}
"""By what ``artgen new`` calls them."""
