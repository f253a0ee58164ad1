"""The cells of a sweep as tables: what is read back is what was written, and no spreadsheet runs it."""

import csv
import json
import sys

import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from artgen.errors import InputError
from artgen.sweeps import tables
from artgen.sweeps.rows import Axis, Row
from tests.helpers import sweeps

TEXTS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=5,
)


def read(folder):
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_line_for_each_cell(tmp_path):
    axes, rows = sweeps.usual(tmp_path)
    rows[0] = Row(**{**vars(rows[0]), "scores": {"aesthetic": 5.5}})
    assert tables.save(tmp_path, axes, rows, parquet=False) == [tmp_path / "cells.csv"]
    lines = read(tmp_path)
    names = ["number", "name", "prompts", "seed", "state", "loss", "seconds", "reason", "score.aesthetic"]
    assert list(lines[0]) == names
    assert list(lines[0].values()) == ["1", "001", "a cat", "1", "finished", "1.0", "2.0", "", "5.5"]
    assert [line["number"] for line in lines] == list("123456")
    assert lines[3]["reason"] == lines[3]["prompts"] == sweeps.EVIL
    assert lines[5]["state"] == "waiting" and lines[5]["loss"] == ""


@given(some.lists(PLAIN, min_size=1, max_size=4))
def test_a_value_can_be_read_back(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("table")
    rows = [Row(str(i), {"a.b": value}, "finished") for i, value in enumerate(values)]
    tables.save(folder, [Axis("a.b", tuple(values))], rows, parquet=False)
    for line, value in zip(read(folder), values, strict=True):
        field = line["a.b"]
        if isinstance(value, str):
            assert field == value or field == f"'{value}"
        else:
            assert (json.loads(field) if field else None) == value
            assert not field.startswith(("=", "+", "@"))


@settings(max_examples=60)
@given(some.text("'=+-@\t\r\nab", max_size=6))
def test_no_text_is_a_formula_and_each_is_told_from_the_others(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("table")
    tables.save(folder, [Axis("prompts", (text,))], [Row("1", {"prompts": text}, "waiting")], parquet=False)
    [line] = read(folder)
    field, formulas = line["prompts"], tuple("=+-@\t\r\n")
    assert not field.startswith(formulas)
    # Of apostrophes before what would be a formula one is ours.
    assert field[field.lstrip("'").startswith(formulas) :] == text


def test_a_number_below_zero_stays_a_number(tmp_path):
    tables.save(tmp_path, [Axis("x", (-1.5,))], [Row("1", {"x": -1.5}, "finished", loss=-2.0)], parquet=False)
    [line] = read(tmp_path)
    assert line["x"] == "-1.5" and line["loss"] == "-2.0"


def test_a_setting_that_is_called_like_another_column_has_its_own(tmp_path):
    tables.save(tmp_path, [Axis("name", ("x",))], [Row("1", {"name": "x"}, "finished")], parquet=False)
    [line] = read(tmp_path)
    assert line["name"] == "1" and line["setting.name"] == "x"


def test_without_pyarrow_the_csv_is_written_alone(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    axes, rows = sweeps.usual(tmp_path)
    assert tables.save(tmp_path, axes, rows) == [tmp_path / "cells.csv"]
    with pytest.raises(InputError, match=r'cells\.parquet: .*; pip install "artgen\[parquet\]"'):
        tables.save(tmp_path, axes, rows, parquet=True)


def test_parquet_has_types(tmp_path):
    values = {"seed": 1, "rate": 0.5, "on": True, "words": "=x", "size": [2, 3], "big": 1 << 70, "none": None}
    axes = [Axis(key, (value,)) for key, value in values.items()]
    rows = [Row("1", values, "finished", loss=1.5, scores={"a": 2.0}), Row("2", {**values, "seed": None}, "waiting")]
    assert tables.save(tmp_path, axes, rows) == [tmp_path / "cells.csv", tmp_path / "cells.parquet"]
    table = parquet.read_table(tmp_path / "cells.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert [kinds[key] for key in values] == ["int64", "double", "bool", "string", "string", "string", "string"]
    assert table["loss"].to_pylist() == [1.5, None] and table["score.a"].to_pylist() == [2.0, None]
    first, second = table.to_pylist()
    assert first["words"] == "=x" and json.loads(first["size"]) == [2, 3] and int(first["big"]) == 1 << 70
    assert first["none"] is None and second["seed"] is None
