"""What registries have of exact versions: the files, and their sha256."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from artgen.errors import InputError
from artgen.lock.uv import Uv


@dataclass(frozen=True)
class File:
    """A wheel that a registry has."""

    name: str
    """The file's."""
    sha256: str
    """Its digest."""
    size: int | None
    """Bytes, where the registry says so."""


@dataclass(frozen=True)
class Offer:
    """A distribution in a registry."""

    version: str
    """The one that was asked for, or that fits."""
    files: tuple[File, ...]
    """Its wheels for this system and that Python."""


def look_up(pins: Mapping[str, str], python: str, uv: Uv) -> tuple[dict[str, Offer], list[str]]:
    """Exactly these versions, for Python `python`; and the names of those that no registry has a wheel of.

    Raises:
        InputError: if the registry cannot be asked at all.
    """
    if not pins:
        return {}, []
    try:
        return ask([f"{name}=={version}" for name, version in pins.items()], python, uv, alone=True), []
    except Unsatisfiable:
        pass
    # It tells of the first that is missing; all are wanted.
    found: dict[str, Offer] = {}
    gone = []
    for name, version in pins.items():
        try:
            found |= ask([f"{name}=={version}"], python, uv, alone=True)
        except Unsatisfiable:
            gone.append(name)
    return found, gone


class Unsatisfiable(InputError):
    """There is no such version, or the wanted ones do not go together."""


def ask(
    wanted: Iterable[str], python: str, uv: Uv, alone: bool = False, bounds: Path | None = None
) -> dict[str, Offer]:
    """What fits, by name.

    Args:
        wanted: requirements, such as ``torch==2.13.0``.
        python: the version of Python that they are for.
        uv: what asks.
        alone: only these, and nothing that they require.
        bounds: a file of constraints.

    Raises:
        Unsatisfiable: if nothing fits.
        InputError: if the registry cannot be asked.
    """
    options = [*["--no-deps"] * alone, *(["--constraints", bounds] if bounds else [])]
    target = ["--python-version", python, "--python", sys.executable]
    words = ["pip", "compile", "-", "--no-header", "--only-binary", ":all:", "--format", "pylock.toml"]
    answer = uv(*words, *options, *target, said="\n".join(wanted))
    if answer.is_unsatisfiable:
        raise Unsatisfiable(answer.problem)
    if answer.code:
        raise InputError(f"the registry of distributions cannot be asked: {answer.problem}")
    return dict(_found(package) for package in tomllib.loads(answer.text).get("packages", []))


def _found(package: Mapping[str, Any]) -> tuple[str, Offer]:
    return package["name"], Offer(package["version"], tuple(map(_file, package.get("wheels", ()))))


def _file(wheel: Mapping[str, Any]) -> File:
    address = urlsplit(wheel.get("url", ""))
    local = wheel.get("path") or (url2pathname(address.path) if address.scheme == "file" else "")
    size = wheel.get("size") or (Path(local).stat().st_size if local and Path(local).is_file() else None)
    name = unquote(address.path).rpartition("/")[2] or Path(local).name
    return File(wheel.get("name") or name, wheel.get("hashes", {}).get("sha256", ""), size)


def best(files: Iterable[File], python: str, like: frozenset[Tag] = frozenset()) -> File | None:
    """The file that an installer takes on this system, or that which is built for just the tags `like`; None: none."""
    order = {tag: place for place, tag in enumerate(_tags(python))}
    ranked = []
    for file in files:
        try:
            tags = parse_wheel_filename(file.name)[3]
        except InvalidWheelFilename:
            continue
        if known := [order[tag] for tag in tags if tag in order]:
            ranked.append((tags != like, min(known), file.name, file))
    return min(ranked)[3] if ranked else None


def _tags(python: str) -> list[Tag]:
    """What CPython `python` installs on this system, the best first."""
    major, minor = (int(part) for part in python.split(".")[:2])
    systems = list(platform_tags())
    names = compatible_tags((major, minor), interpreter=f"cp{major}{minor}", platforms=systems)
    return [*cpython_tags((major, minor), platforms=systems), *names]
