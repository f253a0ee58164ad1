"""VQGAN: pictures made of a learnt alphabet of patches, by way of diffusers' `VQModel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from artgen.api import (
    Env,
    Generator,
    GeneratorSpec,
    InputFile,
    Need,
    Schedule,
    Slider,
    Within,
    hint,
    hookimpl,
    wrong_setting,
)
from artgen.canvas import DescentSpec
from artgen.weights import Download, Published, Source
from artgen_vqgan.catalogue import EMBEDDED, PUBLISHED, repository


def _known(source: str) -> str:
    names = (EMBEDDED, *PUBLISHED)
    if "/" not in source and source not in names:
        raise wrong_setting(
            f"no VQGAN is called '{source}'{hint(source, names)}; a folder beside the preset is written "
            f"'./{source}', a repository 'owner/name'"
        )
    return source


Strength = Annotated[Schedule, Within(ge=0)]
_NONE = Schedule.constant(0)


class Vqgan(DescentSpec):
    """A grid of codes that a VQGAN decodes: drawings in the manner of what the model was trained on."""

    can_paint: ClassVar[bool] = True
    type: Literal["vqgan"] = "vqgan"
    synonyms = ("vqgan clip", "vq", "taming")
    model: Annotated[Source, AfterValidator(_known)] = EMBEDDED
    """`embedded`; a published name such as imagenet_f16_16384; a hub repository or folder in diffusers' layout."""
    checkpoint: InputFile | None = None
    """A file of weights by taming-transformers instead: VQModel, GumbelVQ, or a transformer's first stage."""
    config: InputFile | None = None
    """The YAML file that belongs to `checkpoint`; the weights say nearly everything, so it may be left out."""
    init: Literal["codes", "noise", "gradient", "prompt"] = "codes"
    """What to begin with, without a `start`: random codes; the codes of noise or of a four-colour gradient; or, for the
    embedded model, a drawing of what the prompt asks for."""
    hand: Literal["any", "glossy", "flat", "cartoon", "outlined", "clipart"] = "any"
    """Whose drawing `init: prompt` begins with; `any` takes one of the first four by the seed, so that a batch shows
    them all. `clipart` has learnt from the public domain only, and knows fewer things."""
    guesses: Annotated[int, Field(ge=1, le=64)] = 8
    """How many drawings `init: prompt` shows to CLIP, which begins with the best."""
    variety: Annotated[float, Field(ge=0, le=3)] = 1.0
    """How far the seed leans, stretches and bends the things that `init: prompt` draws, and whether it turns them the
    other way; 0: as the hand has learnt them."""
    hold_ground: bool = True
    """With `init: prompt`: guidance moves the things that were drawn, and leaves the ground around them as it is."""
    upscale: Literal[1, 2, 4] = 1
    """Draw at this fraction of the canvas and enlarge: faster, and larger shapes."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.1)
    """Length of a step, in the codes' own units; may change over the run."""
    decay: Strength = _NONE
    """Pull of the latent to zero, as in the 'MSE' notebooks: `decay` x its mean square is added to the loss."""
    stay_spherical: Strength = _NONE
    """Pull to the start: half the squared angle between a cell's numbers then and now, averaged over the cells."""
    stay_mse: Strength = _NONE
    """Pull to the start: mean squared difference of the latent."""
    stay_cosine: Strength = _NONE
    """Pull to the start: 1 - cosine between the whole latent then and now."""
    stay_pixels: Strength = _NONE
    """Pull to the start: mean absolute difference of the pixels; costs a second decoding."""

    def misfits(self) -> Iterable[str]:
        if self.checkpoint and self.model != EMBEDDED:
            yield "'checkpoint' replaces 'model'; give one of them"
        if self.config and not self.checkpoint:
            yield "'config' belongs to a 'checkpoint'; name that too"
        if self.init == "prompt" and (self.checkpoint or self.model != EMBEDDED):
            yield f"'init: prompt' belongs to 'model: {EMBEDDED}', which alone has learnt what prompts look like"
        for name in self._of_guesses() if self.init != "prompt" else ():
            yield f"'{name}' belongs to 'init: prompt'; give that too, or leave '{name}' out"

    def _of_guesses(self) -> Iterable[str]:
        """The settings of first guesses that are other than by default."""
        for name in ("hand", "guesses", "variety", "hold_ground"):
            value = getattr(self, name)
            # What is written down has a variety of 0 where there was no guess.
            if value != type(self).model_fields[name].default and not (name == "variety" and value == 0):
                yield name

    @classmethod
    def written_down(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        # Recipes without the setting were made when things stood as the hand had learnt them.
        return {"variety": 0.0, **settings}

    def needs(self) -> Set[Need]:
        return {Need.START} | ({Need.PROMPTS, Need.PERCEPTORS} if self.init == "prompt" else set())

    def reading(self, text: str) -> Mapping[str, str]:
        from artgen_drawings.reading import reading

        return reading(text) if self.init == "prompt" else {}

    def downloads(self) -> list[Download]:
        if self.checkpoint or self.model == EMBEDDED:
            return []
        return [PUBLISHED.get(self.model) or repository(self.model)]

    def build(self, env: Env) -> Generator:
        from artgen_vqgan.drawing import VqganGenerator

        return VqganGenerator(self, env)


@hookimpl
def artgen_generators() -> list[type[GeneratorSpec]]:
    return [Vqgan]


@hookimpl
def artgen_weights() -> list[Published]:
    return list(PUBLISHED.values())
