"""What the contracts measure with: each says what is wrong and what to do, as an AssertionError."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from artgen.errors import one_line
from artgen.registry.local import MODULES

T = TypeVar("T")

HEAVY = ("torch", "torchvision", "kornia", "open_clip", "timm", "diffusers", "transformers")
"""What a spec's module must not import."""
ROUNDING = 1e-3
"""How far a picture may leave [0, 1]; the loop lets as much pass."""


def require(kept: bool, message: str) -> None:
    """Raise AssertionError with `message` unless `kept`; no `assert`, because ``python -O`` would drop that."""
    __tracebackhide__ = True
    if not kept:
        raise AssertionError(message)


def require_picture(image: Tensor, shape: tuple[int, ...], what: str) -> None:
    """`what` is the tensor's name in the message; it must have `shape` and finite floats in [0, 1]."""
    __tracebackhide__ = True
    image = image.detach()
    require(tuple(image.shape) == shape, f"{what} is {tuple(image.shape)}; expected {shape}")
    require_float32(image, what)
    require_finite(image, what)
    low, high = float(image.min()), float(image.max())
    inside = low >= -ROUNDING and high <= 1 + ROUNDING
    require(inside, f"{what} reaches from {low:.4g} to {high:.4g}; keep it in [0, 1], say with clamp")


def require_float32(values: Tensor, what: str) -> None:
    __tracebackhide__ = True
    advice = "see where NumPy or a default of its own comes in, or end with .float()"
    require(values.dtype is torch.float32, f"{what} is {values.dtype}; expected torch.float32; {advice}")


def require_finite(values: Tensor, what: str) -> None:
    __tracebackhide__ = True
    advice = "look for a division by 0, or a root or logarithm at 0"
    require(bool(values.isfinite().all()), f"{what} is NaN or infinite; {advice}")


def require_gradient(image: Tensor, made: Tensor, what: str) -> None:
    """Back-propagate from `made` to `image`; the gradient must be finite and not 0 everywhere."""
    __tracebackhide__ = True
    advice = "stay with torch functions that have one, and without detach(), item(), no_grad() or numpy"
    require(made.requires_grad, f"no gradient leads from {what} to the picture; {advice}")
    made.square().sum().backward()
    require(image.grad is not None, f"no gradient leads from {what} to the picture; {advice}")
    assert image.grad is not None
    require_finite(image.grad, f"the gradient of {what}")
    require(bool(image.grad.any()), f"the gradient of {what} is 0 at every pixel; rounding or clamping cuts it off")


def backward(made: Tensor) -> None:
    """Back-propagate from the sum, where there is a graph; that there is none is told elsewhere."""
    if made.requires_grad:
        made.sum().backward()


def require_close(one: Tensor, other: Tensor, tolerance: float, message: str) -> None:
    """`message` gets the largest difference added."""
    __tracebackhide__ = True
    require(one.shape == other.shape, f"{message} (the shapes are {tuple(one.shape)} and {tuple(other.shape)})")
    apart = float((one.detach().float() - other.detach().float()).abs().max()) if one.numel() else 0.0
    require(apart <= tolerance, f"{message} (they are up to {apart:.2g} apart)")


def require_same_again(build: Callable[[], T], use: Callable[[T, int], Tensor]) -> None:
    """What ``use(object, step)`` gives depends on neither the calls before it nor which other steps there were."""
    __tracebackhide__ = True
    built = build()
    first, later, again = use(built, 3), use(built, 7), use(built, 3)
    advice = "keep nothing from call to call; the step alone may decide"
    require(torch.equal(first, again), f"asked again for the same step, it makes another one; {advice}")
    fresh = use(build(), 7)
    require(torch.equal(later, fresh), f"built anew, as for a run that is resumed, it makes another one; {advice}")


