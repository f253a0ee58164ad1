"""The settings of every generator around a Stable Diffusion model. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from artgen.api import GeneratorSpec, InputFile, Need, PersonalText, Public, Schedule, Slider, Within, wrong_setting
from artgen.weights import Download, Repository, Source

_PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
_PATTERNS = ("model_index.json", *(f"{part}/*.{kind}" for part in _PARTS for kind in ("json", "txt", "safetensors")))
_PIXEL_PATTERNS = (
    "config.json",
    "scheduler_config.json",
    "diffusion_pytorch_model*",
    "unet/diffusion_pytorch_model.bin",
)
_VAE_PATTERNS = ("config.json", "diffusion_pytorch_model*.safetensors", "vae/config.json", "vae/*.safetensors")

Precision = Literal["fp32", "bf16", "fp16"]


def _folder_or_repository(source: str) -> str:
    if "/" not in source:
        text = f"'{source}' is neither a folder, such as ./{source}, nor a repository of the model hub, owner/name"
        raise wrong_setting(text)
    return source


ModelSource = Annotated[Source, AfterValidator(_folder_or_repository)]
"""A folder in diffusers' layout, relative to the preset, or a repository of the model hub."""


_FILES = (".safetensors", ".pth", ".pt")
_HALVES = {"encoder": "decoder", "decoder": "encoder"}


def other_half(path: Path) -> Path | None:
    """Where the encoder of a TAESD's decoder lies, and the other way round; None for a file with both."""
    for half, other in _HALVES.items():
        if half in path.name:
            return path.with_name(path.name.replace(half, other))
    return None


def _vae(value: Any) -> Any:
    """A file of TAESD, with its other half if it is one; else a model, as everywhere."""
    try:
        if not isinstance(value, (str, Path)) or Path(value).suffix not in _FILES:
            return _SOURCE.validate_python(value)
        path = _FILE.validate_python(value)
        if other := other_half(path):
            _FILE.validate_python(other)
        return path
    except ValidationError as error:
        raise wrong_setting(error.errors()[0]["msg"]) from None


_SOURCE = TypeAdapter(ModelSource)
_FILE = TypeAdapter(InputFile)
VaeSource = Annotated[
    str | Path,
    BeforeValidator(_vae, json_schema_input_type=ModelSource | InputFile),
    Public("where a model is, which a replay has to find"),
]
"""A model, or a file of TAESD."""


def whole_model(source: str, half: bool) -> Repository:
    """The files of a model that are read; `half`: 16-bit weights are welcome, where it has both."""
    return Repository(source, _PATTERNS, "fp16" if half else "")


def any_model(source: str, half: bool) -> Repository:
    """The files of a Stable Diffusion, or of a UNet2DModel."""
    return Repository(source, (*_PATTERNS, *_PIXEL_PATTERNS), "fp16" if half else "")


def autoencoder(source: str, half: bool) -> Repository:
    """The files of an autoencoder of its own, or of a whole model's."""
    return Repository(source, _VAE_PATTERNS, "fp16" if half else "")


class PromptedSpec(GeneratorSpec):
    """A Stable Diffusion model: 1, 2, XL, or one of their turbo forms."""

    model: ModelSource
    """A folder in diffusers' layout, or a repository of the model hub (`owner/name`, `owner/name@revision`)."""
    vae: VaeSource | None = None
    """Another autoencoder: the same, one of its own, such as madebyollin/taesd, tiny and soft, or TAESD's file."""
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
    """What it keeps away from, by way of `cfg`; default: the preset's negative texts; `''`: SDXL's empty text."""
    cfg: Annotated[Schedule, Within(ge=0), Slider(0, 20)] = Schedule.constant(7.5)
    """Classifier-free guidance: how much the prompt is exaggerated; 1: not at all, half the time, turbo models."""

    def needs(self) -> Set[Need]:
        return super().needs() | {Need.PROMPTS}

    def downloads(self) -> list[Download]:
        own = [autoencoder(self.vae, self.vae_precision != "fp32")] if isinstance(self.vae, str) else []
        return [whole_model(self.model, self.precision != "fp32"), *own]

    def misfits(self) -> Iterable[str]:
        if self.negative is not None and set(self.cfg.values) == {1.0}:
            yield "'negative' works through 'cfg', which is 1: nothing reads it; raise 'cfg' or leave it out"
