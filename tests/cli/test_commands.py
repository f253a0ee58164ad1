"""The commands, what they import, and what they print."""

import json

import pytest
from jsonschema import Draft202012Validator

from artgen.cli import COMMANDS
from artgen.preset import loading


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], *([name, "--help"] for name in COMMANDS)])
def test_help_needs_neither_torch_nor_pydantic_nor_plugins(artgen, arguments):
    heavy = ["torch", "pydantic", "pluggy", "yaml", "rich", "PIL", "strangers", "artgen_pixel", "numpy"]
    block = f"sys.modules.update(dict.fromkeys({heavy}))"
    assert artgen(*arguments, prelude=block, code=0).stdout.startswith(("usage: artgen", "artgen "))


@pytest.mark.parametrize("arguments", [["check", "mine.yaml"], ["plugins"], ["schema"], ["presets"]])
def test_looking_needs_no_torch(artgen, tmp_path, flat, arguments):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    heavy = ["torch", "kornia", "open_clip", "diffusers", "matplotlib", "timm"]
    artgen(*arguments, prelude=f"sys.modules.update(dict.fromkeys({heavy}))", code=0)


def test_plugins_lists_offers_and_failures(artgen):
    done = artgen("plugins", dists=("ok", "raises", "typo", "newer"), code=0)
    assert "artgen-strangers 1.0" in done.stdout
    assert "One colour, searched for." in done.stdout
    failures = done.stderr.splitlines()
    assert failures == [
        "plugin 'artgen-newer 9.0' (needs_newer): TypeError: Future needs plugin API 99, this artgen has 1; "
        "update artgen",
        "plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator torchvision::nms does not exist",
        "plugin 'artgen-typo 2.1' (misspelt_hook): PluginValidationError: there is no hook 'artgen_generatrs'; "
        "did you mean 'artgen_generators'?",
    ]


def test_plugins_shows_the_settings_of_one(artgen):
    done = artgen("plugins", "flat", code=0)
    assert "learning_rate = 0.1" in done.stdout
    assert "Step size of the descent." in done.stdout
    assert "did you mean 'flat'?" in artgen("plugins", "flst", code=2).stderr


def test_artgen_plugins_selects(artgen):
    assert "strangers" not in artgen("plugins", ARTGEN_PLUGINS="artgen", code=0).stdout
    only = artgen("plugins", ARTGEN_PLUGINS="strangers", code=0).stdout
    assert "flat" in only
    assert "pixel" not in only


def test_the_schema_accepts_what_check_accepts(artgen, flat):
    schema = json.loads(artgen("schema", code=0).stdout)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    validator.validate(flat)
    validator.validate(json.loads(json.dumps(loading.parse(flat).resolved())))
    for wrong in ({"stepz": 3}, {"generator": {"start": 0.1}}, {"losses": [{"type": "drak"}]}, {"seed": -1}):
        assert list(validator.iter_errors({**flat, **wrong})), wrong


def test_the_schema_documents_every_setting(artgen):
    schema = json.loads(artgen("schema", ARTGEN_PLUGINS="artgen", code=0).stdout)
    models = {"preset": schema, **{name: model for name, model in schema["$defs"].items() if ":" in name}}
    sections = {"generator", "perceptors", "views", "losses", "filters", "reporters"}
    for name, model in models.items():
        for key, field in model["properties"].items():
            assert key in sections or field.get("description"), f"{name}.{key} has no description"


def test_check_resolved_prints_every_setting(artgen, tmp_path, flat):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    shown = artgen("check", "mine.yaml", "--resolved", "--set", "steps=7", code=0).stdout
    assert "steps: 7" in shown
    assert "learning_rate: 0.1" in shown


@pytest.mark.parametrize("command", [["run", "nothing.yaml"], ["check", "nothing.yaml"]])
def test_a_missing_preset_is_named(artgen, command):
    assert artgen(*command, code=2).stderr.startswith("nothing.yaml: there is no such file or shipped preset")


def test_an_unknown_command_is_bad_input(artgen):
    assert "invalid choice: 'rnu'" in artgen("rnu", code=2).stderr


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