def require_no_growth(kept: Sequence[int]) -> None:
    """`kept` is how many tensors an object held after each step."""
    __tracebackhide__ = True
    third = len(kept) // 3
    parts = kept[third], kept[2 * third], kept[-1]
    # In every part of the run by at least a tensor a step: what is made once, or kept for a while, is no growth.
    grows = parts[1] - parts[0] >= third and parts[2] - parts[1] >= third - 1
    advice = "keep no tensor of each step, and detach() what is kept"
    require(not grows, f"it holds {parts[0]} tensors and graph nodes at first, {parts[2]} in the end; {advice}")


@contextlib.contextmanager
def global_streams(seed: int) -> Iterator[Callable[[], list[str]]]:
    """The global random streams of torch, NumPy and Python, set to `seed` inside and put back afterwards.

    Yields a function that names those which have moved since.
    """
    kept = torch.get_rng_state(), np.random.get_state(), random.getstate()
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)
    first = _positions()
    try:
        yield lambda: [name for name, position in _positions().items() if position != first[name]]
    finally:
        torch.set_rng_state(kept[0])
        np.random.set_state(kept[1])
        random.setstate(kept[2])


def _positions() -> dict[str, Any]:
    numpy = np.random.get_state(legacy=False)["state"]
    return {
        "torch": torch.get_rng_state().numpy().tobytes(),
        "numpy": (numpy["key"].tobytes(), numpy["pos"]),
        "random": random.getstate(),
    }


def tensors_in(state: Any) -> list[Tensor]:
    """The tensors in mappings, lists and tuples, however deep."""
    if isinstance(state, Tensor):
        return [state]
    parts = state.values() if isinstance(state, Mapping) else state if isinstance(state, (list, tuple)) else ()
    return [tensor for part in parts for tensor in tensors_in(part)]


def reloaded(state: Mapping[str, Any]) -> Any:
    """`state` as a checkpoint gives it back: saved, and loaded with nothing but tensors and plain data allowed."""
    plain = _plain(state, "state_dict()")
    file = io.BytesIO()
    torch.save(plain, file)
    file.seek(0)
    try:
        return torch.load(file, weights_only=True)
    except pickle.UnpicklingError as error:
        reason = one_line(error)
        raise AssertionError(f"state_dict() cannot be loaded from a checkpoint: {reason}") from None


def _plain(state: Any, path: str) -> Any:
    if isinstance(state, Mapping):
        wrong = [key for key in state if type(key) not in (str, int)]
        require(not wrong, f"{path} has the key {wrong[:1]}; the keys of a checkpoint are texts and whole numbers")
        return {key: _plain(value, f"{path}[{key!r}]") for key, value in state.items()}
    if type(state) in (list, tuple):
        return type(state)(_plain(value, f"{path}[{i}]") for i, value in enumerate(state))
    plain = state is None or isinstance(state, Tensor) or type(state) in (bool, int, float, str)
    advice = "a checkpoint holds tensors, numbers, texts, None, and lists, tuples and dicts of them"
    require(plain, f"{path} is a {type(state).__module__}.{type(state).__qualname__}; {advice}")
    return state


_light: set[str] = set()
"""Modules that were seen to be imported without any of `HEAVY`."""


def _is_a_file(module: ModuleType) -> bool:
    return module.__name__.startswith(MODULES) and module.__file__ is not None


def heavy_import(module: str) -> str:
    """Why `module` cannot be imported where nothing `HEAVY` can be, and where that is; empty if it can.

    Tried in an interpreter of its own, once for all modules that come along with `module`.
    """
    if module in _light:
        return ""
    found = sys.modules.get(module)
    # A plugin of one file is no module that Python would find.
    taken = f"import runpy; runpy.run_path({found.__file__!r})" if found and _is_a_file(found) else f"import {module}"
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({HEAVY}));"
        f"{taken}; print(*(name for name, it in sys.modules.items() if it is not None))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        _light.update(done.stdout.split())
        return ""
    reason = done.stderr.strip().rpartition("\n")[2]
    places = re.findall(r'File "([^<"]+)", line (\d+)', done.stderr)
    return f"{reason} ({places[-1][0]}:{places[-1][1]})" if places else reason
