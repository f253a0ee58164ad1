"""The files of a picture's distributions: those that are installed, or those of the versions that its recipe lists."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

from artgen.errors import InputError
from artgen.lock import closure, registry, wheels
from artgen.lock.closure import TakingPart
from artgen.lock.uv import Uv
from artgen.requirements import OWN
from artgen.weights import sha256


@dataclass(frozen=True)
class Finder:
    """Looks for the files of a picture's distributions."""

    part: TakingPart
    python: str
    made: Path
    """Where wheels are put that are made here."""
    uv: Uv
    note: Callable[[str], None]

    def is_here(self) -> bool:
        """Whether what the recipe lists is what is installed."""
        return not self.part.others and closure.minor(self.python) == closure.minor(platform.python_version())

    def as_here(self) -> dict[str, tuple[str, registry.File]]:
        """What is installed, version and file by name."""
        here, versions = self.part.here, self.part.versions
        own = {name: one for name, one in here.items() if wheels.source_folder(one) or wheels.is_from_elsewhere(one)}
        asked = {name: version for name, version in versions.items() if name not in own}
        found, gone = registry.look_up(asked, self.python, self.uv)
        files = {name: registry.best(one.files, self.python, wheels.tags(here[name])) for name, one in found.items()}
        missing = {*own, *gone, *(name for name, file in files.items() if file is None or not file.sha256)}
        for name in sorted(missing):
            files[name] = self._made_here(here[name], versions[name])
        return {name: (versions[name], file) for name, file in sorted(files.items()) if file}

    def chosen(self, picture: Path) -> dict[str, tuple[str, registry.File]]:
        """The versions of the recipe, and of what it does not list those that fit, as here where they do."""
        here, others = self.part.here, self.part.others
        if OWN in others and "+" in self.part.listed[OWN]:
            drawn = f"was drawn by artgen {self.part.listed[OWN]}, which no registry has, and this is {others[OWN]}"
            raise InputError(f"{picture}: {drawn}; freeze it with the source that drew it")
        same = {name: one for name, one in here.items() if name in self.part.listed and name not in others}
        own = {
            name: self._made_here(one, self.part.listed[name])
            for name, one in same.items()
            if wheels.source_folder(one)
        }
        found = self._that_fit(picture)
        files = {name: own.get(name) or registry.best(one.files, self.python) for name, one in found.items()}
        if bare := [f"{name} {found[name].version}" for name, file in files.items() if not (file and file.sha256)]:
            raise InputError(f"{picture}: the registry has no wheel with a sha256 of {', '.join(bare)}")
        return {name: (found[name].version, file) for name, file in sorted(files.items()) if file}

    def _that_fit(self, picture: Path) -> dict[str, registry.Offer]:
        listed = self.part.listed
        uv = self.uv.looking_in(self.made)
        wanted = [f"{name}=={version}" for name, version in listed.items()]
        bounds = self.made / "constraints.txt"
        loose = [f"{name}=={version}" for name, version in self.part.versions.items() if name not in listed]
        bounds.write_text("\n".join(loose), encoding="utf-8")
        try:
            with contextlib.suppress(registry.Unsatisfiable):
                return registry.ask(wanted, self.python, uv, bounds=bounds)
            return registry.ask(wanted, self.python, uv)
        except registry.Unsatisfiable as error:
            _, gone = registry.look_up(listed, self.python, uv)
            names = ", ".join(f"{name} {listed[name]}" for name in gone)
            why = f"no registry has {names} for Python {closure.minor(self.python)}" if gone else str(error)
            raise InputError(f"{picture}: its environment cannot be had again: {why}") from None

    def _made_here(self, one: Distribution, version: str) -> registry.File:
        source = wheels.source_folder(one)
        self.note(f"{one.name} {version}: makes a wheel of {source or 'what is installed, which no registry has'}")
        wheel = wheels.make(one, version, self.made, self.uv)
        return registry.File(wheel.name, sha256(wheel), wheel.stat().st_size)
