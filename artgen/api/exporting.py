"""Other forms of a finished picture, such as SVG: what makes one, and what it makes it of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from artgen.api.protocols import Generator
from artgen.api.specs import GeneratorSpec
from artgen.results import Result


@dataclass(frozen=True)
class ExportSource:
    """One picture of a finished run, as an exporter gets it."""

    generator: Generator
    """As it is after its last step: ``generator.draw(generator.steps)`` is what it has drawn, without filters."""
    spec: GeneratorSpec
    """The generator's settings."""
    picture: int
    """Which picture of the batch, from 0: its row in what the generator draws, and in `result`."""
    result: Result
    """What the run leaves: the pictures with filters and finishing stages, and the preset in its `recipe`."""
    recipe: Mapping[str, Any] | None
    """What the picture may tell of how it was made, for a form that has a place for it; None: nothing."""


@dataclass(frozen=True)
class Exporter:
    """Writes pictures in another form, for ``artgen run --export SUFFIX`` and ``artgen export PICTURE OUT``."""

    suffix: str
    """What the files' names end in, such as ``.svg`` or ``.plot.svg``: once or twice a dot and letters or digits."""
    about: str
    """What the file holds, in a line."""
    export: Callable[[ExportSource], bytes]
    """The file of one picture. It is called without a gradient. InputError if this picture has no such form."""
    generators: tuple[type[GeneratorSpec], ...] = ()
    """The generators whose pictures it can write; empty: any."""

    def fits(self, spec: GeneratorSpec) -> bool:
        """Whether it can write what that generator draws."""
        return not self.generators or isinstance(spec, self.generators)
