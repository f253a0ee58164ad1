"""List the components that presets can name, who offers each, and the plugins that failed with the reason.

    artgen plugins
    artgen plugins filters
    artgen plugins symmetry
    artgen plugins test artgen-stripes
    artgen plugins test artgen-stripes --set stripes.period=8 --set style.image=cat.png

    artgen plugins test --explain

`test` makes the checks of the test kit (artgen.testing) on everything that an installed distribution offers, its
presets too, and exits with 1 if one fails. What a component cannot be built without is given by --set; --explain says
what each check is for.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from artgen.registry.plugins import Component, Failure
    from artgen.testing.installed import ComponentReport

TEST = "test"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "artgen plugins [-h] [KIND | TYPE | test DIST [--set TYPE.SETTING=VALUE ...] | test --explain]"
    parser.add_argument("name", nargs="?", metavar="TYPE", help="a component, to show its settings; or a kind of them")
    parser.add_argument("dist", nargs="?", metavar="DIST", help="after `test`: the installed distribution to check")
    parser.add_argument("--explain", action="store_true", help="after `test`: say what each check is for")
    parser.add_argument(
        "--set", dest="overrides", metavar="TYPE.SETTING=VALUE", action="append", default=[], help="what to test with"
    )


def main(given: argparse.Namespace) -> int:
    from artgen.errors import InputError

    if given.name == TEST and given.explain:
        return _explain(given.dist)
    if given.name == TEST and given.dist:
        return _test(given.dist, given.overrides)
    if given.dist or given.overrides:
        raise InputError("a second name and --set belong to a test: artgen plugins test DIST --set TYPE.SETTING=VALUE")
    kind = _kind(given.name) if given.name else ""
    return _list(kind) if kind or not given.name else _show(given.name)


def _kind(word: str) -> str:
    """The kind that a word means, such as `view` for views; empty, if none, or if a component is called so."""
    from artgen.preset.model import SECTIONS
    from artgen.registry.plugins import discover

    words = {"augmentation": "view", "augmentations": "view", "finishes": "finish"}
    for name, section in SECTIONS.items():
        words |= {name: section.kind, section.kind: section.kind, f"{section.kind}s": section.kind}
    return "" if any(part.name == word for part in discover().components) else words.get(word.lower(), "")


def _list(kind: str = "") -> int:
    """All, or those of one kind."""
    from rich.table import Table

    from artgen.registry.plugins import discover

    registry = discover()
    table = Table("type", "kind", "from", "what it does", box=None, header_style="bold", pad_edge=False)
    for component in registry.components:
        if kind not in ("", component.kind):
            continue
        row = component.name, component.kind, component.owner, component.summary
        table.add_row(*map(common.cell, row))
    for row in _importers() if not kind else ():
        table.add_row(*map(common.cell, row))
    common.print_table(table)
    for line in (*registry.failures, *registry.clashes()):
        common.note(line)
    return 0


def _importers() -> list[tuple[str, str, str, str]]:
    """A row of the table for each; they are commands, and no preset names them."""
    from artgen.cli.imports import PREFIX, offered
    from artgen.version import version_of

    return [
        (
            f"{PREFIX}{name}",
            "importer",
            f"{entry.dist.name} {version_of(entry.dist.name, entry.dist.version)}" if entry.dist else entry.value,
            f"Turns what {entry.name} saved into a preset: artgen import FILE",
        )
        for name, entry in offered().items()
    ]


def _show(name: str) -> int:
    from rich.console import Console
    from rich.text import Text

    from artgen.errors import InputError, hint, plain, shown
    from artgen.registry.plugins import discover

    components = [component for component in discover().components if component.name == name]
    if not components:
        known = hint(name, {component.name for component in discover().components})
        more = "; `artgen plugins test DIST` checks an installed plugin" if name == TEST else known
        raise InputError(f"no component is called '{name}'{more}")
    console = Console()
    for component in components:
        console.print(
            Text(shown(f"{component.kind} {component.name} ({component.owner})"), style="bold"),
            common.cell(component.summary),
        )
        for key, field in component.spec.model_fields.items():
            if key != "type":
                default = _default(field.get_default(call_default_factory=True))
                console.print(Text(f"  {shown(key)}", style="cyan"), common.cell(default))
                console.print(Text(plain(f"      {field.description or ''}")))
    return 0


def _default(value: object) -> str:
    from pydantic_core import PydanticUndefined

    if value is PydanticUndefined:
        return "(needed)"
    return f"= {_plain(value)}" if value is not None else ""


def _plain(value: object) -> object:
    """As a preset writes it."""
    from artgen.fields.schedules import Schedule

    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Schedule):
        value = value.dump()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _test(dist: str, overrides: Sequence[str]) -> int:
    from artgen.errors import InputError
    from artgen.registry.plugins import discover
    from artgen.testing.installed import examine_presets

    components, failures = _of(dist)
    for failure in failures:
        common.note(failure)
    folders = [folder for owner, folder in discover().preset_folders if _normal(owner) == _normal(dist)]
    if not (components or failures or folders):
        raise InputError(f"'{dist}' offers no component and no preset, so there is nothing to test")
    examinations = _examine(components, overrides) if components else []
    presets = examine_presets(folders)
    if examinations or presets.passed:
        _print_table(examinations, presets.passed)
    broken = [*(line for examination in examinations for line in examination.broken), *presets.broken]
    unbuilt = [examination.unbuilt for examination in examinations if examination.unbuilt]
    for line in (*broken, *unbuilt, *(line for examination in examinations for line in examination.notes)):
        common.note(line)
    return 1 if broken else 2 if unbuilt or failures else 0


def _explain(dist: str | None) -> int:
    from rich.table import Table

    from artgen.testing import CONTRACTS
    from artgen.testing.installed import explanations

    offered = {component.kind for component in _of(dist)[0]} if dist else set(CONTRACTS)
    table = Table("kind", "check", "what it is for", box=None, header_style="bold", pad_edge=False)
    for row in explanations(kind for kind in CONTRACTS if kind in offered):
        table.add_row(*map(common.cell, (row.kind, row.check, row.purpose)))
    common.print_table(table)
    return 0


def _of(dist: str) -> tuple[list[Component], list[Failure]]:
    """What an installed distribution offers, and its plugins that failed; InputError if it has no plugin."""
    from importlib.metadata import entry_points

    from artgen.errors import InputError, hint
    from artgen.registry.plugins import discover

    known = {entry.dist.name for entry in entry_points(group="artgen") if entry.dist}
    wanted = _normal(dist)
    if wanted not in map(_normal, known):
        raise InputError(f"no installed plugin is called '{dist}'{hint(dist, known)}")
    components = [component for component in discover().components if _normal(component.dist) == wanted]
    return components, [failure for failure in discover().failures if _normal(failure.dist) == wanted]


def _normal(dist: str) -> str:
    """Names of distributions are the same whatever their case, and whether they have - or _ or a dot (PEP 503)."""
    import re

    return re.sub(r"[-_.]+", "-", dist).lower()


def _examine(components: Sequence[Component], overrides: Sequence[str]) -> list[ComponentReport]:
    """Every check of every component; a bar shows how far it is, where somebody looks on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from artgen.testing.installed import count_of, examine, settings_of

    settings = settings_of(components, overrides)
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    console = Console(stderr=True)
    done: list[ComponentReport] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=sum(map(count_of, components)))
        for component in components:
            progress.update(bar, description=f"{component.kind} '{component.name}'")
            done.append(examine(component, settings[component], tick=lambda: progress.advance(bar)))
            # A component that cannot be built had no check to advance by.
            progress.update(bar, completed=sum(count_of(examination.component) for examination in done))
    return done


def _print_table(examinations: Sequence[ComponentReport], presets: int) -> None:
    from rich.table import Table

    table = Table("component", "kind", "checks", box=None, header_style="bold", pad_edge=False)
    for examination in examinations:
        broken = f", {len(examination.broken)} broken" if examination.broken else ""
        found = "cannot be built" if examination.unbuilt else f"{examination.passed} passed{broken}"
        table.add_row(common.cell(examination.component.name), examination.component.kind, found)
    if presets:
        table.add_row(common.cell("presets"), "preset", f"{presets} passed")
    common.print_table(table)
