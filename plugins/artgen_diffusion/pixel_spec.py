"""The settings of pixel-space diffusion. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from artgen.api import Env, Generator, Need, PerceptorRef, Schedule, Slider, Within, wrong_setting
from artgen.weights import Download, Repository, Source
from artgen_diffusion.sampled_spec import SampledSpec

EMBEDDED = "embedded"
CFG = 2.0
"""`cfg` where the preset leaves it to the model; at 1 small models draw vaguely, from 3 on in glaring colours."""


def known_model(model: str) -> str:
    """The source of a model, if it can be one: the embedded one, a repository, or a folder."""
    if model != EMBEDDED and "/" not in model:
        text = f"no model is called '{model}'; write '{EMBEDDED}', a repository such as owner/name, or ./folder"
        raise wrong_setting(text)
    return model


class Diffusion(SampledSpec):
    """Noise that becomes a picture, steered by the losses at each step; the embedded model draws what a prompt says."""

    type: Literal["diffusion"] = "diffusion"
    model: Annotated[Source, AfterValidator(known_model)] = EMBEDDED
    """`embedded`, the prior that also `vqgan` begins with; or a UNet2DModel of diffusers: a repository, or a folder."""
    hand: Literal["any", "glossy", "flat", "cartoon", "outlined", "clipart"] = "any"
    """Whose drawing the embedded model makes; `any` takes one of the first four by the seed, so that a batch shows them
    all. `clipart` has learnt from the public domain only, and knows fewer things."""
    variety: Annotated[float, Field(ge=0, le=3)] = 1.0
    """How far the seed leans, stretches and bends the things that the embedded model draws, and whether it turns them
    the other way; 0: as the hand has learnt them."""
    cfg: Annotated[Schedule, Within(ge=0), Slider(0, 10)] | None = None
    """How much prompts are exaggerated by a model that was trained with texts; 0: not told of them; default: 2."""
    perceptor: PerceptorRef | None = None
    """Whose text embeddings such a model was trained with; default: the first of the right width."""
    resolution: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Of a UNet2DModel: side of the square with as many pixels as it draws, in the canvas's shape; default: its own."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    """Dynamic thresholding: the share of a picture's values that are kept, such as 0.98; default: a plain clamp."""
    chunk: Annotated[int, Field(ge=1)] | None = None
    """Pictures that go through the network at once; default: all, and half as many each time memory runs out."""

    def reading(self, text: str) -> Mapping[str, str]:
        from artgen_drawings.reading import reading

        return reading(text) if self.model == EMBEDDED else {}

    @classmethod
    def written_down(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        # Recipes without the setting were made when things stood as the hand had learnt them.
        return {"variety": 0.0, **settings} if settings.get("model", EMBEDDED) == EMBEDDED else settings

    def downloads(self) -> list[Download]:
        return [] if self.model == EMBEDDED else [Repository(self.model)]

    def misfits(self) -> Iterable[str]:
        yield from super().misfits()
        for name, default in (("hand", "any"), ("variety", 1.0)):
            if self.model != EMBEDDED and getattr(self, name) != default:
                yield f"'{name}' belongs to 'model: {EMBEDDED}'; leave it out"
        for name in ("resolution", "threshold", "chunk"):
            if self.model == EMBEDDED and getattr(self, name) is not None:
                yield f"'{name}' belongs to models that draw pixels; the embedded one does not; leave it out"

    def needs(self) -> Set[Need]:
        return super().needs() | {Need.PROMPTS, Need.PERCEPTORS}

    def build(self, env: Env) -> Generator:
        if self.model == EMBEDDED:
            from artgen_diffusion.drawn import DrawnDiffusion

            return DrawnDiffusion(self, env)

        from artgen_diffusion.pixel import PixelDiffusion

        return PixelDiffusion(self, env)
