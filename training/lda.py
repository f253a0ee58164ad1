"""Fit the second judge: ``python -m training.lda --art data/drawings.npy --to benchmarks/judge_vgg``; ten minutes.

Features of VGG16 that ImageNet's photographs taught (benchmarks/judges.py) and linear discriminant analysis over the
drawings of everyday things: of other ancestry than the embedded CLIP and the first judge. It has seen neither the Open
Clip Art Library nor `fxemoji`, on whose drawings it is tested.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor

from benchmarks.judges import described
from training.drawings import Drawings
from training.evaluate import PROMPTS, framed
from training.things import EVERYDAY, everyday, last_known
from training.vgg import Vgg16

EMOJI = ("noto", "noto-v1", "twemoji", "emojione", "fluent-flat", "fluent", "fluent-3d", "streamline")
UNSEEN = {"Open Clip Art": ("openclipart", "openclipart-b"), "fxemoji": ("fxemoji",)}
SHRINKAGE = 0.2
"""Share of the within-class covariance that is replaced by its mean variance (after Ledoit and Wolf 2004)."""
DARKEST = 0.35
"""Least brightness of a coloured ground."""
SEED = 1


@dataclass(frozen=True)
class Shown:
    """(N, 512) features of drawings, (N,) numbers of what they show, and of their sets."""

    rows: Tensor
    things: Tensor
    sets: Tensor


def shown(net: Vgg16, drawings: Drawings, index: np.ndarray, grounds: torch.Generator | None) -> Tensor:
    """(N, 512): features of drawings on white, or mirrored and on grounds of chance colours."""
    parts = []
    for part in np.array_split(index, -(-len(index) // 32)):
        rgba = framed(drawings.rgba(part))
        colour = torch.ones(len(part), 3, 1, 1)
        if grounds is not None:
            colour = DARKEST + (1 - DARKEST) * torch.rand(len(part), 3, 1, 1, generator=grounds)
            rgba = rgba.flip(3)
        parts.append(described(net, rgba[:, :3] + colour * (1 - rgba[:, 3:])))
    return torch.cat(parts)


def centred(rows: Tensor, groups: Tensor) -> tuple[Tensor, Tensor]:
    """Rows without the mean of their group, which is what a style has in common; and the mean of those means (D,)."""
    count = int(groups.max()) + 1
    sums = torch.zeros(count, rows.shape[1]).index_add_(0, groups, rows)
    means = sums / torch.bincount(groups, minlength=count).clamp_min(1)[:, None]
    return rows - means[groups], means[groups.unique()].mean(0)


def fit(rows: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (C, D) and offsets (C,) of the discriminants; the largest `weights @ row + offset` names a row."""
    count = int(classes.max()) + 1
    means = torch.zeros(count, rows.shape[1]).index_add_(0, classes, rows) / torch.bincount(classes)[:, None]
    off = rows - means[classes]
    spread = off.T @ off / (len(rows) - count)
    spread = (1 - SHRINKAGE) * spread + SHRINKAGE * spread.diagonal().mean() * torch.eye(len(spread))
    weights = torch.linalg.solve(spread, means.T).T
    return weights, -(weights * means).sum(1) / 2


def discriminants(white: Shown, coloured: Tensor) -> tuple[Tensor, Tensor]:
    """Weights and offsets from drawings on white and the same on grounds, for rows from which nothing was taken away.

    The styles' means are left out, and what they have in common on white is part of the offsets, so that a picture is
    judged by itself and not with others of its style.
    """
    rows, common = centred(white.rows, white.sets)
    weights, offsets = fit(torch.cat([rows, centred(coloured, white.sets)[0]]), white.things.repeat(2))
    return weights, offsets - weights @ common


def tested(logits: Tensor, answers: Tensor, fifty: Tensor) -> str:
    """How often (N, C) logits are largest at the answers (N,): among all, and for the benchmark's among these."""
    right = logits.gather(1, answers[:, None])
    ranks, among = (logits > right).sum(1), torch.isin(answers, fifty)
    of_fifty = (logits[among][:, fifty] > right[among]).sum(1)
    first, five = (ranks == 0).double().mean(), (ranks < 5).double().mean()
    return (
        f"{first:.1%} first and {five:.1%} among five of {logits.shape[1]} ({len(answers)} drawings); "
        f"{(of_fifty == 0).double().mean():.1%} first of the benchmark's {len(fifty)} ({len(of_fifty)} drawings)"
    )


def report(net: Vgg16, drawings: Drawings, names: list[str], fitted: tuple[Tensor, Tensor]) -> None:
    """Print how often drawings of the styles held out are named; what clip art shows is guessed from its titles."""
    known, number = everyday(drawings), {name: i for i, name in enumerate(names)}
    fifty = torch.tensor([number[row["concept"]] for row in yaml.safe_load(PROMPTS.read_text(encoding="utf-8"))])
    grounds = torch.Generator().manual_seed(SEED)
    for style, sets in UNSEEN.items():
        of_style = np.isin([s["set"] for s in drawings.sets], sets)[drawings.set]
        shows = {i: drawings.concepts[drawings.concept[i]] for i in np.where(of_style)[0]}
        told = {i: known.get(last_known(c["names"][0], known), [""]) for i, c in shows.items() if c["group"] < 0}
        told |= {i: c["names"] for i, c in shows.items() if c["group"] >= 0}
        answers = {i: number.get(called[0], -1) for i, called in told.items()}
        there = np.array([i for i, answer in answers.items() if answer >= 0])
        for ground, colours in (("white", None), ("colours", grounds)):
            logits = shown(net, drawings, there, colours) @ fitted[0].T + fitted[1]
            print(
                f"{style} on {ground}: {tested(logits, torch.tensor([answers[i] for i in there]), fifty)}", flush=True
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--art", type=Path, default=Path("data/drawings.npy"))
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    drawings, net, grounds = Drawings(args.art), Vgg16(), torch.Generator().manual_seed(SEED)
    titles = [drawings.concepts[c]["names"][0] for c in drawings.concept]
    of_set = np.array([s["set"] for s in drawings.sets])[drawings.set]
    named = np.array([c["group"] >= 0 for c in drawings.concepts])[drawings.concept]
    index = np.where(np.isin(of_set, EMOJI) & named & (drawings.weight >= EVERYDAY))[0]
    names = sorted({titles[i] for i in index})
    number = {name: i for i, name in enumerate(names)}
    things = torch.tensor([number[titles[i]] for i in index])
    white = Shown(shown(net, drawings, index, None), things, torch.from_numpy(drawings.set[index]))
    weights, offsets = (part.half() for part in discriminants(white, shown(net, drawings, index, grounds)))
    args.to.mkdir(parents=True, exist_ok=True)
    save_file({"weights": weights.contiguous(), "offsets": offsets}, args.to / "discriminants.safetensors")
    (args.to / "names.json").write_text(json.dumps(names, indent=0) + "\n", encoding="utf-8")
    print(f"{len(names)} names from {len(index)} drawings")
    report(net, drawings, names, (weights.float(), offsets.float()))


if __name__ == "__main__":
    main()
