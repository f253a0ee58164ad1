"""Wheels of what no registry has: built of a folder, or packed of the files that are installed."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

import artgen
from artgen.errors import InputError
from artgen.lock.uv import Uv
from artgen.requirements import OWN

_MADE_BY_INSTALLERS = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")
_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every file in a packed wheel, so that the same files make the same wheel."""


def source_folder(found: Distribution) -> Path | None:
    """The project's folder that a distribution was installed from, or runs in; None if it was none."""
    root = Path(artgen.__file__).resolve().parents[1]
    if canonicalize_name(found.name) == OWN and (root / "pyproject.toml").is_file():
        return root
    told = _direct_url(found)
    address = urlsplit(str(told.get("url", "")))
    folder = Path(url2pathname(address.path)) if address.scheme == "file" and "dir_info" in told else None
    return folder if folder and folder.is_dir() else None


def is_from_elsewhere(found: Distribution) -> bool:
    """Whether it was installed from a file or an address, and not by its name."""
    return bool(_direct_url(found))


def _direct_url(found: Distribution) -> dict[str, object]:
    try:
        told = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def tags(found: Distribution) -> frozenset[Tag]:
    """What the wheel that is installed was built for; none where that is not known."""
    lines = (found.read_text("WHEEL") or "").splitlines()
    return frozenset(tag for line in lines if line.startswith("Tag: ") for tag in parse_tag(line[5:].strip()))


def make(found: Distribution, version: str, folder: Path, uv: Uv) -> Path:
    """A wheel of an installed distribution in `folder`.

    Raises:
        InputError: if it cannot be built, or what is built is not called `version`.
    """
    source = source_folder(found)
    wheel = _built(source, folder, uv) if source else pack(found, folder)
    name, made = parse_wheel_filename(wheel.name)[:2]
    if name != canonicalize_name(found.name) or made != Version(version):
        raise InputError(f"{source}: builds {name} {made}, and the picture was drawn by {found.name} {version}")
    return wheel


def _built(source: Path, folder: Path, uv: Uv) -> Path:
    before = set(folder.glob("*.whl"))
    answer = uv("build", "--wheel", "--out-dir", folder, "--python", sys.executable, source)
    (folder / ".gitignore").unlink(missing_ok=True)
    made = set(folder.glob("*.whl")) - before
    if answer.code or not made:
        raise InputError(f"{source}: no wheel could be built of it: {answer.problem}")
    return made.pop()


def pack(found: Distribution, folder: Path) -> Path:
    """The wheel that the installed files came from, byte for byte but for its list of them.

    Programs of entry points are not in it: installers write them. Files beside the packages, such as manual pages, are.
    """
    files = {name: path for path, name in _files(found)}
    if not files:
        raise InputError(f"{found.name} {found.version}: is not installed as a wheel is, so no wheel can be made of it")
    name = f"{canonicalize_name(found.name).replace('-', '_')}-{Version(found.version)}"
    info = next(file.partition("/")[0] for file in files if file.partition("/")[0].endswith(".dist-info"))
    wheel = folder / f"{name}-{_compressed(tags(found))}.whl"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, path in sorted(files.items()):
            content = path.read_bytes()
            archive.writestr(zipfile.ZipInfo(inner, _DATE), content, zipfile.ZIP_DEFLATED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{_quoted(inner)},sha256={digest},{len(content)}\n")
        record.append(f"{info}/RECORD,,\n")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _DATE), "".join(record), zipfile.ZIP_DEFLATED)
    return wheel


def _files(found: Distribution) -> list[tuple[Path, str]]:
    """The files, and what they are called in a wheel."""
    home = Path(str(found.locate_file(""))).resolve()
    listed = []
    for file in found.files or ():
        path = Path(str(found.locate_file(file)))
        made = file.suffix == ".pyc" or (file.name in _MADE_BY_INSTALLERS and file.parent.suffix == ".dist-info")
        if made or not path.is_file():
            continue
        real = path.parent.resolve() / path.name
        if real.is_relative_to(home):
            listed.append((path, real.relative_to(home).as_posix()))
        elif (inner := _beside(real)) is not None:
            listed.append((path, f"{found.name.replace('-', '_')}-{found.version}.data/data/{inner}"))
    return listed


def _beside(path: Path) -> str | None:
    """Its place in the environment; None for programs, and for what is outside."""
    prefix = Path(sys.prefix).resolve()
    if not path.is_relative_to(prefix):
        return None
    inner = path.relative_to(prefix)
    return None if inner.parts[0] in ("bin", "Scripts") else inner.as_posix()


def _compressed(tags: frozenset[Tag]) -> str:
    parts = [{getattr(tag, part) for tag in tags} for part in ("interpreter", "abi", "platform")]
    return "-".join(".".join(sorted(part)) for part in parts) if tags else "py3-none-any"


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name else name
