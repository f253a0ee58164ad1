"""Perceptors and models of depth that outlive a run, for whoever draws a preset again and again: films, `dev`."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from typing import Any

import torch

from artgen import api
from artgen.engine import depths
from artgen.rng import Random

_WATCHED = tuple(one.name for one in fields(api.Env) if one.name != "note")
"""What a perceptor may be told that differs from run to run; notes reach whoever asked for the first one."""


@dataclass
class _Kept:
    perceptor: api.Perceptor
    read: dict[str, Any] = field(default_factory=dict)
    """What it has read of its environment, and what that was."""


class _Traced(api.Env):
    """An environment that remembers what was read of it."""

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name in _WATCHED:
            super().__getattribute__("__dict__")["_read"][name] = value
        return value


_ESTIMATORS: ContextVar[dict[tuple[str, str], depths.Estimator] | None] = ContextVar(
    "kept models of depth", default=None
)
_KEPT: ContextVar[dict[str, list[_Kept]] | None] = ContextVar("kept perceptors", default=None)


@contextlib.contextmanager
def keeping_perceptors() -> Iterator[None]:
    """Inside, a perceptor is built once for all runs that ask for the same one in the same environment.

    So is a model of depth.
    """
    token, other = _KEPT.set({}), _ESTIMATORS.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)
        _ESTIMATORS.reset(other)


def perceptor(spec: api.PerceptorSpec, env: api.Env, build: Callable[[api.Env], api.Perceptor]) -> api.Perceptor:
    """The one that was built for the same, else a new one.

    The same is everything that could have reached it: the class and its settings, and of the environment what it has
    read. Each run gets a shallow copy, so that what one of them sets on it is not seen by the next.
    """
    kept = _KEPT.get()
    if kept is None:
        return build(env)
    known = kept.setdefault(repr((id(type(spec)), spec.model_dump_json())), [])
    for one in known:
        if all(_same(getattr(env, name), value) for name, value in one.read.items()):
            return copy.copy(one.perceptor)
    read: dict[str, Any] = {}
    traced = _Traced(**{one.name: getattr(env, one.name) for one in fields(env)})
    object.__setattr__(traced, "_read", read)
    known.append(_Kept(build(traced), read))
    return copy.copy(known[-1].perceptor)


def estimator(source: str, device: torch.device, note: Callable[[str], None]) -> depths.Estimator:
    """The model of depth that was loaded for the same, else a new one."""
    kept, key = _ESTIMATORS.get(), (source, str(device))
    if kept is None:
        return depths.load(source, device, note)
    if key not in kept:
        kept[key] = depths.load(source, device, note)
    return kept[key]


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    # Random streams are their seeds and the component's name, which is the same here.
    one, other = ((value.seeds, value.later) if isinstance(value, Random) else value for value in (one, other))
    try:
        return bool(one == other)
    except RuntimeError:  # tensors of several numbers: the start's pictures
        return False
