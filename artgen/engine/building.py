"""From one spec to its working object, and what such objects say that they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from artgen import api
from artgen.errors import ArtgenError, InputError, RunError, is_out_of_memory
from artgen.registry.fence import ComponentError, fenced


def weights_of(parts: Iterable[tuple[str, object]]) -> dict[str, str]:
    """sha256 of each file that the parts, each after its title, say they were loaded from, by its name."""
    found: dict[str, str] = {}
    for title, part in parts:
        with fenced(title):
            found.update(part.weights if isinstance(part, api.HasWeights) else {})
    return dict(sorted(found.items()))


def credits_of(parts: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Whom the parts, each after its title, say that their weights learnt from, each once."""
    found: set[str] = set()
    for title, part in parts:
        with fenced(title):
            found.update(part.credits if isinstance(part, api.HasCredits) else ())
    return tuple(sorted(found))


def read_as_of(parts: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Words in whose place the parts, each after its title, say that they were told others, and those."""
    found: dict[str, str] = {}
    for title, part in parts:
        with fenced(title):
            found.update(part.read_as if isinstance(part, api.HasReadAs) else {})
    return dict(sorted(found.items()))


def build_component(spec: api.Spec, title: str, env: api.Env) -> Any:
    """The working object of a spec; a failure to build it says `title`."""
    try:
        with fenced(f"{title}: could not be built"):
            return spec.build(env)
    except ComponentError as error:
        cause = error.__cause__
        if isinstance(cause, ArtgenError):
            # What a user can mend stays that.
            raise (InputError if isinstance(cause, InputError) else ComponentError)(f"{title}: {cause}") from cause
        if cause and is_out_of_memory(cause):
            raise RunError(f"{title}: not enough memory to build it; use a smaller size or model") from None
        raise
