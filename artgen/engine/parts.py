"""Everything that a run needs, built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from artgen import api
from artgen.engine.alpha import Alpha, FoundAlpha
from artgen.engine.boundary import Boundary
from artgen.engine.finishing import Progress, Stage
from artgen.engine.guidance import Guidance
from artgen.engine.judging.judges import Judges
from artgen.preset.model import Preset


@dataclass(frozen=True)
class NamedSpec:
    """A spec, its name within its section, and who offers it."""

    spec: Any
    name: str
    title: str


@dataclass(frozen=True)
class Parts:
    """Everything a run needs, built."""

    preset: Preset
    """With its seed filled in."""
    device: torch.device
    generator: api.Generator
    generator_title: str
    boundary: Boundary
    """What looks at every drawing."""
    filters: Sequence[tuple[str, api.Filter]]
    guidance: Guidance
    judges: Judges | None
    """What looks at the drawing now and then and guides nothing."""
    finish: Sequence[Stage]
    """What is done to the finished pictures."""
    progress: Progress
    """Whom the stages of `finish` tell how far they are."""
    reporters: Sequence[tuple[str, api.Reporter]]
    weights: dict[str, str]
    """sha256 of every weight file used, by file name."""
    credits: tuple[str, ...]
    """Whose work the weights learnt from, where that has to be said."""
    read_as: dict[str, str]
    """Words of the prompts in whose place the perceptors are told others, and those."""
    plugins: dict[str, str]
    """Version of every distribution whose components take part."""
    libraries: dict[str, str]
    """Version of every library that these components require, and that artgen counts with."""
    inputs: dict[str, str]
    """sha256 of every file that the preset names, by its path there."""
    overlay: torch.Tensor | None = None
    """(1, 4, H, W): what the preset's `overlay` lays over the drawing; read once, so that its file may go."""
    paint: Sequence[tuple[int, torch.Tensor]] = ()
    """What the preset's `paint` lays over the drawing, (1, 4, H, W) each, and before which step."""
    alpha: Alpha | None = None
    """What makes the picture see-through, where the preset asks for it."""
    pictures: dict[Path, bytes] = field(default_factory=dict, repr=False)
    """The files of the pictures that the preset names, read once: a part may want its own only during the run."""

    @property
    def descends(self) -> bool:
        """Whether anything learns by a gradient; all else is drawn and judged without graphs."""
        return self.preset.generator.uses_gradient or isinstance(self.alpha, FoundAlpha)

    @property
    def drawers(self) -> str:
        """Whose code the gradient comes through on its way back."""
        return " or ".join((*(title for title, _ in reversed(self.filters)), self.generator_title))
