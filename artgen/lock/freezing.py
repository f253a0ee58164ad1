"""Writing down the environment of a picture beside it."""

from __future__ import annotations

import contextlib
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from packaging.version import Version

from artgen.errors import InputError
from artgen.fields.paths import PICTURE
from artgen.files import refuse_overwriting, write_text
from artgen.lock import closure, environment, model, registry
from artgen.lock.finding import Finder
from artgen.lock.model import About, Hashes, Lock, Package, Tool, Wheel
from artgen.lock.uv import Uv, find
from artgen.lock.writing import to_toml
from artgen.recipe import metadata

Kept = Literal["own", "all", "none"]
"""Which wheels lie beside the lock: those that no registry has, every one, none."""
MOST = 5
"""Names that a line lists."""


@dataclass(frozen=True)
class Frozen:
    """A lock that was written."""

    path: Path
    lock: Lock
    kept: tuple[Path, ...]
    """The wheels beside it."""

    def __str__(self) -> str:
        about, packages = self.lock.about, self.lock.packages
        sizes = [one.wheel.size or 0 for one in packages]
        lines = [f"{len(packages)} distributions for Python {about.minor} on {about.system}, {sum(sizes) / 1e6:.0f} MB"]
        if self.kept:
            kept = sum(path.stat().st_size for path in self.kept)
            lines.append(f"{', '.join(path.name for path in self.kept[:MOST])}{', ...' * (len(self.kept) > MOST)}")
            lines[-1] = f"  beside it, {kept / 1e6:.0f} MB: {lines[-1]}"
        if about.chosen:
            versions = {one.name: str(one) for one in packages}
            shown = [versions[name] for name in about.chosen[:MOST]]
            rest = len(about.chosen) - len(shown)
            more = f", and {rest} that `chosen` in it names" if rest else ""
            lines.append(f"  not in the recipe, so chosen as they fit: {', '.join(shown)}{more}")
        return "\n".join(lines)


def freeze(source: Path, kept: Kept = "own", overwrite: bool = False, note: Callable[[str], None] = print) -> Frozen:
    """Write the lock of a picture beside it, and the wheels that no registry has.

    Versions are those of the recipe. What it does not list is locked as it is installed here, if what it lists is;
    otherwise a version is chosen that fits.

    Args:
        source: a picture that artgen made, or the folder of a run.
        kept: which wheels are kept beside the lock.
        overwrite: whether an older lock, and its wheels, may be replaced.
        note: told one line now and then.

    Raises:
        InputError: if it cannot be done here; in one line that says why.
    """
    picture = source / PICTURE if source.is_dir() else source
    recipe = metadata.read(picture)
    path = model.place(picture)
    folder = path.with_name(f"{path.name.split('.')[1]}.wheels")
    for older in (path, folder):
        refuse_overwriting(older, overwrite, "another picture")
    if not recipe["python"]:
        raise InputError(f"{picture}: its recipe does not say which Python drew it, as those of artgen's first days")
    if recipe["system"] not in ("", closure.system()):
        raise InputError(f"{picture}: was drawn on {recipe['system']}, whose wheels are others; freeze it there")
    part = closure.taking_part(recipe, picture)
    with _beside(folder) as made:
        finder = Finder(part, recipe["python"], made, find(), note)
        files = finder.as_here() if finder.is_here() else finder.chosen(picture)
        chosen = () if finder.is_here() else tuple(name for name in files if name not in part.listed)
        lock = _lock(picture, recipe, files, folder.name, chosen)
        _keep(made, lock, kept, finder.uv, note)
        beside = _moved(made, folder)
        write_text(path, to_toml(lock))
    return Frozen(path, lock, beside)


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk, removed at the end."""
    try:
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.stem}-"))
    except OSError as error:
        raise InputError(f"{folder.parent}: cannot write here ({error.strerror}); copy the picture elsewhere") from None
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _moved(made: Path, folder: Path) -> tuple[Path, ...]:
    """The wheels in their `folder`, which is there only where there are any; those of an older lock are gone."""
    for older in folder.glob("*.whl"):
        older.unlink()
    names = sorted(path.name for path in made.glob("*.whl"))
    if names:
        folder.mkdir(exist_ok=True)
    for name in names:
        (made / name).replace(folder / name)
    return tuple(folder / name for name in names)


def _lock(
    picture: Path,
    recipe: Mapping[str, Any],
    files: Mapping[str, tuple[str, registry.File]],
    folder: str,
    chosen: tuple[str, ...],
) -> Lock:
    system, machine = platform.system(), platform.machine()
    marker = f"platform_system == '{system}' and platform_machine == '{machine}'"
    implementation = platform.python_implementation()
    known = {key: recipe[key] for key in ("python", "device", "hardware", "threads", "flags")}
    about = About(
        picture=picture.name,
        pixels=recipe.get("pixels"),
        implementation=implementation,
        system=closure.system(),
        chosen=chosen,
        weights=recipe["weights"],
        inputs=recipe["inputs"],
        **known,
    )
    return Lock(
        environments=(f"{marker} and platform_python_implementation == '{implementation}'",),
        requires_python=f"=={about.minor}.*",
        packages=tuple(
            Package(
                name=name,
                version=str(Version(version)),
                wheels=(Wheel(path=f"{folder}/{file.name}", size=file.size, hashes=Hashes(sha256=file.sha256)),),
            )
            for name, (version, file) in files.items()
        ),
        tool=Tool(artgen=about),
    )


def _keep(made: Path, lock: Lock, kept: Kept, uv: Uv, note: Callable[[str], None]) -> None:
    """Leave those wheels in the folder `made` that are wanted."""
    if kept == "none":
        for wheel in made.glob("*.whl"):
            wheel.unlink()
    if kept == "all":
        note("downloads every wheel, which may take minutes")
        environment.fetch(lock, made, uv)
