"""Perceptors that outlive a run, for whoever draws the same preset again and again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from artgen import api

_KEPT: ContextVar[dict[str, api.Perceptor] | None] = ContextVar("kept perceptors", default=None)


@contextlib.contextmanager
def keeping_perceptors() -> Iterator[None]:
    """Inside, a perceptor is built once for all runs that ask for the same one in the same environment."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def perceptor(spec: api.PerceptorSpec, env: api.Env, build: Callable[[], api.Perceptor]) -> api.Perceptor:
    """The one that was built for the same, else a new one.

    The same is everything that could reach it: the class and its settings, and what the environment says.
    """
    kept = _KEPT.get()
    if kept is None:
        return build()
    told = (env.device, env.size, env.batch, env.steps, env.random.seeds, env.prompts)
    key = repr((id(type(spec)), spec.model_dump_json(), told))
    if key not in kept:
        kept[key] = build()
    return kept[key]
