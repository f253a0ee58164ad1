"""The curves of the losses as a file."""

import json

import pytest

from artgen.errors import InputError
from artgen.reporters import curves


def test_losses_are_thinned_to_a_hundred_points(tmp_path):
    long = {
        "b": [(i, 1 / 3 + i) for i in range(1000)],
        "a": [(0, float("nan")), (1, 123456.789)],
        "c": [(0, float("inf"))],
    }
    text = curves.to_json(long)
    found = json.loads(text)
    assert text.startswith('{"a":[[1,123460.0]],"b":[[0,0.33333],')
    assert len(found["b"]) == curves.POINTS
    assert found["b"][-1] == [999, 999.33]
    (tmp_path / "x.json").write_text(text)
    assert curves.to_json(curves.read(tmp_path / "x.json")) == text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 3}', '{"a": [[0]]}', '{"a": [["x", 1]]}', "[" * 100_000, '{"a": [[0, "1"]]}']
)
def test_a_damaged_file_of_losses_is_named(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json: holds no loss curves"):
        curves.read(tmp_path / "x.json")
