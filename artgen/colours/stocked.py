"""Maps cells onto the colours of a stock, none more often than it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgen.colours.palette import Palette
from artgen.colours.spaces import squared_distances
from artgen.colours.stock import usable
from artgen.colours.transport import SHARP, assigned, fewest, prices
from artgen.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from artgen.colours.stock import StockPalette


class StockedPalette(Palette):
    """Maps whole pictures: which colour a cell gets depends on what the others want, in each picture alone."""

    def __init__(self, stock: StockPalette, cells: int, device: torch.device) -> None:
        """InputError, in one line, if there are too few pieces for so many cells."""
        import torch

        if short := stock.shortage(cells):
            raise InputError(f"palette: {short}")
        pieces = stock.pieces()
        super().__init__([piece.colour for piece in pieces], device)
        self._most = stock.colours or len(pieces)
        self._counts = torch.tensor(usable(pieces, cells), device=device)

    def __call__(self, image: Tensor, softness: float = 0) -> Tensor:
        """(B, 3, ...) in [0, 1] to the same in the stock's colours, or in blends of them where `softness` > 0.

        Hard colours respect the counts exactly and pass the gradient straight through (Bengio, Leonard & Courville
        2013); the shares of all blends respect them nearly.
        """
        import torch

        return torch.stack([self._one(one.flatten(1).T, softness).T.view_as(one) for one in image])

    def _one(self, cells: Tensor, softness: float) -> Tensor:
        """The cells of one picture, (N, 3)."""
        costs = squared_distances(self.space(cells), self.points).clamp(min=0)
        still = costs.detach()
        some = fewest(still, self._counts, self._most)
        still, counts, colours = still[:, some], self._counts[some], self.colours[some]
        if softness > 0:
            import torch

            dear = prices(still, counts, max(softness, SHARP))
            return torch.softmax((costs[:, some] + dear) / -softness, dim=1) @ colours
        return colours[assigned(still, counts)] + (cells - cells.detach())
