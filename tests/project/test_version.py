"""The version: another one for every source that may draw other pictures."""

import os
import shutil
import subprocess
import sys
import tomllib

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from artgen import version
from tests.helpers.paths import ROOT

FILES = {
    "pyproject.toml": "[project]",
    "artgen/engine/loop.py": "1",
    "plugins/artgen_x/__init__.py": "2",
    "plugins/artgen_x/embedded/model.safetensors": "weights",
    "presets/quick.yaml": "steps: 1",
    "presets/thumbnails/quick.jpg": "small",
    "gallery/presets/owl.yaml": "steps: 2",
    "gallery/inputs/hills.png": "hills",
    "README.md": "read",
}


@pytest.fixture
def source(tmp_path):
    """A small source with artgen's own `version.py`: an unpacked archive, without a repository."""
    root = tmp_path / "source"
    for name, text in FILES.items():
        put(root, name, text)
    shutil.copy(ROOT / "artgen" / "version.py", root / "artgen" / "version.py")
    (root / "artgen" / "__init__.py").write_text("")
    return root


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def called(root, expression="own_version()", **variables):
    """What the artgen in `root` calls itself, where there is no program but Python: no git above all."""
    program = f"from artgen.version import *; print({expression})"
    environment = {"PYTHONPATH": str(root), "PATH": "", **variables}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("artgen/engine/loop.py", "3"),
        ("artgen/engine/another.py", ""),
        ("plugins/artgen_x/__init__.py", "22"),
        ("plugins/artgen_x/embedded/model.safetensors", "weightz"),
        ("plugins/artgen_x/words.tsv", "cat"),
        ("presets/quick.yaml", "steps: 3"),
        ("gallery/presets/owl.yaml", "steps: 3"),
        ("gallery/inputs/hills.png", "dales"),
    ],
)
def test_what_pictures_are_drawn_with_makes_another_version(source, name, text):
    before = version.source_digest(source)
    put(source, name, text)
    assert version.source_digest(source) != before


def test_a_file_that_is_called_otherwise_makes_another_version(source):
    before = version.source_digest(source)
    (source / "artgen" / "engine" / "loop.py").rename(source / "artgen" / "engine" / "pool.py")
    assert version.source_digest(source) != before


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "plugins/README.md",
        "tests/test_x.py",
        "docs/conf.py",
        "gallery/owl.png",
        "presets/thumbnails/quick.jpg",
        "artgen/__pycache__/version.cpython-311.pyc",
        "artgen/.loop.py.swp",
    ],
)
def test_what_draws_nothing_leaves_the_version(source, name):
    before = version.source_digest(source)
    put(source, name, "another")
    assert version.source_digest(source) == before


def test_an_archive_without_git_tells_its_source(source, tmp_path):
    first = called(source)
    assert first == f"{version.RELEASE}+src{version.source_digest(source)[:12]}"
    copy = shutil.copytree(source, tmp_path / "elsewhere")
    assert called(copy) == first
    put(copy, "artgen/engine/loop.py", "4")
    assert called(copy) != first


def test_a_wheel_is_called_as_it_was_built(tmp_path):
    site = tmp_path / "site"
    put(site, "artgen-7.8.9+src0a.dist-info/METADATA", "Metadata-Version: 2.1\nName: artgen\nVersion: 7.8.9+src0a\n")
    put(site, "artgen/__init__.py", "")
    shutil.copy(ROOT / "artgen" / "version.py", site / "artgen" / "version.py")
    assert called(site) == "7.8.9+src0a"
    # Of an editable installation they lie apart: what it was called on the day of the installation is not believed.
    shutil.move(site / "artgen", tmp_path / "artgen")
    assert called(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{site}").startswith(f"{version.RELEASE}+src")


def test_a_version_is_one_that_installers_know():
    own = version.own_version()
    assert str(Version(own)) == own
    assert Version(own) > Version(version.RELEASE)
    assert SpecifierSet(f">={version.RELEASE}").contains(own)


def test_a_digest_of_digits_stays_as_it_is():
    """Installers drop noughts at the beginning of a part that is a number."""
    assert str(Version(f"{version.RELEASE}+src000123456789")) == f"{version.RELEASE}+src000123456789"


def built():
    return ProjectMetadata(str(ROOT), PluginManager()).version


def test_the_build_has_a_releases_number_only_where_it_is_named(monkeypatch):
    monkeypatch.delenv("ARTGEN_RELEASING", raising=False)
    assert built() == version.own_version()
    monkeypatch.setenv("ARTGEN_RELEASING", "0.0.1")
    assert built() == version.own_version()
    monkeypatch.setenv("ARTGEN_RELEASING", version.RELEASE)
    assert built() == version.RELEASE
    assert version.own_version() != version.RELEASE


def test_everything_that_is_shipped_counts():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    shipped = {*wheel["packages"], *wheel["force-include"]}
    assert [path for path in shipped if not f"{path}/".startswith(tuple(f"{one}/" for one in version.SOURCES))] == []


@pytest.mark.parametrize("words", [[], ["--help"], ["run", "--help"], ["presets"]])
def test_nothing_is_counted_where_no_version_is_asked_for(words):
    program = (
        "import artgen.cli, artgen.version\n"
        f"artgen.cli.main({words!r})\n"
        "print(artgen.version.own_version.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0"


def test_the_command_the_package_and_the_plugins_say_the_same(artgen):
    import artgen as package
    from artgen.registry import discover

    assert artgen("--version").stdout == f"artgen {version.own_version()}\n"
    assert package.__version__ == version.own_version()
    assert {one.version for one in discover().components if one.dist == "artgen"} == {version.own_version()}
