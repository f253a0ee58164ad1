"""Finds plugins, keeps their failures to themselves, and knows who offers what.

A plugin is any module named by an entry point of the group ``artgen``. Each is imported and asked on its
own, so that one which raises costs its owner a line and everybody else nothing.
"""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pluggy

from artgen import api, hookspecs
from artgen.errors import InputError, hint, one_line, shown
from artgen.registry import selection
from artgen.registry.component import LOCAL, Component, choice, of_owner
from artgen.registry.fence import is_pressed, listening, place, show_traceback
from artgen.registry.offered import checked_name, require_schema, undecorated
from artgen.registry.offers import HOOKS, Offers, Owned, offers_of, own_exporters
from artgen.requirements import OWN
from artgen.weights import Published

KINDS: dict[str, tuple[str, type[api.Spec]]] = {
    "generator": ("artgen_generators", api.GeneratorSpec),
    "loss": ("artgen_losses", api.LossSpec),
    "perceptor": ("artgen_perceptors", api.PerceptorSpec),
    "view": ("artgen_augmentations", api.AugmentationSpec),
    "filter": ("artgen_filters", api.FilterSpec),
    "finish": ("artgen_finishes", api.FinishSpec),
    "reporter": ("artgen_reporters", api.ReporterSpec),
}
"""What a preset calls a kind of component, the hook that offers it and the base of its specs."""
ALSO = {"finish": ("filter",), "judge": ("perceptor", "loss")}
"""Kinds in whose place others may stand: what changes every drawing can change the finished picture, too, and what
compares or weighs a drawing can judge it. No hook offers judges."""


@dataclass(frozen=True)
class Failure:
    """A plugin that could not be used, and why, in one line."""

    owner: str
    reason: str
    dist: str = ""

    def __str__(self) -> str:
        return f"plugin {self.owner}: {self.reason}"


