"""Maps pictures onto the colours of a palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from artgen.colours.names import channels
from artgen.colours.spaces import oklab, squared_distances

if TYPE_CHECKING:
    import torch
    from torch import Tensor


_CHUNK = 1 << 16
"""Pixels whose distances to all palette colours are in memory at once, where no gradient needs them."""


class Palette:
    """Maps pictures onto palette colours, the nearest of them in `space`."""

    def __init__(self, colours: Sequence[str], device: torch.device, space: Callable[[Tensor], Tensor] = oklab) -> None:
        import torch

        self.colours = torch.tensor([channels(colour) for colour in colours], device=device).view(-1, 3)
        """(N, 3) in [0, 1]."""
        self.space = space
        """Turns (..., 3) in [0, 1] into coordinates in which distances count."""
        self.points = space(self.colours)
        """(N, 3): the colours there."""

    @classmethod
    def of(cls, colours: Tensor) -> Self:
        """The palette of (N, 3) colours in [0, 1], which get the gradient of what is drawn with them."""
        made = cls((), colours.device)
        made.colours, made.points = colours, made.space(colours)
        return made

    def __call__(self, image: Tensor, softness: float = 0) -> Tensor:
        """(B, 3, H, W) in [0, 1] to the same in palette colours, or in blends of them where `softness` > 0.

        Hard colours pass the gradient straight through (Bengio, Leonard & Courville 2013).
        """
        if softness > 0:
            import torch

            # One by one: how products of a whole batch are rounded depends, on some CPUs, on how many pictures it has.
            return torch.stack([self._blended(one.movedim(0, -1), softness).movedim(-1, 0) for one in image])
        hard = self.colours[self.nearest(image.movedim(1, -1))].movedim(-1, 1)
        return hard + (image - image.detach())  # the bracket is exactly 0, so the colours are exact

    def _blended(self, colours: Tensor, softness: float) -> Tensor:
        """(..., 3), each a mean of the palette's colours, of which nearer ones count more."""
        distances = squared_distances(self.space(colours), self.points)
        return (-distances / softness).softmax(dim=-1) @ self.colours

    def nearest(self, colours: Tensor) -> Tensor:
        """The number of the palette colour that is nearest to each of `colours`: (..., 3) to (...), int64."""
        import torch

        with torch.no_grad():
            parts = self.space(colours.detach()).reshape(-1, 3).split(_CHUNK)
            found = torch.cat([squared_distances(part, self.points).argmin(dim=-1) for part in parts])
        return found.view(colours.shape[:-1])
