"""Which files a lock names: of what is installed, and of what a recipe lists."""

import platform
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.tags import sys_tags

from artgen.errors import InputError
from artgen.lock import registry, wheels
from artgen.lock.closure import TakingPart, closure, taking_part
from artgen.lock.finding import Finder
from artgen.lock.registry import File
from artgen.lock.uv import find
from artgen.version import own_version
from tests.lock.conftest import sha256, wheel

PYTHON = platform.python_version()


def finder(listed, folder, python=PYTHON):
    notes = []
    folder.mkdir(exist_ok=True)
    found = Finder(TakingPart(listed, closure(listed)), python, folder, find(), notes.append)
    return found, notes


def recipe(**changes):
    own = own_version()
    return {"artgen": own, "plugins": {"artgen": own}, "libraries": {"Pillow": version("pillow")}, **changes}


def test_all_that_artgen_requires_takes_part():
    part = taking_part(recipe(), "fox.png")
    assert not part.others
    assert {"artgen", "pillow", "torch", "pydantic-core"} <= set(part.here)
    assert part.versions["artgen"] == own_version()
    assert not {"pytest", "ruff", "uv"} & set(part.here)


def test_what_has_another_version_here_is_named():
    other = recipe(libraries={"pillow": "1.0", "no-such-library": "2.0", "PyYAML": version("pyyaml")})
    assert taking_part(other, "fox.png").others == {"pillow": version("pillow"), "no-such-library": ""}


@pytest.mark.parametrize("name", ["a\n--index-url=https://example.org", "-r", "", "a b", "../a"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(InputError, match="damaged"):
        taking_part(recipe(libraries={name: "1.0"}), "fox.png")


def test_a_version_that_is_none_is_refused():
    with pytest.raises(InputError, match="damaged"):
        taking_part(recipe(plugins={"artgen": own_version(), "trial": "1 --pre"}), "fox.png")


def test_extras_that_are_asked_for_count(shelf, site):
    site(wheel(shelf, "trial-app", "1.0", "trial-lib[more]>=1"))
    site(wheel(shelf, "trial-lib", "1.0", 'trial-extra; extra == "more"', 'trial-not; extra == "less"'))
    site(wheel(shelf, "trial-extra", "1.0"), wheel(shelf, "trial-not", "1.0"))
    assert list(closure(["trial-app"])) == ["trial-app", "trial-extra", "trial-lib"]


def test_what_is_installed_is_locked_as_it_is(shelf, site, tmp_path):
    app, lib = wheel(shelf, "trial-app", "1.0", "trial-lib"), wheel(shelf, "trial-lib", "1.0")
    wheel(shelf, "trial-lib", "2.0")
    site(app, lib)
    found, notes = finder({"trial-app": "1.0"}, tmp_path / "made")
    assert found.is_here()
    files = found.as_here()
    assert {name: (version, file.name, file.sha256) for name, (version, file) in files.items()} == {
        "trial-app": ("1.0", app.name, sha256(app)),
        "trial-lib": ("1.0", lib.name, sha256(lib)),
    }
    assert not notes


def test_what_no_registry_has_is_packed(shelf, site, tmp_path):
    app, lib = wheel(shelf, "trial-app", "1.0", "trial-lib"), wheel(shelf, "trial-lib", "1.0")
    site(app, lib)
    lib.unlink()
    found, notes = finder({"trial-app": "1.0"}, tmp_path / "made")
    _, file = found.as_here()["trial-lib"]
    assert file.sha256 == sha256(tmp_path / "made" / file.name)
    assert len(notes) == 1 and "trial-lib 1.0" in notes[0]


def test_of_an_older_picture_the_versions_are_the_recipes(shelf, site, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # as in the command, where paths are those that were typed
    for number in ("1.0", "2.0", "3.0"):
        wheel(shelf, "trial-lib", number, f"trial-dep>={number}")
        wheel(shelf, "trial-dep", number)
    site(shelf / "trial_lib-3.0-py3-none-any.whl", shelf / "trial_dep-2.0-py3-none-any.whl")
    found, _ = finder({"trial-lib": "1.0"}, Path("made"))
    assert not found.is_here()
    # Of what it does not list, that which is here goes before the newest.
    assert {name: version for name, (version, _) in found.chosen(Path("fox.png")).items()} == {
        "trial-lib": "1.0",
        "trial-dep": "2.0",
    }


def test_what_is_here_gives_way_where_it_does_not_fit(shelf, site, tmp_path):
    wheel(shelf, "trial-lib", "1.0", "trial-dep<2")
    wheel(shelf, "trial-lib", "3.0", "trial-dep>=2")
    for number in ("1.0", "2.0"):
        wheel(shelf, "trial-dep", number)
    site(shelf / "trial_lib-3.0-py3-none-any.whl", shelf / "trial_dep-2.0-py3-none-any.whl")
    found, _ = finder({"trial-lib": "1.0"}, tmp_path / "made")
    assert found.chosen(Path("fox.png"))["trial-dep"][0] == "1.0"


def test_of_an_older_picture_all_that_is_gone_is_named(shelf, tmp_path):
    wheel(shelf, "trial-here", "1.0")
    found, _ = finder({"trial-gone": "1.0", "trial-here": "1.0", "trial-other": "2.0"}, tmp_path / "made")
    with pytest.raises(InputError, match=r"trial-gone 1\.0, trial-other 2\.0 for Python") as caught:
        found.chosen(Path("fox.png"))
    assert "trial-here" not in str(caught.value)


def test_a_registry_is_asked_for_all_at_once(shelf):
    first = wheel(shelf, "trial-a", "1.0")
    found, gone = registry.look_up({"trial-a": "1.0", "trial-b": "1.0", "trial-c": "2.0"}, PYTHON, find())
    assert gone == ["trial-b", "trial-c"]
    assert found["trial-a"].files == (File(first.name, sha256(first), first.stat().st_size),)


def test_the_best_file_is_the_installers():
    tags = list(sys_tags())
    names = [f"a-1.0-{tag}.whl" for tag in (tags[-1], tags[3], tags[40])]
    files = [File(name, "", None) for name in (*names, "a-1.0-cp311-cp311-other_system.whl", "nonsense")]
    assert registry.best(files, PYTHON) == files[1]
    assert registry.best(files, PYTHON, frozenset({tags[40]})) == files[2]
    assert registry.best(files[3:], PYTHON) is None


def test_a_packed_wheel_holds_the_installed_files(tmp_path):
    found = distribution("pluggy")
    made = zipfile.ZipFile(wheels.pack(found, tmp_path))
    names = {str(file) for file in found.files if str(file).startswith("pluggy/") and file.suffix != ".pyc"}
    assert names == {name for name in made.namelist() if name.startswith("pluggy/")}
    for name in names:
        assert made.read(name) == Path(found.locate_file(name)).read_bytes()
    assert not any("direct_url" in name or "INSTALLER" in name or "bin/" in name for name in made.namelist())


def test_the_same_files_make_the_same_wheel(tmp_path):
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(sha256(wheels.pack(distribution("markdown-it-py"), tmp_path / name)))
    assert made[0] == made[1]
