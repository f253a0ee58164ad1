"""Stable Diffusion's parts from a folder in diffusers' layout, or one line that says why not.

Only safetensors are read: a pickled part is refused, whatever it holds. No code of a repository is ever run.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from safetensors import safe_open

from artgen import weights
from artgen.api import InputError
from artgen_diffusion.prompted_spec import autoencoder, whole_model

try:
    from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
    from transformers.utils import logging as transformers_logging
except ModuleNotFoundError:
    raise InputError('Stable Diffusion needs one more package; pip install "artgen[diffusion]"') from None

_MAX_TOKENIZER = 1 << 24
"""Bytes of one file of a tokenizer; CLIP's largest has 2 MB."""
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
NETWORK: dict[str, Any] = {"UNet2DConditionModel": UNet2DConditionModel}
AUTOENCODERS: dict[str, Any] = {"AutoencoderKL": AutoencoderKL, "AutoencoderTiny": AutoencoderTiny}
ENCODER: dict[str, Any] = {"CLIPTextModel": CLIPTextModel}
SECOND_ENCODER: dict[str, Any] = {"CLIPTextModelWithProjection": CLIPTextModelWithProjection}
OF_TRANSFORMERS = (CLIPTextModel, CLIPTextModelWithProjection)


class Folder:
    """One model's folder, read part by part; remembers the hashes of the weights that were read."""

    def __init__(self, path: Path, owner: str, half: bool) -> None:
        self.path, self._owner, self._half = path, owner, half
        self.weights: dict[str, str] = {}
        """sha256 of the weight files used so far, for the recipe."""

    @classmethod
    def find(cls, source: str, note: Callable[[str], None], half: bool) -> Folder:
        """A whole model; `half`: 16-bit weights are welcome, where the folder has both."""
        folder = cls(whole_model(source, half).fetch(note), _owner(source), half)
        index = folder.path / "model_index.json"
        if not index.is_file():
            raise InputError(f"{folder.path}: is no model in diffusers' layout; it has no model_index.json")
        kind = weights.brief(weights.read_config(index).get("_class_name"))
        if not (folder.path / "unet").is_dir():
            raise InputError(
                f"{folder.path}: is a {kind} without a unet; only Stable Diffusion 1, 2 and XL and their turbo forms "
                "are known"
            )
        return folder

    @classmethod
    def find_vae(cls, source: str, note: Callable[[str], None], half: bool) -> Folder:
        """An autoencoder of its own, or the one of a whole model."""
        path = autoencoder(source, half).fetch(note)
        whole = not (path / "config.json").is_file() and (path / "vae").is_dir()
        return cls(path / "vae" if whole else path, _owner(source), half)

    @property
    def zeroes_empty_prompts(self) -> bool:
        """Whether the model was trained with zeros in place of an empty prompt, as SDXL was."""
        return bool(weights.read_config(self.path / "model_index.json").get("force_zeros_for_empty_prompt"))

    def scheduler(self) -> Mapping[str, Any]:
        """The configuration of the model's own scheduler."""
        path = self.path / "scheduler" / "scheduler_config.json"
        settings = weights.read_config(path)
        weights.check_config(settings, path)
        return settings

    def load(self, part: str, kinds: Mapping[str, Any], dtype: torch.dtype, device: torch.device) -> Any:
        """The part in the folder `part` (empty: this folder itself), which is one of `kinds`, frozen."""
        folder = self.path / part
        weights.check_config(weights.read_config(folder / "config.json"), folder / "config.json")
        kind = kinds[_kind(folder, kinds)]
        variant = self._variant(folder)
        used = sorted(path for path in folder.glob("*.safetensors") if _variant_of(path) == (variant or ""))
        held = _numbers(used)
        weights.refuse_larger(lambda: _skeleton(kind, folder), held, folder)
        settings: dict[str, Any] = {"torch_dtype": dtype}
        if _of_transformers(kind):
            settings = {"dtype": dtype, "ignore_mismatched_sizes": True}
        try:
            with _undisturbed():
                model, report = kind.from_pretrained(
                    str(self.path),
                    subfolder=part,
                    variant=variant,
                    use_safetensors=True,
                    local_files_only=True,
                    output_loading_info=True,
                    **settings,
                )
        except Exception as error:  # the many ways in which a file can be damaged
            raise InputError(f"{folder}: cannot be loaded ({weights.first_line(error)})") from None
        _check_complete(folder, report)
        self.weights |= weights.hashes(used, f"{self._owner}/{part}".rstrip("/"))
        return model.to(device).eval().requires_grad_(False)

    def _variant(self, folder: Path) -> str | None:
        """Which set of weights to read: the plain one, or the 16-bit one where that is wanted or all there is."""
        found = {_variant_of(path) for path in folder.glob("*.safetensors")}
        if not found:
            pickled = sorted(path.name for path in folder.glob("*") if path.suffix in (".bin", ".pt", ".ckpt"))
            why = f"only {pickled[0]}, a pickle, which may run code" if pickled else "none"
            raise InputError(f"{folder}: its weights must be safetensors, and there is {why}; convert or replace it")
        if "fp16" in found and (self._half or "" not in found):
            return "fp16"
        return None

    def tokenizer(self, part: str) -> Any:
        """The function from texts to token numbers."""
        folder = self.path / part
        files = [folder / name for name in ("vocab.json", "merges.txt")]
        if not (folder / "tokenizer.json").is_file() and (absent := [path for path in files if not path.is_file()]):
            raise InputError(f"{folder}: is no tokenizer; it has no {absent[0].name}")
        for path in folder.glob("*"):
            if path.suffix in (".json", ".txt") and path.stat().st_size > _MAX_TOKENIZER:
                raise InputError(f"{path}: larger than {_MAX_TOKENIZER >> 20} MiB, which is no tokenizer")
        if (settings := folder / "tokenizer_config.json").is_file() and weights.read_config(settings).get("auto_map"):
            raise InputError(f"{settings}: 'auto_map' names code that comes with the model, which is never run")
        try:
            with _undisturbed():
                return CLIPTokenizer.from_pretrained(str(self.path), subfolder=part, local_files_only=True)
        except Exception as error:  # the many ways in which a file can be damaged
            raise InputError(f"{folder}: is no tokenizer that can be read ({weights.first_line(error)})") from None


