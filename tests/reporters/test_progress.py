"""A run tells its folder how far it is, and leaves nothing of that when it is done."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import artgen as package
from artgen.errors import RunError
from artgen.reporters import progress
from artgen.results import StepEvent


def stopping(step):
    """What stops a run after a step, as Ctrl-C does."""

    def stop(event):
        if event.step == step:
            raise KeyboardInterrupt

    return stop


def test_a_run_tells_how_far_it_is(tmp_path, flat, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0)
    seen = []
    package.run(flat, out=tmp_path, on_step=lambda event: seen.append(progress.read(tmp_path)), note=lambda line: None)
    assert [told.step for told in seen] == [1, 2, 3, 4, 5, 6]
    assert {told.steps for told in seen} == {6}
    assert [step for step, _ in seen[-1].losses["total"]] == [0, 1, 2, 3, 4, 5]
    assert seen[-1].left == 0
    assert not (tmp_path / progress.FILE).exists()


def test_a_run_that_goes_on_keeps_its_losses_and_counts_its_own_time(tmp_path, flat, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0)
    package.run(flat, out=tmp_path, on_step=stopping(2), checkpoint="1", note=lambda line: None)
    seen, notes = [], []
    package.resume(tmp_path, on_step=lambda event: seen.append(progress.read(tmp_path)), note=notes.append)
    assert (seen[0].step, seen[0].begun_at) == (4, 3)
    assert [step for step, _ in seen[0].losses["total"]] == [0, 1, 2, 3]
    assert seen[0].notes == notes == ["goes on after step 3 of 6"]


def test_who_stopped_it_and_why_it_failed_stays(tmp_path, flat):
    package.run(flat, out=tmp_path / "a", on_step=stopping(2), note=lambda line: None)
    told = progress.read(tmp_path / "a")
    assert (told.stopped, told.failure) == (True, None)
    failing = {**flat, "losses": [{"type": "match"}, {"type": "misbehave", "how": "nan", "at_step": 2}]}
    result = package.run(failing, out=tmp_path / "b", note=lambda line: None)
    told = progress.read(tmp_path / "b")
    assert (told.stopped, told.failure) == (False, result.failure.partition("; the traceback")[0])
    package.run(flat, out=tmp_path / "b", overwrite=True, note=lambda line: None)
    assert not (tmp_path / "b" / progress.FILE).exists()


def test_a_run_that_never_drew_leaves_nothing(tmp_path, flat):
    failing = {**flat, "losses": [{"type": "match"}, {"type": "misbehave", "how": "nan", "at_step": 0}]}
    with pytest.raises(RunError):
        package.run(failing, out=tmp_path, note=lambda line: None)
    assert not (tmp_path / progress.FILE).exists()


def test_where_it_cannot_be_written_the_run_goes_on(tmp_path, flat):
    (tmp_path / progress.FILE).mkdir()
    assert package.run(flat, out=tmp_path, note=lambda line: None).steps_done == 6


def test_the_file_stays_small(tmp_path):
    file = progress.ProgressFile(tmp_path)
    note = file.noting(lambda line: None)
    for number in range(1000):
        note(f"{number} {'x' * 5000}")
    for step in range(5000):
        file.on_step(StepEvent(step, 5000, None, {"clip": math.sin(step), "bad": math.nan}, 1.0, float(step)))
    file.end(stopped=True, failure=None)
    told = progress.read(tmp_path)
    assert len(told.notes) == progress.NOTES
    assert len(told.losses["clip"]) == 100
    assert "bad" not in told.losses
    assert (tmp_path / progress.FILE).stat().st_size < 1 << 17


def test_what_is_left_is_told_by_what_it_took():
    told = progress.RunProgress
    assert told(step=10, steps=30, seconds=5).left == 10
    assert told(step=25, steps=30, seconds=5, begun_at=20).left == 5
    assert told(step=0, steps=30).left is None
    assert told(frame=2, frames=6, step=1, steps=2, seconds=5).left == 7
    assert told(frame=2, frames=6, begun_at=2).left is None


KEYS = st.sampled_from(["step", "losses", "notes", "seconds", "frames", "total"])
LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner), max_leaves=12))
def test_whatever_stands_there_is_read_or_is_none(data):
    told = progress.parse(json.dumps(data))
    assert told is None or told.left is None or told.left >= 0
