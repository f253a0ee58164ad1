"""Environments of locks: built of what they name and of nothing else, once, and replayed in."""

import os
import subprocess
import threading

import pytest

from artgen.errors import InputError
from artgen.lock import environment
from artgen.lock.uv import find
from tests.lock.conftest import lock_of, package, wheel


def program(folder, code):
    done = subprocess.run([environment.python(folder), "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def build(lock, home):
    return environment.build(lock, home, find(), print)


def test_it_has_just_what_the_lock_names(shelf, tmp_path):
    old = wheel(shelf, "trial-lib", "1.0", "trial-dep")
    lock = lock_of([package(old)])
    wheel(shelf, "trial-lib", "2.0")
    wheel(shelf, "trial-dep", "1.0")
    folder = build(lock, tmp_path)
    assert folder == environment.place(lock)
    assert program(folder, "import trial_lib; print(trial_lib.VERSION)") == "1.0"
    # What a wheel requires and the lock does not name stays out.
    assert "No module named 'trial_dep'" in program(folder, "import trial_dep")
    assert "No module named 'torch'" in program(folder, "import torch")


def test_wheels_beside_the_lock_are_taken(shelf, tmp_path):
    (tmp_path / "fox.wheels").mkdir()
    own = wheel(tmp_path / "fox.wheels", "trial-own", "0.1.0+src0123456789ab")
    lock = lock_of([package(own), package(wheel(shelf, "trial-lib", "1.0"))])
    assert environment.gone(lock, tmp_path, find()) == []
    assert program(build(lock, tmp_path), "import trial_own; print(trial_own.VERSION)") == "0.1.0+src0123456789ab"


def test_with_all_wheels_beside_it_no_registry_is_needed(shelf, tmp_path, monkeypatch):
    (tmp_path / "fox.wheels").mkdir()
    lock = lock_of([package(wheel(tmp_path / "fox.wheels", name, "1.0")) for name in ("trial-a", "trial-b")])
    for name in ("UV_NO_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")  # where nothing answers
    assert environment.gone(lock, tmp_path, find()) == []
    assert program(build(lock, tmp_path), "import trial_a, trial_b; print('both')") == "both"


def test_all_that_is_gone_is_named(shelf, tmp_path):
    (tmp_path / "fox.wheels").mkdir()
    own = wheel(tmp_path / "fox.wheels", "trial-own", "1.0+src0")
    touched = wheel(tmp_path / "fox.wheels", "trial-touched", "1.0")
    other, there, away = (wheel(shelf, name, "1.0") for name in ("trial-other", "trial-there", "trial-away"))
    lock = lock_of([package(path) for path in (own, touched, other, there, away)])
    own.unlink()
    wheel(touched.parent, "trial-touched", "1.0", source="import os\n")
    wheel(shelf, "trial-other", "1.0", source="import os\n")
    away.unlink()
    assert environment.gone(lock, tmp_path, find()) == [
        "trial-own 1.0+src0 (fox.wheels/trial_own-1.0+src0-py3-none-any.whl is not here, and no registry has it)",
        "trial-touched 1.0 (fox.wheels/trial_touched-1.0-py3-none-any.whl has another sha256)",
        "trial-other 1.0 (the registry's files have another sha256)",
        "trial-away 1.0 (no registry has it)",
    ]


def test_a_file_with_another_sha256_is_not_installed(shelf, tmp_path):
    (tmp_path / "fox.wheels").mkdir()
    path = wheel(tmp_path / "fox.wheels", "trial-own", "1.0")
    lock = lock_of([package(path)])
    wheel(path.parent, "trial-own", "1.0", source="import os\n")
    with pytest.raises(InputError, match="could not be built"):
        build(lock, tmp_path)
    assert not environment.place(lock).exists()
    assert not [*environment.place(lock).parent.glob("*/")], "half of it is left"


def test_it_is_built_once_for_all_who_want_it(shelf, tmp_path):
    lock = lock_of([package(wheel(shelf, "trial-lib", "1.0"))])
    dead = environment.place(lock).with_name(f".{environment.place(lock).name}-dead")
    (dead / "environment").mkdir(parents=True)
    threads = [threading.Thread(target=build, args=(lock, tmp_path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in environment.place(lock).parent.iterdir()] == [environment.place(lock).name]
    before = environment.place(lock).stat().st_ino
    assert build(lock, tmp_path).stat().st_ino == before


def test_locks_of_the_same_files_share_it(shelf):
    path = wheel(shelf, "trial-lib", "1.0")
    first, second = (lock_of([package(path)], picture=name) for name in ("a.png", "b.png"))
    assert environment.place(first) == environment.place(second)
    other = lock_of([package(wheel(shelf, "trial-lib", "2.0"))])
    assert environment.place(other) != environment.place(first)


def test_a_python_that_is_not_here_is_named(shelf, tmp_path, monkeypatch):
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    lock = lock_of([package(wheel(shelf, "trial-lib", "1.0"))], python="3.99.1")
    with pytest.raises(InputError, match=r"needs Python 3\.99, which is not here"):
        build(lock, tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="scripts are programs there")
def test_it_may_be_moved(shelf, tmp_path):
    """It was built elsewhere, and renamed: its programs find its Python."""
    lock = lock_of([package(wheel(shelf, "trial-lib", "1.0"))])
    folder = build(lock, tmp_path)
    assert str(folder.parent / f".{folder.name}").encode() not in (folder / "pyvenv.cfg").read_bytes()
