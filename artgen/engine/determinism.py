"""A run whose bits depend on nothing but the preset: neither on threads nor on what else is in the batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from artgen.engine import resampling


@contextmanager
def deterministic(wanted: bool) -> Iterator[None]:
    """Inside, only operations that give the same bits each time, if `wanted`; one that cannot raises RuntimeError.

    As torch's notes on reproducibility ask for: cuBLAS needs its workspace set before its first use, and cuDNN must
    not choose among its algorithms by timing them. What torch has no deterministic form of is resampled by
    `artgen.engine.resampling`. On the CPU there is one thread, because how sums are split among several shows in their
    last bits: oneDNN's convolutions, matrix products and some of torch's own kernels choose by the number of threads.
    """
    if not wanted:
        yield
        return
    # Read once, when CUDA starts, so that there is nothing to put back.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark, torch.get_num_threads()
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    torch.set_num_threads(1)
    try:
        # By a mode of torch and not by replacing functions: other threads, and other libraries outside, see none of it.
        with InOneOrder():
            yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        torch.backends.cudnn.benchmark = before[1]
        torch.set_num_threads(before[2])


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Inside, torch splits its sums among so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def threads_here(wanted: int, note: Callable[[str], None]) -> int:
    """As many as a file asks for, because sums are split among threads, unless it would stall the machine."""
    most = 8 * (os.cpu_count() or 1)
    if wanted > most:
        note(f"the picture was made with {wanted} threads, which is too many here; its last bits may differ")
    return min(wanted, most)


class InOneOrder(TorchFunctionMode):
    """Inside, the functions here stand in for torch's, whoever calls them: a plugin, kornia or a network."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return _STANDS_IN.get(func, func)(*args, **(kwargs or {}))


def multiply(input: Tensor, other: Tensor) -> Tensor:
    """`torch.matmul`: where one of the two or both are a batch of (..., H, W), a product for each of the batch.

    Torch makes one large product of them, in which the rounding of a row depends on how many there are.
    """
    batches = [part for part in (input, other) if part.dim() > 2]
    if not batches or len({(part.dim(), len(part)) for part in batches}) > 1:
        return torch.matmul(input, other)
    pairs = zip(*(part if part.dim() > 2 else repeat(part) for part in (input, other)), strict=False)
    return torch.stack([torch.matmul(one, another) for one, another in pairs])


_STANDS_IN: dict[Callable[..., Any], Callable[..., Any]] = {
    F.interpolate: resampling.resize,
    F.grid_sample: resampling.warp,
    F.adaptive_avg_pool2d: resampling.pool,
    F.pad: resampling.pad,
    torch.matmul: multiply,
    Tensor.matmul: multiply,
    Tensor.__matmul__: multiply,
}
