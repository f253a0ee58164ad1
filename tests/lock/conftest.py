"""A registry that is a folder, with wheels of a few lines."""

import base64
import hashlib
import platform
import zipfile

import pytest

from artgen.lock.closure import system
from artgen.lock.model import Lock


def wheel(folder, name, version, *needs, source="", tag="py3-none-any"):
    """A wheel of one module."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {n}" for n in needs)]
    files = {
        f"{module}.py": source or f"VERSION = {version!r}\n",
        f"{info}/METADATA": "\n".join([*lines, ""]),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},sha256={digest(text)},{len(text.encode())}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(inner, text)
    return path


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The folder that is the only registry; artgen's cache and uv's are new."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Installs wheels here: ``site(path, ...)``."""
    folder = tmp_path / "site"

    def install(*paths):
        for path in paths:
            zipfile.ZipFile(path).extractall(folder)

    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return install


def package(path, folder="fox.wheels", **changes):
    """As a lock names the wheel at `path`."""
    name, version = path.name.split("-")[:2]
    hashes = {"sha256": sha256(path)}
    entry = {"path": f"{folder}/{path.name}", "size": path.stat().st_size, "hashes": hashes}
    return {"name": name.replace("_", "-"), "version": version, "wheels": [entry], **changes}


def lock_of(packages, **about):
    """A lock for this machine."""
    here = {"python": platform.python_version(), "implementation": "CPython", "system": system(), "device": "cpu"}
    data = {"picture": "fox.png", **here, **about}
    return Lock.model_validate(
        {
            "lock-version": "1.0",
            "environments": ["platform_system == 'Linux'"],
            "requires-python": ">=3.11",
            "created-by": "artgen",
            "packages": list(packages),
            "tool": {"artgen": data},
        }
    )
