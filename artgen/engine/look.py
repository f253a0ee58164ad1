"""One drawing at one step, as the losses may see it, and the way of their gradients back to it.

The losses see all embeddings at once, however many views there are, so a loss may be any function of them. When the
views do not fit through a perceptor together, they are first embedded without a graph; the losses give
d(loss)/d(embeddings); then each chunk is embedded again with a graph and handed its part of that gradient (gradient
caching, Gao et al. 2021, arXiv:2101.06983). The result equals the un-chunked gradient, at the price of a second
forward pass, and the memory of a perceptor's graph does not grow with the number of views.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from artgen.api import Augmentation, Perceptor, Schedule
from artgen.engine.boundary import check_range, checked_numbers
from artgen.picture.readings import Change, changed
from artgen.picture.regions import Cut, fitted
from artgen.registry.fence import ComponentError, fenced


@dataclass(frozen=True)
class WeightedPerceptor:
    """One perceptor of the preset, with its share among them and who offers it."""

    name: str
    perceptor: Perceptor
    weight: Schedule
    owner: str
    role: str = "perceptor"
    """What it is in the preset: a perceptor, or a judge."""

    @property
    def title(self) -> str:
        return f"{self.role} '{self.name}' ({self.owner})"


@dataclass
class ViewBatch:
    """What one perceptor sees of one drawing: the n views of each of B pictures."""

    views: Tensor
    """(B*n, 3, s, s) with a graph to the image."""
    leaf: Tensor
    """The same values, where the gradient of everything behind is gathered."""
    embeddings: Tensor
    """(B*n, dim); a leaf of its own if the views went through in chunks."""
    chunked: bool


@dataclass
class InnerLook:
    """A drawing that was changed, or a region of it, looked at on its own."""

    change: Change
    made: Tensor
    """What it makes of the drawing, (B, 3, h, w) with a graph to it."""
    look: StepLook
    """The look at the same values; its image gathers the gradient of everything behind."""


@dataclass
class StepLook:
    """The `artgen.api.Look` of one step: makes each perceptor's views and embeddings once, when a loss first asks."""

    image: Tensor
    step: int
    steps: int
    weighted: Mapping[str, WeightedPerceptor]
    augmentations: Sequence[tuple[str, Augmentation]]
    chunk: int | None
    cuts: tuple[Cut, ...] = ()
    """The regions, one within the other, that leave `image` of the drawing, or of what was last made of it."""
    batches: dict[str, ViewBatch] = field(default_factory=dict)
    """By the name of the perceptor; two losses share one forward pass."""
    inner: list[InnerLook] = field(default_factory=list)

    @property
    def perceptors(self) -> tuple[str, ...]:
        return tuple(self.weighted)

    def weight(self, perceptor: str) -> float:
        return self.weighted[perceptor].weight.at(self.step, self.steps)

    def views(self, perceptor: str) -> Tensor:
        # The leaf, not the views themselves: a loss that reads both views and embeddings must meet one graph.
        rows: Tensor = self._batch(perceptor).leaf.unflatten(0, (self.image.shape[0], -1))
        return rows

    def embeddings(self, perceptor: str) -> Tensor:
        rows: Tensor = self._batch(perceptor).embeddings.unflatten(0, (self.image.shape[0], -1))
        return rows

    def within(self, region: Tensor) -> StepLook:
        cut = Cut(fitted(region, self.image))
        return self._inner(cut, (*self.cuts, cut))

    def through(self, change: Change) -> StepLook:
        # What was cut out before is a part of the change: another picture for `embeddings_of` is one that is seen so.
        return self._inner(change, ())

    def _inner(self, change: Change, cuts: tuple[Cut, ...]) -> StepLook:
        for known in self.inner:
            if known.change == change:
                return known.look
        made = changed(self.image, change)
        look = replace(self, image=made.detach().requires_grad_(), cuts=cuts, batches={}, inner=[])
        self.inner.append(InnerLook(change, made, look))
        return look

    @torch.no_grad()
    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        whole = image.expand(self.image.shape[0], -1, -1, -1)
        cropped = functools.reduce(lambda left, cut: cut(left), self.cuts, whole)
        weighted = self.weighted[perceptor]
        rows: Tensor = self._embed(self._views(cropped, weighted), weighted).unflatten(0, (len(cropped), -1))
        return rows

    def _batch(self, perceptor: str) -> ViewBatch:
        if perceptor not in self.batches:
            self.batches[perceptor] = self._look_through(self.weighted[perceptor])
        return self.batches[perceptor]

    def _look_through(self, weighted: WeightedPerceptor) -> ViewBatch:
        views = self._views(self.image, weighted)
        # Cut off from the image: what the losses do to views and embeddings ends here, and is carried on once for all.
        leaf = views.detach().requires_grad_()
        chunked = self.chunk is not None and len(views) > self.chunk
        with torch.set_grad_enabled(torch.is_grad_enabled() and not chunked):
            embeddings = self._embed(leaf, weighted)
        if chunked:
            embeddings.requires_grad_()
        return ViewBatch(views, leaf, embeddings, chunked)

    def _embed(self, views: Tensor, weighted: WeightedPerceptor) -> Tensor:
        """(N, dim), chunk by chunk."""
        with fenced(weighted.title, self.step):
            rows = [
                checked_numbers(weighted.perceptor.embed_images(chunk), weighted.title, views.device, self.step)
                for chunk in self._chunks(views)
            ]
            embeddings = torch.cat(rows)
            check_embeddings(embeddings, len(views), weighted.perceptor, weighted.title)
        return embeddings

    def _chunks(self, rows: Tensor) -> list[Tensor]:
        """Rows for all views, (N, ...), as they go through a perceptor together.

        In a deterministic run no chunk holds views of two pictures, so that each is rounded as it would be alone.
        """
        pictures = rows.chunk(len(self.image)) if torch.are_deterministic_algorithms_enabled() else (rows,)
        return [chunk for picture in pictures for chunk in picture.split(self.chunk or len(picture))]

    def _views(self, image: Tensor, weighted: WeightedPerceptor) -> Tensor:
        """(B*n, 3, size, size) of (B, 3, H, W)."""
        cuts = [self._cut(image, title, cut, weighted) for title, cut in self.augmentations]
        return torch.cat(cuts, dim=1).flatten(0, 1)

    def _cut(self, image: Tensor, title: str, augmentation: Augmentation, weighted: WeightedPerceptor) -> Tensor:
        size, batch = weighted.perceptor.size, image.shape[0]
        with fenced(title, self.step):
            views = checked_numbers(augmentation(image, size, self.step), title, image.device, self.step)
        if views.dim() != 4 or views.shape[0] % batch or views.shape[1:] != (3, size, size):
            raise ComponentError(f"{title} returned {tuple(views.shape)}; expected (n*{batch}, 3, {size}, {size})")
        check_range(views, title, self.step)
        rows: Tensor = views.unflatten(0, (batch, -1))
        return rows

    def backward(self) -> None:
        """Carry the gradients that the losses left at embeddings and views on to the image."""
        # These first: what comes back from them adds to this image's gradient like any view's.
        for inner in self.inner:
            inner.look.backward()
            if inner.look.image.grad is not None and inner.made.requires_grad:
                inner.made.backward(inner.look.image.grad)
        for name, batch in self.batches.items():
            if batch.chunked and batch.embeddings.grad is not None:
                with fenced(self.weighted[name].title, self.step):
                    self._embed_again(self.weighted[name].perceptor, batch)
            # One pass through the augmentations, however many losses looked.
            if batch.leaf.grad is not None and batch.views.requires_grad:
                with fenced(" or ".join(title for title, _ in self.augmentations), self.step):
                    batch.views.backward(batch.leaf.grad)

    def _embed_again(self, perceptor: Perceptor, batch: ViewBatch) -> None:
        """d(loss)/d(views) of a batch whose embeddings have no graph, a chunk's graph at a time."""
        assert batch.embeddings.grad is not None
        pairs = zip(self._chunks(batch.leaf.detach()), self._chunks(batch.embeddings.grad), strict=True)
        gradients = []
        for chunk, gradient in pairs:
            chunk.requires_grad_()
            perceptor.embed_images(chunk).backward(gradient)
            assert chunk.grad is not None
            gradients.append(chunk.grad)
        gradient = torch.cat(gradients)
        # A loss that reads views, too, has left its own gradient there.
        batch.leaf.grad = gradient if batch.leaf.grad is None else batch.leaf.grad + gradient


def check_embeddings(embeddings: Tensor, count: int, perceptor: Perceptor, title: str) -> None:
    """ComponentError unless they are finite and a row for each of so many pictures or texts."""
    dim = perceptor.dim
    if embeddings.shape != (count, dim):
        raise ComponentError(f"{title} returned {tuple(embeddings.shape)}; expected ({count}, {dim})")
    if not bool(embeddings.isfinite().all()):
        raise ComponentError(f"{title} returned embeddings that are not finite; try precision fp32")
