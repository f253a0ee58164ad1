"""What each kind of prompt asks for, as one perceptor sees it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, Look, Prompt, Templates, Travel
from artgen.canvas import read_picture
from artgen_clip import distances, vectors
from artgen_clip.templates import embed_averaged, templates_of, without_lettering

Size = tuple[int, int]
Measure = Callable[[Tensor, distances.Target], Tensor]
"""(B, n, dim) views and a target to (B, n) distances."""
Distance = Callable[[Tensor, Look, Size], Tensor]
"""(B, n, dim) views, the look that they are of, and the size of the whole picture as seen, to (B, n) distances."""
Way = tuple[Travel, Tensor]
"""A way from text to text, and the embeddings of its texts, (texts, dim)."""


@dataclass
class PromptTarget:
    """One prompt: how and where it looks, and how far from it a view is."""

    prompt: Prompt
    distance: Distance
    regions: dict[Size, Tensor] = field(default_factory=dict)

    def seen(self, look: Look) -> Look:
        """The look at the whole picture as the prompt sees it."""
        return functools.reduce(lambda before, way: before.through(way), self.prompt.seen or (), look)

    def place(self, seen: Look) -> Look:
        """The look at what the prompt applies to, of what it sees."""
        height, width = seen.image.shape[2:]
        return seen.within(self.region((height, width))) if self.prompt.where else seen

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
        height, width = _as_seen(prompt, torch.zeros(1, 3, *env.size)).shape[2:]
        made.region((height, width))
    return made


def _as_seen(prompt: Prompt, image: Tensor) -> Tensor:
    """(B, 3, H, W) as the prompt sees it."""
    return functools.reduce(lambda before, way: way(before), prompt.seen or (), image)


def _distance(prompt: Prompt, name: str, measure: Measure, templates: Templates, env: Env) -> Distance:
    if prompt.image and prompt.views:
        return ToPicture(name, measure, prompt.image)
    if prompt.travel:
        return Travelling(measure, [_way(version, name, templates, env) for version in told(prompt, env)])
    if prompt.direction and env.start is not None:
        return FromStart(name, _target(prompt, name, templates, env), _as_seen(prompt, env.start))
    return ToTarget(measure, _target(prompt, name, templates, env))


def told(prompt: Prompt, env: Env) -> list[Prompt]:
    """The prompt as each picture of the batch is told it; once, where all are told the same."""
    return [prompt.told(picture) for picture in range(env.batch)] if prompt.told_apart else [prompt]


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
    return embed_averaged([str(prompt.wording)], perceptor, chosen)[0]


def _way(prompt: Prompt, name: str, templates: Templates, env: Env) -> Way:
    """What a prompt that travels leads through."""
    assert prompt.travel
    perceptor = env.perceptors[name]
    return prompt.travel, embed_averaged(prompt.travel.texts, perceptor, templates_of(prompt, templates))


@dataclass(frozen=True)
class ToTarget:
    """From something that is the same for every view."""

    measure: Measure
    target: distances.Target

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        return self.measure(views, self.target)


@dataclass(frozen=True)
class Travelling:
    """From what lies, at each step, between two texts."""

    measure: Measure
    ways: Sequence[Way]
    """One for each picture of the batch, or one for all."""

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        targets = [travel.embedding(texts, look.step, look.steps) for travel, texts in self.ways]
        return self.measure(views, targets if len(targets) > 1 else targets[0])


@dataclass(frozen=True)
class ToPicture:
    """From a picture that is to be seen on the canvas, each view from the same view of that."""

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
    """(B, 3, H, W), as the prompt sees it."""

    def __call__(self, views: Tensor, look: Look, size: Size) -> Tensor:
        start = self.start
        if start.shape[2:] != size:
            start = F.interpolate(start, size, mode="bilinear", antialias=True)
        return distances.directional(views, look.embeddings_of(start, self.perceptor), self.direction)
