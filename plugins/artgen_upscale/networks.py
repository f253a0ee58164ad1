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


class Residual(nn.Module):
    """Two convolutions beside a path that skips them (He et al. 2016, https://arxiv.org/abs/1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, 1, 1)
        self.bend = nn.PReLU(channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.second(self.bend(self.first(x)))
        return changed


def crisp(image: Tensor, scale: int) -> Tensor:
    """(B, C, H, W) enlarged with steep edges that do not ring, by arithmetic alone.

    An unsharp mask, whose result is kept between the least and the most of the 3 x 3 pixels around; televisions steepen
    edges in this way (transient improvement).
    """
    channels = image.shape[1]
    kernel = image.new_tensor(_GAUSSIAN).expand(channels, 1, 1, -1)
    wide = F.pad(image, (3, 3, 3, 3), mode="replicate")
    soft = F.conv2d(F.conv2d(wide, kernel, groups=channels), kernel.mT, groups=channels)
    near = wide[..., 2:-2, 2:-2]
    bounds = (-F.max_pool2d(-near, 3, 1), F.max_pool2d(near, 3, 1))
    least, most = (F.interpolate(bound, scale_factor=scale, mode="bilinear", align_corners=False) for bound in bounds)
    steep = F.interpolate(4 * image - 3 * soft, scale_factor=scale, mode="bicubic", align_corners=False)
    return torch.minimum(torch.maximum(steep, least), most)


# Of deviation 1, to three pixels on either side.
_GAUSSIAN = [0.0044, 0.0540, 0.2420, 0.3992, 0.2420, 0.0540, 0.0044]


class Folded(nn.Module):
    """The embedded network: works on squares of 2 x 2 pixels and adds to a `crisp` enlargement (x4).

    Folding pixels into channels makes each layer see twice as far at a quarter of the price; the pixels come back by
    the sub-pixel shuffle of Shi et al. 2016 (https://arxiv.org/abs/1609.05158).
    """

    scale = 4
    fold = 2

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(3 * self.fold**2, channels, 3, 1, 1)
        self.blocks = nn.ModuleList(Residual(channels) for _ in range(blocks))
        self.last = nn.Conv2d(channels, 3 * (self.fold * self.scale) ** 2, 3, 1, 1)
        self.reach = self.fold * (2 + 2 * blocks) + 1

    def forward(self, image: Tensor) -> Tensor:
        x = self.first(F.pixel_unshuffle(image - 0.5, self.fold))
        for block in self.blocks:
            x = block(x)
        return crisp(image, self.scale) + F.pixel_shuffle(self.last(x), self.fold * self.scale)


def fresh(channels: int, blocks: int, seed: int) -> Folded:
    """An untrained embedded network, which begins as `crisp`."""
    torch.manual_seed(seed)
    model = Folded(channels, blocks)
    state = model.state_dict()
    for name, value in state.items():
        if name.startswith("last.") or ".second." in name:
            value.zero_()
    return model


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

    def forward(self, image: Tensor) -> Tensor:
        added = F.pixel_shuffle(self.body(image), self.scale)
        return F.interpolate(image, scale_factor=self.scale, mode="nearest") + added


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
