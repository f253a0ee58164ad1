"""From a drawing to d(loss)/d(image): views, perceptors and losses, chunk by chunk.

The losses see all embeddings at once, however many views there are, so a loss may be any function of them. When
the views do not fit through a perceptor together, they are first embedded without a graph; the losses give
d(loss)/d(embeddings); then each chunk is embedded again with a graph and handed its part of that gradient
(gradient caching, Gao et al. 2021, arXiv:2101.06983). The result equals the un-chunked gradient, at the price of
a second forward pass, and the memory of a perceptor's graph does not grow with the number of views.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from artgen.api import Augmentation, Loss, Perceptor, Schedule
from artgen.errors import RunError, is_out_of_memory
from artgen.picture.regions import fitted, show


@dataclass(frozen=True)
class Judge:
    """One loss of the preset, with what is needed to weigh and to blame it."""

    name: str
    loss: Loss
    weight: Schedule
    owner: str

    @property
    def title(self) -> str:
        return f"loss '{self.name}' ({self.owner})"


@dataclass(frozen=True)
class Eye:
    """One perceptor of the preset."""

    name: str
    perceptor: Perceptor
    weight: Schedule
    owner: str

    @property
    def title(self) -> str:
        return f"perceptor '{self.name}' ({self.owner})"


@dataclass(frozen=True)
class Verdict:
    """What guidance says about one drawing."""

    gradient: Tensor
    """d(sum of the weighted losses)/d(image), (B, 3, H, W)."""
    losses: Mapping[str, float]
    """Each loss's unweighted value, averaged over the batch."""
    totals: Tensor
    """The weighted sum for each picture, (B,), on the CPU."""


@dataclass
class Sight:
    """What one perceptor sees of one drawing."""

    views: Tensor
    """(B*n, 3, s, s) with a graph to the image."""
    leaf: Tensor
    """The same values, where the gradient of everything behind is gathered."""
    embeddings: Tensor
    """(B*n, dim); a leaf of its own if the views went through in chunks."""
    chunked: bool


@dataclass
class Part:
    """A region of a drawing, looked at on its own."""

    region: Tensor
    """(H, W) in [0, 1]."""
    shown: Tensor
    """What `artgen.picture.regions.show` leaves of the drawing, with a graph to it."""
    gaze: Gaze
    """The look at the same values; its image gathers the gradient of everything behind."""


