"""The settings of score distillation. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from artgen.api import Env, Loss, LossSpec, Need, PerceptorRef, PersonalText, Prompts, Schedule, Within
from artgen.weights import Download, Source
from artgen_diffusion.pixel_spec import EMBEDDED, known_model
from artgen_diffusion.prompted_spec import Precision, VaeSource, any_model, autoencoder

Form = Literal["sds", "dds", "ism", "sdi"]
FORMS_THAT_INVERT = ("ism", "sdi")
SHIFT = 0.05
"""By which share of the noise levels the two scores of `ism` are apart, unless the preset says so."""
Share = Annotated[Schedule, Within(ge=0, le=1)]


class Distill(LossSpec):
    """Score distillation: how far the picture is from what a diffusion model, told the prompts, would make of it."""

    type: Literal["distill"] = "distill"
    synonyms = ("sds", "score distillation", "dds", "ism")
    model: Annotated[Source, AfterValidator(known_model)] = EMBEDDED
    """`embedded`, the model of the generator `diffusion`; or, in diffusers' layout, a folder or a repository with a
    Stable Diffusion or a UNet2DModel that draws pixels."""
    form: Form = "sds"
    """The noise and what the model's is compared with: `sds`: fresh noise, itself; `dds`: fresh noise, what the model
    says of the preset's `start`; `ism` and `sdi`: noise that the model reads out of the picture, so that it jumps less
    from step to step."""
    space: Literal["latent", "picture"] | None = None
    """Where the residual is measured: in the model's own numbers, or, decoded, in pixels, where no gradient comes
    through the encoder; default: `picture` for the embedded model, whose encoder's gradient is grainy, else
    `latent`."""
    prompts: Annotated[Prompts, Field(min_length=1)] | None = None
    """Prompts for this loss alone; default: the preset's. Only texts, labels and travels between texts are read."""
    source: PersonalText | None = None
    """For `dds`: what the preset's `start` shows; default: nothing is said of it."""
    cfg: Annotated[Schedule, Within(ge=0)] | None = None
    """How much the prompts are exaggerated; 0: not told of them; default: 2 for the embedded model, else 7.5, or 100
    for `sds`, as published."""
    least_noise: Share = Schedule.constant(0.02)
    """The cleanest noise level that is drawn, as a share of those that the model knows."""
    most_noise: Share = Schedule.constant(0.98)
    """The noisiest; where both are equal, nothing is drawn."""
    weighting: Literal["sigma2", "uniform", "clean"] = "sigma2"
    """What the residual of the noise is multiplied by: `sigma2`: sigma^2, as published; `uniform`: 1; `clean`:
    sigma / alpha, which makes it the way to the clean estimate."""
    inversion: Annotated[int, Field(ge=1, le=100)] = 5
    """For `ism` and `sdi`: in how many steps the noise is read out of the picture."""
    shift: Annotated[float, Field(gt=0, lt=1)] = SHIFT
    """For `ism`: how far apart its two noise levels are, as a share of those that the model knows."""
    hand: Literal["any", "glossy", "flat", "cartoon", "outlined", "clipart"] = "any"
    """Whose drawing the embedded model expects; `any` takes one of the first four by the seed."""
    perceptor: PerceptorRef | None = None
    """Whose text embeddings a UNet2DModel was trained with, or the embedded model; for that, by default the first of
    the right width."""
    vae: VaeSource | None = None
    """Of Stable Diffusion: another autoencoder, as for `latent_diffusion`."""
    precision: Precision = "fp32"
    """Of Stable Diffusion: number format of the network and the text encoders."""
    vae_precision: Precision = "fp32"
    """Of Stable Diffusion: number format of the autoencoder; many overflow in fp16."""
    resolution: Annotated[int, Field(ge=8, le=4096)] | None = None
    """Side of the square with as many pixels as the model is shown, in the canvas's shape; default: its own."""
    chunk: Annotated[int, Field(ge=1)] | None = None
    """Predictions of a picture, without a text and for each prompt, that a model other than the embedded one makes at
    once; default: all, and half as many each time memory runs out."""

    @property
    def in_pixels(self) -> bool:
        """Whether the residual is measured in pixels."""
        return self.model == EMBEDDED if self.space is None else self.space == "picture"

    def needs(self) -> Set[Need]:
        told = self.cfg is None or any(self.cfg.values)
        through = self.perceptor is not None or (self.model == EMBEDDED and told)
        return {
            *([Need.PROMPTS] if told else []),
            *([Need.PERCEPTORS] if through else []),
            *([Need.START] if self.form == "dds" else []),
        }

    def downloads(self) -> list[Download]:
        own = [autoencoder(self.vae, self.vae_precision != "fp32")] if isinstance(self.vae, str) else []
        return [] if self.model == EMBEDDED else [any_model(self.model, self.precision != "fp32"), *own]

    def misfits(self) -> Iterable[str]:
        for name, forms in (("source", ("dds",)), ("inversion", FORMS_THAT_INVERT), ("shift", ("ism",))):
            if self.form not in forms and getattr(self, name) != type(self).model_fields[name].default:
                yield f"'{name}' belongs to 'form: {' or '.join(forms)}'; leave it out"
        for name in ("vae", "precision", "vae_precision", "resolution", "chunk"):
            if self.model == EMBEDDED and getattr(self, name) != type(self).model_fields[name].default:
                yield f"'{name}' belongs to other models than the embedded one; leave it out"
        if self.model != EMBEDDED and self.hand != "any":
            yield f"'hand' belongs to 'model: {EMBEDDED}'; leave it out"
        if self.source is not None and Need.PROMPTS not in self.needs():
            yield "'source' is a text, and with 'cfg: 0' none is told; leave it out"

    def build(self, env: Env) -> Loss:
        from artgen_diffusion.distilling.loss import DistillLoss

        return DistillLoss(self, env)
