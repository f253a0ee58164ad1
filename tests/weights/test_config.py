"""The configuration beside a model's weights: read, or refused in one line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen import weights
from artgen.errors import InputError
from artgen.weights.reading import MAX_CONFIG


def refused(path):
    with pytest.raises(InputError) as caught:
        weights.read_config(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_object_is_read(tmp_path):
    settings = {"in_channels": 3, "names": ["ä", None]}
    (tmp_path / "config.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    assert weights.read_config(tmp_path / "config.json") == settings


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "cannot be read as JSON (Expecting property name"),
        (b"", "cannot be read as JSON (Expecting value"),
        (b"[1]", "is no configuration; expected a JSON object"),
        (b"3", "is no configuration; expected a JSON object"),
        (b"[" * 100_000, "cannot be read as JSON (maximum recursion depth"),
        (b"\xff\xfe", "not UTF-8 text but UTF-16, which is no configuration"),
        (b" " * (MAX_CONFIG + 1), "which is no configuration"),
    ],
)
def test_what_is_no_configuration_is_one_line(raw, message, tmp_path):
    (tmp_path / "config.json").write_bytes(raw)
    told = refused(tmp_path / "config.json")
    assert told.startswith(f"{tmp_path / 'config.json'}: ") and message in told


def test_a_folder_without_one_is_no_model(tmp_path):
    assert refused(tmp_path / "config.json") == f"{tmp_path}: has no config.json; it is no model, or not all of one"


@given(raw=st.binary(max_size=60))
def test_any_bytes_are_settings_or_one_line(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("any") / "config.json"
    path.write_bytes(raw)
    try:
        assert isinstance(weights.read_config(path), dict)
    except InputError as error:
        assert "\n" not in str(error)
