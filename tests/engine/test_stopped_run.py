"""What stands in run.json is checked like anything that somebody else may have written."""

import json

import pytest

from artgen.engine.stopped_run import continuation
from artgen.fields.paths import RUN_FILE
from tests.helpers.stopped import resumed, stopped


@pytest.fixture
def folder(tmp_path, flat):
    return stopped(tmp_path / "out", flat)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("threads", None, "threads: Field required"),
        ("threads", 0, "threads: Input should be greater than or equal to 1"),
        ("threads", "x", "threads: Input should be a valid integer"),
        ("threads", 1_000_000, "threads: Input should be less than or equal to 4096"),
        ("threads", True, "threads: Input should be a valid integer"),
        ("folder", None, "folder: Field required"),
        ("folder", 5, "folder: Input should be a valid string"),
        ("inputs", [], "inputs: Input should be a valid dictionary"),
        ("weights", "null", "weights: Input should be a valid dictionary"),
        ("flags", {"x": []}, "flags.x."),
        ("libraries", {"torch": 2}, "libraries.torch: Input should be a valid string"),
        ("plugins", 1, "plugins: "),
        ("preset", [], "preset: Input should be a valid dictionary"),
        ("format", 3, "format: Input should be less than or equal to 2"),
    ],
)
def test_what_is_missing_or_odd_is_named_in_one_line(artgen, folder, key, value, reason):
    run = json.loads((folder / RUN_FILE).read_text())
    run = {**run, key: value} if value is not None else {name: run[name] for name in run if name != key}
    (folder / RUN_FILE).write_text(json.dumps(run))
    done = artgen("run", "--resume", "out", code=2)
    assert done.stderr.startswith(f"out/run.json: is damaged ({reason}")
    assert done.stderr.endswith("; run out/preset.yaml or the preset anew\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"format": NaN}'])
def test_so_is_what_is_no_json(artgen, folder, raw):
    (folder / RUN_FILE).write_bytes(raw)
    done = artgen("run", "--resume", "out", code=2)
    assert done.stderr.startswith("out/run.json: ")
    assert done.stderr.count("\n") == 1


def test_a_folder_in_its_place_is_named(artgen, folder):
    (folder / RUN_FILE).unlink()
    (folder / RUN_FILE).mkdir()
    assert artgen("run", "--resume", "out", code=2).stderr == "out/run.json: cannot be read (Is a directory)\n"


def test_a_place_that_is_no_more_is_named(artgen, folder):
    run = json.loads((folder / RUN_FILE).read_text())
    run["folder"], run["preset"]["generator"]["picture"] = "/nowhere\0", "grey.png"
    (folder / RUN_FILE).write_text(json.dumps(run))
    done = artgen("run", "--resume", "out", code=2)
    assert "generator.picture: there is no file 'grey.png'" in done.stderr


def test_nobody_can_ask_for_thousands_of_threads(folder):
    run, notes = json.loads((folder / RUN_FILE).read_text()), []
    run["threads"] = 4096
    (folder / RUN_FILE).write_text(json.dumps(run))
    resumed(folder, notes)
    assert "4096 threads, which is too many here" in notes[0]


def test_where_a_resume_begins_is_what_the_folder_says(folder, tmp_path):
    assert continuation(folder) == f"`artgen run --resume {folder}` goes on after step 3"
    for path in folder.glob("*.pt"):
        path.unlink()
    assert continuation(folder) == f"`artgen run --resume {folder}` begins anew"
    assert continuation(tmp_path) == "nothing is left to go on from"
