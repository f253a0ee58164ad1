"""How a run stands is told by its files alone, and by how long they have said nothing new."""

import json

import pytest

from tests.helpers import watched
from tests.helpers.watched import aged, begun, finished, picture


def state(folder):
    found = watched.looked(folder.parent)
    assert len(found) <= 1
    return next(iter(found.values()), None)


def locked(folder):
    folder.mkdir(parents=True)
    (folder / ".run.lock").write_text("123")
    return folder


def stopped_with_picture(folder):
    picture(folder / "image.png")
    return begun(folder, preview=False)


def with_traceback(folder):
    folder.mkdir(parents=True)
    (folder / "traceback.txt").write_text("Traceback\n  File 'x'\nValueError: it \x1b[31mbroke\n\n")
    return folder


STEPS = {"step": 12, "steps": 30, "seconds": 6.0}
CASES = {
    "building": lambda f: locked(f),
    "building, its parts built": lambda f: begun(f, preview=False),
    "running": lambda f: begun(f, progress=STEPS),
    "running, of an older artgen": lambda f: begun(f),
    "running, with slow steps": lambda f: aged(begun(f, progress={**STEPS, "seconds": 1200}), 300),
    "finishing": lambda f: begun(f, progress={**STEPS, "stage": "upscale"}),
    "finishing, all steps done": lambda f: aged(begun(f, progress={"step": 30, "steps": 30}), 300),
    "silent": lambda f: aged(begun(f, progress=STEPS), 300),
    "silent, while building": lambda f: aged(locked(f), 2000),
    "stopped": lambda f: begun(f, progress={**STEPS, "stopped": True}),
    "stopped, of an older artgen": lambda f: stopped_with_picture(f),
    "failed": lambda f: begun(f, progress={**STEPS, "failure": "NaN"}),
    "failed, without a picture": lambda f: with_traceback(f),
    "failed, cut short": lambda f: finished(f, interrupted=True),
    "finished": lambda f: finished(f),
}


@pytest.mark.parametrize("case", CASES)
def test_every_state_is_told_from_files(tmp_path, case):
    CASES[case](tmp_path / "runs" / "fish")
    assert state(tmp_path / "runs" / "fish")["state"] == case.partition(",")[0]


def test_what_is_no_run_is_not_shown(tmp_path):
    picture(tmp_path / "runs" / "holiday" / "beach.png")
    (tmp_path / "runs" / ".hidden").mkdir()
    finished(tmp_path / "runs" / ".hidden" / "fish")
    assert state(tmp_path / "runs" / "x") is None


def test_a_run_tells_how_far_it_is(tmp_path):
    told = {**STEPS, "losses": {"clip": [[0, 0.9], [11, 0.5]], "total": [[0, 1.0], [11, 0.25]]}}
    entry = state(begun(tmp_path / "runs" / "fish", progress=told))
    assert (entry["step"], entry["steps"], entry["left"], entry["loss"]) == (12, 30, 9, 0.25)
    assert entry["title"] == "a red fish"
    assert entry["size"] == [24, 24]


def test_a_failure_says_why(tmp_path):
    assert state(with_traceback(tmp_path / "a" / "fish"))["reason"] == r"ValueError: it \x1b[31mbroke"
    failed = begun(tmp_path / "b" / "fish", progress={"failure": "losses[0]: NaN at step 3"})
    assert state(failed)["reason"] == "losses[0]: NaN at step 3"


DAMAGED = (
    b"",
    b"\xff\xfe\x00",
    b"[]",
    b'{"step": -1}',
    b'{"step": 1e400}',
    b'{"losses": {"total": [[0, NaN]]}}',
    b"[" * 100_000,
    json.dumps({"notes": ["x"] * 1000}).encode(),
    b'{"step": 5, "steps": 10, "pad": "' + b"x" * (2 << 20) + b'"}',
)


@pytest.mark.parametrize("name", ["progress.json", "run.json", "recipe.json", "preset.yaml", "cell.json", "film.json"])
def test_damaged_files_say_nothing(tmp_path, name):
    for number, content in enumerate(DAMAGED):
        (begun(tmp_path / f"fish-{number}", progress=STEPS) / name).write_bytes(content)
    found = watched.looked(tmp_path)
    assert set(found) == {f"fish-{number}" for number in range(len(DAMAGED))}
    assert {entry["kind"] for entry in found.values()} <= {"run", "film"}
