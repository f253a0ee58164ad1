"""An optional speed-up for training on a CPU: the weight gradient of 5x5 depthwise convolutions.

oneDNN has no fast kernel for it on small maps; there it takes 8-14 ms a layer where 1-2 ms will do, which is a sixth
of a whole step. The C beside this file is compiled when a C compiler is at hand; otherwise nothing changes.
"""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Kernel = Callable[..., None]
SOURCE = Path(__file__).with_name("depthwise.c")


def speed_up(model: nn.Module, folder: Path) -> int:
    """Give the fast gradient to the layers that gain from it; returns how many."""
    kernel = _compiled(folder)
    if kernel is None:
        return 0
    layers = [m for m in model.modules() if type(m) is nn.Conv2d and _gains(m)]
    for layer in layers:
        layer.forward = _forward(layer, kernel)  # type: ignore[method-assign,assignment]
    return len(layers)


def _gains(m: nn.Conv2d) -> bool:
    return (
        m.groups == m.in_channels == m.out_channels
        and m.kernel_size == (5, 5)
        and m.stride == (1, 1)
        and m.padding == (2, 2)
        and m.bias is None
    )


def _compiled(folder: Path) -> Kernel | None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or torch.cuda.is_available():
        return None
    library = (folder / "depthwise.so").resolve()
    command = [
        compiler,
        "-O3",
        "-march=native",
        # What -ffast-math allows, without its start-up code, which makes the whole process flush small numbers to 0.
        "-fassociative-math",
        "-fno-signed-zeros",
        "-fno-trapping-math",
        "-fno-math-errno",
        "-fopenmp",
        "-shared",
        "-fPIC",
        str(SOURCE),
        "-o",
        str(library),
    ]
    if subprocess.run(command, capture_output=True).returncode != 0:
        return None
    function = ctypes.CDLL(str(library)).depthwise_weight_gradient
    function.argtypes, function.restype = [ctypes.c_void_p] * 3 + [ctypes.c_long] * 6, None
    return function


def _forward(layer: nn.Conv2d, kernel: Kernel) -> Callable[[Tensor], Tensor]:
    return lambda x: _Depthwise.apply(x, layer.weight, kernel)


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, kernel: Kernel) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.kernel = kernel
        return F.conv2d(x, weight, padding=weight.shape[-1] // 2, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        side = weight.shape[-1]
        to_x = to_weight = None
        if ctx.needs_input_grad[0]:
            to_x = F.conv2d(grad, weight.flip(2, 3), padding=side // 2, groups=len(weight))
        if ctx.needs_input_grad[1]:
            to_weight = _weight_gradient(x, grad, side, ctx.kernel)
        return to_x, to_weight, None


def _weight_gradient(x: Tensor, grad: Tensor, side: int, kernel: Kernel) -> Tensor:
    x, grad = (t.contiguous(memory_format=torch.channels_last) for t in (x, grad))
    n, c, h, w = x.shape
    threads = torch.get_num_threads()
    out = torch.zeros(threads, side, side, c)
    kernel(x.data_ptr(), grad.data_ptr(), out.data_ptr(), n, h, w, c, side, threads)
    return out.sum(0).permute(2, 0, 1).unsqueeze(1).contiguous()
