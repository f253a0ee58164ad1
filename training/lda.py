"""Fit the second judge: ``python -m training.lda --art data/drawings.npy --to benchmarks/judge_vgg``; ten minutes.

Features of VGG16 that ImageNet's photographs taught (relu4_3, averaged over the picture) and linear discriminant
analysis over the drawings of everyday things: of other ancestry than the embedded CLIP and the first judge, and it has
never seen the Open Clip Art Library, on whose drawings it is tested.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from training.drawings import Drawings
from training.evaluate import framed
from training.things import everyday, last_known
from training.vgg import Vgg16

SIZE = 80
"""Pixels a side that pictures are shown at."""
EMOJI = ("noto", "noto-v1", "twemoji", "emojione", "fluent-flat", "fluent", "fluent-3d", "streamline")
UNSEEN = ("openclipart", "openclipart-b")
SHRINKAGE = 0.2
"""Share of the within-class covariance that is replaced by its mean variance (after Ledoit and Wolf 2004)."""


def features(net: Vgg16, images: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] to (B, 512): the last layer's mean over the picture."""
    seen = F.interpolate(images, (SIZE, SIZE), mode="bilinear", antialias=True).clamp(0, 1)
    found: Tensor = net(seen)["relu4_3"].mean((2, 3))
    return found


@torch.no_grad()
def described(net: Vgg16, drawings: Drawings, index: np.ndarray) -> Tensor:
    """(N, 512): features of drawings on white."""
    parts = []
    for part in np.array_split(index, -(-len(index) // 32)):
        rgba = framed(drawings.rgba(part))
        parts.append(features(net, rgba[:, :3] + 1 - rgba[:, 3:]))
    return torch.cat(parts)


def centred(rows: Tensor, groups: Tensor) -> Tensor:
    """Rows without the mean of their group, which is what a style has in common."""
    count = int(groups.max()) + 1
    sums = torch.zeros(count, rows.shape[1]).index_add_(0, groups, rows)
    return rows - (sums / torch.bincount(groups, minlength=count)[:, None])[groups]


def fit(rows: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (C, 512) and offsets (C,) of the discriminants; the largest `weights @ row + offset` names a row."""
    count = int(classes.max()) + 1
    means = torch.zeros(count, rows.shape[1]).index_add_(0, classes, rows) / torch.bincount(classes)[:, None]
    off = rows - means[classes]
    spread = off.T @ off / (len(rows) - count)
    spread = (1 - SHRINKAGE) * spread + SHRINKAGE * spread.diagonal().mean() * torch.eye(len(spread))
    weights = torch.linalg.solve(spread, means.T).T
    return weights, -(weights * means).sum(1) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--art", type=Path, default=Path("data/drawings.npy"))
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    drawings, net = Drawings(args.art), Vgg16("relu4_3")
    of_set = np.array([s["set"] for s in drawings.sets])[drawings.set]
    named = np.array([c["group"] >= 0 for c in drawings.concepts])[drawings.concept]
    index = np.where(np.isin(of_set, EMOJI) & named & (drawings.weight >= 0.3))[0]
    names = sorted({drawings.concepts[c]["names"][0] for c in drawings.concept[index]})
    classes = torch.tensor([names.index(drawings.concepts[c]["names"][0]) for c in drawings.concept[index]])
    rows = centred(described(net, drawings, index), torch.from_numpy(drawings.set[index]))
    weights, offsets = fit(rows, classes)
    known, unseen, answers = everyday(drawings), [], []
    for i in np.where(np.isin(of_set, UNSEEN))[0]:
        found = last_known(drawings.concepts[drawings.concept[i]]["names"][0], known)
        if found and known[found][0] in names:
            unseen.append(i)
            answers.append(names.index(known[found][0]))
    other = described(net, drawings, np.array(unseen))
    rank = ((other - other.mean(0)) @ weights.T + offsets).argsort(1, descending=True)
    right = rank == torch.tensor(answers)[:, None]
    told = f"{right[:, 0].float().mean():.1%} first, {right[:, :5].any(1).float().mean():.1%} among five"
    print(f"{len(names)} names, {len(index)} drawings; Open Clip Art ({len(unseen)} drawings): {told}")
    args.to.mkdir(parents=True, exist_ok=True)
    save_file({"weights": weights.half(), "offsets": offsets.half()}, args.to / "discriminants.safetensors")
    (args.to / "names.json").write_text(json.dumps(names, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
