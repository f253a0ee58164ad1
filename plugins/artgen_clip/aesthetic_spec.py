"""What a preset says about the aesthetic loss."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from artgen.api import Env, InputFile, Loss, LossSpec, Need, PerceptorRef, Public, hint, wrong_setting
from artgen.weights import Download
from artgen_clip.aesthetic_catalogue import CLEANNESS, NAMES, PUBLISHED


def _known(name: str) -> str:
    if name not in NAMES:
        raise wrong_setting(f"no head is called '{name}'{hint(name, NAMES)}; a file is given as 'checkpoint'")
    return name


class Aesthetic(LossSpec):
    """How far the score that a head gives to the views is from a target: ((target - score) / 10)^2, over the views."""

    type: Literal["aesthetic"] = "aesthetic"
    model: Annotated[str, AfterValidator(_known), Public("the name of a head")] = CLEANNESS
    """The head: `cleanness`, the embedded one for the embedded CLIP; or a published one, such as laion_v2_vit_l_14."""
    checkpoint: InputFile | None = None
    """A file of weights instead: a linear head of LAION, AVA or Simulacra, or LAION's improved one of five layers."""
    made_for: Annotated[str, Field(min_length=1), Public("the name of a model")] | None = None
    """The CLIP that `checkpoint` was fitted to, such as ViT-B-16/openai; another perceptor is refused."""
    perceptor: PerceptorRef | None = None
    """The perceptor whose embeddings it scores; may be left out where there is only one."""
    target: Annotated[float, Field(ge=0, le=10)] = 10
    """The score to reach; most heads were fitted to ratings from 1 to 10."""

    def misfits(self) -> Iterable[str]:
        if self.checkpoint and self.model != CLEANNESS:
            yield "'checkpoint' replaces 'model'; give one of them"
        if self.made_for and not self.checkpoint:
            yield "'made_for' belongs to a 'checkpoint'; what the named heads were made for is known"

    def downloads(self) -> list[Download]:
        return [PUBLISHED[self.model]] if self.model in PUBLISHED else []

    def needs(self) -> Set[Need]:
        return {Need.VIEWS}

    def build(self, env: Env) -> Loss:
        from artgen_clip.aesthetic import AestheticLoss

        return AestheticLoss(self, env)
