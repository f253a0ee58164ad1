"""The networks that enlarge: what each makes of (B, 3, H, W) in [0, 1] is (B, 3, scale x H, scale x W)."""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Network(Protocol):
    """What `tiles` works with."""

    scale: int
    fold: int
    """The sides that it takes are multiples of this."""
    reach: int
    """How far an input pixel is felt, in input pixels."""

    def __call__(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] to (B, 3, scale x H, scale x W), about in [0, 1]."""
        ...


class Compact(nn.Module):
    """Real-ESRGAN's small network, SRVGGNetCompact (Wang et al. 2021, https://arxiv.org/abs/2107.10833)."""

    fold = 1

    def __init__(self, channels: int = 64, layers: int = 16, scale: int = 4) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for layer in range(layers + 1):
            parts += [nn.Conv2d(channels if layer else 3, channels, 3, 1, 1), nn.PReLU(channels)]
        self.body = nn.Sequential(*parts, nn.Conv2d(channels, 3 * scale**2, 3, 1, 1))
        self.scale, self.reach = scale, layers + 2

    def drawn(self, image: Tensor) -> Tensor:
        added = F.pixel_shuffle(self.body(image), self.scale)
        return F.interpolate(image, scale_factor=self.scale, mode="nearest") + added

    def forward(self, image: Tensor) -> Tensor:
        return self.drawn(image)


class Steep(Compact):
    """The embedded network: `Compact`, whose edges are then made steep by arithmetic."""

    def __init__(self, channels: int = 64, layers: int = 16, scale: int = 4) -> None:
        super().__init__(channels, layers, scale)
        self.reach += 2

    def forward(self, image: Tensor) -> Tensor:
        return steepened(self.drawn(image))


def steepened(image: Tensor, amount: float = 2.0) -> Tensor:
    """(B, C, H, W) with narrower edges: an unsharp mask, kept between the least and the most of 3 x 3 pixels.

    So nothing rings; televisions sharpen in this way (transient improvement).
    """
    wide = F.pad(image, (1, 1, 1, 1), mode="replicate")
    least, most = -F.max_pool2d(-wide, 3, 1), F.max_pool2d(wide, 3, 1)
    return torch.minimum(torch.maximum(image + amount * (image - _blurred(image)), least), most)


def _blurred(image: Tensor) -> Tensor:
    """Under a gaussian of deviation 1, to three pixels on either side; borders are continued."""
    channels = image.shape[1]
    kernel = torch.exp(-0.5 * torch.arange(-3, 4, device=image.device).square())
    kernel = (kernel / kernel.sum()).expand(channels, 1, 1, -1)
    wide = F.pad(image, (3, 3, 3, 3), mode="replicate")
    return F.conv2d(F.conv2d(wide, kernel, groups=channels), kernel.mT, groups=channels)


def _bent(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


class Dense(nn.Module):
    """Five convolutions, each of which sees all before it; a fifth of the last is added."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        widths = [growth] * 4 + [channels]
        self.layers = nn.ModuleList(
            nn.Conv2d(channels + number * growth, width, 3, 1, 1) for number, width in enumerate(widths)
        )

    def forward(self, x: Tensor) -> Tensor:
        found = [x]
        for layer in self.layers[:-1]:
            found.append(_bent(layer(torch.cat(found, 1))))
        last: Tensor = self.layers[-1](torch.cat(found, 1))
        return last * 0.2 + x


class Group(nn.Module):
    """Three of them; a fifth of what they change is added."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.parts = nn.Sequential(*[Dense(channels, growth) for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.parts(x) * 0.2 + x
        return changed


class Rrdb(nn.Module):
    """Real-ESRGAN's large network, the RRDBNet of ESRGAN (Wang et al. 2018, https://arxiv.org/abs/1809.00219); x4.

    A pixel could be felt 15 x `groups` + 4 pixels away; `reach` is how far it really is with the weights at hand, as
    measured (MODEL_CARD.md), so that tiles are not mostly overlap.
    """

    scale = 4
    fold = 1

    def __init__(self, groups: int, channels: int = 64, growth: int = 32, reach: int | None = None) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, channels, 3, 1, 1)
        self.groups = nn.Sequential(*[Group(channels, growth) for _ in range(groups)])
        self.body = nn.Conv2d(channels, channels, 3, 1, 1)
        self.doubled = nn.ModuleList(nn.Conv2d(channels, channels, 3, 1, 1) for _ in range(2))
        self.fine = nn.Conv2d(channels, channels, 3, 1, 1)
        self.last = nn.Conv2d(channels, 3, 3, 1, 1)
        self.reach = 15 * groups + 4 if reach is None else reach

    def forward(self, image: Tensor) -> Tensor:
        x = self.first(image)
        x = x + self.body(self.groups(x))
        for layer in self.doubled:
            x = _bent(layer(F.interpolate(x, scale_factor=2, mode="nearest")))
        drawn: Tensor = self.last(_bent(self.fine(x)))
        return drawn
