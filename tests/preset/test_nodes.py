"""YAML is read with places, within bounds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen.errors import InputError, PresetError
from artgen.preset import loading
from artgen.preset.nodes import from_text


def write(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


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
