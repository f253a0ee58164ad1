"""Another device than the CPU, without one: the CPU's numbers in tensors that say they lie elsewhere.

Torch's device "meta" stands in, because its backward pass needs no driver. What a GPU would refuse is refused here: an
operation on tensors of both devices, numbers drawn there by a generator of the CPU, and `numpy()`.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

ELSEWHERE = torch.device("meta")
"""The device to build with, inside of `elsewhere`."""
_HERE = torch.device("cpu")
_MIXING = ("copy_", "_to_copy", "index", "index_put", "index_put_", "_index_put_impl_", "_pack_padded_sequence")
"""Operations that take tensors of the CPU beside those of a GPU."""


class DeviceMix(RuntimeError):
    """What no GPU does."""


class Elsewhere(Tensor):
    """A tensor that says it lies on `ELSEWHERE`; `here` has its numbers."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> Elsewhere:
        made: Elsewhere = torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            layout=here.layout,
            device=ELSEWHERE,
        )
        made.here = here
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        return _run(func, args, kwargs or {})


def _run(func: Any, args: Any, kwargs: Any) -> Any:
    """The operation on the CPU's numbers; what it makes lies where its arguments do, or where it was asked for."""
    mine: dict[int, Elsewhere] = {}
    others: list[Tensor] = []

    def brought(value: Any) -> Any:
        if isinstance(value, Elsewhere):
            mine[id(value.here)] = value
            return value.here
        if isinstance(value, Tensor):
            if value.device.type == ELSEWHERE.type:
                # The operation would read whatever lies in memory, and may end the process.
                raise RuntimeError(f"{func._schema.name} gets a tensor that was made there past this stand-in")
            others.append(value)
        return value

    place = torch.device(kwargs["device"]) if kwargs.get("device") is not None else None
    args, kwargs = tree_map(brought, args), tree_map(brought, kwargs)
    if place is not None:
        kwargs = {**kwargs, "device": _HERE}
    there = bool(mine) if place is None else place.type == ELSEWHERE.type
    _refuse_mix(func, there and not mine, mine, others, kwargs)
    made = func(*args, **kwargs)

    def sent(value: Any) -> Any:
        if id(value) in mine:
            return mine[id(value)]
        return Elsewhere(value) if there and isinstance(value, Tensor) and not isinstance(value, Elsewhere) else value

    return tree_map(sent, made)


def _refuse_mix(func: Any, begins_there: bool, mine: dict[int, Elsewhere], others: list[Tensor], kwargs: Any) -> None:
    name = func._schema.name.partition("::")[2]
    if begins_there and kwargs.get("generator") is not None:
        raise DeviceMix(f"{name} draws on env.device with a generator of the CPU; draw by env.random")
    if name in _MIXING or not mine:
        return
    if any(other.dim() for other in others):
        shape = next(tuple(other.shape) for other in others if other.dim())
        advice = "make it with device=env.device, or move it by .to(image.device)"
        raise DeviceMix(f"{name} meets a tensor of the CPU, {shape}, beside those on env.device; {advice}")


class _Dispatch(TorchDispatchMode):
    """For what makes tensors on a device, and so has no `Elsewhere` among its arguments."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class _Functions(TorchFunctionMode):
    """For what torch itself does in another way on "meta"."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in (torch.tensor, torch.as_tensor, torch.asarray) and kwargs.get("device") is not None:
            return func(*args, **{**kwargs, "device": _HERE}).to(kwargs["device"])
        if func is Tensor.new_tensor and isinstance(args[0], Elsewhere):
            place = kwargs.pop("device", None) or ELSEWHERE
            return args[0].here.new_tensor(*args[1:], **kwargs).to(place)
        if func in _INDEXED and isinstance(args[0], Elsewhere):
            # Torch makes tensors of lists by itself, on the indexed one's device and past all modes.
            args = (args[0], _located(args[1]), *args[2:])
        if func in _READ_OUT and isinstance(args[0], Elsewhere):
            if func is Tensor.tolist:
                return args[0].here.tolist()
            raise DeviceMix("numpy() is called on a tensor that lies on env.device; call .cpu() first")
        return func(*args, **kwargs)


def _located(index: Any) -> Any:
    """An index whose lists are tensors, which a GPU takes from the CPU, too."""
    if isinstance(index, tuple):
        return tuple(map(_located, index))
    if not isinstance(index, list | range | np.ndarray) or any(isinstance(one, Tensor) for one in index):
        return index
    return torch.as_tensor(np.asarray(index)) if len(index) else torch.zeros(0, dtype=torch.long)


_INDEXED: tuple[Callable[..., Any], ...] = (Tensor.__getitem__, Tensor.__setitem__)
_READ_OUT: tuple[Callable[..., Any], ...] = (Tensor.tolist, Tensor.numpy, Tensor.__array__)


@contextlib.contextmanager
def elsewhere() -> Iterator[torch.device]:
    """Inside, there is a second device: the one that is given."""
    with warnings.catch_warnings(), _Functions(), _Dispatch():  # type: ignore[no-untyped-call]
        # Torch takes weights that lie there for weights without numbers.
        warnings.filterwarnings("ignore", message="for .*: copying from a non-meta parameter")
        yield ELSEWHERE


class MovedPerceptor:
    """A perceptor that takes and gives tensors on a device, and counts where it was made."""

    def __init__(self, perceptor: Any, device: torch.device) -> None:
        self._perceptor, self._device = perceptor, device
        self.size, self.dim = perceptor.size, perceptor.dim
        if hasattr(perceptor, "features"):
            self.features = self._features

    def embed_images(self, images: Tensor) -> Tensor:
        made: Tensor = self._perceptor.embed_images(images.to(_HERE)).to(self._device)
        return made

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        made: Tensor = self._perceptor.embed_texts(texts).to(self._device)
        return made

    def _features(self, images: Tensor) -> list[Tensor]:
        return [layer.to(self._device) for layer in self._perceptor.features(images.to(_HERE))]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_perceptor"], name)