@dataclass
class Gaze:
    """The `Look` of one step: makes each perceptor's views and embeddings once, when a loss first asks."""

    image: Tensor
    step: int
    steps: int
    eyes: Mapping[str, Eye]
    augmentations: Sequence[tuple[str, Augmentation]]
    chunk: int | None
    regions: tuple[Tensor, ...] = ()
    """The regions, one within the other, that leave `image` of the drawing."""
    sights: dict[str, Sight] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    @property
    def perceptors(self) -> tuple[str, ...]:
        return tuple(self.eyes)

    def weight(self, perceptor: str) -> float:
        return self.eyes[perceptor].weight.at(self.step, self.steps)

    def views(self, perceptor: str) -> Tensor:
        leaf = self._sight(perceptor).leaf
        return leaf.unflatten(0, (self.image.shape[0], -1))

    def embeddings(self, perceptor: str) -> Tensor:
        return self._sight(perceptor).embeddings.unflatten(0, (self.image.shape[0], -1))

    def within(self, region: Tensor) -> Gaze:
        region = fitted(region, self.image)
        for part in self.parts:
            if torch.equal(part.region, region):
                return part.gaze
        shown = show(self.image, region)
        inner = (*self.regions, region)
        gaze = replace(self, image=shown.detach().requires_grad_(), regions=inner, sights={}, parts=[])
        self.parts.append(Part(region, shown, gaze))
        return gaze

    @torch.no_grad()
    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        shown = functools.reduce(show, self.regions, image.expand(self.image.shape[0], -1, -1, -1))
        eye = self.eyes[perceptor]
        return self._embed(self._views(shown, eye), eye).unflatten(0, (len(shown), -1))

    def _sight(self, perceptor: str) -> Sight:
        if perceptor not in self.sights:
            self.sights[perceptor] = self._see(self.eyes[perceptor])
        return self.sights[perceptor]

    def _see(self, eye: Eye) -> Sight:
        views = self._views(self.image, eye)
        leaf = views.detach().requires_grad_()
        chunked = self.chunk is not None and self.chunk < len(views)
        if chunked:
            with torch.no_grad():
                embeddings = self._embed(leaf, eye)
            embeddings.requires_grad_()
        else:
            embeddings = self._embed(leaf, eye)
        return Sight(views, leaf, embeddings, chunked)

    def _embed(self, views: Tensor, eye: Eye) -> Tensor:
        """(N, dim), part by part."""
        embeddings = torch.cat([eye.perceptor.embed_images(part) for part in self._parts(views)])
        _check_embeddings(embeddings, len(views), eye)
        return embeddings

    def _parts(self, rows: Tensor) -> list[Tensor]:
        """Rows for all views, (N, ...), as they go through a perceptor: a chunk at once.

        In a deterministic run no chunk holds views of two pictures, so that each is rounded as it would be alone.
        """
        pictures = rows.chunk(len(self.image)) if torch.are_deterministic_algorithms_enabled() else (rows,)
        return [part for picture in pictures for part in picture.split(self.chunk or len(picture))]

    def _views(self, image: Tensor, eye: Eye) -> Tensor:
        """(B*n, 3, size, size) of (B, 3, H, W)."""
        cuts = [self._cut(image, title, cut, eye) for title, cut in self.augmentations]
        return torch.cat(cuts, dim=1).flatten(0, 1)

    def _cut(self, image: Tensor, title: str, augmentation: Augmentation, eye: Eye) -> Tensor:
        size, batch = eye.perceptor.size, image.shape[0]
        views = augmentation(image, size, self.step)
        if views.dim() != 4 or views.shape[0] % batch or views.shape[1:] != (3, size, size):
            raise RunError(f"{title} returned {tuple(views.shape)}; expected (n*{batch}, 3, {size}, {size})")
        check_range(views, title, self.step)
        return views.unflatten(0, (batch, -1))

    def backward(self) -> None:
        """Carry the gradients that the losses left at embeddings and views on to the image."""
        for part in self.parts:
            part.gaze.backward()
            if part.gaze.image.grad is not None and part.shown.requires_grad:
                part.shown.backward(part.gaze.image.grad)
        for name, sight in self.sights.items():
            if sight.chunked and sight.embeddings.grad is not None:
                self._embed_again(self.eyes[name].perceptor, sight)
            if sight.leaf.grad is not None and sight.views.requires_grad:
                sight.views.backward(sight.leaf.grad)

    def _embed_again(self, perceptor: Perceptor, sight: Sight) -> None:
        assert sight.embeddings.grad is not None
        pairs = zip(self._parts(sight.leaf.detach()), self._parts(sight.embeddings.grad), strict=True)
        gradients = []
        for part, gradient in pairs:
            part.requires_grad_()
            perceptor.embed_images(part).backward(gradient)
            assert part.grad is not None
            gradients.append(part.grad)
        gradient = torch.cat(gradients)
        sight.leaf.grad = gradient if sight.leaf.grad is None else sight.leaf.grad + gradient


