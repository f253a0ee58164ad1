"""Python, artgen, and whether each library that artgen needs is there, new enough, and can be imported."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from artgen.doctor.checks import Check, ok, problem, warning
from artgen.doctor.probe_runner import ProbeResult
from artgen.requirements import imports, is_editable, modules, requirements
from artgen.version import own_version

AREA = "libraries"
_PAIR = ("torch", "torchvision")
"""Made for one another, and mended together."""


def needed() -> list[Requirement]:
    """artgen's own requirements, torch first: others fail with it."""
    found = requirements("artgen")
    return sorted(found, key=lambda requirement: (_name(requirement) not in _PAIR, _name(requirement)))


def task(requirement: Requirement) -> str:
    """What the probe is asked about a library: its module, and something that artgen takes from it.

    A module alone may put off what fails.
    """
    name, taken = _name(requirement), _taken()
    module = min(modules(name) & taken.keys() or modules(name), default=name.replace("-", "_"))
    return ":".join(("import", module, *sorted(taken.get(module, ()))[:1]))


@cache
def _taken() -> dict[str, set[str]]:
    """What artgen and the components that it brings import, module by module."""
    entries = importlib.metadata.entry_points(group="artgen")
    own = {entry.module.partition(".")[0] for entry in entries if entry.dist and entry.dist.name == "artgen"}
    return imports({"artgen", *own})


def look(results: Mapping[str, ProbeResult]) -> Iterator[Check]:
    """`results`: of the probe, for the `task` of everything `needed`."""
    required = needed()
    broken = {_name(requirement) for requirement in required if results[task(requirement)].error}
    for requirement in required:
        yield _library(requirement, results[task(requirement)].error, broken)
    yield from _mismatches(required)


def look_at_python() -> Iterator[Check]:
    area, here = "python", platform.python_version()
    text = f"Python {here} ({platform.system()} {platform.machine()})"
    try:
        distribution = importlib.metadata.distribution("artgen")
    except importlib.metadata.PackageNotFoundError:
        yield ok(area, text)
        yield problem(area, f"artgen {own_version()} is not installed, only found", "python -m pip install -e .")
        return
    wanted = distribution.metadata["Requires-Python"] or ""
    fits = SpecifierSet(wanted).contains(here, prereleases=True)
    yield ok(area, text) if fits else problem(area, f"{text}; artgen needs {wanted}", f"install Python {wanted}")
    yield ok(area, f"artgen {own_version()}{_editable(distribution)}")


def _editable(distribution: importlib.metadata.Distribution) -> str:
    """Where it is installed from, if that is a folder that may be edited."""
    return f", editable, from {Path(__file__).parents[2]}" if is_editable(distribution) else ""


def _library(requirement: Requirement, error: str | None, broken: set[str]) -> Check:
    name, wanted = _name(requirement), f"'{requirement.name}{requirement.specifier}'"
    found = version(name)
    if found is None:
        return problem(AREA, f"{name}: is not installed", f"python -m pip install {wanted}")
    text = f"{name} {found}"
    if not requirement.specifier.contains(found, prereleases=True):
        text = f"{text}: is too old; artgen needs {requirement.specifier}"
        return problem(AREA, text, f"python -m pip install --upgrade {wanted}")
    if error is None:
        return ok(AREA, text)
    if culprit := _culprit(name, broken):
        return warning(AREA, f"{text}: cannot be imported without {culprit}", f"mend {culprit} first")
    names = " ".join(_PAIR) if name in _PAIR else wanted
    return problem(AREA, f"{text}: {error}", f"python -m pip install --upgrade --force-reinstall {names}")


def _culprit(name: str, broken: set[str]) -> str | None:
    """Another broken library that `name` cannot do without: one of the pair, or one that it requires itself."""
    needs = {_name(inner) for inner in requirements(name, with_extras=True)}
    for base in _PAIR:
        # Whoever can use torch imports torchvision where it finds one.
        if base in broken and name != base and "torch" in needs:
            return base
    return next(iter(sorted(broken & needs - set(_PAIR))), None)


def _mismatches(required: list[Requirement]) -> Iterator[Check]:
    """Libraries of artgen that want another version of one another than there is."""
    names = {_name(requirement) for requirement in required}
    for name in sorted(names):
        for inner in requirements(name):
            found = version(inner.name) if _name(inner) in names else None
            if found and not inner.specifier.contains(found, prereleases=True):
                both = " ".join(_PAIR) if {name, _name(inner)} <= set(_PAIR) else f"{name} {inner.name}"
                text = f"{name} {version(name)} is made for {inner.name}{inner.specifier}, and {found} is installed"
                yield problem(AREA, text, f"python -m pip install --upgrade {both}")


def version(name: str) -> str | None:
    """The installed version of a distribution; None if there is none, or it does not say."""
    try:
        found: str | None = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return found


def _name(requirement: Requirement) -> str:
    return str(canonicalize_name(requirement.name))
