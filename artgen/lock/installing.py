"""Plugins put into the environment that artgen runs in; what would change is known before anything does."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from artgen.errors import InputError, one_line
from artgen.lock.uv import find
from artgen.requirements import OWN, installed
from artgen.weights import is_offline

GROUPS = ("artgen", "artgen.importers")
"""The entry points by which a distribution is a plugin."""
KEPT = (OWN, "torch")
"""What no plugin changes unasked: pictures may come out otherwise, or artgen no longer run."""

# Building a source runs its code, before anybody has seen what would change.
_OPTIONS = ("--only-binary", ":all:")
_ADDED = re.compile(r"^ \+ (\S+?)==(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """A distribution that would be another."""

    name: str
    version: str
    before: str
    """The version that is here; empty if there is none."""

    def __str__(self) -> str:
        return f"{self.name} {self.before} becomes {self.version}" if self.before else f"{self.name} {self.version}"


@dataclass(frozen=True)
class Installer:
    """pip, or uv in an environment without it."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str] | None = field(default=None, repr=False)

    def run(self, *words: str, shown: bool = False) -> subprocess.CompletedProcess[str]:
        """Run one of its commands. `shown`: let a person see on stderr how far it is."""
        is_watched = shown and sys.stderr.isatty()
        return subprocess.run(
            [*self.command, *words],
            env=None if self.variables is None else dict(self.variables),
            stdout=sys.stderr if is_watched else subprocess.PIPE,
            stderr=None if is_watched else subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
        )


def installer() -> Installer:
    """The one of this environment; InputError if there is none."""
    if find_spec("pip"):
        return Installer("pip", (sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "--no-input"))
    try:
        uv = find()
    except InputError:
        raise InputError("there is neither pip nor uv here to install with; python -m ensurepip brings pip") from None
    return Installer("uv", (uv.program, "pip"), uv.variables)


def checked(names: Iterable[str]) -> list[str]:
    """Names as a registry has them, with a version or without; InputError for anything else."""
    return [_checked(name) for name in names]


def _checked(name: str) -> str:
    try:
        wanted = Requirement(name)
    except InvalidRequirement:
        wanted = None
    if wanted is None or wanted.url:
        example = "artgen-stripes or artgen-stripes==0.2"
        raise InputError(f"'{name}' is no name of a distribution, such as {example}; pip installs files and addresses")
    return str(wanted)


def plan(names: Sequence[str], upgrade: bool, by: Installer) -> list[Change]:
    """What an installation of these would change; InputError if it cannot be made."""
    options = [*_OPTIONS, *(["--upgrade"] * upgrade), *_offline(by)]
    if by.name == "pip":
        done = by.run("install", "--dry-run", "--quiet", "--report", "-", *options, "--", *names)
    else:
        done = by.run("install", "--dry-run", "--python", sys.executable, *options, "--", *names)
    if done.returncode:
        raise InputError(f"{', '.join(names)}: {_cause(done.stderr)}")
    found = _of_report(done.stdout) if by.name == "pip" else _ADDED.findall(done.stderr)
    return [Change(canonicalize_name(name), version, _version(name)) for name, version in sorted(found)]


def _of_report(text: str) -> list[tuple[str, str]]:
    items = [item["metadata"] for item in json.loads(text)["install"]]
    return [(item["name"], item["version"]) for item in items]


def _version(name: str) -> str:
    found = installed(name)
    return found.version if found else ""


def _offline(by: Installer) -> list[str]:
    """A folder of wheels that the installer knows of can be read all the same."""
    return [] if not is_offline() else ["--no-index"] if by.name == "pip" else ["--offline"]


def _cause(stderr: str) -> str:
    """What the installer says at the end, without who says it."""
    lines = [line.strip(" ╰─▶×") for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines
    return one_line(ValueError(re.sub(r"^(?i:error): *", "", errors[-1]) if errors else "it cannot be installed"), 300)


def make(changes: Sequence[Change], by: Installer) -> None:
    """Make these changes, and no others; InputError if that fails."""
    exact = [f"{change.name}=={change.version}" for change in changes]
    place = ["--python", sys.executable] * (by.name == "uv")
    done = by.run("install", "--no-deps", *place, *_OPTIONS, *_offline(by), "--", *exact, shown=True)
    if done.returncode:
        reason = _cause(done.stderr) if done.stderr else f"{by.name} has said why"
        raise InputError(f"could not be installed: {reason}")
    importlib.invalidate_caches()


def undo(changes: Iterable[Change], by: Installer) -> None:
    """Take away what was not there before."""
    new = [change.name for change in changes if not change.before]
    if not new:
        return
    words = ["--yes"] if by.name == "pip" else ["--python", sys.executable]
    by.run("uninstall", *words, "--", *new)


def strangers(names: Iterable[str]) -> list[str]:
    """Which of the names are installed, and offer nothing to artgen."""
    bare = [Requirement(name).name for name in names]
    return [name for name in bare if not _is_plugin(name)]


def _is_plugin(name: str) -> bool:
    found = installed(name)
    return found is not None and any(entry.group in GROUPS for entry in found.entry_points)
