"""The same picture next year: drawn with another version of a library, and replayed in its lock, from the registry.

It downloads what artgen requires, torch too, into uv's own cache, which links it into both environments. Those are gone
afterwards.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from artgen.lock import environment, model, registry
from artgen.lock.uv import find
from artgen.recipe import metadata
from artgen.requirements import installed
from artgen.version import own_version
from tests.helpers.paths import ROOT
from tests.lock.conftest import lock_of, sha256
from tests.strangers.environment import wheel

pytestmark = pytest.mark.slow

LIBRARY, OLDER = "pillow", "12.0.0"
PRESET = """
size: 48
steps: 4
batch: 1
seed: 1
start: ring.png
generator: {type: pixel}
losses: [{type: smoothness}]
filters: [{type: trial_filter}]
"""
PLUGIN = "artgen-trial-filter"


@pytest.fixture
def room(tmp_path):
    """A folder for two environments, which pytest would keep."""
    yield tmp_path
    for name in ("cache", "older"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)


@pytest.fixture
def call(room):
    """Runs artgen in an environment's Python: ``call(python, "run", ...)``."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ARTGEN", "PYTEST"))}

    def run(python, *words):
        done = subprocess.run(
            [python, "-m", "artgen", *map(str, words)],
            cwd=room / "pictures",
            env={**inherited, "ARTGEN_CACHE": str(room / "cache"), "COLUMNS": "150", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    (room / "pictures").mkdir()
    return run


def older_environment(room, call):
    """artgen's wheel, the versions that it is tested with, but for one, and a plugin from a folder."""
    pins = (ROOT / "constraints.txt").read_text()
    other, count = re.subn(rf"(?m)^{LIBRARY}==.*$", f"{LIBRARY}=={OLDER}", pins)
    assert count == 1
    (room / "constraints.txt").write_text(other)
    artgen = wheel(ROOT, room / "built")
    python = room / "older" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ("pip", "install", "--python", python, "-c", room / "constraints.txt")
    uv("venv", "--python", sys.executable, room / "older")
    uv(*install, f"artgen[lock] @ {artgen.as_uri()}")
    call(python, "new", "filter", "trial_filter", "--out", room / "plugin")
    uv(*install, "--editable", room / "plugin")
    return python


def uv(*words):
    answer = find()(*words)
    assert answer.code == 0, answer.problem


def test_a_picture_of_an_older_library_is_identical_in_its_lock(room, call):
    assert version(LIBRARY) != OLDER
    older = older_environment(room, call)
    pictures = room / "pictures"
    shutil.copy(ROOT / "docs" / "examples" / "ring.png", pictures)
    (pictures / "small.yaml").write_text(PRESET)
    call(older, "run", "small.yaml", "--out", "fox.png", "--quiet")
    frozen = call(older, "freeze", "fox.png")
    assert frozen.stdout == "pylock.fox.toml\n"
    shutil.rmtree(room / "older")

    text = (pictures / "pylock.fox.toml").read_text()
    assert "://" not in text and str(Path.home()) not in text and str(room) not in text
    lock = model.read(pictures / "pylock.fox.toml")
    versions = {one.name: one.version for one in lock.packages}
    assert versions[LIBRARY] == OLDER
    assert versions["artgen"] == own_version()
    assert lock.about.inputs == metadata.read(pictures / "fox.png")["inputs"] != {}
    beside = {path.name.split("-")[0] for path in (pictures / "fox.wheels").iterdir()}
    assert beside == {"artgen", PLUGIN.replace("-", "_")}
    assert installed(PLUGIN) is None

    done = call(sys.executable, "replay", "fox.png", "--in-lock", "--yes", "--out", "again.png")
    assert done.stdout.splitlines()[-1] == "identical: the same pixels"
    # What drew it again says with what.
    again, first = metadata.read(pictures / "again.png"), metadata.read(pictures / "fox.png")
    assert again["libraries"] == first["libraries"]
    assert again["libraries"][LIBRARY] == OLDER
    assert again["pixels"] == first["pixels"]


def test_every_wheel_may_be_kept(tmp_path):
    wanted = {name: version(name) for name in ("mdurl", "numpy")}
    found, gone = registry.look_up(wanted, platform.python_version(), find())
    assert not gone
    best = {name: registry.best(one.files, platform.python_version()) for name, one in found.items()}
    entries = [
        {
            "name": name,
            "version": wanted[name],
            "wheels": [{"path": f"a/{file.name}", "hashes": {"sha256": file.sha256}}],
        }
        for name, file in best.items()
    ]
    environment.fetch(lock_of(entries), tmp_path, find())
    assert {path.name: sha256(path) for path in tmp_path.iterdir()} == {one.name: one.sha256 for one in best.values()}
