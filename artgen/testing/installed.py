"""The contracts' checks, run on what an installed plugin offers; pytest is not needed."""

from __future__ import annotations

import time
import traceback
import unittest
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from artgen import api
from artgen.errors import ArtgenError, InputError, Mark, hint, one_line
from artgen.preset import nodes
from artgen.preset.loading import load
from artgen.preset.merging import apply_override
from artgen.preset.messages import problems_of
from artgen.preset.nodes import Node
from artgen.registry.component import Component
from artgen.registry.fence import is_pressed, listening
from artgen.testing.contracts import CONTRACTS
from artgen.testing.probes.process import kept_process
from artgen.testing.specs import SpecContract, checks_of, purpose

PROCESS = "test_it_leaves_the_process_and_the_machine_alone"
SLOW = 0.5
"""Seconds that the two or three calls of `SpecContract.use` may take on a small canvas without a note."""
_OURS = ("artgen", "torch", "pydantic")
"""Where the last line of an author's own code is not to be looked for."""


@dataclass(frozen=True)
class ComponentReport:
    """What came of the checks of one component."""

    component: Component
    passed: int
    broken: Sequence[str] = ()
    """A whole line for each check that failed."""
    unbuilt: str = ""
    """Why no check could be made, and what to do."""
    notes: Sequence[str] = ()
    """A line for each check that could not be made here, and one if the component is slow."""


@dataclass(frozen=True)
class PresetReport:
    """What came of reading the presets that a distribution ships."""

    passed: int
    broken: Sequence[str] = ()
    """A line for each mistake in a preset."""


@dataclass(frozen=True)
class Explanation:
    """What a check is for."""

    kind: str
    check: str
    """The check as a sentence."""
    purpose: str


def examine(component: Component, settings: Node, tick: Callable[[], None] = lambda: None) -> ComponentReport:
    """Make every check of the component's contract; `tick` is called after each.

    `settings` is one of `settings_of`. A component that needs other ones is not broken, but `unbuilt`.
    """
    with listening():
        return _examine(component, settings, tick)


def _examine(component: Component, settings: Node, tick: Callable[[], None]) -> ComponentReport:
    title = f"{component.kind} '{component.name}'"
    contract = CONTRACTS[component.kind]()
    try:
        contract.spec = _spec(component, settings)  # type: ignore[misc]  # of this object alone
    except InputError as error:
        return ComponentReport(component, 0, unbuilt=_needs(component, settings, error))
    except BaseException as error:  # a stranger's validator may raise anything
        if is_pressed(error):
            raise
        return ComponentReport(component, 0, [f"{title}: its spec cannot be made: {one_line(error, kind=True)}"])
    with kept_process() as changed:
        refusal, seconds = _tried(contract)
        # By its import, too, which happens once; what else it imports may set variables for itself.
        lasting = [what for what in changed() if not what.startswith("the environment")]
    if refusal:
        return ComponentReport(component, 0, unbuilt=_needs(component, settings, refusal))
    checks = checks_of(type(contract))
    outcomes = {check: _outcome(contract, check, tick) for check in checks}
    if lasting and not outcomes[PROCESS].reason:
        outcomes[PROCESS] = _Outcome(f"importing it changes {', '.join(lasting)} for everybody; do without")
    broken = [f"{title}: {name_of(check)}: {it.reason}" for check, it in outcomes.items() if it.reason]
    notes = [f"{title}: {name_of(check)}: {it.skipped}" for check, it in outcomes.items() if it.skipped]
    if seconds > SLOW:
        notes.append(f"{title}: is slow: {seconds:.1f} s for its few calls on a small canvas")
    return ComponentReport(component, len(checks) - len(broken) - len(notes) + (seconds > SLOW), broken, notes=notes)


def _tried(contract: SpecContract) -> tuple[ArtgenError | None, float]:
    """What the component says where it cannot be built with its settings; else how long it takes to use it."""
    try:
        built = contract.build()
        contract.use(built)  # what is loaded once is no matter
        begin = time.monotonic()
        contract.use(built)
        return None, time.monotonic() - begin
    except ArtgenError as error:
        return error, 0
    except BaseException as error:  # the checks tell it, each in its place
        if is_pressed(error):
            raise
        return None, 0


