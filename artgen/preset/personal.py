"""What a private recipe leaves out of a resolved preset besides its prompts: every text that a person wrote."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from artgen.errors import InputError
from artgen.fields.introspection import parts_of
from artgen.fields.personal import SettingPath, has_text, personal
from artgen.preset.model import SECTIONS, Settings
from artgen.recipe.privacy import HIDDEN
from artgen.registry.plugins import Registry, discover

_IMPERSONAL = ("device",)
"""The preset's own texts that can be nothing but a few words."""


def personal_settings(resolved: Mapping[str, Any], registry: Registry | None = None) -> list[SettingPath]:
    """Where they stand. Of a component that nobody knows here, every text is taken for one."""
    own = {key: value for key, value in resolved.items() if key not in (*SECTIONS, *HIDDEN, *_IMPERSONAL)}
    found = list(personal({Settings}, own))
    for section, (kind, shape) in SECTIONS.items():
        holder = resolved.get(section)
        for at, data in _components(section, shape, holder):
            found += _of_component(registry or discover(), kind, data, at)
    return found


def _components(section: str, shape: str, holder: Any) -> Iterator[tuple[SettingPath, Mapping[str, Any]]]:
    if shape == "one":
        holders: Any = [((section,), holder)]
    elif isinstance(holder, Mapping):
        holders = [((section, name), data) for name, data in holder.items()]
    else:
        holders = [((section, place), data) for place, data in enumerate(holder or ())]
    yield from ((at, data) for at, data in holders if isinstance(data, Mapping))


def _of_component(registry: Registry, kind: str, data: Mapping[str, Any], at: SettingPath) -> Iterator[SettingPath]:
    known = {name for component in registry.components for name in (component.name, *_old_names(component.spec))}
    models: set[type[BaseModel]] = set()
    with contextlib.suppress(InputError):
        models = {registry.find(kind, str(data.get("type"))).spec}
    held = {name: inner for model in models for name, inner in parts_of(model).items() if name in data}
    for name, inner in held.items():
        yield from _of_component(registry, inner, data[name], (*at, name))
    plain = {key: value for key, value in data.items() if key not in ("type", "id", *HIDDEN, *held)}
    yield from personal(models, plain, at)
    yield from ((*at, key) for key in HIDDEN if has_text(data.get(key)))
    # Artgen gives the name of a component as an id, too; every other one was thought of by somebody.
    if "id" in data and str(data["id"]).partition("#")[0] not in known:
        yield *at, "id"


def _old_names(spec: type[Any]) -> list[str]:
    return [old.name for old in spec.formerly]
