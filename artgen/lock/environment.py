"""Environments of locks: built once in artgen's cache, of the files that a lock names and of no others."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from artgen.errors import InputError
from artgen.lock import registry
from artgen.lock.closure import minor
from artgen.lock.model import Lock, Package
from artgen.lock.uv import Uv
from artgen.weights import cache_folder, is_offline, sha256
from artgen.weights.cache import locked, unwritable

FOLDER = "environments"
"""In artgen's cache."""


def place(lock: Lock) -> Path:
    """Where its environment is or would be: the same for every lock of the same files."""
    key = f"{sys.platform} {platform.machine()} {lock.about.minor}\n{requirements(lock)}"
    return cache_folder() / FOLDER / hashlib.sha256(key.encode()).hexdigest()[:24]


def python(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def requirements(lock: Lock) -> str:
    """What is installed, as installers read it: name, version and the one sha256 that will do."""
    lines = (f"{one.name}=={one.version} --hash=sha256:{one.wheel.hashes.sha256}" for one in lock.packages)
    return "".join(f"{line}\n" for line in lines)


def beside(lock: Lock, home: Path) -> dict[str, Path]:
    """The wheels that lie where the lock says, in or below the folder `home`, by distribution."""
    places = {package.name: home.resolve() / package.wheel.path for package in lock.packages}
    return {name: path for name, path in places.items() if path.is_file()}


def gone(lock: Lock, home: Path, uv: Uv) -> list[str]:
    """What of it can no longer be had, and why: ``torch 2.13.0 (no registry has it)``."""
    here = beside(lock, home)
    asked = {one.name: one.version for one in lock.packages if one.name not in here}
    found, missing = registry.look_up(asked, lock.about.python, uv)
    problems = []
    for package in lock.packages:
        wanted = package.wheel.hashes.sha256
        if package.name in here:
            problem = "" if sha256(here[package.name]) == wanted else f"{package.wheel.path} has another sha256"
        elif package.name in missing:
            problem = _missing(package)
        else:
            has = {file.sha256 for file in found[package.name].files}
            problem = "" if wanted in has else "the registry's files have another sha256"
        problems += [f"{package} ({problem})"] if problem else []
    return problems


def _missing(package: Package) -> str:
    if is_offline():
        return "not in uv's cache, and artgen is offline"
    return (
        f"{package.wheel.path} is not here, and no registry has it" if "+" in package.version else "no registry has it"
    )


def build(lock: Lock, home: Path, uv: Uv, note: Callable[[str], None]) -> Path:
    """The environment of a lock whose wheels may lie in `home`; built where it is not there yet.

    Raises:
        InputError: if it cannot be built.
    """
    folder = place(lock)
    if folder.is_dir():
        return folder
    with locked(folder, note):
        for dead in folder.parent.glob(f".{folder.name}-*"):  # of a build that was killed
            shutil.rmtree(dead, ignore_errors=True)
        if not folder.is_dir():
            _build(lock, home, uv, folder)
    return folder


def _build(lock: Lock, home: Path, uv: Uv, folder: Path) -> None:
    try:
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        made = temporary / "environment"
        _with_python(lock.about.minor, made, uv)
        _install(lock, home, uv, made)
        made.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _with_python(version: str, folder: Path, uv: Uv) -> None:
    """An empty environment; uv fetches a Python that is not here."""
    is_ours = minor(platform.python_version()) == version
    wanted = getattr(sys, "_base_executable", sys.executable) if is_ours else version
    answer = uv("venv", "--relocatable", "--python", wanted, folder)
    if answer.code:
        raise InputError(f"the lock needs Python {version}, which is not here: {answer.problem}; install it")


def _install(lock: Lock, home: Path, uv: Uv, folder: Path) -> None:
    here = beside(lock, home)
    for path in {path.parent for path in here.values()}:
        uv = uv.looking_in(path)
    listed = folder / "requirements.txt"
    listed.write_text(requirements(lock), encoding="utf-8")
    rules = ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
    none_needed = ["--no-index"] * (len(here) == len(lock.packages))
    answer = uv("pip", "install", "--python", python(folder), *rules, *none_needed, "-r", listed, shown=True)
    if answer.code:
        raise InputError("the environment could not be built, for the reason above; nothing of it is kept")


def fetch(lock: Lock, folder: Path, uv: Uv) -> None:
    """Download into `folder` the wheels of the lock that are not there. InputError if one cannot be had."""
    listed = folder / "requirements.txt"
    wanted = [
        line for line, one in zip(requirements(lock).splitlines(), lock.packages, strict=True) if not _in(folder, one)
    ]
    listed.write_text("\n".join(wanted), encoding="utf-8")
    rules = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", folder]
    answer = uv("tool", "run", "--python", sys.executable, "pip", "download", "-qq", *rules, "-r", listed, shown=True)
    listed.unlink()
    if answer.code:
        raise InputError("the wheels could not be downloaded, for the reason above")


def _in(folder: Path, package: Package) -> bool:
    return (folder / package.wheel.file).is_file()
