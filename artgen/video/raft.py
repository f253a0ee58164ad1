"""Optical flow by RAFT (Z. Teed and J. Deng, "RAFT: Recurrent all-pairs field transforms for optical flow", ECCV 2020),
as torchvision has it, with its published weights or others of the same network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from artgen import weights
from artgen.errors import InputError
from artgen.weights import Published

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Name = Literal["raft_small", "raft_large"]
NAMES: tuple[Name, ...] = ("raft_small", "raft_large")
MULTIPLE, LEAST = 8, 128
"""What the sides of its pictures must be multiples of, and pixels that they have at least; torchvision says so."""
_DIGITS = 8
"""Of the sha256 of its weights, torchvision publishes the first ones, in the file's name."""


def _published(name: Name, version: str, size: int) -> Published:
    file = f"{name}_{version}.pth"
    mirrors = (f"https://download.pytorch.org/models/{file}",)
    about = f"torchvision's optical flow; start.flow: {name}"
    return Published(file, mirrors, size=size, licence="BSD-3-Clause", about=about)


PUBLISHED: dict[str, Published] = {
    "raft_small": _published("raft_small", "C_T_V2-01064c6d", 4_006_606),
    "raft_large": _published("raft_large", "C_T_SKHT_V2-ff5fadd5", 21_106_786),
}
"""What torchvision takes by default."""


class Raft:
    """Estimates the flow between two pictures; see `flow.Estimate`."""

    def __init__(self, network: Any, digests: dict[str, str], device: torch.device) -> None:
        self.network, self.device = network, device
        self.weights = digests
        """sha256 of its weight file."""

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        import torch
        import torch.nn.functional as F

        size = first.shape[2:]
        fitted = [max(LEAST, round(side / MULTIPLE) * MULTIPLE) for side in size]
        shown = [
            F.interpolate(one.to(self.device).float(), fitted, mode="bilinear", antialias=True, align_corners=False)
            for one in (first, second)
        ]
        with torch.no_grad():
            flow = self.network(*(2 * one - 1 for one in shown))[-1]
        scale = flow.new_tensor([size[1] / fitted[1], size[0] / fitted[0]]).view(1, 2, 1, 1)
        fit: Tensor = F.interpolate(flow, size, mode="bilinear", align_corners=False) * scale
        return fit[0]


def load(source: str | Path, device: torch.device, note: Callable[[str], None]) -> Raft:
    """RAFT with the weights of a name or a file; InputError, in one line, if they cannot be had."""
    file = source if isinstance(source, Path) else _fetched(source, note)
    return Raft(network_of(file).to(device), weights.hashes([file], "raft"), device)


def _fetched(name: str, note: Callable[[str], None]) -> Path:
    file = PUBLISHED[name].fetch(note)
    expected = file.stem.rpartition("-")[2]
    if (found := weights.sha256(file)[:_DIGITS]) != expected:
        raise InputError(f"{file}: its sha256 begins with {found}, and torchvision's with {expected}; delete it")
    return file


def network_of(file: Path) -> Any:
    """The network whose weights are in a file; InputError, in one line, if it has no such weights."""
    import torch
    from torchvision.models import optical_flow

    state = weights.read_state(file)
    shapes = {name: value.shape for name, value in state.items()}
    for name in NAMES:
        make = getattr(optical_flow, name)
        with torch.device("meta"):
            wanted = {key: value.shape for key, value in make(weights=None).state_dict().items()}
        if wanted == shapes:
            # Its draws, for weights that are then replaced, must not be felt by anyone else.
            with torch.random.fork_rng(devices=[]):
                network = make(weights=None)
            network.load_state_dict(state)
            return network.eval().requires_grad_(False)
    raise InputError(f"{file}: holds no weights of torchvision's {' or '.join(NAMES)}")
