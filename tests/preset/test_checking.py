"""Presets: what they may say, and the exact line each mistake gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.errors import InputError, PresetError
from artgen.preset import loading
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


def write(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("steps=3", lambda p: p.steps == 3),
        ("losses.dark.weight=3", lambda p: p.losses[1].weight.at(0, 9) == 3),
        ("losses[1].weight={0: 1, 100%: 2}", lambda p: p.losses[1].weight.at(5, 6) == 2),
        ("perceptors.toy.weight=0.5", lambda p: p.perceptors["toy"].weight.at(0, 2) == 0.5),
        ("seed=", lambda p: p.seed is None),
        ("size=30x20", lambda p: p.size == (30, 20)),
        ("size=21:9@672", lambda p: p.size == (672, 288)),
        ("size=2:3@512", lambda p: p.size == (341, 512)),
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
        ("steps=x", "--set steps: expected a whole number, got 'x'"),
        ("steps.x=1", "--set steps.x: 'steps' holds a single value"),
        ("stepz=1", "--set stepz: there is no setting 'stepz'; did you mean 'steps'?"),
    ],
)
def test_a_wrong_set_says_so(flat, override, message):
    assert mistakes(flat, override).startswith(message)


def test_prompts_that_no_loss_reads_are_a_mistake(flat):
    text = mistakes({**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []})
    assert text == "preset: prompts: no loss reads the prompts; add one of clip, distill, match"


@pytest.mark.parametrize("empty", ["views", "perceptors"])
def test_a_loss_that_looks_needs_something_to_look_through(flat, empty):
    text = mistakes({**flat, empty: [] if empty == "views" else {}})
    assert f"preset: losses[0]: it looks at views through perceptors; add '{empty}'" in text


def test_a_preset_without_a_loss_is_a_mistake(flat):
    text = mistakes({"generator": {"type": "flat"}, "losses": []})
    assert text.startswith("preset: losses: nothing judges the picture; add a loss of clip, distill, match, aesthetic,")


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
