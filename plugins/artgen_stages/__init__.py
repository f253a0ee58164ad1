"""What is done once to finished pictures: flat inks and SVG, paper and print, frames, ink lines, shadows."""

from __future__ import annotations

from artgen.api import FinishSpec, hookimpl
from artgen_stages.cut_out_spec import CutOut
from artgen_stages.frame_spec import Frame
from artgen_stages.outline_spec import Outline
from artgen_stages.shadow_spec import Shadow
from artgen_stages.texture_spec import Texture
from artgen_stages.trace_spec import Trace

__all__ = ["CutOut", "Frame", "Outline", "Shadow", "Texture", "Trace"]


@hookimpl
def artgen_finishes() -> list[type[FinishSpec]]:
    return [Trace, CutOut, Outline, Texture, Frame, Shadow]