def _kind(folder: Path, kinds: Mapping[str, Any]) -> str:
    """The class that the folder's configuration names."""
    config = weights.read_config(folder / "config.json")
    architectures = config.get("architectures")
    named = architectures[0] if isinstance(architectures, list) and architectures else config.get("_class_name")
    if not isinstance(named, str) or named not in kinds:
        raise InputError(f"{folder}: holds a {weights.brief(named)}; expected {' or '.join(kinds)}")
    return named


def _numbers(files: Iterable[Path]) -> int:
    """How many numbers the files hold; InputError for one that is cut short or no safetensors. Reads their heads."""
    total = 0
    for path in files:
        try:
            with safe_open(path, framework="pt") as file:
                total += sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
        except Exception as error:  # the reader's own kind, or the system's
            raise InputError(
                f"{path}: is damaged or not all there ({weights.first_line(error)}); download it again"
            ) from None
    return total


def _of_transformers(kind: Any) -> bool:
    return kind in OF_TRANSFORMERS


def _skeleton(kind: Any, folder: Path) -> Any:
    """The model without its weights."""
    if _of_transformers(kind):
        return kind(kind.config_class.from_pretrained(folder, local_files_only=True))
    return kind.from_config(weights.read_config(folder / "config.json"))


def _check_complete(folder: Path, report: Mapping[str, Any]) -> None:
    """InputError unless every tensor of the model came from its weights."""
    for kind, wrong in (("missing_keys", "lack"), ("mismatched_keys", "have another shape for")):
        # transformers gives a mismatch as a name and both shapes.
        names = sorted(entry if isinstance(entry, str) else entry[0] for entry in report[kind])
        if names:
            raise InputError(
                f"{folder}: its weights {wrong} {len(names)} of the tensors that its config.json asks for, such as "
                f"'{names[0]}'; they are not of one model"
            )


def _owner(source: str) -> str:
    return Path(source.partition("@")[0]).name


def _variant_of(path: Path) -> str:
    """``fp16`` of ``model.fp16.safetensors``, in one file or in numbered parts."""
    return path.name.removesuffix(".safetensors").partition(".")[2].partition("-")[0]


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Without chatter and progress bars, and without a trace of what constructors draw before weights are read."""
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        with weights.unattended(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        if bars:
            transformers_logging.enable_progress_bar()
