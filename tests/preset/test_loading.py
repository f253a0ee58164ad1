"""Presets are read from files and from Python, and from what they extend."""

import pytest
import yaml

import artgen as package
from artgen.errors import PresetError
from artgen.preset import loading


def test_load_takes_settings_by_name_over_overrides(flat):
    preset = package.load(flat, ["seed=1", "losses.dark.weight=3", ("prompts", "50%: off")], seed=2, steps=9)
    assert (preset.seed, preset.steps, preset.prompts[0].text) == (2, 9, "50%: off")
    assert preset.losses[1].weight.at(0, 9) == 3


def test_load_changes_a_preset_that_is_there(flat):
    preset = package.load(flat)
    assert package.load(preset) is preset
    assert package.load(preset, "seed=8") == package.load({**flat, "seed": 8})
    assert preset.seed == 5


def test_the_resolved_preset_reads_back_equal(flat):
    preset = loading.parse({**flat, "losses": [{"type": "match", "weight": {"0": 1, "50%": 0.5, "curve": "cosine"}}]})
    assert loading.parse(preset.resolved()) == preset


def test_a_saved_preset_loads_equal(flat, tmp_path):
    preset = loading.parse(flat)
    preset.save(tmp_path / "p.yaml")
    assert loading.load(tmp_path / "p.yaml") == preset


def write(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


def test_extends_merges_and_replaces(tmp_path):
    write(tmp_path, "base.yaml", "steps: 9\nseed: 1\ngenerator: {type: flat, start: 0.2}\nlosses: [{type: dark}]\n")
    path = write(tmp_path, "mine.yaml", "extends: base.yaml\nseed: 2\ngenerator: {learning_rate: 0.5}\n")
    preset = loading.load(path)
    assert (preset.steps, preset.seed, preset.generator.start) == (9, 2, 0.2)
    assert preset.generator.learning_rate.at(0, 9) == 0.5


def test_a_mistake_in_the_base_is_named_there(tmp_path):
    write(tmp_path, "base.yaml", "generator: {type: flat}\nstepz: 9\n")
    path = write(tmp_path, "mine.yaml", "extends: base.yaml\nseed: 2\n")
    with pytest.raises(PresetError, match=r"base\.yaml:2:1: there is no setting 'stepz'; did you mean 'steps'"):
        loading.load(path)


def test_extends_in_a_circle_ends(tmp_path):
    write(tmp_path, "a.yaml", "extends: b.yaml\ngenerator: {type: flat}\n")
    write(tmp_path, "b.yaml", "extends: a.yaml\n")
    with pytest.raises(PresetError, match=r"b\.yaml:1:10: extends: 'a\.yaml' extends itself"):
        loading.load(tmp_path / "a.yaml")


def test_files_are_looked_for_beside_the_preset(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "sketch.png").touch()
    path = write(tmp_path / "here", "p.yaml", "generator: {type: flat, picture: sketch.png}\nlosses: [{type: dark}]\n")
    monkeypatch.chdir(tmp_path)
    assert loading.load(path).generator.picture == tmp_path / "here" / "sketch.png"


def test_what_turns_the_direction_of_writing_stands_as_an_escape_in_yaml(flat):
    preset = loading.parse({**flat, "about": "a \u202egnp.exe", "prompts": "ein Bär"})
    assert "\\u202E" in preset.to_yaml() and "\u202e" not in preset.to_yaml()
    assert loading.parse(yaml.safe_load(preset.to_yaml())) == preset
    assert "ein Bär" in loading.parse({**flat, "prompts": "ein Bär"}).to_yaml()
