"""Presets: what they may say, and the exact line each mistake gets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.errors import InputError, PresetError
from artgen.preset import loading
from artgen.preset.nodes import from_text
from tests.helpers.paths import GOLDEN


def mistakes(data, *overrides):
    with pytest.raises(InputError) as caught:
        loading.parse(data, overrides)
    return str(caught.value)


@pytest.mark.parametrize("source", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_mistakes_are_named_line_by_line(source, artgen, tmp_path):
    """Each golden preset is wrong in its own ways; the lines it gets are kept beside it."""
    (tmp_path / source.name).write_text(source.read_text())
    (tmp_path / "sketch.png").touch()
    done = artgen("check", source.name, code=2, ARTGEN_PLUGINS="artgen-strangers")
    assert done.stderr.splitlines() == source.with_suffix(".txt").read_text().splitlines()
    assert done.stdout == ""


def test_a_right_preset_is_ok(artgen, tmp_path, flat):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    assert artgen("check", "mine.yaml", code=0).stdout == "mine.yaml: ok\n"


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


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("steps=3", lambda p: p.steps == 3),
        ("losses.dark.weight=3", lambda p: p.losses[1].weight.at(0, 9) == 3),
        ("losses[1].weight={0: 1, 100%: 2}", lambda p: p.losses[1].weight.at(5, 6) == 2),
        ("perceptors.toy.weight=0.5", lambda p: p.perceptors["toy"].weight.at(0, 2) == 0.5),
        ("seed=", lambda p: p.seed is None),
        ("size=30x20", lambda p: p.size == (30, 20)),
        ("generator.colours=grey", lambda p: p.generator.colours == "grey"),
    ],
)
def test_set_changes_one_value(flat, override, expected):
    assert expected(loading.parse(flat, [override]))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("steps", "--set steps: expected key.path=value"),
        ("losses.drak.weight=1", "--set losses.drak.weight: no item is called 'drak'; did you mean 'dark'?"),
        ("losses[7].weight=1", "--set losses[7].weight: there is no item 7; the list has 2"),
        ("steps=[1", "--set steps: '[1' is no value"),
        ("steps=x", "--set steps: steps: expected a whole number, got 'x'"),
        ("steps.x=1", "--set steps.x: 'steps' holds a single value"),
        ("stepz=1", "--set stepz: there is no setting 'stepz'; did you mean 'steps'?"),
    ],
)
def test_a_wrong_set_says_so(flat, override, message):
    assert mistakes(flat, override).startswith(message)


def test_prompts_that_no_loss_reads_are_a_mistake(flat):
    text = mistakes({**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []})
    assert text == "preset: prompts: no loss reads the prompts; add one of clip, match"


@pytest.mark.parametrize("empty", ["views", "perceptors"])
def test_a_loss_that_looks_needs_something_to_look_through(flat, empty):
    text = mistakes({**flat, empty: [] if empty == "views" else {}})
    assert f"preset: losses[0]: it looks at views through perceptors; add '{empty}'" in text


def test_a_preset_without_a_loss_is_a_mistake(flat):
    text = mistakes({"generator": {"type": "flat"}, "losses": []})
    assert text.startswith("preset: losses: nothing judges the picture; add a loss of aesthetic, agreement, clip,")


def test_a_component_of_two_plugins_needs_its_owner(artgen, tmp_path):
    write(tmp_path, "p.yaml", "generator: {type: flat}\nlosses: [{type: dark}]\n")
    done = artgen("check", "p.yaml", dists=("ok", "clash"), code=2)
    both = "'artgen-clash:flat' or 'artgen-strangers:flat'"
    assert done.stderr.strip() == f"p.yaml:1:19: generator: 2 plugins offer a generator called 'flat'; write {both}"
    write(tmp_path, "p.yaml", "generator: {type: 'artgen-strangers:flat'}\nlosses: [{type: dark}]\n")
    artgen("check", "p.yaml", dists=("ok", "clash"), code=0)


def test_a_failed_plugin_is_named_where_it_is_missed(artgen, tmp_path):
    write(tmp_path, "p.yaml", "generator: {type: flat}\nlosses: [{type: stripes}]\n")
    done = artgen("check", "p.yaml", dists=("ok", "raises"), code=2)
    assert "no loss is called 'stripes'" in done.stderr
    assert "plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator torchvision::nms" in done.stderr


def test_a_billion_laughs_is_refused(tmp_path):
    text = "a: &a [x, x]\n" + "".join(f"a{i}: &a{i} [*a, *a]\n" for i in range(30))
    with pytest.raises(PresetError, match="anchors and aliases are not read"):
        loading.load(write(tmp_path, "p.yaml", text))


def test_a_huge_file_is_refused_unread(tmp_path):
    with pytest.raises(InputError, match="larger than 1 MiB"):
        loading.load(write(tmp_path, "p.yaml", "#" * (1 << 20) + "\n"))


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "p.yaml").write_bytes(b"about: \xff\xfe")
    with pytest.raises(InputError, match="not UTF-8 text"):
        loading.load(tmp_path / "p.yaml")


@given(st.text(max_size=80))
def test_any_text_gives_data_or_a_message_with_its_place(text):
    try:
        tree, problems = from_text(text, "p.yaml", Path())
    except PresetError as error:
        assert str(error).startswith("p.yaml")
    else:
        assert problems or isinstance(tree.data(), (dict, list, str, int, float, bool, type(None)))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(
    ["prompts", "seed", "size", "steps", "batch", "chunk", "generator", "losses", "views", "perceptors"]
)


@given(key=keys, value=values)
def test_any_value_anywhere_gives_a_preset_or_a_message(key, value):
    data = {"generator": {"type": "flat"}, key: value}
    try:
        loading.parse(data)
    except PresetError as error:
        assert all(problem.message for problem in error.problems)
