"""Whether torch may use operations whose result depends on the order in which a GPU's threads happen to finish."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def deterministic(wanted: bool) -> Iterator[None]:
    """Inside, only operations that give the same bits each time, if `wanted`; one that cannot raises RuntimeError.

    As torch's notes on reproducibility ask for: cuBLAS needs its workspace set before its first use, and cuDNN must
    not choose among its algorithms by timing them.
    """
    if not wanted:
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        torch.backends.cudnn.benchmark = before[1]
