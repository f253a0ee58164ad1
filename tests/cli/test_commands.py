"""The commands, what they import, and what they print."""

import json

import pytest

from artgen.cli import COMMANDS
from artgen.preset import loading


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], *([name, "--help"] for name in COMMANDS)])
def test_help_needs_neither_torch_nor_pydantic_nor_plugins(artgen, arguments):
    heavy = ["torch", "pydantic", "pluggy", "yaml", "rich", "PIL", "strangers", "artgen_pixel", "numpy"]
    block = f"sys.modules.update(dict.fromkeys({heavy}))"
    assert artgen(*arguments, prelude=block, code=0).stdout.startswith(("Usage: artgen", "artgen "))


@pytest.mark.parametrize(
    "arguments", [["check", "mine.yaml"], ["words", "a kitten"], ["plugins"], ["schema"], ["presets"]]
)
def test_looking_needs_no_torch(artgen, tmp_path, flat, arguments):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    heavy = ["torch", "kornia", "open_clip", "diffusers", "matplotlib", "timm"]
    artgen(*arguments, prelude=f"sys.modules.update(dict.fromkeys({heavy}))", code=0)


def test_check_resolved_prints_every_setting(artgen, tmp_path, flat):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    shown = artgen("check", "mine.yaml", "--resolved", "--set", "steps=7", code=0).stdout
    assert "steps: 7" in shown
    assert "learning_rate: 0.1" in shown


@pytest.mark.parametrize("command", [["run", "nothing.yaml"], ["check", "nothing.yaml"]])
def test_a_missing_preset_is_named(artgen, command):
    assert artgen(*command, code=2).stderr.startswith("nothing.yaml: there is no such file or shipped preset")


def test_an_unknown_command_is_bad_input(artgen):
    assert artgen("rnu", code=2).stderr == "artgen: there is no command 'rnu'; did you mean 'run'?\n"


def test_a_plugin_cannot_take_the_name_of_a_shipped_preset(artgen, tmp_path):
    info = tmp_path / "dist" / "artgen_greedy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-greedy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgen]\ngreedy = greedy\n")
    hook = "from pathlib import Path\nfrom artgen.api import hookimpl\n\n@hookimpl\ndef artgen_presets():\n"
    (tmp_path / "dist" / "greedy.py").write_text(hook + "    return [Path(__file__).parent]\n")
    for name in ("quickstart", "greedy"):
        (tmp_path / "dist" / f"{name}.yaml").write_text("generator: {type: pixel}\nlosses: [{type: symmetry}]\n")
    listed = json.loads(artgen("presets", "--json", dists=(str(tmp_path / "dist"),), code=0).stdout)
    paths = {row["name"]: row["path"] for row in listed}
    assert paths["greedy"].startswith(str(tmp_path))
    assert not paths["quickstart"].startswith(str(tmp_path))