@dataclass
class Guidance:
    """Called with a drawing and a step, gives a `Verdict`. Halves the chunk when memory runs out."""

    judges: Sequence[Judge]
    eyes: Mapping[str, Eye]
    augmentations: Sequence[tuple[str, Augmentation]]
    steps: int
    chunk: int | None = None
    note: Callable[[str], None] = print

    def __call__(self, image: Tensor, step: int) -> Verdict:
        while True:
            try:
                return self._judge(image, step, self.judges)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
            # Outside the handler, so that the failed attempt's tensors are free before the next one.
            self._halve_chunk(image, step)

    def _halve_chunk(self, image: Tensor, step: int) -> None:
        if self.chunk is None:
            self.chunk = self._views(image, step)
        if self.chunk <= 1:
            raise RunError("out of memory with one view at a time; use a smaller size, batch or perceptor")
        self.chunk = -(-self.chunk // 2)
        self.note(f"out of memory: going on with {self.chunk} views at a time (chunk: {self.chunk})")
        if image.device.type == "cuda":
            torch.cuda.empty_cache()

    def _views(self, image: Tensor, step: int) -> int:
        """How many views a perceptor is shown in all, found without one by cutting at one pixel."""
        with torch.no_grad():
            return sum(len(cut(image.detach(), 1, step)) for _, cut in self.augmentations)

    def _judge(self, image: Tensor, step: int, judges: Sequence[Judge]) -> Verdict:
        seen = image.detach().requires_grad_()
        gaze = Gaze(seen, step, self.steps, self.eyes, self.augmentations, self.chunk)
        batch = len(image)
        totals = torch.zeros(batch, device=image.device)
        values = {}
        for judge in judges:
            weight = judge.weight.at(step, self.steps)
            if weight == 0:
                continue  # not evaluated, so that a loss of weight 0 cannot change a single bit
            rows = _rows(judge, judge.loss(gaze), batch, step)
            values[judge.name] = rows.detach().sum().item() / (1 if rows.dim() == 0 else batch)
            totals = totals + weight * (rows / batch if rows.dim() == 0 else rows)
        if totals.requires_grad:
            totals.sum().backward()
            gaze.backward()
        gradient = seen.grad if seen.grad is not None else torch.zeros_like(seen)
        if not bool(gradient.isfinite().all()):
            self._blame(image, step, judges)
        return Verdict(gradient, values, totals.detach().cpu())

    def _blame(self, image: Tensor, step: int, judges: Sequence[Judge]) -> None:
        """Find whose gradient is not finite, by asking the losses one at a time."""
        if len(judges) == 1:
            raise RunError(f"{judges[0].title} has a gradient that is not finite at step {step}")
        for judge in judges:
            self._judge(image, step, [judge])
        raise RunError(f"the sum of the gradients is not finite at step {step}; lower the losses' weights")


def _rows(judge: Judge, value: object, batch: int, step: int) -> Tensor:
    """The loss's value, checked: () or (B,), and finite."""
    if not isinstance(value, Tensor) or value.shape not in ((), (batch,)):
        got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise RunError(f"{judge.title} returned {got}; expected () or ({batch},)")
    if not bool(value.isfinite().all()):
        values = ", ".join(f"{number:g}" for number in value.detach().flatten().tolist())
        raise RunError(f"{judge.title} is {values} at step {step}; expected a finite number")
    return value.float()


def _check_embeddings(embeddings: Tensor, count: int, eye: Eye) -> None:
    if embeddings.shape != (count, eye.perceptor.dim):
        raise RunError(f"{eye.title} returned {tuple(embeddings.shape)}; expected ({count}, {eye.perceptor.dim})")
    if not bool(embeddings.isfinite().all()):
        raise RunError(f"{eye.title} returned embeddings that are not finite; try precision fp32")


def check_range(image: Tensor, title: str, step: int) -> None:
    """RunError unless all values are finite and in [0, 1], but for rounding."""
    low, high = image.detach().aminmax() if image.numel() else (torch.zeros(()), torch.zeros(()))
    if not bool(low.isfinite() & high.isfinite()):
        raise RunError(f"{title} returned pixels that are not finite at step {step}")
    if low < -1e-3 or high > 1 + 1e-3:
        raise RunError(f"{title} returned pixels from {low:.3g} to {high:.3g} at step {step}; expected 0 to 1")
