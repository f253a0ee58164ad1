"""Layers of a preset, one over the other."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from artgen.errors import InputError, Mark
from artgen.preset import nodes
from artgen.preset.merging import apply_override, merge
from artgen.preset.nodes import from_data, from_text


def tree(data, source="base.yaml"):
    return from_data(data, Mark(source), Path())


def merged(base, over):
    return merge(tree(base), tree(over, "over.yaml")).data()


NAMES = st.text("abc", min_size=1, max_size=2)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("xyz", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(NAMES, DATA, max_size=3)


@given(MAPPINGS)
def test_an_empty_layer_changes_nothing(data):
    assert merged(data, {}) == data
    assert merged({}, data) == data
    assert merged(data, data) == data


@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_layers_may_be_joined_from_either_end(one, two, three):
    """Or extending a preset that extends another would depend on which of them is read first."""
    # A mapping over a value that is none replaces it, whole; then what lies below counts again if it is joined first.
    assume(shape(one, two) and shape(two, three) and shape(one, three))
    assert merged(merged(one, two), three) == merged(one, merged(two, three))


def shape(base, over):
    """Whether a mapping is met by mappings alone."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return isinstance(base, dict) == isinstance(over, dict)
    return all(shape(base[key], over[key]) for key in base.keys() & over.keys())


def test_mappings_are_joined_and_all_else_is_replaced():
    base = {"size": 64, "generator": {"type": "flat", "start": 1}, "losses": [{"type": "dark"}], "about": {"a": 1}}
    over = {"size": 32, "generator": {"colours": "grey"}, "losses": [{"type": "match"}], "about": 3}
    assert merged(base, over) == {
        "size": 32,
        "generator": {"type": "flat", "start": 1, "colours": "grey"},
        "losses": [{"type": "match"}],
        "about": 3,
    }


def test_a_component_of_another_type_keeps_nothing_of_the_old_one():
    base = {"generator": {"type": "flat", "start": 1}, "perceptors": {"eye": {"type": "toy", "room": 4}}}
    over = {"generator": {"type": "pixel"}, "perceptors": {"eye": {"type": "toy", "weight": 2}}}
    assert merged(base, over) == {
        "generator": {"type": "pixel"},
        "perceptors": {"eye": {"type": "toy", "room": 4, "weight": 2}},
    }


def test_every_value_and_every_key_stands_where_it_was_written():
    joined = merge(tree({"a": 1, "b": {"c": 2, "d": 3}}), tree({"b": {"d": 4}, "e": 5}, "over.yaml"))
    inner = joined.value["b"]
    places = {**joined.value, **inner.value}
    assert {name: node.mark.source for name, node in places.items()} == {
        "a": "base.yaml",
        "b": "over.yaml",
        "c": "base.yaml",
        "d": "over.yaml",
        "e": "over.yaml",
    }
    assert {name: mark.source for name, mark in (joined.keys | inner.keys).items()} == {
        name: node.mark.source for name, node in places.items()
    }


def test_what_is_merged_is_not_what_it_was_merged_from():
    base, over = tree({"a": {"b": 1}}), tree({"a": {"c": 2}})
    apply_override(merge(base, over), "a.b=7")
    assert (base.data(), over.data()) == ({"a": {"b": 1}}, {"a": {"c": 2}})


@given(MAPPINGS, st.lists(NAMES, min_size=1, max_size=3), DATA)
def test_an_override_reads_back_and_touches_nothing_else(data, path, value):
    changed = tree(data)
    try:
        apply_override(changed, (".".join(path), value))
    except InputError:
        holder = data
        for step in path[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else holder
        assert not isinstance(holder, dict)
        return
    node, before = changed, data
    for step in path:
        others = {key: child.data() for key, child in node.value.items() if key != step}
        assert others == {key: child for key, child in (before or {}).items() if key != step}
        node, before = node.value[step], (before or {}).get(step)
    assert node.data() == value


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("losses.dark.weight=2", [{"type": "dark", "weight": 2}, {"type": "match", "id": "near"}]),
        ("losses.near.weight=2", [{"type": "dark"}, {"type": "match", "id": "near", "weight": 2}]),
        ("losses[1].weight=2", [{"type": "dark"}, {"type": "match", "id": "near", "weight": 2}]),
        ("losses.1.weight=2", [{"type": "dark"}, {"type": "match", "id": "near", "weight": 2}]),
        ("losses.near={type: dark}", [{"type": "dark"}, {"type": "dark"}]),
        ("losses.near.type=dark", [{"type": "dark"}, {"type": "dark"}]),
        ("losses.near.type=match", [{"type": "dark"}, {"type": "match", "id": "near"}]),
        ("losses.near.id=", [{"type": "dark"}, {"type": "match", "id": None}]),
        ("losses=[]", []),
    ],
)
def test_an_item_is_named_by_its_place_its_type_or_its_id(override, expected):
    changed = tree({"losses": [{"type": "dark"}, {"type": "match", "id": "near"}]})
    apply_override(changed, override)
    assert changed.value["losses"].data() == expected


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("losses", "--set losses: expected key.path=value, such as losses.clip.weight=2"),
        ("=3", "--set =3: expected key.path=value, such as losses.clip.weight=2"),
        ("losses.dark.weight=1", "--set losses.dark.weight: 2 items are called 'dark'; use [0], [1], ... or an id"),
        ("losses.drak.weight=1", "--set losses.drak.weight: no item is called 'drak'; did you mean 'dark'?"),
        ("losses[2].weight=1", "--set losses[2].weight: there is no item 2; the list has 2, counted from 0"),
        ("steps.x=1", "--set steps.x: 'steps' holds a single value, so it has no 'x'"),
        ("steps.x.y=1", "--set steps.x.y: there is nothing to enter at 'x'"),
        ("steps=[1", "--set steps: '[1' is no value (not valid YAML: "),
        ("steps={a: 1, a: 2}", "--set steps: 'a' stands here again; first on line 1"),
    ],
)
def test_an_override_that_leads_nowhere_is_one_line(override, message):
    changed = tree({"steps": 9, "losses": [{"type": "dark"}, {"type": "dark"}]})
    with pytest.raises(InputError) as caught:
        apply_override(changed, override)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


def test_what_a_command_line_gives_has_no_line():
    changed, _ = from_text("views:\n  - {type: corners}\n", "mine.yaml", Path())
    apply_override(changed, "views=[{type: corners, count: 2}]")
    (view,) = changed.value["views"].value
    assert str(view.value["count"].mark) == str(view.keys["count"]) == "--set views"


@pytest.mark.parametrize("path", ["a..b", "a.", ".a", "a[0", "a]", "[0]", "a[x]", "", "a.[0]"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(InputError, match=r"expected key\.path=value"):
        apply_override(nodes.from_data({"a": {"b": [1]}}, Mark("x"), Path()), f"{path}=1")
