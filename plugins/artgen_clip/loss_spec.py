"""The loss that follows prompts."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, InputFile, Loss, LossSpec, Need, PerceptorRef, Personal, Prompts, Slider, Templates

SCALE = 40.0


class Clip(LossSpec):
    """How far the views are from the prompts, as the perceptors embed them."""

    type: Literal["clip"] = "clip"
    prompts: Annotated[Prompts, Field(min_length=1)] | None = None
    """Prompts for this loss alone; default: the preset's."""
    perceptor: PerceptorRef | None = None
    """The perceptor that judges; default: all, by their weights."""
    distance: Literal["spherical", "cosine", "contrast"] = "spherical"
    """`spherical`: squared angle; `cosine`: 1 - cosine; `contrast`: the prompt must win against a bank of others."""
    scale: Annotated[float, Field(gt=0, le=1000), Slider(1, 200, scale="log")] = SCALE
    """For `contrast`: sharpness of the contest; CLIP itself learns up to 100."""
    bank: Annotated[
        InputFile | Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] | None, Personal()
    ] = None
    """For `contrast`: the other texts, or a file with one a line, each optionally after its object and a tab."""
    templates: Annotated[Templates, Personal()] = False
    """Average each text over wordings: true for the built-in ones, or your own, such as ['a photo of {}']."""

    def misfits(self) -> Iterable[str]:
        if self.distance != "contrast" and (self.bank is not None or self.scale != SCALE):
            yield "'bank' and 'scale' belong to 'distance: contrast'"

    def needs(self) -> Set[Need]:
        return {Need.PROMPTS, Need.VIEWS}

    def build(self, env: Env) -> Loss:
        from artgen_clip.loss import ClipLoss

        return ClipLoss(self, env)
