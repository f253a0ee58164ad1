"""What two frozen networks know of the drawings, as further targets of the guide's image tower.

*Pictures*: VGG16's relu4_3 of the clean drawing on white, in the directions that tell things apart (linear discriminant
analysis) and without what a style has in common. *Words*: the embedding of the thing's name by a sentence encoder
(Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084). A linear layer for each, which is not exported, regresses
the tower's pooled features of the perturbed, composed picture onto them (Romero et al. 2015,
https://arxiv.org/abs/1412.6550). The targets are written once; families that the configuration leaves out have none:
``python -m training.teachers --config training/guide-2.yaml --art data/sprites.npz --sentences FOLDER --to FILE``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.captions import article
from training.compose import Sprites
from training.config import TeacherWeights, read
from training.evaluate import on_paper
from training.lda import SHRINKAGE, centred
from training.sentences import Encoder
from training.vgg import Vgg16

DRAWN = 64
"""Pixels a side of the drawings as they are stored."""
SIDE = 96
"""Pixels a side that VGG16 is shown them at."""
SIZE = 128
"""Numbers of each target."""


class Teachers(nn.Module):
    """The targets of each sprite as unit rows, and the layers that regress features of a tower onto them."""

    def __init__(self, path: Path, sprites: Sprites, features: int, weights: TeacherWeights) -> None:
        super().__init__()
        found = load_file(path)
        if len(found["pictures"]) != len(sprites.concept) or len(found["words"]) != len(sprites.concepts):
            raise ValueError(f"{path} was made from other sprites; write it again with training.teachers")
        targets = {"pictures": found["pictures"], "words": found["words"][sprites.concept]}
        self.weights = {name: float(getattr(weights, name)) for name in targets}
        self.heads = nn.ModuleDict({name: nn.Linear(features, SIZE) for name in targets})
        for name, rows in targets.items():
            self.register_buffer(f"{name}_targets", rows, persistent=False)

    def forward(self, features: Tensor, sprite: Tensor) -> Tensor:
        """Weighted mean of 1 - cosine, over pictures (B, D) of one object; `sprite` (B,) is negative elsewhere."""
        alone = sprite >= 0
        total = features.new_zeros(())
        for name, head in self.heads.items():
            target = getattr(self, f"{name}_targets")[sprite[alone]].float()
            total = total + self.weights[name] * (1 - F.cosine_similarity(head(features[alone]), target)).mean()
        return total


@torch.no_grad()
def relu4_3(sprites: Sprites) -> Tensor:
    """(N, 512): square root of the mean of relu4_3 over each drawing on white; bfloat16 halves the time."""
    net, parts = Vgg16().to(sprites.device), []
    for part in torch.arange(len(sprites.concept)).split(64):
        images = F.interpolate(on_paper(sprites, part), (SIDE, SIDE), mode="bilinear").clamp(0, 1)
        with torch.autocast(sprites.device.type, torch.bfloat16):
            found = net(images.contiguous(memory_format=torch.channels_last))["relu4_3"]
        parts.append(found.float().mean((2, 3)).sqrt().cpu())
    return torch.cat(parts)


def discriminant(rows: Tensor, things: Tensor, styles: Tensor, size: int) -> Tensor:
    """(N, D) to unit rows (N, size) of the directions in which things differ most for how much one thing varies.

    Things drawn but once say nothing of how much a thing varies, and are only projected.
    """
    rows, _ = centred(rows, styles)
    counts = torch.bincount(things)
    often = counts[things] > 1
    means = torch.zeros(len(counts), rows.shape[1]).index_add_(0, things, rows) / counts.clamp(min=1)[:, None]
    off = (rows - means[things])[often]
    within = off.T @ off / (len(off) - int((counts > 1).sum()))
    within = (1 - SHRINKAGE) * within + SHRINKAGE * within.diagonal().mean() * torch.eye(len(within))
    values, vectors = torch.linalg.eigh(within)
    whiten = vectors * values.rsqrt()
    return F.normalize(rows @ whiten @ _principal(means[counts > 1] @ whiten, size), dim=1)


def principal(rows: Tensor, size: int) -> Tensor:
    """(N, D) to unit rows (N, size) of the components in which they differ most."""
    rows = rows - rows.mean(0)
    return F.normalize(rows @ _principal(rows, size), dim=1)


def _principal(rows: Tensor, size: int) -> Tensor:
    """(D, size)"""
    off = rows - rows.mean(0)
    vectors: Tensor = torch.linalg.eigh(off.T @ off).eigenvectors
    return vectors[:, -size:]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the targets of the frozen networks.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--art", type=Path, default=Path("data/sprites.npz"))
    parser.add_argument("--sentences", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--to", type=Path, default=Path("data/teachers.safetensors"))
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    sprites = Sprites(args.art, DRAWN, device, leave_out=read(args.config).leave_out)
    words = Encoder(args.sentences)([article(concept["names"][0]) for concept in sprites.concepts])
    targets = {
        "pictures": discriminant(relu4_3(sprites), sprites.concept, sprites.style, SIZE),
        "words": principal(words, SIZE),
    }
    save_file({name: rows.half().contiguous() for name, rows in targets.items()}, args.to)
    print(f"{args.to}: {len(sprites.concept)} drawings, {len(words)} names")


if __name__ == "__main__":
    main()
