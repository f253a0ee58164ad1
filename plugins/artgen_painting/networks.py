"""The two networks of Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural artistic stylization
network" (2017, arXiv 1705.06830), in the small form that Magenta published: one reads a style, the other paints in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from artgen_painting.onnx_file import Convolutions

NUMBERS = 100
"""How many numbers a style is."""
STYLE_SIDE = 256
"""Height and width of the picture that a style is read from."""
CELL = 4
"""The painter takes pictures whose sides are multiples of this."""
_EPSILON = 1e-5


class _Layers(nn.Module):
    """Convolutions by the names that the file gives them; frozen."""

    def __init__(self, stored: Convolutions) -> None:
        super().__init__()
        for name, (weight, bias) in stored.items():
            self.register_buffer(_key(name), weight)
            self.register_buffer(_key(name) + "_bias", bias)

    def weight(self, name: str) -> Tensor:
        weight: Tensor = self.get_buffer(_key(name))
        return weight

    def convolve(self, values: Tensor, name: str, **how: int) -> Tensor:
        return functional.conv2d(values, self.weight(name), self.get_buffer(_key(name) + "_bias"), **how)


def _key(name: str) -> str:
    return name.replace("/", "_")


# MobileNetV2's blocks (Sandler et al. 2018, arXiv 1801.04381, table 2): how many, and the stride of the first.
_STAGES = ((1, 1), (2, 2), (3, 2), (4, 2), (3, 1), (3, 2), (1, 1))


class StyleReader(_Layers):
    """(N, 3, 256, 256) in [0, 1] to (N, 100): a MobileNetV2 whose last numbers say how a picture is painted."""

    def forward(self, pictures: Tensor) -> Tensor:
        values = self._halved_or_kept(pictures, "MobilenetV2/Conv/weights", 2)
        for place, stride in enumerate(_strides()):
            values = self._block(values, f"MobilenetV2/expanded_conv{f'_{place}' if place else ''}", stride)
        values = functional.relu6(self.convolve(values, "MobilenetV2/Conv_1/weights")).mean(dim=(2, 3), keepdim=True)
        return self.convolve(values, "mobilenet_conv/Conv/weights").flatten(1)

    def _block(self, values: Tensor, name: str, stride: int) -> Tensor:
        inner = values
        if name != "MobilenetV2/expanded_conv":
            inner = functional.relu6(self.convolve(values, f"{name}/expand/weights"))
        inner = self._halved_or_kept(inner, f"{name}/depthwise/depthwise_weights", stride, groups=inner.shape[1])
        inner = self.convolve(inner, f"{name}/project/weights")
        return values + inner if inner.shape == values.shape else inner

    def _halved_or_kept(self, values: Tensor, name: str, stride: int, groups: int = 1) -> Tensor:
        """A 3x3 convolution, padded as TensorFlow does: where it halves an even side, at the right and below alone."""
        before = 1 if stride == 1 else 0
        padded = functional.pad(values, (before, 1, before, 1))
        return functional.relu6(self.convolve(padded, name, stride=stride, groups=groups))


def _strides() -> Iterator[int]:
    for count, first in _STAGES:
        yield first
        yield from [1] * (count - 1)


class Painter(_Layers):
    """(B, 3, H, W) in [0, 1] and a style (1 or B, 100) to the picture painted so; H and W are multiples of 4."""

    def forward(self, image: Tensor, style: Tensor) -> Tensor:
        values = image
        for layer, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2)):
            name = f"transformer/contract/{layer}/weights"
            values = self.convolve(self._mirrored(values, name), name, stride=stride).relu()
        for place in range(1, 6):
            inner = self._styled(values, f"transformer/residual/residual{place}/conv1", style).relu()
            values = values + self._styled(inner, f"transformer/residual/residual{place}/conv2", style)
        for layer in ("conv1", "conv2"):
            doubled = functional.interpolate(values, scale_factor=2.0, mode="nearest")
            values = self._styled(doubled, f"transformer/expand/{layer}/conv", style).relu()
        return self._styled(values, "transformer/expand/conv3/conv", style).sigmoid()

    def _styled(self, values: Tensor, name: str, style: Tensor) -> Tensor:
        """A convolution whose channels get the mean and the deviation that the style asks for."""
        weights = f"{name}/weights"
        # What a bias adds, the normalisation takes away.
        values = functional.conv2d(self._mirrored(values, weights), self.weight(weights))
        as_picture = style[:, :, None, None]
        shift = self.convolve(as_picture, f"style_params/{name}/StyleNorm/Conv/weights")
        scale = self.convolve(as_picture, f"style_params/{name}/StyleNorm/Conv_1/weights")
        variance, mean = torch.var_mean(values, dim=(2, 3), correction=0, keepdim=True)
        return (values - mean) * (variance + _EPSILON).rsqrt() * scale + shift

    def _mirrored(self, values: Tensor, name: str) -> Tensor:
        reach = self.weight(name).shape[-1] // 2
        return functional.pad(values, (reach,) * 4, mode="reflect")
