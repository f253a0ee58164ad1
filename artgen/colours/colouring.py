"""Which colours a drawing may have: any, those of a palette, or some that it learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from artgen.colours.learned import LearnedPalette, representatives
from artgen.colours.palette import Palette
from artgen.colours.spaces import squared_distances
from artgen.colours.stock import StockPalette
from artgen.colours.stocked import StockedPalette

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from artgen.fields.schedules import Schedule

ANY_COLOUR = 1.5
"""Standard deviation of the numbers whose sigmoids are a learned palette's first colours: all over the gamut."""


class Colouring:
    """Turns cells of any colour into cells of those that `palette` allows.

    What a learned palette is made of, (B, N, 3), belongs to the generator, whose optimiser moves it: it is a list of
    one such tensor, which `first` makes, and empty where nothing is learnt.
    """

    def __init__(
        self, palette: Sequence[str] | LearnedPalette | StockPalette | None, device: torch.device, cells: int
    ) -> None:
        """For pictures of so many cells. InputError, in one line, if a stock has too few pieces for them."""
        self._learned = palette if isinstance(palette, LearnedPalette) else None
        self._given: Palette | None = None
        if isinstance(palette, StockPalette):
            self._given = StockedPalette(palette, cells, device)
        elif palette is not None and not isinstance(palette, LearnedPalette):
            self._given = Palette(palette, device)

    def softness(self, schedule: Schedule, step: int, steps: int) -> float:
        """What the schedule says; 0 for the finished picture of a stock, which has whole pieces."""
        finished = isinstance(self._given, StockedPalette) and step >= steps
        return 0 if finished else schedule.at(step, steps)

    def first(
        self, start: Callable[[], Tensor] | None, normal: Callable[[str, tuple[int, ...]], Tensor]
    ) -> list[Tensor]:
        """The numbers of a learned palette: those of the cells' colours (B, 3, ...) at the start, or any.

        Args:
            start: draws them; None where the drawing starts from no picture.
            normal: `Env.random`'s.
        """
        if self._learned is None:
            return []
        count = self._learned.learn
        if start is None:
            return [ANY_COLOUR * normal("palette", (count, 3))]
        drawn = start().flatten(2).mT
        return [_stacked([representatives(colours, count) for colours in drawn]).logit(eps=0.02)]

    def __call__(self, image: Tensor, learned: Sequence[Tensor], softness: float) -> Tensor:
        """(B, 3, ...) in [0, 1] in the colours that are allowed; `softness` as `Palette` has it."""
        if self._given:
            return self._given(image, softness)
        for numbers in learned:
            palettes = [Palette.of(colours) for colours in numbers.sigmoid()]
            coloured = [own(one[None], softness)[0] for own, one in zip(palettes, image, strict=True)]
            image = _stacked(coloured)
        return image

    def palette_of(self, learned: Sequence[Tensor], picture: int) -> Palette | None:
        """The palette of one picture of the batch; None where every colour is allowed."""
        return Palette.of(learned[0][picture].detach().sigmoid()) if learned else self._given

    def use_all(self, learned: Sequence[Tensor], wanted: Tensor) -> None:
        """Move a learned colour that no cell has to the cell that is served worst; it would get no gradient.

        As empty cells are filled in vector quantisation (Linde, Buzo & Gray 1980, section IV).

        Args:
            learned: is changed in place.
            wanted: the colours that the cells would have, (B, 3, ...).
        """
        for batch in learned:
            for numbers, cells in zip(batch.data, wanted.flatten(2).mT, strict=True):
                palette = Palette.of(numbers.sigmoid())
                distances = squared_distances(palette.space(cells), palette.points)
                near, nearest = distances.min(dim=1)
                unused = nearest.bincount(minlength=len(numbers)).eq(0).nonzero()[:, 0]
                if len(unused):
                    numbers[unused[0]] = cells[near.argmax()].logit(eps=0.02)


def _stacked(parts: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.stack(list(parts))
