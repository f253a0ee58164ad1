"""Models of transformers that tell of a picture how near each pixel is: the extra ``artgen[depth]``."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen import weights
from artgen.errors import InputError
from artgen.preset.settings.depth import PATTERNS

INSTALL = 'pip install "artgen[depth]"'
FILE = "model.safetensors"
KINDS = {"depth_anything": "DepthAnythingForDepthEstimation", "dpt": "DPTForDepthEstimation"}
"""By the model_type of their configuration, the classes of transformers."""
OUTLIERS = 0.02
"""Which share of the pixels, at either end, is taken for as near, or as far, as the one next to it."""
MAX_SIDE = 2048
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, with which these models were trained (torchvision.models documents them)."""


class Estimator:
    """Tells of a picture how near each pixel is."""

    def __init__(self, network: Any, side: int, multiple: int, is_metric: bool, digests: dict[str, str]) -> None:
        self.network, self.side, self.multiple, self.is_metric = network, side, multiple, is_metric
        self.weights = digests
        """sha256 of its weight file."""

    @torch.no_grad()
    def __call__(self, picture: Tensor) -> Tensor:
        """(H, W) from 0 (far) to 1 (near), of a picture (1, 3, H, W) in [0, 1]."""
        size = picture.shape[2:]
        scale = self.side / min(size)
        fitted = [min(MAX_SIDE, max(1, round(one * scale / self.multiple))) * self.multiple for one in size]
        mean, deviation = (torch.tensor(three).to(picture).view(1, 3, 1, 1) for three in (_MEAN, _DEVIATION))
        shown = F.interpolate(picture, fitted, mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)
        told = self.network(pixel_values=(shown - mean) / deviation).predicted_depth.float()
        near = 1 / told.clamp(min=1e-6) if self.is_metric else told
        near = F.interpolate(near[None], size, mode="bilinear", align_corners=False)[0, 0]
        low, high = (float(near.flatten().quantile(share)) for share in (OUTLIERS, 1 - OUTLIERS))
        if high <= low:
            return torch.full_like(near, 0.5)
        return ((near - low) / (high - low)).clamp(0, 1)


def load(source: str, device: torch.device, note: Callable[[str], None]) -> Estimator:
    """The model that a preset names; InputError, in one line, if it cannot be had."""
    if find_spec("transformers") is None:  # before its weights are downloaded
        raise InputError(f"{source}: needs transformers; {INSTALL}")
    home = weights.folder(source, note, PATTERNS)
    config = weights.read_config(home / "config.json")
    weights.check_config(config, home / "config.json")
    file = home / FILE
    if not file.is_file():
        raise InputError(f"{home}: has no {FILE}, in which its weights are expected")
    side, multiple = _sizes(home, config)
    network = _network(home, config, file).to(device)
    owner = Path(source).name if Path(source).is_dir() else source
    is_metric = config.get("depth_estimation_type") == "metric"
    return Estimator(network, side, multiple, is_metric, weights.hashes([file], owner))


def _sizes(home: Path, config: dict[str, Any]) -> tuple[int, int]:
    """The side of the pictures it was trained on, and what sides must be multiples of."""
    backbone = config.get("backbone_config") or config
    side, multiple = backbone.get("image_size", 518), backbone.get("patch_size", 14)
    if not (type(side) is int and type(multiple) is int and 1 <= multiple <= side <= MAX_SIDE):
        told = f"its pictures have {weights.brief(side)} pixels a side, in patches of {weights.brief(multiple)}"
        raise InputError(f"{home}: {told}; expected 1 to {MAX_SIDE}")
    return side, multiple


def _network(home: Path, config: dict[str, Any], file: Path) -> Any:
    import transformers

    kind = config.get("model_type")
    if kind not in KINDS:
        said = weights.brief(kind or "of no known kind")
        raise InputError(f"{home}: is {said}; a model that estimates depth is {' or '.join(KINDS)}")
    if any(config.get(name) for name in ("backbone", "use_timm_backbone", "use_pretrained_backbone")):
        raise InputError(f"{home}: names another model for its backbone; choose one that holds its own")
    held = sum(tensor.numel() for tensor in weights.read_state(file).values())
    made: Any = getattr(transformers, KINDS[kind])
    weights.refuse_larger(lambda: made(made.config_class.from_dict(config)), held, home)
    try:
        # Its draws, for weights that are then replaced, must not be felt by anyone else.
        with weights.silenced(), torch.random.fork_rng(devices=[]):
            network, report = made.from_pretrained(
                str(home),
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
                dtype=torch.float32,
            )
    except Exception as error:  # whatever the configuration makes its many constructors raise
        raise InputError(f"{home}: transformers cannot load this model ({weights.first_line(error)})") from None
    if wrong := [*report["missing_keys"], *report["mismatched_keys"]]:
        raise InputError(f"{file}: these weights do not fit config.json, which asks for {weights.brief(wrong[0])}")
    return network.eval().requires_grad_(False)
