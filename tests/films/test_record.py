"""film.json: read as it was written, and refused in a line where it is none."""

import json

import pytest

from artgen.errors import InputError
from artgen.films import record
from artgen.films.record import FilmRecord, SongFile

RECORD = FilmRecord(
    artgen="0.2.0",
    preset={"prompts": "a cat", "film": {"seconds": 2}},
    fps=12.5,
    hold=2,
    frames=["0" * 64, "1" * 64],
    size=[32, 24],
    song=SongFile(name="tune.wav", sha256="2" * 64),
    recipe={"format": 2, "artgen": "0.2.0"},
)


def test_a_record_is_read_as_it_was_written(tmp_path):
    assert record.read(tmp_path) is None
    file = record.write(tmp_path, RECORD)
    assert record.read(tmp_path) == RECORD
    assert file.read_text() == RECORD.to_json() + "\n"
    assert FilmRecord.from_data(RECORD.as_data(), "film.mp4") == RECORD


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, r"has format 2, this artgen reads 1; update artgen"),
        ({"fps": 0}, r"is no record of a film \(fps: "),
        ({"fps": "12"}, r"\(fps: "),
        ({"fps": 1000}, r"\(fps: "),
        ({"hold": 0}, r"\(hold: "),
        ({"frames": []}, r"\(frames: "),
        ({"frames": ["0" * 63]}, r"\(frames\.0: "),
        ({"size": [3]}, r"\(size: "),
        ({"song": {"name": "../../secret", "sha256": "2" * 64}}, r"\(song\.name: "),
        ({"preset": 3}, r"\(preset: "),
    ],
)
def test_what_is_no_record_is_refused_in_a_line(tmp_path, change, message):
    file = tmp_path / record.FILE
    file.write_text(json.dumps({**RECORD.as_data(), **change}))
    with pytest.raises(InputError, match=message) as refused:
        record.read(tmp_path)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "{" * 100_000, '{"fps": 1e999}', "\x00", '"\\ud800"'])
def test_no_text_is_more_than_a_line(tmp_path, text):
    (tmp_path / record.FILE).write_text(text)
    with pytest.raises(InputError, match="is no record of a film"):
        record.read(tmp_path)


def test_a_record_that_is_too_long_is_refused_unread(tmp_path):
    (tmp_path / record.FILE).write_bytes(b" " * (record.MAX_BYTES + 1))
    with pytest.raises(InputError, match="larger than 16 MiB"):
        record.read(tmp_path)


def test_keys_of_later_versions_are_left_alone():
    assert FilmRecord.from_json(json.dumps({**RECORD.as_data(), "depth": 3}), "x") == RECORD
