"""From a folder in diffusers' layout to a frozen UNet2DModel, or to one line that says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DModel
from torch import Tensor

from artgen import weights
from artgen.api import InputError

_STEM = "diffusion_pytorch_model"
_MAX_SIDE = 4096


@dataclass(frozen=True)
class PictureModel:
    """A network that predicts noise, picture or velocity from noisy pictures in [-1, 1], and how it was trained."""

    title: str
    """What to call it in messages."""
    block: int
    """Pixels per side that are folded into channels before the network (space to depth); 1 in most models."""
    network: Any
    """The UNet2DModel: frozen, float32."""
    scheduler: dict[str, Any]
    """Its scheduler's configuration."""
    weights: dict[str, str]
    """sha256 of its weight file."""

    @property
    def side(self) -> float | None:
        """Side of the square with as many pixels as the pictures it was trained on; None if it does not say."""
        size = self.network.config.sample_size
        height, width = size if isinstance(size, (list, tuple)) else (size, size)
        return self.block * (height * width) ** 0.5 if size else None

    @property
    def factor(self) -> int:
        """What height and width must be multiples of: each of the network's blocks but the last halves them."""
        return int(self.block * 2 ** (len(self.network.config.down_block_types) - 1))

    @property
    def text_width(self) -> int | None:
        """How many numbers the text embeddings have that it was trained with; None if it was trained without."""
        config = self.network.config
        if config.class_embed_type != "identity":
            return None
        return int(config.time_embedding_dim or 4 * config.block_out_channels[0])


def load(source: str, note: Callable[[str], None], home: Path | None = None) -> PictureModel:
    """The model that a preset names, from `home`, where it has been fetched."""
    home = home or weights.folder(source, note)
    folder = home / "unet" if (home / "unet").is_dir() else home
    config = weights.read_config(folder / "config.json")
    weights.check_config(config, folder / "config.json")
    block = _block(home, config)
    scheduler = next((path for path in _scheduler_files(home) if path.is_file()), None)
    if scheduler is None:
        raise InputError(f"{home}: has no scheduler_config.json, which says how its noise levels are spaced")
    file = _weight_file(folder)
    network = _network(folder, config, weights.renamed(weights.read_state(file)), file)
    owner = Path(source).name if Path(source).is_dir() else source
    settings = weights.read_config(scheduler)
    weights.check_config(settings, scheduler)
    return PictureModel(source, block, network, settings, weights.hashes([file], owner))


def _scheduler_files(home: Path) -> tuple[Path, Path]:
    return home / "scheduler" / "scheduler_config.json", home / "scheduler_config.json"


def _block(home: Path, config: dict[str, Any]) -> int:
    """The side of the blocks that it takes pictures in; InputError unless it draws them without being told a class."""
    kind = config.get("_class_name")
    latent = next((name for name in ("vqvae", "vae", "movq") if (home / name).is_dir()), None)
    if kind != "UNet2DModel":
        other = "; for Stable Diffusion there is 'type: latent_diffusion'" if kind == "UNet2DConditionModel" else ""
        raise InputError(
            f"{home}: its network is {weights.brief(kind or 'of no known kind')}, not a UNet2DModel{other}"
        )
    if latent:
        raise InputError(f"{home}: draws codes for its {latent}, not pixels; choose a model that draws pixels")
    if config.get("num_class_embeds") is not None or config.get("class_embed_type") not in (None, "identity"):
        raise InputError(f"{home}: must be told a class for each picture; choose an unconditional model")
    _check_size(home, config.get("sample_size"))
    return _block_side(home, config.get("in_channels", 3), config.get("out_channels", 3))


def _check_size(home: Path, size: Any) -> None:
    sides = size if isinstance(size, list) and len(size) == 2 else [size, size]
    if size is not None and not all(type(side) is int and 1 <= side <= _MAX_SIDE for side in sides):
        raise InputError(f"{home}: its sample_size is {weights.brief(size)}; expected 1 to {_MAX_SIDE}")


def _block_side(home: Path, taken: Any, given: Any) -> int:
    side = next((side for side in (1, 2, 4, 8) if taken == 3 * side**2), None)
    # Twice as many come out of a model that has also learnt the variance (Nichol & Dhariwal 2021, arXiv:2102.09672).
    if side is None or given not in (taken, 2 * taken):
        counts = f"takes {weights.brief(taken)} channels and gives {weights.brief(given)}"
        raise InputError(f"{home}: {counts}; choose a model of red, green and blue")
    return side


def _weight_file(folder: Path) -> Path:
    for ending in ("safetensors", "fp16.safetensors", "bin"):
        if (path := folder / f"{_STEM}.{ending}").is_file():
            return path
    raise InputError(f"{folder}: has no weights; {_STEM}.safetensors or .bin is expected here")


def _network(folder: Path, config: dict[str, Any], state: dict[str, Tensor], file: Path) -> UNet2DModel:
    held = sum(tensor.numel() for tensor in state.values())
    weights.refuse_larger(lambda: UNet2DModel.from_config(config), held, folder)
    try:
        # The weights that the constructor makes up are replaced; its draws must not be felt by anyone else.
        with weights.silenced(), torch.random.fork_rng(devices=[]):
            network: Any = UNet2DModel.from_config(config)
    except Exception as error:  # whatever the configuration makes its many constructors raise
        raise InputError(f"{folder}: diffusers cannot build this model ({weights.first_line(error)})") from None
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(f"{file}: these weights do not fit config.json ({weights.first_line(error)})") from None
    whole: UNet2DModel = network.float().eval().requires_grad_(False)
    return whole
