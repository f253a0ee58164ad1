"""What settings a sweep goes over, as it is typed and as a preset says it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen import InputError
from artgen.sweeps.axes import axes, checked, combinations, read_over


def _values(text, seed=1):
    (axis,) = axes(checked({"over": read_over([f"key={text}"])}), seed)
    return list(axis.values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,4", [1, 2, 4]),
        ("0.5", [0.5]),
        ("1..4", [1, 2, 3, 4]),
        ("-1..1", [-1, 0, 1]),
        ("0..1:5", [0, 0.25, 0.5, 0.75, 1]),
        ("100..400:4", [100, 200, 300, 400]),
        ("{low: 0.01, high: 1, count: 3, scale: log}", [0.01, 0.1, 1]),
        ("{low: 1, high: 12, count: 3, whole: true}", [1, 6, 12]),
        ("true, false, null", [True, False, None]),
        ("1, true, 1", [1, True]),
        ('a fish, "a ship, at sea"', ["a fish", "a ship, at sea"]),
        ("a fish:2 | sea:0.5, 8", ["a fish:2 | sea:0.5", 8]),
        ("[1, 2], {text: fish}", [[1, 2], {"text": "fish"}]),
        ("{choices: 'a {red|blue} {fish|bird}'}", ["a red fish", "a red bird", "a blue fish", "a blue bird"]),
        ("{choices: '{2$$a|b|c}'}", ["a, b", "a, c", "b, c"]),
        ("640x360, 512", ["640x360", 512]),
    ],
)
def test_values_are_read_as_they_are_typed(text, values):
    found = _values(text)
    assert json.dumps(found) == json.dumps(values)  # in which true is not 1, and 1 is not 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no values"),
        ("5..1", "write 1..5"),
        ("0.5..1", "such as 0.5..1:5"),
        ("1..20000", "too many"),
        ("[1", "put texts in quotes"),
        ("@nowhere.txt", "no file 'nowhere.txt'"),
        ("{random: 3}", "give 'values'"),
        ("{low: 1}", "belong together"),
        ("{low: 0, high: 1, count: 3, scale: log}", "more than 0"),
        ("{low: 0, high: 1, count: 3, random: 3}", "give one of them"),
        ("{values: [1], count: 3}", "belong to 'low' and 'high'"),
        ("{choices: 'a ${colour}'}", "write the choices"),
        ("{choices: 'a ${colour:red} bird'}", "write the choices"),
        ("{low: .inf, high: 3}", "finite"),
    ],
)
def test_values_that_are_none_get_one_line(text, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words.replace(".", r"\.")) as caught:
        _values(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("--over key")


@pytest.mark.parametrize("text", ["seed", "=1", "seed=1,2 seed"])
def test_what_names_no_setting_is_told(text):
    with pytest.raises(InputError, match="--over"):
        read_over([text, "seed=1"])


def test_a_file_has_a_value_on_each_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts.txt").write_text("# mine\na red fish\n\n  a ship, at sea \na red fish\n", encoding="utf-8")
    assert _values("@prompts.txt") == ["a red fish", "a ship, at sea"]


def test_numbers_by_chance_are_the_same_each_time_and_fill_their_range():
    text = "{random: 500, low: 0.001, high: 10, scale: log}"
    found = _values(text)
    assert found == _values(text) != _values(text, seed=2)
    logs = [math.log10(value) for value in found]
    assert -3 <= min(logs) < -2.8
    assert 0.8 < max(logs) <= 1
    assert abs(sum(logs) / 500 + 1) < 0.2  # the middle of -3 and 1
    assert set(_values("{random: 60, values: [a, b, c]}")) == {"a", "b", "c"}
    whole = _values("{random: 60, low: 1, high: 3, whole: true}")
    assert {type(value) for value in whole} == {int}


@given(
    low=st.integers(-1000, 1000),
    length=st.integers(1, 1000),
    count=st.integers(2, 50),
)
def test_numbers_evenly_spread_go_from_end_to_end(low, length, count):
    found = _values(f"{low}..{low + length}:{count}")
    assert (found[0], found[-1]) == (low, low + length)
    assert found == sorted(found)
    assert len(found) == count


def _cells(over, **more):
    sweep = checked({"over": over, **more})
    return combinations(sweep, axes(sweep, 1))


def test_every_value_meets_every_other_and_the_last_changes_fastest():
    cells = _cells({"a": [1, 2], "b": ["x", "y"]})
    assert cells == [{"a": a, "b": b} for a in (1, 2) for b in ("x", "y")]


def test_zip_takes_them_side_by_side():
    assert _cells({"a": [1, 2], "b": ["x", "y"]}, combine="zip") == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    with pytest.raises(InputError, match="the same pace"):
        _cells({"a": [1, 2], "b": [1]}, combine="zip")


def test_what_is_drawn_by_chance_is_drawn_together():
    drawn = {"random": 5, "low": 0, "high": 1}
    cells = _cells({"a": drawn, "seed": [1, 2], "b": drawn})
    assert len(cells) == 10
    assert len({(cell["a"], cell["b"]) for cell in cells}) == 5
    assert list(cells[0]) == ["a", "seed", "b"]
    with pytest.raises(InputError, match="the same 'random'"):
        _cells({"a": drawn, "b": {**drawn, "random": 4}})


def test_conditions_choose_cells():
    over = {"seed": "1..4", "weight": [1, 2]}
    kept = _cells(over, where=[{"seed": "1..2"}, {"seed": 4, "weight": 2}], unless=[{"seed": 1, "weight": 1}])
    assert [(cell["seed"], cell["weight"]) for cell in kept] == [(1, 2), (2, 1), (2, 2), (4, 2)]
    with pytest.raises(InputError, match="leave no combination"):
        _cells(over, where=[{"seed": 9}])
    with pytest.raises(InputError, match="'where' speaks of 'steps'"):
        _cells(over, where=[{"steps": 9}])


def test_true_is_not_one_in_a_condition():
    assert _cells({"a": [1, True, 0]}, where=[{"a": True}]) == [{"a": True}]


def test_too_many_cells_are_refused_before_they_are_made():
    with pytest.raises(InputError, match="99980001 combinations are too many"):
        _cells({"a": "1..9999", "b": "1..9999"})