def examine_presets(folders: Iterable[Path], tick: Callable[[], None] = lambda: None) -> PresetReport:
    """Read every preset in the folders that a plugin's hook `artgen_presets` names; `tick` is called after each."""
    passed = 0
    broken: list[str] = []
    for folder in folders:
        for file in sorted(folder.glob("[!_]*.yaml")):
            try:
                load(file)
                passed += 1
            except InputError as error:
                broken += str(error).splitlines()
            tick()
    return PresetReport(passed, broken)


def explanations(kinds: Iterable[str] = CONTRACTS) -> list[Explanation]:
    """What each check of these kinds is for; those that hold for all kinds come once, under the kind ``every``."""
    rows = [Explanation("every", name_of(check), purpose(SpecContract, check)) for check in checks_of(SpecContract)]
    for kind in kinds:
        own = sorted(set(checks_of(CONTRACTS[kind])) - set(checks_of(SpecContract)))
        rows += [Explanation(kind, name_of(check), purpose(CONTRACTS[kind], check)) for check in own]
    return rows


def _needs(component: Component, settings: Node, error: ArtgenError) -> str:
    fields = component.spec.model_fields.items()
    missing = [name for name, field in fields if field.is_required() and name not in settings.value]
    way = f"--set {component.name}.{missing[0] if missing else 'SETTING'}=VALUE"
    advice = f"settings are given by {way}, or as `example` in its spec"
    return f"{component.kind} '{component.name}': cannot be built: {one_line(error)} ({advice})"


def name_of(check: str) -> str:
    """The sentence that a check's method is called after."""
    return check.removeprefix("test_").replace("_", " ")


def count_of(component: Component) -> int:
    """How many checks its contract has."""
    return len(checks_of(CONTRACTS[component.kind]))


def settings_of(components: Sequence[Component], overrides: Iterable[str]) -> Mapping[Component, Node]:
    """What each component is built with: its spec's `example`, and over it ``TYPE.setting=VALUE``.

    Where a plugin offers two kinds of thing under one name, the kind stands before it: ``loss.palette.space=rgb``.

    Raises:
        InputError: if an override names no component, or is none.
    """
    tree: dict[str, dict[str, Mapping[str, Any]]] = {}
    for component in components:
        example: Any = component.spec.example
        tree.setdefault(component.kind, {})[component.name] = example if isinstance(example, Mapping) else {}
    root = nodes.from_data(tree, Mark("example"), Path())
    for override in overrides:
        apply_override(root, _placed(override, components))
    return {component: root.value[component.kind].value[component.name] for component in components}


def _placed(override: str, components: Sequence[Component]) -> str:
    """With the kind in front."""
    path, equals, _ = override.partition("=")
    first, *rest = path.split(".")
    if not equals or not rest:
        raise InputError(f"--set {override}: expected TYPE.setting=VALUE, such as {components[0].name}.id=mine")
    if any((first, rest[0]) == (component.kind, component.name) for component in components):
        return override
    kinds = [component.kind for component in components if component.name == first]
    if not kinds:
        known = hint(first, {component.name for component in components})
        raise InputError(f"--set {override}: {components[0].dist} offers nothing called '{first}'{known}")
    if len(kinds) > 1:
        choices = " or ".join(f"{kind}.{path}" for kind in kinds)
        raise InputError(f"--set {override}: {len(kinds)} components are called '{first}'; write {choices}")
    return f"{kinds[0]}.{override}"


def _spec(component: Component, settings: Node) -> api.Spec:
    try:
        return component.spec.model_validate(settings.data())
    except ValidationError as error:
        problems = problems_of(error, component.spec, settings, "")
        texts = [": ".join(part for part in (problem.path, problem.message) if part) for problem in problems]
        raise InputError("; ".join(texts)) from None


@dataclass(frozen=True)
class _Outcome:
    """What came of a check; nothing, if it passed."""

    reason: str = ""
    """Why it failed, in a line."""
    skipped: str = ""
    """Why it could not be made."""


def _outcome(contract: SpecContract, check: str, tick: Callable[[], None]) -> _Outcome:
    try:
        with kept_process(), torch.enable_grad():
            getattr(contract, check)()
    except unittest.SkipTest as reason:
        return _Outcome(skipped=one_line(reason))
    except AssertionError as error:
        return _Outcome(one_line(error))
    except BaseException as error:  # an author's component may raise anything
        if is_pressed(error):
            raise
        return _Outcome(f"{one_line(error, kind=True)}{_place(error)}")
    finally:
        tick()
    return _Outcome()


def _place(error: BaseException) -> str:
    """The line of the author's code that it was raised in, or below."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _OURS:
            return f" ({frame.f_code.co_filename}:{line})"
    return ""
