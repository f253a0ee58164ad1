"""The working half of the ground."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from artgen.api import Env, ExportSource
from artgen.canvas import Descending, Descent, in_range
from artgen.colours import channels
from artgen_layers import Ground

NOTHING = 1e-6
"""What keeps colours finite that no pixel shows."""


class GroundGenerator(Descending):
    """Colours (B, N, 3), and how much of each is in every pixel, (N, H, W)."""

    def __init__(self, spec: Ground, env: Env) -> None:
        self.steps, self._size = env.steps, env.size
        colours = torch.tensor([channels(colour) for colour in spec.colours], device=env.device)
        self._ends = _ends(spec.angle, env.size)
        self._shares = _shares(len(colours), spec.angle, env)
        first = colours.expand(env.batch, *colours.shape)
        bounds = (torch.zeros((), device=env.device), torch.ones((), device=env.device))
        self._descent = Descent(spec, [first], env.steps, bounds)

    def draw(self, step: int) -> Tensor:
        (colours,) = self._descent.at(step)
        # White may come out a rounding above 1, and has to learn all the same.
        return in_range(torch.stack([torch.einsum("nc,nhw->chw", own, self._shares) for own in colours]))

    def exported(self, suffix: str, source: ExportSource) -> bytes:
        """The ground as SVG."""
        from artgen_layers.exporting import ground_svg

        (colours,) = self._descent.at(self.steps)
        levels = (in_range(colours[source.picture]) * 255).round().int().tolist()
        return ground_svg([f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in levels], self._ends, self._size)

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the colours whose ground is nearest to (B, 3, H, W), by least squares."""
        shares = self._shares.flatten(1).double()
        pixels = shares.shape[1]
        products = shares @ shares.T / pixels + NOTHING * torch.eye(len(shares), device=shares.device)
        found = [torch.linalg.solve(products, shares @ own.flatten(1).T.double() / pixels) for own in image]
        self._descent.put(self._descent.bounded([torch.stack(found).float()]))


def _ends(angle: float, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """x and y, in pixels, of where the first and the last colour are."""
    height, width = size
    turn = math.radians(angle)
    reach = (height * abs(math.cos(turn)) + width * abs(math.sin(turn))) / 2
    across, down = -reach * math.sin(turn), reach * math.cos(turn)
    return width / 2 - across, height / 2 - down, width / 2 + across, height / 2 + down


def _shares(count: int, angle: float, env: Env) -> Tensor:
    """(N, H, W), of sum 1: each pixel lies between two colours, or on one."""
    height, width = env.size
    turn = math.radians(angle)
    rows, columns = ((torch.arange(side, device=env.device) + 0.5) / side - 0.5 for side in env.size)
    along = rows[:, None] * height * math.cos(turn) - columns * width * math.sin(turn)
    reach = (height * abs(math.cos(turn)) + width * abs(math.sin(turn))) / 2
    place = ((along / reach + 1) / 2).clamp(0, 1) * (count - 1)
    numbers = torch.arange(count, device=env.device)
    return (1 - (place - numbers[:, None, None]).abs()).clamp(min=0)