@dataclass
class Registry:
    """Every component of every plugin that loaded, and every failure."""

    components: list[Component] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    preset_folders: list[tuple[str, Path]] = field(default_factory=list)
    weights: list[tuple[str, Published]] = field(default_factory=list)
    """Every file of weights that a plugin knows, after the distribution that knows it."""
    offers: Offers = field(default_factory=Offers)
    """Exporters, importers, palettes and lists of words."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each plugin of others took to import, by its owner."""

    def offered(self, kind: str) -> list[Component]:
        """What may stand where a preset wants that kind: its own components, and those of another that fits there."""
        return [component for component in self.components if component.kind in (kind, *ALSO.get(kind, ()))]

    def names(self, kind: str) -> list[str]:
        """What may be written as `type`: the bare name, or ``dist:name`` where that means another's."""
        return sorted(self.written(component, kind) for component in self.offered(kind))

    def written(self, component: Component, kind: str = "") -> str:
        """What a preset of nobody's writes as `type` for the component where it wants `kind`; by default its own."""
        meant = self._meant_by(component.name, kind or component.kind)
        return component.name if meant == [component] else component.full_name

    def find(self, kind: str, name: str, near: str = "") -> Component:
        """The component called `name` (or ``dist:name``), now or formerly; InputError with the nearest name.

        Without a distribution, a name is what that of the preset offers, else what artgen does, else the only one.

        Args:
            kind: what the preset wants there.
            name: as the preset writes it.
            near: the distribution that the preset belongs to; none is that of a person.
        """
        found = self._meant_by(name, kind, near)
        if len(found) == 1:
            return found[0]
        if found:
            raise InputError(choice(kind, name, found))
        raise InputError(f"no {kind} is called '{name}'{self._blame(name, kind)}")

    def _meant_by(self, name: str, kind: str, near: str = "") -> list[Component]:
        dist, _, bare = name.rpartition(":")
        found = of_owner([one for one in self.offered(kind) if one.is_called(bare)], dist, near)
        # Among those of one owner, what is called so now goes before what once was.
        return [component for component in found if component.name == bare] or found

    def clashes(self) -> list[str]:
        """A line for each name that several plugins offer: who they are, and what a preset writes instead."""
        groups: dict[tuple[str, str], list[Component]] = {}
        for component in self.components:
            groups.setdefault((component.kind, component.name), []).append(component)
        return [choice(kind, name, components) for (kind, name), components in groups.items() if len(components) > 1]

    def _blame(self, name: str, kind: str) -> str:
        if name.startswith(LOCAL):
            file = shown(name.removeprefix(LOCAL).rpartition(":")[0], 100)
            return f"; it is of the file {file}, which is code: read it, then give it with --plugin {file}"
        text = self._meant(name, kind) or hint(name, self.names(kind))
        if self.failures:
            text += "; or it was to come from " + ", or ".join(map(str, self.failures))
        return text

    def _meant(self, name: str, kind: str) -> str:
        """The components that are called `name` elsewhere; empty, if none is."""
        word = _bare(name)
        found = [self.written(o, kind) for o in self.offered(kind) if word in map(_bare, o.spec.synonyms)]
        return f"; did you mean {' or '.join(f'{one!r}' for one in sorted(found))}?" if found else ""

    def owner_of(self, spec: api.Spec) -> str:
        """The distribution and version that a spec came from."""
        component = self.of_spec(spec)
        return component.owner if component else "unknown"

    def of_spec(self, spec: api.Spec) -> Component | None:
        """The component that a spec is made of; None, if no plugin offers it."""
        return next((component for component in self.components if component.spec is type(spec)), None)

    def owner_dist(self, spec: type[api.Spec]) -> str:
        """The distribution that offers a class of specs; empty, if none does."""
        return next((component.dist for component in self.components if component.spec is spec), "")

    def dist_of(self, preset: Path) -> str:
        """The distribution that ships a preset's file; empty, if none does."""
        file = preset.resolve()
        return next((dist for dist, folder in self.preset_folders if file.is_relative_to(folder.resolve())), "")

    def title_of(self, spec: api.Spec) -> str:
        """What messages call it: ``loss 'mine' (artgen-mine 0.1.0)``."""
        component = self.of_spec(spec)
        return f"{component.kind if component else 'component'} '{spec.id or spec.type}' ({self.owner_of(spec)})"

    def load(self, entry: EntryPoint) -> None:
        """Import one plugin and record what it offers, or why it cannot."""
        dist, version = (entry.dist.name, entry.dist.version) if entry.dist else (entry.name, "")
        begin = time.monotonic()
        with listening():
            try:
                # What a plugin prints when it is imported is no answer of artgen's to a program that reads them.
                with contextlib.redirect_stdout(sys.stderr):
                    self._collect(entry.load(), _owner(entry), dist, version)
            except BaseException as error:  # a stranger's import may raise anything, and must not cost others
                if is_pressed(error):
                    raise
                self.failures.append(Failure(_owner(entry), _reason(error), dist))
                show_traceback(error)
        if dist != OWN:
            self.seconds[_owner(entry)] = time.monotonic() - begin

    def add(self, module: Any, dist: str, version: str) -> None:
        """Record what a module, or an object like one, offers. Whatever is wrong with it is raised."""
        self._collect(module, f"'{dist}'", dist, version)

    def take_over(self, found: Registry, dist: str, whole: bool) -> None:
        """Let what `found` has of `dist` replace what was known: all of it, or what has the same names."""
        names = {(one.kind, one.name) for one in found.components}
        stay = [one for one in self.components if one.dist != dist or not (whole or (one.kind, one.name) in names)]
        self.components[:] = [*stay, *found.components]
        if whole:
            self.preset_folders[:] = [*(pair for pair in self.preset_folders if pair[0] != dist), *found.preset_folders]
            self.weights[:] = [*(pair for pair in self.weights if pair[0] != dist), *found.weights]
            self.offers.forget(dist)
            self.offers.add(found.offers)

    def _collect(self, module: Any, owner: str, dist: str, version: str) -> None:
        """Register the module with a pluggy manager of its own, which checks its hooks' names and arguments."""
        manager = _manager(module)
        components: list[Component] = []
        exporters: list[Owned[api.Exporter]] = []
        refused: list[str] = []
        for kind, (hook, base) in KINDS.items():
            for spec in (spec for specs in getattr(manager.hook, hook)() for spec in specs):
                try:
                    name = checked_name(hook, spec, base)
                    if dist != OWN:  # takes a hundredth of a second; the tests make sure of artgen's own
                        require_schema(spec)
                    exporters += own_exporters(spec, dist, version) if issubclass(spec, api.GeneratorSpec) else []
                    components.append(Component(kind, name, spec, dist, version))
                except BaseException as error:  # a class that cannot be used costs the plugin's other ones nothing
                    if is_pressed(error):
                        raise
                    refused.append(_named(spec, _reason(error)))
        named = [Path(folder) for group in manager.hook.artgen_presets() for folder in group]
        refused += [f"artgen_presets names {folder}, which is no folder" for folder in named if not folder.is_dir()]
        folders = [(dist, folder) for folder in named if folder.is_dir()]
        weights = [(dist, _published(item)) for group in manager.hook.artgen_weights() for item in group]
        offers = offers_of(manager, dist, version)
        # Added together at the end, so that a plugin that fails half-way offers nothing.
        self.components += components
        self.preset_folders += folders
        self.weights += weights
        refused += self._drop_doubles(dist)
        self.failures += [Failure(owner, reason, dist) for reason in refused]
        self.offers.add(offers)
        self.offers.exporters.extend(exporters)

    def _drop_doubles(self, dist: str) -> list[str]:
        """Forget what `dist` offers twice under one name, because nothing could say which is meant; a line for each."""
        groups: dict[tuple[str, str], list[Component]] = {}
        for component in self.components:
            if component.dist == dist:
                groups.setdefault((component.kind, component.name), []).append(component)
        doubled = {key: [_class_of(one.spec) for one in group] for key, group in groups.items() if len(group) > 1}
        self.components = [o for o in self.components if o.dist != dist or (o.kind, o.name) not in doubled]
        return [
            f"{' and '.join(classes)} are each a {kind} called '{name}'; give each a `type` of its own"
            for (kind, name), classes in doubled.items()
        ]


