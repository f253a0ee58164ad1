"""The settings of every generator around a Stable Diffusion model. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from artgen.api import GeneratorSpec, PersonalText, Schedule, Within
from artgen.weights import Download, Repository, Source

_PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
_PATTERNS = ("model_index.json", *(f"{part}/*.{kind}" for part in _PARTS for kind in ("json", "txt", "safetensors")))
_VAE_PATTERNS = ("config.json", "diffusion_pytorch_model*.safetensors", "vae/config.json", "vae/*.safetensors")

Precision = Literal["fp32", "bf16", "fp16"]


def _folder_or_repository(source: str) -> str:
    if "/" not in source:
        text = f"'{source}' is neither a folder, such as ./{source}, nor a repository of the model hub, owner/name"
        raise PydanticCustomError("source", "{text}", {"text": text})
    return source


ModelSource = Annotated[Source, AfterValidator(_folder_or_repository)]
"""A folder in diffusers' layout, relative to the preset, or a repository of the model hub."""


def whole_model(source: str, half: bool) -> Repository:
    """The files of a model that are read; `half`: 16-bit weights are welcome, where it has both."""
    return Repository(source, _PATTERNS, "fp16" if half else "")


def autoencoder(source: str, half: bool) -> Repository:
    """The files of an autoencoder of its own, or of a whole model's."""
    return Repository(source, _VAE_PATTERNS, "fp16" if half else "")


class PromptedSpec(GeneratorSpec):
    """A Stable Diffusion model: 1, 2, XL, or one of their turbo forms."""

    uses_prompts: ClassVar[bool] = True
    model: ModelSource
    """A folder in diffusers' layout, or a repository of the model hub (`owner/name`, `owner/name@revision`)."""
    vae: ModelSource | None = None
    """Another autoencoder: the same, or a folder of its own, such as madebyollin/taesd: tiny, quick, a bit soft."""
    precision: Precision = "fp32"
    """Number format of the network and the text encoders; bf16 halves the memory; fp16 loses small gradients."""
    vae_precision: Precision = "fp32"
    """Number format of the autoencoder; many overflow in fp16."""
    checkpointing: bool = False
    """Compute the network twice instead of keeping all of it in memory for the gradient: slower, far smaller."""
    chunk: Annotated[int, Field(ge=1)] | None = None
    """Pictures that go through the model at once; default: all, and half as many each time memory runs out."""
    prompt: PersonalText | None = None
    """What the model draws; default: the preset's texts of positive weight, joined by commas, whatever the weight."""
    negative: PersonalText | None = None
    """What it keeps away from, by way of `cfg`; default: the preset's texts of negative weight."""
    cfg: Annotated[Schedule, Within(ge=0)] = Schedule.constant(7.5)
    """Classifier-free guidance: how much the prompt is exaggerated; 1: not at all, half the time, turbo models."""

    def downloads(self) -> list[Download]:
        own = [autoencoder(self.vae, self.vae_precision != "fp32")] if self.vae else []
        return [whole_model(self.model, self.precision != "fp32"), *own]

    @model_validator(mode="after")
    def _prompt_settings_are_used(self) -> PromptedSpec:
        for reason in self._idle():
            raise PydanticCustomError("prompted", "{text}", {"text": reason})
        return self

    def _idle(self) -> Iterable[str]:
        if self.negative is not None and set(self.cfg.values) == {1.0}:
            yield "'negative' works through 'cfg', which is 1: nothing reads it; raise 'cfg' or leave it out"
