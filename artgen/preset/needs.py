"""What a preset has to fetch before it can run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from artgen.api import Spec
from artgen.preset.model import Preset
from artgen.weights import Download


def downloads(preset: Preset) -> list[Download]:
    """What its components say that they fetch, each once."""
    found = {download.name: download for spec in specs(preset) for download in spec.downloads()}
    return list(found.values())


def specs(preset: Preset) -> Iterator[Spec]:
    """Every component of the preset."""
    parts: Iterable[Spec] = (*preset.views, *preset.losses, *preset.filters, *preset.reporters)
    yield from (preset.generator, *preset.perceptors.values(), *parts)
