"""What distributions require, and which of it the components that draw a picture bring into play."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

OWN = "artgen"
COUNTED_WITH = ("kornia", "numpy", "pillow", "torch")
"""What artgen counts with itself, whatever components there are."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\w+)((?:\.\w+)*)[ \t]+import[ \t(]+\s*(\w+)|import[ \t]+(\w[\w., \t]*))", re.MULTILINE
)


def libraries(taking_part: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Versions of the libraries that the components of a picture require, and of those that artgen counts with.

    Only what a distribution requires itself is listed, by the name that it has there.

    Args:
        taking_part: the packages (``artgen_pixel``) that the components come from, by their distribution.
    """
    needed = {*COUNTED_WITH}
    # artgen's own requirements serve many components; those count that the packages of these import. Extras are a part
    # of it where they are installed.
    imported = imports({package for packages in taking_part.values() for package in packages}).keys()
    needed |= {one.name for one in requirements(OWN, with_extras=True) if modules(one.name) & imported}
    for name in set(taking_part) - {OWN}:
        needed |= {one.name for one in requirements(name)}
        needed |= {one.name for one in requirements(name, with_extras=True) if modules(one.name) & imported}
    found = {canonicalize_name(name): installed(name) for name in needed if canonicalize_name(name) != OWN}
    return dict(sorted((dist.name, dist.version) for dist in found.values() if dist))


def package_of(spec: object) -> str:
    """The package or module that a component's spec comes from, without those within it."""
    return type(spec).__module__.partition(".")[0]


def requirements(name: str, with_extras: bool = False) -> list[Requirement]:
    """What a distribution requires on this machine; nothing of one that is not installed."""
    found = installed(name)
    if found is None:
        return []
    return required(found, found.metadata.get_all("Provides-Extra") or () if with_extras else ())


def required(found: Distribution, extras: Iterable[str] = ()) -> list[Requirement]:
    """What an installed distribution requires on this machine with these of its extras."""
    wanted = ["", *extras]
    return [one for one in map(_parsed, found.requires or ()) if one and _counts(one, wanted)]


def _parsed(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _counts(requirement: Requirement, extras: Iterable[str]) -> bool:
    return not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)


def installed(name: str) -> Distribution | None:
    """The distribution of that name; None if there is none, or its name is no name."""
    try:
        return distribution(name)
    except (PackageNotFoundError, ValueError):
        return None


@cache
def modules(name: str) -> frozenset[str]:
    """The modules, without those within them, that a distribution is imported as; none if it is not installed."""
    found = installed(name)
    if found is None:
        return frozenset()
    usual = canonicalize_name(name).replace("-", "_")
    # Most are called as they are imported, and the list of all their files is long.
    if any(Path(str(found.locate_file(place))).exists() for place in (f"{usual}/__init__.py", f"{usual}.py")):
        return frozenset({usual})
    listed = (line.partition(",")[0] for line in (found.read_text("RECORD") or "").splitlines())
    tops = {path.partition("/")[0] for path in listed if path.endswith((".py", ".so", ".pyd"))}
    tops |= set((found.read_text("top_level.txt") or "").split())
    return frozenset(top.partition(".")[0] for top in tops if top.partition(".")[0].isidentifier())


def imports(packages: Iterable[str]) -> dict[str, set[str]]:
    """The modules, without those within them, that the source of packages imports anywhere, and names from them.

    Of what they import the packages that artgen's components share are looked into as well. Names are those that are
    imported right from a module, as `Tensor` by ``from torch import Tensor``; of several the first.
    """
    found: dict[str, set[str]] = {}
    seen: set[str] = set()
    waiting = set(packages)
    while waiting:
        package = waiting.pop()
        seen.add(package)
        for module, name in _imports(package):
            found.setdefault(module, set()).update({name} - {""})
        waiting |= {module for module in found if module.startswith(f"{OWN}_")} - seen
    return found


@cache
def _imports(package: str) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for file in _source(package):
        for source, inner, name, several in _IMPORT.findall(file.read_text(encoding="utf-8", errors="replace")):
            if source:
                found.add((source, "" if inner else name))
            else:
                found |= {(re.split(r"[. \t]", one.strip())[0], "") for one in several.split(",")}
    return frozenset(found)


def _source(package: str) -> list[Path]:
    """The files of a package or module; none where it has none that can be read."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations:
        return [file for folder in spec.submodule_search_locations for file in Path(folder).rglob("*.py")]
    return [Path(spec.origin)] if spec.origin and spec.origin.endswith(".py") else []


def is_editable(found: Distribution) -> bool:
    """Whether a distribution runs from the folder that it is edited in (PEP 610)."""
    try:
        data = json.loads(found.read_text("direct_url.json") or "{}")
        return bool(data.get("dir_info", {}).get("editable"))
    except (ValueError, AttributeError):
        return False
