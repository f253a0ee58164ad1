"""Which settings of two presets differ."""

from artgen.compare import settings


def found(one, two):
    return [(row.path, settings.text(row.first), settings.text(row.second)) for row in settings.differences(one, two)]


def test_components_are_paired_by_name():
    one = {"losses": [{"type": "clip", "weight": 1}, {"type": "edge", "id": "rim", "width": 3}]}
    two = {"losses": [{"type": "dark"}, {"type": "clip", "weight": 2}, {"type": "clip", "weight": 5}]}
    assert found(one, two) == [
        ("losses.clip.weight", "1", "2"),
        ("losses.rim", "{type: edge, id: rim, width: 3}", "-"),
        ("losses.dark", "-", "{type: dark}"),
        ("losses.clip#2", "-", "{type: clip, weight: 5}"),
    ]


def test_a_list_of_components_may_be_missing():
    assert found({}, {"filters": [{"type": "tile"}]}) == [("filters.tile", "-", "{type: tile}")]


def test_the_order_of_components_counts():
    one = {"filters": [{"type": "tile"}, {"type": "grey"}]}
    assert found(one, {"filters": one["filters"][::-1]}) == [("filters", "tile, grey", "grey, tile")]


def test_what_is_nothing_is_no_difference():
    assert found({"about": "", "filters": [], "start": None}, {}) == []
    assert found({"prompts": [{"text": "a"}]}, {"prompts": [{"text": "b"}]}) == [("prompts[0].text", "a", "b")]


def test_values_fit_into_a_cell():
    assert found({"x": {0: 0.5, "50%": 1}}, {"x": 1}) == [("x", "{0: 0.5, 50%: 1}", "1")]
    [(_, long, digest)] = found({"x": "word " * 100}, {"x": "ab" * 32})
    assert len(long) < 170 and digest == "abababababab..."
