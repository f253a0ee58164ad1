"""The commands: what they refuse before anything is built, and that they hand on what the environment's artgen says."""

import json
import shutil

import pytest

from artgen.lock import environment, model
from artgen.lock.writing import to_toml
from artgen.recipe import metadata
from tests.helpers.paths import ROOT
from tests.lock.conftest import lock_of, package, wheel

PICTURE = ROOT / "gallery" / "quickstart.png"
ECHO = """
import json, sys
from importlib.util import find_spec
assert not find_spec("artgen_of_the_current_folder")
print(json.dumps(sys.argv[1:]))
sys.exit(1)
"""


@pytest.fixture
def fox(tmp_path):
    return shutil.copy(PICTURE, tmp_path / "fox.png")


def write_lock(fox, packages, **about):
    about = {"pixels": metadata.read(fox)["pixels"], **about}
    path = model.place(fox)
    path.write_text(to_toml(lock_of(packages, **about)), encoding="utf-8")
    return path


def changed(tmp_path, **changes):
    """The recipe of the gallery's picture with changes, as a file."""
    path = tmp_path / "fox.json"
    path.write_text(json.dumps({**metadata.read(PICTURE), **changes}))
    return path


def test_an_older_lock_is_not_overwritten(artgen, fox):
    path = write_lock(fox, [ENTRY])
    before = path.read_bytes()
    assert "--overwrite" in artgen("freeze", fox, code=2).stderr
    assert path.read_bytes() == before


def test_a_folder_that_is_there_is_left_alone(artgen, fox, tmp_path):
    (tmp_path / "fox.wheels").mkdir()
    (tmp_path / "fox.wheels" / "steel.txt").write_text("of a car")
    assert "fox.wheels: is there already" in artgen("freeze", fox, code=2).stderr
    assert (tmp_path / "fox.wheels" / "steel.txt").is_file()


ENTRY = {
    "name": "trial-lib",
    "version": "1.0",
    "wheels": [{"path": "fox.wheels/trial_lib-1.0-py3-none-any.whl", "hashes": {"sha256": "0" * 64}}],
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"system": "Plan9 mips"}, "was drawn on Plan9 mips"),
        ({"artgen": "0.1.0+src000000000000"}, "was drawn by artgen 0.1.0+src000000000000, which no registry has"),
        ({"python": ""}, "does not say which Python"),
        ({"libraries": {"a b": "1"}}, "the recipe is damaged"),
    ],
)
def test_what_cannot_be_frozen_costs_a_line(artgen, tmp_path, shelf, changes, words):
    done = artgen("freeze", changed(tmp_path, **changes), code=2)
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not [*tmp_path.glob("pylock*"), *tmp_path.glob("*.wheels"), *tmp_path.glob(".fox*")]


def test_there_has_to_be_a_lock(artgen, fox):
    done = artgen("replay", fox, "--in-lock", code=2)
    assert "there is no pylock.fox.toml beside it; `artgen freeze" in done.stderr


def test_the_lock_of_another_picture_is_named(artgen, fox, shelf):
    path = write_lock(fox, [package(wheel(shelf, "artgen", "9.0"))], pixels="0" * 64)
    assert "is the lock of another picture" in artgen("replay", fox, "--in-lock", code=2).stderr
    assert "artgen 9.0" in artgen("replay", fox, "--lock", path, "--dry-run", code=0).stderr


def test_the_lock_of_another_system_is_named(artgen, fox):
    write_lock(fox, [ENTRY], system="Plan9 mips")
    assert "is for Plan9 mips" in artgen("replay", fox, "--in-lock", code=2).stderr


def test_all_that_is_gone_is_named_in_a_line(artgen, tmp_path, shelf):
    source = changed(tmp_path, inputs={"missing.png": "0" * 64})
    write_lock(source, [ENTRY, package(wheel(shelf, "artgen", "9.0"))])
    done = artgen("replay", source, "--in-lock", "--yes", code=2)
    last = done.stderr.splitlines()[-1]
    assert "cannot be had any more: the file missing.png" in last
    assert last.endswith("trial-lib 1.0 (no registry has it)")


def test_what_is_installed_is_said_and_asked_about(artgen, fox, shelf):
    lock = model.read(write_lock(fox, [package(wheel(shelf, "artgen", "9.0", source=ECHO))]))
    done = artgen("replay", fox, "--in-lock", code=2)
    assert "from the registry that is set up" in done.stderr and "artgen 9.0" in done.stderr
    assert str(environment.place(lock)) in done.stderr
    assert "--yes" in done.stderr.splitlines()[-1]
    assert not environment.place(lock).exists()
    artgen("replay", fox, "--in-lock", "--dry-run", code=0)
    assert not environment.place(lock).exists()


def test_arguments_and_the_exit_code_are_handed_on(artgen, fox, shelf, tmp_path):
    """This artgen of the lock prints what it was told, and ends with 1."""
    write_lock(fox, [package(wheel(shelf, "artgen", "9.0", source=ECHO))])
    (tmp_path / "artgen_of_the_current_folder.py").touch()
    flags = ["--out", "-again.png", "--tolerance", "--allow", "a", "--allow", "b", "--prompt", "a cat"]
    done = artgen("replay", fox, "--in-lock", "--yes", f"--out={flags[1]}", *flags[2:], process=True, code=1)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told == [
        "replay", "--tolerance", "--yes", "--out=-again.png", "--prompt=a cat", "--allow=a", "--allow=b", "--", str(fox)
    ]  # fmt: skip
    # The second time nobody is asked.
    assert artgen("replay", fox, "--in-lock", process=True, code=1).stdout == f'["replay", "--", "{fox}"]\n'


def test_offline_nothing_is_asked(artgen, fox, shelf, monkeypatch):
    write_lock(fox, [ENTRY])
    monkeypatch.delenv("UV_NO_INDEX")
    done = artgen("replay", fox, "--in-lock", "--yes", code=2, ARTGEN_OFFLINE="1")
    assert done.stderr.splitlines()[-1].endswith("trial-lib 1.0 (not in uv's cache, and artgen is offline)")
