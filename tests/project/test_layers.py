"""Who may import whom: the contracts of import-linter in pyproject.toml hold, and can fail."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from artgen.registry import discover
from tests.helpers.paths import ROOT

PUBLIC = ("artgen.api", "artgen.canvas", "artgen.colours", "artgen.importing", "artgen.vectors", "artgen.weights")
"""What plugins may import of artgen."""
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if path.is_dir() and path.name.startswith("artgen_"))
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def lint(folder, path):
    """Checks the contracts of the pyproject.toml in `folder`, of the packages on `path`."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def contract(name):
    [found] = [one for one in SETTINGS["contracts"] if one["name"].startswith(name)]
    return found


def test_the_contracts_hold():
    done = lint(ROOT, [ROOT, ROOT / "plugins"])
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        (
            "artgen/picture/noise.py",
            "def f():\n    import artgen.preset.model",
            "A package imports only",
        ),
        (
            "artgen/rng.py",
            "if __name__ == '':\n    from artgen import errors",
            "A package imports only",
        ),
        ("artgen/preset/nodes.py", "def f():\n    from artgen.preset import checking", "No modules import each other"),
        ("artgen/engine/loop.py", "import artgen_pixel", "The core knows no plugin"),
        ("plugins/artgen_pixel/drawing.py", "from artgen.engine import loop", "Plugins use artgen through its public"),
        ("plugins/artgen_pixel/drawing.py", "from artgen.weights import hub", "Plugins use artgen through its public"),
        ("plugins/artgen_pixel/drawing.py", "def f():\n    import artgen_clip", "A plugin could move to a repository"),
    ],
)
def test_a_forbidden_import_breaks_a_contract(tmp_path, file, line, broken):
    """Anywhere in a file, in functions too."""
    for name in ("artgen", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.safetensors", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a") as changed:
        changed.write(f"\n\n{line}\n")
    done = lint(tmp_path, [tmp_path, tmp_path / "plugins"])
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{broken}" in done.stdout.partition("Broken contracts")[2]


def test_every_package_is_in_a_layer_and_every_private_one_closed_to_plugins():
    """What is new at the top is private until somebody says otherwise."""
    top = {
        path.stem for path in (ROOT / "artgen").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    layered = {name.strip() for layer in contract("A package")["layers"] for name in layer.split("|")}
    assert top - {"__init__"} == layered
    closed = {name.split(".")[1] for name in contract("Plugins use")["forbidden_modules"] if not name.endswith(".*")}
    public = {name.split(".")[1] for name in PUBLIC}
    assert top - closed - {"__init__", "__main__"} == public
    for name in public:
        if (ROOT / "artgen" / name).is_dir():
            assert f"artgen.{name}.*" in contract("Plugins use")["forbidden_modules"]


def test_every_plugin_is_under_contract():
    shared = contract("What plugins share")["source_modules"]
    assert {path.name for path in PLUGINS} == {*contract("A plugin could")["modules"], *shared}


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_could_move_to_its_own_repository(folder, tmp_path, monkeypatch):
    """Its package imports from any folder, with nothing but artgen beside it."""
    (tmp_path / folder.name).symlink_to(folder)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *(p for p in sys.path if Path(p).name != "plugins")])
    monkeypatch.delitem(sys.modules, folder.name, raising=False)
    module = __import__(folder.name)
    assert Path(module.__file__).is_relative_to(tmp_path)


WORDS = {"kornia", "mask", "noise", "palette", "saturation"}
"""Names of components that are also other words: a library whose version recipes hold, a region, a kind of start and of
prompt, a palette's error, a part of a colour in Procreate's files."""


def test_the_core_names_no_component():
    """No generator, loss, filter, view or perceptor of artgen's own stands as a text in what a run is made by."""
    kinds = {component.name for component in discover().components if component.dist == "artgen"}
    packages = [
        "api",
        "colours",
        "compare",
        "engine",
        "fields",
        "hookspecs",
        "picture",
        "preset",
        "prompts",
        "recipe",
    ]
    for package in (*packages, "canvas.py", "registry", "reporters", "results.py"):
        place = ROOT / "artgen" / package
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))
        assert files, f"{place} is not there"
        for path in files:
            tree = ast.parse(path.read_text())
            texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            assert not texts & kinds - WORDS, f"{path.name} names {texts & kinds}"


FILES = sorted([*(ROOT / "artgen").rglob("*.py"), *(path for folder in PLUGINS for path in folder.rglob("*.py"))])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 300
