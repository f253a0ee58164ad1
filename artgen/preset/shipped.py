"""Where presets are found by name: those that artgen and its plugins ship."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from artgen.errors import InputError, nearest, refused

_PACKAGE = Path(__file__).parents[1]


def shipped() -> dict[str, Path]:
    """The presets that artgen and its plugins ship, by name: artgen's own, those of its gallery, those of plugins."""
    from artgen.registry.plugins import discover

    return _presets(own(), (folder for _, folder in discover().preset_folders))


def own() -> dict[str, Path]:
    """Those that artgen itself ships, which are found without importing any plugin."""
    return _presets({}, (_folder("presets"), _folder("gallery") / "presets"))


def _presets(found: dict[str, Path], folders: Iterable[Path]) -> dict[str, Path]:
    for file in (file for folder in folders for file in sorted(folder.glob("[!_]*.yaml"))):
        # The first of a name wins, because installing a plugin must not change what a name draws.
        found.setdefault(file.stem, file)
    return found


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
    if str(path) in names:
        return names[str(path)]
    guess = nearest(Path(path).stem, names)
    meant = f"; did you mean the shipped preset '{guess}'?" if guess else "; `artgen presets` lists the shipped ones"
    raise InputError(f"{path}: there is no such file or shipped preset{meant}")
