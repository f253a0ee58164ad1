"""What each kind of prompt asks for, as one perceptor sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Look, Prompt, Templates
from artgen.canvas import read_picture
from artgen_clip import distances, vectors
from artgen_clip.templates import embed_averaged, templates_of, without_lettering

Size = tuple[int, int]
Measure = Callable[[Tensor, distances.Target], Tensor]
"""(B, n, dim) views and a target to (B, n) distances."""
Distance = Callable[[Tensor, Look, Size], Tensor]
"""(B, n, dim) views, the look that they are of, and the size of the whole drawing, to (B, n) distances."""


@dataclass
class PromptTarget:
    """One prompt: where it looks, and how far from it a view is."""

    prompt: Prompt
    distance: Distance
    regions: dict[Size, Tensor] = field(default_factory=dict)

    def place(self, look: Look) -> Look:
        """The look at what the prompt applies to."""
        height, width = look.image.shape[2:]
        return look.within(self.region((height, width))) if self.prompt.where else look

    def region(self, size: Size) -> Tensor:
        """Where the prompt applies in a drawing of `size`; InputError if nowhere."""
        assert self.prompt.where
        if size not in self.regions:
            self.regions[size] = self.prompt.where.region(size)
        return self.regions[size]


def target(prompt: Prompt, name: str, measure: Measure, templates: Templates, env: Env) -> PromptTarget:
    """What `prompt` asks for, as the perceptor called `name` sees it; InputError if its region is nowhere."""
    made = PromptTarget(prompt, _distance(prompt, name, measure, templates, env))
    if prompt.where:
        made.region(env.size)
    return made


def _distance(prompt: Prompt, name: str, measure: Measure, templates: Templates, env: Env) -> Distance:
    if prompt.image and prompt.views:
        return ToPicture(name, measure, prompt.image)
    if prompt.direction and env.start is not None:
        return FromStart(name, _target(prompt, name, templates, env), env.start)
    return ToTarget(measure, _target(prompt, name, templates, env))


def told(prompt: Prompt, env: Env) -> list[Prompt]:
    """The prompt as each picture of the batch is told it; once, where all are told the same."""
    return [prompt.told(picture) for picture in range(env.batch)] if prompt.each else [prompt]


def _target(prompt: Prompt, name: str, templates: Templates, env: Env) -> distances.Target:
    """What `distances` measure from."""
    versions = told(prompt, env)
    embedded = {version.said: _embedding(version, name, templates, env) for version in versions}
    return [embedded[version.said] for version in versions] if prompt.each else embedded[prompt.said]


def _embedding(prompt: Prompt, name: str, templates: Templates, env: Env) -> Tensor:
    """A unit (dim,); of noise, (B, 1, dim)."""
    perceptor = env.perceptors[name]
    if prompt.image:
        picture = read_picture(prompt.image, (perceptor.size, perceptor.size)).to(env.device)
        with torch.no_grad():
            return perceptor.embed_images(picture)[0]
    if prompt.noise is not None:
        return F.normalize(env.random.normal(f"noise {prompt.noise} {name}", (1, perceptor.dim)), dim=-1)
    if prompt.vector == "textoff":
        return without_lettering(perceptor)
    if prompt.vector:
        return vectors.read(prompt.vector, name, perceptor).to(env.device)
    chosen = templates_of(prompt, templates)
    if prompt.direction:
        before, after = embed_averaged([prompt.direction.source, prompt.direction.target], perceptor, chosen)
        return F.normalize(after - before, dim=-1)
    return embed_averaged([str(prompt.words)], perceptor, chosen)[0]


@dataclass(frozen=True)
class ToTarget:
    """From something that is the same for every view."""

    measure: Measure
    target: distances.Target

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        return self.measure(views, self.target)


@dataclass(frozen=True)
class ToPicture:
    """From another picture on the same canvas, each view from the same view of that."""

    perceptor: str
    measure: Measure
    path: Path
    pictures: dict[Size, Tensor] = field(default_factory=dict)

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        if size not in self.pictures:
            self.pictures[size] = read_picture(self.path, size).to(look.image)
        return self.measure(views, look.embeddings_of(self.pictures[size], self.perceptor))


@dataclass(frozen=True)
class FromStart:
    """From a direction, of the way that each view has come since the start."""

    perceptor: str
    direction: distances.Target
    start: Tensor
    """(B, 3, H, W)"""

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        start = self.start
        if start.shape[2:] != size:
            start = F.interpolate(start, size, mode="bilinear", antialias=True)
        return distances.directional(views, look.embeddings_of(start, self.perceptor), self.direction)
