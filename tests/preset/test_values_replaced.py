"""A layer's values replace those below it, whatever their notation; settings are joined, and lists changed by name."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from artgen.errors import PresetError
from artgen.fields.introspection import parts_of
from artgen.preset import loading, shapes
from artgen.preset.merging import merge
from artgen.preset.model import SECTIONS, Settings
from artgen.registry.plugins import discover
from tests.preset.test_merging import tree

KEYS = st.sampled_from(["0", "50%", "100", "curve", "text", "scenes", "a", "image"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text("ab#", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
COMPONENTS = [
    (section, component)
    for section, (kind, _) in SECTIONS.items()
    for component in discover().components
    if component.kind == kind
]
BLOCKS = {"start", "overlay", "transparent", "auto_stop", "film", "sweep"}
"""The settings that hold settings of their own."""


def layered(base, over):
    return merge(tree(base), tree(over, "over.yaml"), shapes.of_preset(discover())).data()


def of_one(section, component, field, value):
    """A preset of one component of which one setting is said, and that component."""
    one = {"type": discover().written(component), "id": "it", field: value}
    return {"one": {section: one}, "named": {section: {"it": one}}, "list": {section: [one]}}[SECTIONS[section].shape]


@pytest.mark.parametrize(("section", "component"), COMPONENTS, ids=lambda part: getattr(part, "name", part))
@settings(max_examples=15)
@given(below=VALUES, above=VALUES)
def test_every_setting_of_every_component_is_one_value(section, component, below, above):
    # What holds another component is merged as one, setting by setting.
    for field in sorted(set(component.spec.model_fields) - {"type", "id"} - parts_of(component.spec).keys()):
        change = {field: above} if SECTIONS[section].shape == "one" else {"it": {field: above}}
        for base in (below, [below], {"0": below}):
            merged = layered(of_one(section, component, field, base), {section: change})
            assert merged == of_one(section, component, field, above)


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
@given(below=VALUES, above=VALUES)
def test_every_setting_of_a_preset_is_one_value_unless_it_holds_settings(field, below, above):
    merged = layered({field: below}, {field: above})[field]
    if field in BLOCKS and isinstance(below, dict) and isinstance(above, dict):
        assert merged == {**below, **above}
    else:
        assert merged == above


NOTATIONS = [0.5, {0: 0.5}, {0: 0.5, "50%": 0.1, "100%": 0.2}, [{0: 1}, {"50%": 0.2}], {0: 1, 8: 0, "curve": "step"}]


@pytest.mark.parametrize("below", NOTATIONS)
@pytest.mark.parametrize("above", NOTATIONS)
def test_a_schedule_replaces_another_in_any_notation(below, above, flat, tmp_path):
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(with_weight(flat, below)))
    text = yaml.safe_dump({"extends": "base.yaml", "losses": {"dark": {"weight": above}}})
    (tmp_path / "over.yaml").write_text(text)
    alone = loading.parse(with_weight(flat, above))
    assert loading.load(tmp_path / "over.yaml").losses == alone.losses
    assert loading.load(tmp_path / "base.yaml", [("losses.dark.weight", above)]).losses == alone.losses


def with_weight(flat, weight):
    return {**flat, "losses": [{"type": "match"}, {"type": "dark", "weight": weight}]}


def test_components_of_a_list_are_changed_taken_away_and_added_by_name(flat, tmp_path):
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(flat))
    (tmp_path / "over.yaml").write_text(
        "extends: base.yaml\nlosses:\n  match: {weight: 3}\n  dark: null\n  second: {type: dark, weight: 0.5}\n"
        "views: {0: {count: 7}}\n"
    )
    preset = loading.load(tmp_path / "over.yaml")
    assert [(loss.type, loss.id, loss.weight.at(0, 1)) for loss in preset.losses] == [
        ("match", None, 3),
        ("dark", "second", 0.5),
    ]
    assert preset.views[0].count == 7
    (tmp_path / "third.yaml").write_text("extends: over.yaml\nlosses: {second: {weight: {0: 1, 3: 0}}}\n")
    assert loading.load(tmp_path / "third.yaml").losses[1].weight.at(3, 6) == 0


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ("losses: {mtach: {weight: 3}}", "over.yaml:2:10: mtach: no item is called 'mtach'; did you mean 'match'?"),
        ("losses: {4: {weight: 3}}", "over.yaml:2:10: 4: there is no item 4; the list has 2, counted from 0"),
    ],
)
def test_a_name_that_is_not_there_is_one_line(over, message, flat, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(flat))
    (tmp_path / "over.yaml").write_text(f"extends: base.yaml\n{over}\n")
    with pytest.raises(PresetError) as caught:
        loading.load("over.yaml")
    assert str(caught.value) == message


def test_names_without_a_preset_below_say_so(flat):
    with pytest.raises(PresetError, match=r"losses: expected a list of losses; names in their place change those of"):
        loading.parse({**flat, "losses": {"match": {"weight": 3}}})
