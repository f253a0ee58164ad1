"""One process at a time is at work in a run's folder, and nobody's work is lost."""

import os
import shutil
import subprocess
import sys
import threading

import pytest
import yaml
from PIL import Image

import artgen as package
from artgen.engine import checkpoints
from artgen.engine.interval import CheckpointInterval
from artgen.engine.ownership import LOCK, owned
from artgen.errors import InputError
from artgen.fields.paths import RUN_FILE
from tests.helpers.paths import DISTS
from tests.helpers.stopped import resumed, stopped


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def saved(tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [("mine.yaml", "--out", "out"), ("mine.yaml", "--out", "out", "--overwrite"), ("--resume", "out")],
    ids=["begin", "overwrite", "resume"],
)
def test_who_comes_second_is_told_who_is_at_work(artgen, saved, flat, words):
    folder = stopped(saved / "out", flat)
    with owned(folder):
        before = content(folder)
        done = artgen("run", *words, code=2)
        assert content(folder) == before
    who = f"process {os.getpid()} is at work here"
    assert done.stderr == f"out: {who}; let it end, or choose another folder\n"


def test_the_lock_is_there_before_anything_is_built(saved, flat):
    """A second start is refused at once, and not when both have drawn."""
    refusals = []

    class Second:
        def on_start(self, steps):
            with pytest.raises(InputError, match="is at work here") as refusal:
                package.run(flat, out=saved / "out", overwrite=True)
            refusals.append(refusal)

        def on_step(self, event):
            pass

        def on_end(self, result):
            pass

    result = package.run(flat, out=saved / "out", reporters=[Second()])
    assert len(refusals) == 1
    assert result.steps_done == 6
    assert (saved / "out" / "image.png").exists()


def test_a_lock_that_a_dead_process_left_is_in_nobodys_way(artgen, saved, flat):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    folder = stopped(saved / "out", flat)
    (folder / LOCK).write_bytes(dead.stdout.strip())
    assert artgen("run", "--resume", "out", code=0).stdout == "out/image.png\n"
    assert not (folder / LOCK).exists()


def test_a_dead_run_may_be_replaced(artgen, saved, flat):
    stopped(saved / "out", flat)
    (saved / "out" / LOCK).touch()
    artgen("run", "mine.yaml", "--out", "out", code=2)
    artgen("run", "mine.yaml", "--out", "out", "--overwrite", code=0)
    assert not list((saved / "out").glob("*.pt"))


def test_a_run_that_was_to_replace_another_and_cannot_be_built_leaves_it(artgen, saved, flat):
    folder = stopped(saved / "out", flat)
    before = content(folder)
    artgen("run", "mine.yaml", "--out", "out", "--overwrite", "--set", "start=mine.yaml", code=2)
    assert content(folder) == before


def test_without_locks_only_one_can_make_run_json(tmp_path, flat):
    """Some network file systems have none."""
    stopped(tmp_path, flat)
    (tmp_path / RUN_FILE).rename(tmp_path / "other.json")
    second = checkpoints.Checkpoints(tmp_path, CheckpointInterval(), print)
    second._clear = lambda: (tmp_path / "other.json").rename(tmp_path / RUN_FILE)
    with pytest.raises(InputError, match="another run has begun here"):
        second.begin(package.steps(flat))
    second.clear()


def test_two_threads_do_not_share_a_folder(tmp_path, flat):
    ended = []

    def draw():
        try:
            ended.append(package.run({**flat, "steps": 40}, out=tmp_path / "out", show=False).steps_done)
        except InputError as error:
            ended.append(str(error))

    both = [threading.Thread(target=draw) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert 40 in ended
    assert "is at work here" in str(ended) or "already holds a picture" in str(ended)


@pytest.mark.slow
def test_of_two_starts_at_once_one_draws_and_the_other_says_why_not(saved):
    words = [sys.executable, "-m", "artgen", "run", "mine.yaml", "--out", "out", "--set", "steps=800", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(DISTS / "ok"), "OMP_NUM_THREADS": "1"}
    both = [subprocess.Popen(words, cwd=saved, env=environment, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    told = [process.communicate(timeout=300) for process in both]
    assert sorted(process.returncode for process in both) == [0, 2]
    winner = next(process for process in both if process.returncode == 0)
    refusal = next(err for (_, err), process in zip(told, both, strict=True) if process.returncode == 2)
    assert refusal == f"out: process {winner.pid} is at work here; let it end, or choose another folder\n"
    assert len(list((saved / "out" / "batch").iterdir())) == 2


def replaced_by_a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("mine")


def replaced_by_another_run(folder):
    (folder / RUN_FILE).write_text("{}")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (replaced_by_a_file, "is no longer this run's folder (Not a directory)"),
        (replaced_by_another_run, "is another run's folder by now"),
    ],
)
def test_what_is_put_in_the_folders_place_is_left_alone(tmp_path, flat, change, reason):
    folder, notes = tmp_path / "out", []

    def at_step_3(event):
        if event.step == 2:
            change(folder)

    with pytest.raises(InputError) as refusal:
        package.run(flat, out=folder, checkpoint="1", on_step=at_step_3, note=notes.append)
    where = tmp_path / "out-0001" / "image.png"
    assert str(refusal.value).startswith(f"{folder}: {reason}")
    assert str(refusal.value).endswith(f"; the picture is saved as {where}")
    with Image.open(where) as picture:
        assert picture.size == (12, 10)
    assert all(note.startswith(f"no checkpoint: {folder}: ") for note in notes)
    assert len(notes) == 3
    if folder.is_file():
        assert folder.read_text() == "mine"
    else:
        assert not (folder / "image.png").exists()


def test_a_folder_that_is_taken_away_is_made_again(tmp_path, flat):
    """With run.json, so that the run can be resumed there."""
    folder = tmp_path / "out"

    def on_step(event):
        if event.step == 1:
            shutil.rmtree(folder)
        if event.step == 3:
            raise KeyboardInterrupt

    package.run(flat, out=folder, checkpoint="1", on_step=on_step)
    assert {"run.json", "image.png", "checkpoint-0000004.pt"} <= set(content(folder))
    assert resumed(folder)[0] == [4, 5]


def test_so_is_one_that_goes_before_the_end(tmp_path, flat):
    folder = tmp_path / "out"
    package.run(flat, out=folder, checkpoint="off", on_step=lambda event: shutil.rmtree(folder, ignore_errors=True))
    assert "image.png" in content(folder)
    assert RUN_FILE not in content(folder)
