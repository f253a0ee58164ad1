"""The networks whose features are compared: a perceptor's, or VGG-16's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.models import vgg16

from artgen.api import Env, HasFeatures, InputError
from artgen.weights import first_line, hashes, read_state
from artgen_style import NetworkSpec
from artgen_style.catalogue import VGG16

_STAGE_ENDS = (3, 8, 15, 22, 29)
"""relu1_2, 2_2, 3_3, 4_3 and 5_3: the last of each stage, as in LPIPS (Zhang et al. 2018)."""


class Vgg16:
    """The convolutions of VGG-16 (Simonyan & Zisserman 2015) with ImageNet weights; frozen."""

    def __init__(self, checkpoint: Path | None, size: int, env: Env) -> None:
        path = checkpoint or VGG16.fetch(env.note)
        self.size, self.weights = size, hashes(path, "vgg16")
        self._layers: Any = _vgg_layers(path).to(env.device)
        self._mean = torch.tensor((0.485, 0.456, 0.406), device=env.device).view(1, 3, 1, 1)
        self._std = torch.tensor((0.229, 0.224, 0.225), device=env.device).view(1, 3, 1, 1)

    def features(self, images: Tensor) -> list[Tensor]:
        """(N, 3, size, size) in [0, 1] to five maps (N, C, h, w), from fine to coarse."""
        found, values = [], (images - self._mean) / self._std
        for index, layer in enumerate(self._layers[: _STAGE_ENDS[-1] + 1]):
            values = layer(values)
            if index in _STAGE_ENDS:
                found.append(values)
        return found


def _vgg_layers(path: Path) -> torch.nn.Module:
    # Neither memory nor random numbers are spent on weights that are replaced.
    with torch.device("meta"):
        layers: torch.nn.Module = vgg16(weights=None).features
    state = read_state(path)
    state = {name: state[key].float() for name in layers.state_dict() if (key := f"features.{name}") in state}
    try:
        layers.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise InputError(f"{path}: are no weights of torchvision's VGG-16 ({first_line(error)})") from None
    return layers.eval().requires_grad_(False)


class Network:
    """Feature maps of whole pictures, looked at in tiles.

    The picture is made tiles * size pixels high and wide, whatever its shape, so both of two pictures that are compared
    must come at the canvas's size.
    """

    def __init__(self, spec: NetworkSpec, env: Env) -> None:
        self._source: Any = _source(spec, env)
        self._tiles, self._layers, self._title = spec.tiles, spec.layers, spec.type
        self.weights: dict[str, str] = self._source.weights if spec.network == "vgg16" else {}

    def cut(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) to its tiles, row by row, (B, tiles^2, 3, size, size)."""
        side = self._tiles * self._source.size
        whole = F.interpolate(image, (side, side), mode="bilinear", antialias=True, align_corners=False)
        parts = whole.unflatten(3, (self._tiles, -1)).unflatten(2, (self._tiles, -1))
        values: Tensor = parts.permute(0, 2, 4, 1, 3, 5).flatten(1, 2)
        return values

    def maps(self, tiles: Tensor) -> list[Tensor]:
        """(B, T, 3, size, size) to the chosen layers, each (B, T, C, h, w), from fine to coarse."""
        found = self._features(tiles)
        chosen = self._layers or range(len(found))
        if max(chosen) >= len(found):
            raise InputError(f"{self._title}: there is no layer {max(chosen)}; the network has 0 to {len(found) - 1}")
        return [found[index].unflatten(0, tiles.shape[:2]) for index in chosen]

    def _features(self, tiles: Tensor) -> Sequence[Tensor]:
        """All layers of (B, T, 3, size, size), each (B*T, C, h, w)."""
        if not torch.are_deterministic_algorithms_enabled():
            return list(self._source.features(tiles.flatten(0, 1)))
        # One picture at a time, so that each is rounded as it would be alone.
        pictures = [self._source.features(picture) for picture in tiles]
        return [torch.cat(layers) for layers in zip(*pictures, strict=True)]


def _source(spec: NetworkSpec, env: Env) -> Any:
    if spec.network == "vgg16":
        return Vgg16(spec.checkpoint, spec.resolution, env)
    try:
        name, perceptor = env.perceptor(spec.perceptor)
    except InputError as error:
        raise InputError(f"{spec.type}: {error}; or give 'network: vgg16'") from None
    if not isinstance(perceptor, HasFeatures):
        raise InputError(
            f"{spec.type}: perceptor '{name}' does not show its features; name another one, or give 'network: vgg16'"
        )
    return perceptor
