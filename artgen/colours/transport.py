"""Which colour each cell gets where of each colour there are only so many: optimal transport between the two.

Prices come from entropic transport (M. Cuturi, "Sinkhorn Distances: Lightspeed Computation of Optimal Transport",
2013) with the counts as upper bounds (Benamou et al., "Iterative Bregman Projections for Regularized Transportation
Problems", 2015, section 5): a colour that is wanted too often grows dear, until the wishes fit the counts. What is
left to round is settled by an auction (D. Bertsekas, "A Distributed Algorithm for the Assignment Problem", 1979).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

ROUNDS = 40
"""Of prices."""
BLUNT = 0.3
"""The entropy's weight in the first round, about as much as colours differ (squared Oklab distance)."""
SHARP = 2e-4
"""Its weight in the last round: differences that nobody sees."""
RAISE = 3e-4
"""By how much more than it must a bid outdoes the others, at first; each choice is that near to the best."""
HASTE = 1.02
"""By how much that grows in each round of the auction, so that cells that hardly differ come to an end."""


def prices(costs: Tensor, counts: Tensor, sharp: float = SHARP) -> Tensor:
    """What one piece of each colour costs besides, (K,); 0 where there are enough.

    The softmax of ``-(costs + prices) / sharp`` is the plan: what share of each cell has each colour.

    Args:
        costs: (N, K), at least 0: how little each cell likes each colour.
        counts: (K,), above 0: how many there are; their sum is at least N.
        sharp: the entropy's weight in the end.
    """
    import torch

    blunt = max(BLUNT, sharp)
    found = costs.new_zeros(costs.shape[1])
    if (counts >= len(costs)).all():
        return found
    for number in range(ROUNDS):
        weight = blunt * (sharp / blunt) ** (number / (ROUNDS - 1))
        wanted = torch.softmax((costs + found) / -weight, dim=1).sum(dim=0)
        found = (found + weight * (wanted.clamp(min=1e-30) / counts).log()).clamp(min=0)
    return found


def assigned(costs: Tensor, counts: Tensor) -> Tensor:
    """The colour of each cell, (N,) int64: the cheapest in all, very nearly, and none more often than its count.

    Args:
        costs: as `prices` takes them.
        counts: as `prices` takes them, int64.
    """
    import torch

    nearest = costs.argmin(dim=1)
    if (nearest.bincount(minlength=len(counts)) <= counts).all():
        return nearest
    return torch.from_numpy(_auction(costs, counts, prices(costs, counts))).to(costs.device)


def _auction(costs: Tensor, counts: Tensor, dear: Tensor) -> NDArray[Any]:
    """Cells without a colour bid for their best as much as it is better than their second best.

    The highest bids hold a colour; its price is the least of them, once all its pieces are held. On the CPU, since it
    takes many rounds of few cells each.
    """
    import numpy as np

    cost, count = costs.double().cpu().numpy(), counts.cpu().numpy()
    price = dear.double().cpu().numpy()
    nobody = len(count)
    holds, bids, free = np.full(len(cost), nobody), np.zeros(len(cost)), np.arange(len(cost))
    more = RAISE
    while len(free):
        wishes = cost[free] + price
        asked = wishes.argmin(axis=1)
        least = wishes[np.arange(len(free)), asked]
        wishes[np.arange(len(free)), asked] = np.inf
        holds[free], bids[free] = asked, price[asked] + wishes.min(axis=1) - least + more
        touched = np.zeros(nobody + 1, bool)
        touched[asked] = True
        rivals = touched[holds].nonzero()[0]
        order = rivals[np.lexsort((-bids[rivals], holds[rivals]))]
        held = holds[order]
        place = np.arange(len(order)) - np.searchsorted(held, held)
        last = place == count[held] - 1
        price[held[last]] = bids[order[last]]
        free = order[place >= count[held]]
        holds[free] = nobody
        more *= HASTE
    return holds


def fewest(costs: Tensor, counts: Tensor, most: int) -> Tensor:
    """The numbers of at most `most` colours that serve all cells well and suffice for them, ascending.

    One after the other the colour that helps most (Nemhauser, Wolsey & Fisher 1978), of those with which the rest can
    still suffice.

    Args:
        costs: as `prices` takes them.
        counts: as `prices` takes them, int64; the `most` largest suffice for all cells.
        most: how many colours.
    """
    import torch

    cells, colours = costs.shape
    if most >= colours:
        return torch.arange(colours, device=costs.device)
    near = costs.new_full((cells, 1), float("inf"))
    left, have, chosen = counts.clone(), 0, []
    for others in range(most - 1, -1, -1):
        largest = left.topk(others + 1).values
        in_the_end = have + left + largest.sum() - torch.maximum(left, largest[-1])
        total = torch.minimum(costs, near).sum(dim=0)
        total[(in_the_end < cells) | (left == 0)] = float("inf")
        one = int(total.argmin())
        chosen.append(one)
        have += int(left[one])
        left[one] = 0
        near = torch.minimum(near, costs[:, one : one + 1])
    return torch.tensor(sorted(chosen), device=costs.device)
