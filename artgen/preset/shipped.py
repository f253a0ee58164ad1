"""Where presets are found by name: those that artgen and its plugins ship."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from artgen.errors import InputError, nearest, refused

_PACKAGE = Path(__file__).parents[1]


def shipped() -> dict[str, Path]:
    """The presets that artgen and its plugins ship, by name: artgen's own, those of its gallery, those of plugins."""
    found, theirs = own(), _of_plugins()
    times = Counter(file.stem for file in theirs.values())
    # Installing a plugin changes nothing that a name meant: one that artgen has, or two of them, says whose it is.
    return found | {
        name if times[file.stem] > 1 or file.stem in found else file.stem: file for name, file in theirs.items()
    }


def own() -> dict[str, Path]:
    """Those that artgen itself ships, which are found without importing any plugin."""
    found: dict[str, Path] = {}
    for file in (*_files(_folder("presets")), *_files(_folder("gallery") / "presets")):
        found.setdefault(file.stem, file)
    return found


def _of_plugins() -> dict[str, Path]:
    """The presets of plugins as ``dist:name``."""
    from artgen.registry.plugins import discover

    return {f"{dist}:{file.stem}": file for dist, folder in discover().preset_folders for file in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!_]*.yaml"))


def _folder(name: str) -> Path:
    inside = _PACKAGE / f"shipped_{name}"
    # An editable install runs from the repository, where the folders stand beside the package.
    return inside if inside.is_dir() else _PACKAGE.parent / name


def is_of_gallery(preset: Path) -> bool:
    """Whether a picture of artgen's own gallery is drawn by this preset."""
    return preset.is_relative_to(_folder("gallery"))


def thumbnail(preset: Path) -> Path | None:
    """The small picture that a shipped preset comes with."""
    picture = preset.parent / "thumbnails" / f"{preset.stem}.png"
    return picture if picture.is_file() else None


def find(path: str | Path) -> Path:
    """The file of `path`: itself, or the shipped preset of that name; InputError otherwise."""
    if not str(path).strip():
        raise InputError("PRESET: is empty; name a preset's file, or a shipped one, such as quickstart")
    try:
        if Path(path).is_file():
            return Path(path)
        if Path(path).is_dir():
            raise InputError(f"{path}: is a folder; name a preset file in it")
    except OSError as error:  # such as a name that is too long for the system
        raise InputError(refused(error, path)) from None
    names = shipped()
    if found := names.get(str(path)) or _of_plugins().get(str(path)):
        return found
    guess = nearest(Path(path).stem, names)
    meant = f"; did you mean the shipped preset '{guess}'?" if guess else "; `artgen presets` lists the shipped ones"
    raise InputError(f"{path}: there is no such file or shipped preset{meant}")
