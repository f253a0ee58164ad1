"""`artgen install`: what it says, what it does, and what it leaves alone, in a small environment and from a folder."""

import os
import site
import subprocess
import sys
import zipfile

import pytest
from build import ProjectBuilder

from artgen import cli
from artgen.lock import installing

HERE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null", "NO_COLOR": "1", "COLUMNS": "200"}


def made(folder, name, version="1.0", needs=(), points=""):
    """A wheel of one empty module."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {one}\n" for one in needs)
    files = {
        f"{module}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": points,
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A real pack of presets, one that needs more, one that asks for another artgen, and no plugin at all."""
    folder = tmp_path_factory.mktemp("wheels")
    assert cli.main(["new", "preset", "five-inks", "--out", str(folder / "source")]) == 0
    ProjectBuilder(folder / "source").build("wheel", folder)
    point = "[artgen]\nx = artgen_more\n"
    made(folder, "artgen-more", needs=["helping-hand>=1"], points=point)
    made(folder, "artgen-more", "2.0", needs=["helping-hand>=1"], points=point)
    made(folder, "artgen-future", needs=["artgen>=99"], points="[artgen]\nx = artgen_future\n")
    made(folder, "artgen", "99.0")
    made(folder, "helping-hand")
    made(folder, "stranger", needs=["helping-hand"])
    return folder


@pytest.fixture
def install(tmp_path, wheels):
    """Runs `artgen install` with the Python of an environment that also sees what is installed here."""
    python = tmp_path / "environment" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "environment"], check=True)
    packages = next((tmp_path / "environment" / "lib").glob("python*/site-packages"))
    beside = (f"import site; site.addsitedir({str(folder)!r})\n" for folder in site.getsitepackages())
    (packages / "here.pth").write_text("".join(beside))

    def run(*words, code=0, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
        done = subprocess.run(
            [python, "-m", "artgen", "install", *words],
            cwd=tmp_path,
            env={**kept, **HERE, "PIP_FIND_LINKS": str(wheels), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        done.there = {path.name.partition("-")[0] for path in packages.glob("*.dist-info")}
        return done

    return run


@pytest.mark.slow
def test_a_plugin_is_installed_and_what_it_offers_is_listed(install):
    planned = install("artgen-five-inks", "--dry-run")
    assert planned.stdout == "artgen-five-inks 0.1.0\n"
    assert not planned.there
    done = install("Artgen_Five_Inks")
    assert done.stdout.splitlines()[0] == "artgen-five-inks 0.1.0"
    assert [line.split()[:2] for line in done.stdout.splitlines()[2:]] == [
        ["five_inks", "preset"],
        ["five_inks_mirrored", "preset"],
    ]
    assert done.there == {"artgen_five_inks"}
    assert install("artgen-five-inks").stdout.startswith("nothing changes: artgen-five-inks is here already\n")


@pytest.mark.slow
def test_what_becomes_another_version_is_said(install):
    assert install("artgen-more==1.0").stdout.splitlines()[:2] == ["artgen-more 1.0", "helping-hand 1.0"]
    assert install("artgen-more").stdout.startswith("nothing changes")
    assert install("artgen-more", "--upgrade").stdout.splitlines()[0] == "artgen-more 1.0 becomes 2.0"


@pytest.mark.slow
def test_artgen_itself_stays_unless_that_is_wanted(install):
    refused = install("artgen-future", code=2)
    assert refused.stderr.endswith("becomes 99.0, which may change pictures; --yes lets it\n")
    assert not refused.there
    assert "becomes 99.0" in install("artgen-future", "--yes", "--dry-run").stdout


@pytest.mark.slow
def test_what_is_no_plugin_is_taken_away_again(install):
    done = install("stranger", code=2)
    assert done.stderr == "stranger: no plugin of artgen's; what was added has been taken away again\n"
    assert not done.there


@pytest.mark.slow
def test_what_there_is_not_is_a_line(install):
    done = install("artgen-nowhere", code=2)
    assert done.stderr.startswith("artgen-nowhere: ") and "No matching distribution" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["./x.whl", "artgen-x @ https://example.org/x.whl", "git+https://example.org/x", "a b"]
)
def test_only_names_are_taken(artgen, name):
    said = artgen("install", name, code=2).stderr
    assert said.startswith(f"'{name}' is no name of a distribution") and said.count("\n") == 1


@pytest.mark.slow
def test_uv_does_the_same_where_there_is_no_pip(install, wheels, monkeypatch):
    """In this environment, where nothing is changed."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setattr(installing, "find_spec", lambda name: None)
    by = installing.installer()
    assert by.name == "uv"
    found = installing.plan(["artgen-more==1.0"], False, by)
    assert [*map(str, found)] == ["artgen-more 1.0", "helping-hand 1.0"]
