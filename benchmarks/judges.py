"""Two judges of other ancestry: which of some choices does a picture show?

The first is a CLIP that learnt from the same drawings as the guide (`embedded-judge`). The second has the features of
VGG16, which photographs taught, and linear discriminants over drawings of everyday things (``judge_vgg/``): it knows
things and no sentences, so it is asked for the thing in a prompt, not for its colour or its place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import interpolate

from artgen import api
from artgen.registry.plugins import discover
from artgen.rng import Random
from training.vgg import Vgg16

HERE = Path(__file__).parent
VGG = HERE / "judge_vgg"
SIDE = 112
"""Pixels a side that the second judge is shown a picture at."""


@dataclass(frozen=True)
class Score:
    """What a judge says of one picture."""

    prompt: str
    rank: int
    """Place of the right choice among all, from 1."""
    named: str
    """The choice that the judge picked."""
    seconds: float


def load_judge() -> api.Perceptor:
    """The first judge, loaded by the same plugin as any other perceptor; it is told each prompt as it is written."""
    settings = {"type": "open_clip", "model": "embedded-judge", "words": "as-written"}
    spec = discover().find("perceptor", "open_clip").spec.model_validate(settings)
    device = torch.device("cpu")
    found: api.Perceptor = spec.build(api.Env(device, (64, 64), 1, 1, Random((0,), "judge", device)))
    return found


def score(judge: api.Perceptor, image: Tensor, prompt: str, prompts: Sequence[str], seconds: float) -> Score:
    """Let the first judge order all prompts by their similarity to the whole picture (3, H, W)."""
    view = interpolate(image[None], (judge.size, judge.size), mode="bilinear", antialias=True).clamp(0, 1)
    with torch.no_grad():
        similarity = (judge.embed_texts(prompts) @ judge.embed_images(view).T)[:, 0]
    return Score(prompt, *placed(similarity, prompts, prompt), seconds)


def placed(likeness: Tensor, choices: Sequence[str], right: str) -> tuple[int, str]:
    """The place of the right choice by falling likeness (N,), from 1, and the first choice."""
    order = likeness.argsort(descending=True, stable=True).tolist()
    return order.index(list(choices).index(right)) + 1, choices[order[0]]


def described(net: Vgg16, images: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] to (B, 512): the square root of the mean of relu4_3 over each picture.

    The root, as Perronnin, Sanchez and Mensink 2010 take of Fisher vectors, keeps a few strong channels from deciding.
    """
    seen = interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=True).clamp(0, 1)
    with torch.no_grad():
        found: Tensor = net(seen.contiguous(memory_format=torch.channels_last))["relu4_3"].mean((2, 3)).sqrt()
    return found


class Things:
    """The second judge."""

    def __init__(self, folder: Path = VGG) -> None:
        self.names: list[str] = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        fitted = load_file(folder / "discriminants.safetensors")
        self.weights, self.offsets = fitted["weights"].float(), fitted["offsets"].float()
        self.net = Vgg16()

    def likeness(self, images: Tensor, things: Sequence[str]) -> Tensor:
        """(B, 3, H, W) in [0, 1] to (B, N) logits of N things; KeyError for a thing that it has no name for."""
        number = {name: i for i, name in enumerate(self.names)}
        rows = torch.tensor([number[thing] for thing in things])
        return described(self.net, images) @ self.weights[rows].T + self.offsets[rows]

    def place(self, image: Tensor, thing: str, things: Sequence[str]) -> tuple[int, str]:
        """The place of the thing that should be in the picture (3, H, W) among all, from 1, and the one it names."""
        return placed(self.likeness(image[None], things)[0], things, thing)
