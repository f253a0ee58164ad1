"""Perceptors outside of a run: what pictures and texts are to them, and how near to each other.

A picture is shown as open_clip's own evaluation shows it: as the perceptor was published, and most were published to
see pictures resized until the shorter side fits, the middle square kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import normalize

from artgen import api
from artgen.engine.building import build_component
from artgen.engine.devices import pick_device
from artgen.engine.whole_view import whole_view
from artgen.errors import InputError, RunError
from artgen.memory import Halving
from artgen.picture.images import to_pil
from artgen.preset.loading import load
from artgen.preset.model import Preset
from artgen.preset.shipped import shipped
from artgen.registry.fence import listening, titled
from artgen.registry.plugins import discover
from artgen.rng import Random

DEFAULT_PRESET = "quickstart"
"""The shipped preset whose perceptors look where no other is named."""
SCALE = 100.0
"""The `scale` of a perceptor that has none: where CLIP's own ended in training (Radford et al. 2021, section 2.5)."""
PREPARATION = 2
"""The version of `Scorer.prepare`; embeddings of another version are of other pictures."""


@dataclass(frozen=True)
class Scorer:
    """A perceptor with what belongs to it."""

    name: str
    title: str
    """What to call it in messages."""
    perceptor: api.Perceptor
    weight: float
    """Its share among the preset's, all of them together 1."""
    device: torch.device
    identity: str
    """sha256 of all that an embedding depends on besides the picture: component, version, settings, weights, size."""
    halving: Halving
    """How many pictures it is shown at once; what memory has taught holds for all that come after."""

    @property
    def scale(self) -> float:
        """What similarities are multiplied by before a softmax."""
        with titled(self.title):
            return float(self.perceptor.scale) if isinstance(self.perceptor, api.HasScale) else SCALE

    def prepare(self, picture: Image.Image) -> Tensor:
        """An RGB picture of any size as (3, size, size) in [0, 1]."""
        with titled(self.title):
            square: Image.Image = whole_view(picture, self.perceptor)
        return torch.from_numpy(numpy.array(square)).permute(2, 0, 1).float() / 255

    @torch.no_grad()
    def embed_pictures(self, pictures: Sequence[Tensor]) -> Tensor:
        """N pictures, each (3, size, size), to unit rows (N, dim) on the CPU; fewer at once where memory is short."""
        batch = torch.stack(list(pictures))

        def embed() -> Tensor:
            parts = batch.split(self.halving.size or len(batch))
            return torch.cat([self.perceptor.embed_images(part.to(self.device)) for part in parts])

        with titled(self.title):
            return self._checked(self.halving(embed, len(batch)), len(batch))

    @torch.no_grad()
    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """M texts to unit rows (M, dim) on the CPU."""
        with titled(self.title):
            return self._checked(self.perceptor.embed_texts(texts), len(texts))

    def _checked(self, rows: Tensor, count: int) -> Tensor:
        rows = rows.float().cpu()
        if rows.shape != (count, self.perceptor.dim) or not bool(rows.isfinite().all()):
            raise RunError(f"embedded as {tuple(rows.shape)}, or not finite; expected ({count}, {self.perceptor.dim})")
        return normalize(rows, dim=-1)


def of_preset(name: str | None, note: Callable[[str], None]) -> tuple[Scorer, ...]:
    """The perceptors of the preset called `name`, as `artgen.load` finds it; by default of the shipped quickstart."""
    preset = load(shipped()[DEFAULT_PRESET] if name is None else name)
    return scorers(preset, name or DEFAULT_PRESET, note)


def scorers(preset: Preset, source: str, note: Callable[[str], None]) -> tuple[Scorer, ...]:
    """The perceptors of a preset, with the weights that they end with. InputError if it has none that counts."""
    weights = {name: spec.weight.at(preset.steps - 1, preset.steps) for name, spec in preset.perceptors.items()}
    total = sum(weights.values())
    if not total:
        raise InputError(f"{source}: has no perceptor that could look at pictures; choose a preset with 'perceptors'")
    env = _env(preset, note)
    return tuple(_scorer(name, preset, weights[name] / total, env(name)) for name in weights if weights[name])


def _env(preset: Preset, note: Callable[[str], None]) -> Callable[[str], api.Env]:
    device, (width, height) = pick_device(preset.device), preset.size

    def env(name: str) -> api.Env:
        random = Random((preset.seed or 0,), f"perceptors.{name}", device)
        return api.Env(device, (height, width), 1, preset.steps, random, preset.prompts, note=note)

    return env


def _scorer(name: str, preset: Preset, weight: float, env: api.Env) -> Scorer:
    spec = preset.perceptors[name]
    owner = discover().owner_of(spec)
    title = f"perceptor '{name}' ({owner})"
    with listening():
        perceptor = build_component(spec, title, env)
    # Without a word: nobody chose how many are shown together.
    halving = Halving(None, lambda line: None, "pictures at a time", "not enough memory for a single picture")
    with titled(title):
        identity = _identity(owner, spec, perceptor)
    return Scorer(name, title, perceptor, weight, env.device, identity, halving)


def _identity(owner: str, spec: api.PerceptorSpec, perceptor: api.Perceptor) -> str:
    settings = spec.model_dump(mode="json", exclude={"id", "weight"})
    weights = dict(perceptor.weights) if isinstance(perceptor, api.HasWeights) else {}
    parts: list[Any] = [owner, settings, weights, perceptor.size, perceptor.dim, PREPARATION]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def similarities(scorers: Iterable[Scorer], pictures: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """(N, M): the cosines between rows, averaged over the perceptors; each list has one tensor a perceptor."""
    parts = [s.weight * (a @ b.T) for s, a, b in zip(scorers, pictures, others, strict=True)]
    return torch.stack(parts).sum(dim=0)


def probabilities(scorers: Iterable[Scorer], pictures: Sequence[Tensor], texts: Sequence[Tensor]) -> Tensor:
    """(N, M): how likely each text is of those given, by a softmax (Radford et al. 2021, section 3.1.2).

    Those of several perceptors are averaged by weight.
    """
    parts = [s.weight * (s.scale * a @ b.T).softmax(dim=-1) for s, a, b in zip(scorers, pictures, texts, strict=True)]
    return torch.stack(parts).sum(dim=0)


def closeness(scorers: Sequence[Scorer]) -> Callable[[Tensor, Tensor], float]:
    """How near two pictures (3, H, W) in [0, 1] are to the perceptors: the cosine, for `likeness.compare`."""

    def near(first: Tensor, second: Tensor) -> float:
        pair = [to_pil(first), to_pil(second)]
        return sum(
            s.weight * float(torch.dot(*s.embed_pictures([s.prepare(picture) for picture in pair]))) for s in scorers
        )

    return near
