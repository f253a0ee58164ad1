"""Fills the templates and puts the folder in its place, whole or not at all."""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

from artgen.errors import InputError
from artgen.scaffold.kinds import KINDS
from artgen.scaffold.naming import Name
from artgen.version import RELEASE

TEMPLATES = Path(__file__).parent / "templates"


def files(kind: str, name: Name, licence: str, author: str | None) -> dict[str, str]:
    """Every file of a new plugin's package: its path in the folder and its text.

    Raises:
        InputError: if the author's name cannot be written into the files.
    """
    author = f"The {name.dist} authors" if author is None else author
    if not author.isprintable() or not author.strip():
        raise InputError(f"--author {author!r}: expected a name in one line")
    words = _words(kind, name, licence, author)
    found = {"LICENSE": TEMPLATES / "licences" / f"{licence}.tmpl"}
    for folder in (TEMPLATES / "package", TEMPLATES / kind):
        found |= {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*.tmpl"))}
    return {
        path.removesuffix(".tmpl").replace("NAME", name.type): Template(file.read_text("utf-8")).substitute(words)
        for path, file in found.items()
    }


def one_file(kind: str, name: Name) -> dict[str, str]:
    """A plugin that is one file, and a preset that shows it: the name and the text of each."""
    words = {"type": name.type, "Class": name.cls}
    presets = TEMPLATES / kind / "artgen_NAME" / "presets"
    sources = {f"{name.type}.py": TEMPLATES / "one_file" / f"{kind}.py.tmpl"}
    sources |= {f"{name.type}.yaml": next(presets.glob("*.yaml.tmpl"))}
    return {file: Template(source.read_text("utf-8")).substitute(words) for file, source in sources.items()}


def _words(kind: str, name: Name, licence: str, author: str) -> dict[str, str]:
    """What the templates' placeholders stand for."""
    words = {"type": name.type, "dist": name.dist, "module": name.module, "Class": name.cls, "kind": kind}
    about = KINDS[kind]
    return words | {
        "about": about.about,
        "usage": Template(about.usage).substitute(words),
        "work": about.work,
        "license": licence,
        "author": author,
        # A JSON text is also a TOML text.
        "quoted_author": json.dumps(author, ensure_ascii=False),
        "year": str(datetime.date.today().year),
        "artgen": ".".join(RELEASE.split(".")[:2]),
    }


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Make `folder` with these files in it, by way of a temporary sibling that is renamed.

    Raises:
        InputError: if `folder` is there and not empty, or cannot be written.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise InputError(f"{folder}: is there already and not an empty folder; choose another --out")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise InputError(f"{folder}: cannot write here ({error.strerror}); choose another --out") from None
    try:
        _fill(temporary, texts)
        temporary.replace(folder)
    except OSError as error:
        raise InputError(f"{folder}: could not be written ({error.strerror or error})") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    folder.chmod(0o755)  # a temporary folder is closed to others
