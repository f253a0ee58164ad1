"""Plugins that failed, names that two offer, and which are left out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from artgen.doctor.checks import Check, ok, problem, warning
from artgen.registry.known_weights import entries
from artgen.registry.plugins import Registry, discover

AREA = "plugins"
SLOW = 2.0
"""Seconds that the import of a plugin may take without a word; another one's work may be in its way."""


def look() -> Iterator[Check]:
    registry = discover()
    owners = sorted({component.owner for component in registry.components})
    yield ok(AREA, f"{len(registry.components)} components from {', '.join(owners) or 'nobody'}")
    selected = os.environ.get("ARTGEN_PLUGINS")
    if selected is not None:
        yield ok(AREA, f"ARTGEN_PLUGINS={selected}: only these are used")
    for failure in registry.failures:
        yield problem(AREA, str(failure), "update or remove that plugin, or leave it out with ARTGEN_PLUGINS")
    for owner, seconds in registry.seconds.items():
        if seconds > SLOW:
            said = f"plugin {owner} takes {seconds:.1f} s to import, and every command waits for it"
            yield warning(AREA, said, "tell its author: a spec's module imports nothing heavy")
    yield from _clashes(registry)


def _clashes(registry: Registry) -> Iterator[Check]:
    for clash in registry.clashes():
        found, _, mend = clash.partition("; ")
        yield warning(AREA, found, f"{mend} in presets")
    files = Counter(entry.name for entry in entries(registry))
    for name, count in sorted(files.items()):
        if count > 1:
            text = f"{count} different files of weights are called '{name}'"
            yield warning(AREA, text, "leave one of the plugins out with ARTGEN_PLUGINS")