def _bare(name: str) -> str:
    """Its letters and digits, because some write ``stable-diffusion`` and others ``StableDiffusion``."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _owner(entry: EntryPoint) -> str:
    dist = entry.dist
    return f"'{dist.name} {dist.version}' ({entry.name})" if dist else f"'{entry.name} ' ({entry.name})"


def _named(spec: Any, reason: str) -> str:
    """A reason that says of which class it is."""
    name = getattr(spec, "__name__", "")
    return reason if name in reason else f"{name}: {reason}"


def _class_of(spec: type[api.Spec]) -> str:
    return f"{spec.__module__}.{spec.__qualname__}"


def _reason(error: BaseException) -> str:
    exits = "" if isinstance(error, Exception) else ", which would have ended artgen"
    return f"{one_line(error, kind=True)}{exits}{place(error)}"


def _manager(module: Any) -> pluggy.PluginManager:
    # One for each module: a plugin that pluggy rejects must not leave anything behind for the next.
    manager = pluggy.PluginManager("artgen")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        first, *_, last = str(error).splitlines()  # which hook, and which of its arguments there is not
        raise pluggy.PluginValidationError(module, f"{first}: {last}") from None
    # pluggy lets hooks that it does not know pass, as if a typo were a plugin for a later artgen.
    known = {hook for hook, _ in KINDS.values()} | {"artgen_presets", "artgen_weights", *HOOKS}
    for hook in manager.hook.__dict__:
        if hook.startswith("artgen_") and hook not in known:
            raise pluggy.PluginValidationError(module, f"there is no hook '{hook}'{hint(hook, known)}")
    if bare := undecorated(module, sorted(known)):
        raise pluggy.PluginValidationError(module, f"{bare[0]} is no hook; put @artgen.api.hookimpl before it")
    manager.check_pending()
    return manager


def _published(item: Any) -> Published:
    if not isinstance(item, Published):
        raise TypeError(f"artgen_weights offers {item!r}, which is no Published")
    return item


@cache
def discover() -> Registry:
    """The registry of this installation, made once a process."""
    failures = [Failure(f"'{shown(name, 60)}'", reason) for name, reason in selection.unknown()]
    registry = Registry(failures=failures)
    for entry in selection.selected():
        registry.load(entry)
    return registry
