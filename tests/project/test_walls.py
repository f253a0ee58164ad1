"""The walls of the house: who may import whom, and how large a file may grow."""

import ast
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

CORE = sorted((ROOT / "artgen").rglob("*.py"))
PUBLIC = ("artgen.api", "artgen.canvas", "artgen.colours", "artgen.weights")
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if path.is_dir() and path.name.startswith("artgen_"))


def imports(path):
    """The modules a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "artgen":
            yield from (f"artgen.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_knows_no_plugin(path):
    plugins = {folder.name for folder in PLUGINS}
    assert not {name.partition(".")[0] for name in imports(path)} & plugins


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_uses_only_the_public_api(folder):
    for path in folder.rglob("*.py"):
        for name in imports(path):
            top = name.partition(".")[0]
            assert not top.startswith("artgen") or name in PUBLIC or top == folder.name, f"{path.name} imports {name}"


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_could_move_to_its_own_repository(folder, tmp_path, monkeypatch):
    """Its package imports from any folder, with nothing but artgen beside it."""
    (tmp_path / folder.name).symlink_to(folder)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *(p for p in sys.path if Path(p).name != "plugins")])
    monkeypatch.delitem(sys.modules, folder.name, raising=False)
    module = __import__(folder.name)
    assert Path(module.__file__).is_relative_to(tmp_path)


@pytest.mark.parametrize("path", [*CORE, *(p for f in PLUGINS for p in f.rglob("*.py"))], ids=lambda p: p.name)
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 400
