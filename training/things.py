"""The drawings that the prior learns: one thing each, in the middle of the canvas, with mask, names and hand.

What is done to a thing exactly, its colour, place, size, ground and company, is no work for a network
(`artgen_drawings.composition` does it); all that the network can hold goes into the things themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.captions import article
from training.drawings import SIZE, Drawings
from training.words import Words

PEOPLE = 1
"""Number of emojibase's group."""
SHARE = 0.92
"""How much of the canvas a thing's longer side takes."""
ZOOM = 1.3
"""The most that a small drawing is enlarged for that."""
TOLD = 12
"""Captions of each concept."""
FORMS = (
    "{a}",
    "{a}",
    "{a}",
    "{bare}",
    "a drawing of {a}",
    "{a}",
    "a small {bare}",
    "a picture of {a}",
    "a cute {bare}",
)
EVERYDAY, KNOWN = 0.3, 0.15
"""Weights of concepts (training/names.py): everyday things, and what is known at all, such as people at work."""


@dataclass(frozen=True)
class Things:
    """(N, C, h, w) latents; (N, h, w) masks in [0, 1]; (N,) numbers of concepts and hands, and the share of each;
    (concepts, TOLD, D) embedded captions, whose rows have a mean square of 1."""

    latents: Tensor
    masks: Tensor
    concepts: Tensor
    hands: Tensor
    weights: Tensor
    texts: Tensor

    def __len__(self) -> int:
        return len(self.latents)

    @property
    def flat(self) -> Tensor:
        """(N, (C + 1) h w) in [-1, 1]: what the prior's components describe."""
        return torch.cat([self.latents.flatten(1).float(), self.masks.flatten(1).float() * 2 - 1], 1)


@torch.no_grad()
def collect(
    drawings: Drawings, hands: Mapping[str, list[str]], share: Mapping[str, float], model: Any, path: Path
) -> None:
    """Encode each drawing of the hands whose name people know."""
    names = called(drawings)
    chosen, of_hand = [], []
    for number, sets in enumerate(hands.values()):
        of_set = np.array([s["set"] in sets for s in drawings.sets])[drawings.set]
        index = np.where(of_set & np.array([bool(n) for n in names])[drawings.concept])[0]
        chosen.append(index)
        of_hand.append(np.full(len(index), number))
    index, hand = np.concatenate(chosen), np.concatenate(of_hand)
    latents, masks = [], []
    for part in np.array_split(index, len(index) // 64 + 1):
        rgba = torch.stack([posed(one) for one in drawings.rgba(part)])
        with torch.autocast("cpu", torch.bfloat16):
            latents.append(encoded(model, rgba[:, :3] + 1 - rgba[:, 3:]).half())
        masks.append(F.avg_pool2d(rgba[:, 3], SIZE // latents[-1].shape[-1]).half())
    weights = np.sqrt(np.clip(drawings.weight[index], 0.5, 3))
    for number, often in enumerate(share.values()):
        weights[hand == number] *= often / weights[hand == number].sum()
    words = Words(torch.device("cpu"))
    texts = [words(captions(of)) if of else torch.zeros(TOLD, latents[0].shape[1]) for of in names]
    width = max(text.shape[1] for text in texts)
    draft = path.with_suffix(".part.npz")
    np.savez(
        draft,
        latents=torch.cat(latents).numpy(),
        masks=torch.cat(masks).numpy(),
        concepts=drawings.concept[index],
        hands=hand,
        weights=weights / weights.sum(),
        texts=torch.stack([t if t.shape[1] == width else t.new_zeros(TOLD, width) for t in texts]).half().numpy(),
    )
    draft.rename(path)


def load(path: Path) -> Things:
    with np.load(path) as file:
        names = ("latents", "masks", "concepts", "hands", "weights", "texts")
        return Things(*(torch.from_numpy(file[name]) for name in names))


def posed(rgba: Tensor) -> Tensor:
    """(4, 256, 256): the drawing moved to the middle and enlarged until it fills its share of the canvas."""
    rows, columns = (torch.where(rgba[3].amax(side) > 0.02)[0] for side in (1, 0))
    if not len(rows):
        return rgba
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    scale = min(SHARE * SIZE / max(bottom - top, right - left), ZOOM)
    size = [max(1, round(scale * side)) for side in (bottom - top, right - left)]
    found = F.interpolate(rgba[None, :, top:bottom, left:right], size, mode="bicubic", antialias=True)[0].clamp(0, 1)
    found[:3] = found[:3].minimum(found[3:])
    y, x = (SIZE - size[0]) // 2, (SIZE - size[1]) // 2
    return F.pad(found, (x, SIZE - size[1] - x, y, SIZE - size[0] - y))


def captions(names: list[str]) -> list[str]:
    """What people write for a thing: half of it with its main name."""
    rest = names[1:] or names
    called = [names[0] if i % 2 == 0 else rest[i // 2 % len(rest)] for i in range(TOLD)]
    return [FORMS[i % len(FORMS)].format(a=article(name), bare=name) for i, name in enumerate(called)]


def called(drawings: Drawings) -> list[list[str]]:
    """The names of each concept; none for signs, flags, and titles in which no everyday thing is named."""
    known = everyday(drawings)
    return [
        (c["names"] if nameable(c) else []) if c["group"] >= 0 else known.get(last_known(c["names"][0], known), [])
        for c in drawings.concepts
    ]


def nameable(concept: dict[str, Any]) -> bool:
    """Everyday things, and people at work by what they do; not each of them once more as a man and as a woman."""
    if concept["weight"] >= EVERYDAY:
        return True
    words = concept["names"][0].split()
    many = len(words) > 1 and words[0] in ("man", "woman", "men", "women", "person", "people")
    return bool(concept["weight"] >= KNOWN and concept["group"] == PEOPLE and not many)


def everyday(drawings: Drawings) -> dict[str, list[str]]:
    """The names of everyday things, by each of their names."""
    found: dict[str, list[str]] = {}
    for concept in drawings.concepts:
        if concept["group"] >= 0 and concept["weight"] >= EVERYDAY:
            for name in concept["names"]:
                found.setdefault(name, concept["names"])
    return found


def last_known(title: str, known: dict[str, list[str]]) -> str:
    """The longest run of a title's words that is an everyday name, the last of them; "" for none, or in long titles."""
    words = title.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length, -1, -1):
            part = " ".join(words[start : start + length])
            for name in (part, part.removesuffix("s")):
                if name in known:
                    return name if len(words) <= length + 2 else ""
    return ""


def encoded(model: Any, images: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] to (B, C, h, w), not yet made codes, within the codes' range."""
    fold = math.isqrt(model.config.in_channels // 3)
    found: Tensor = model.quant_conv(model.encoder(F.pixel_unshuffle(images * 2 - 1, fold)))
    return found.clamp(-1, 1)


@torch.no_grad()
def decoded(model: Any, latents: Tensor) -> Tensor:
    """(B, C, h, w) to (B, 3, H, W) in [0, 1], by way of the codes."""
    fold = math.isqrt(model.config.in_channels // 3)
    drawn = [model.decode(part).sample for part in latents.split(8)]
    return F.pixel_shuffle(torch.cat(drawn), fold).clamp(-1, 1) / 2 + 0.5
