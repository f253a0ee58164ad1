"""A run that was stopped goes on where it was and ends in the same bytes."""

import json
import os

import pytest
import torch
import yaml

import artgen as package
from artgen.engine import checkpoint_file, checkpoints
from artgen.engine.stopped_run import unfinished
from artgen.errors import InputError
from artgen.fields.paths import RUN_FILE
from artgen.reporters.places import claim_folder
from tests.helpers.paths import DOCS
from tests.helpers.stopped import resumed, stopped


def content(folder):
    """Every file of a run that is finished."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewrite(path, folder, change):
    """Change the state in a checkpoint's file, which is whole and its run's afterwards, too."""
    owner = checkpoint_file.identity(unfinished(folder))
    state = checkpoint_file.read(path, owner, torch.device("cpu"))
    change(state)
    path.write_bytes(b"".join(checkpoint_file.packed(state, owner)))


def test_only_the_newest_checkpoints_are_kept(tmp_path, flat):
    names = sorted(path.name for path in stopped(tmp_path, flat, at=5).glob("*.pt"))
    assert names == ["checkpoint-0000004.pt", "checkpoint-0000005.pt"]


def test_a_resumed_run_takes_only_the_steps_that_are_left(tmp_path, flat):
    steps, result = resumed(stopped(tmp_path, flat))
    assert steps == [3, 4, 5]
    straight = package.run(flat)
    assert torch.equal(result.images, straight.images)
    assert result.losses == straight.losses
    assert result.recipe == straight.recipe


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    newest = folder / "checkpoint-0000003.pt"
    newest.write_bytes(newest.read_bytes()[:200])
    steps, result = resumed(folder, notes)
    assert steps == [2, 3, 4, 5]
    assert "trying the one before" in notes[0]
    assert torch.equal(result.images, package.run(flat).images)


def test_a_checkpoint_that_does_not_fit_leaves_nothing_behind(tmp_path, flat):
    """It is taken in piece by piece; the pieces before the one that is missing must not stay."""
    folder, notes = stopped(tmp_path, flat), []
    for path in folder.glob("*.pt"):
        rewrite(path, folder, lambda state: state["course"].pop("history"))
    steps, result = resumed(folder, notes)
    assert ["does not fit (KeyError" in note for note in notes] == [True, True, False]
    assert notes[-1] == f"{folder}: there is no checkpoint to go on from; begins anew"
    assert steps == list(range(6))
    assert torch.equal(result.images, package.run(flat).images)
    assert result.losses == package.run(flat).losses


def test_what_counts_differently_since_the_run_began_is_noted(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    note = folder / RUN_FILE
    run = json.loads(note.read_text())
    run["libraries"]["torch"] = "1.0.0"
    note.write_text(json.dumps(run))
    assert resumed(folder, notes)[0] == [3, 4, 5]
    assert f"torch {torch.__version__.partition('+')[0]}" in notes[0].replace("+cu", " ")
    assert "(was 1.0.0); the picture may not be the one" in notes[0]
    assert len(notes) == 2


def test_a_checkpoint_is_no_program(tmp_path, flat):
    """A pickle that would run something is not opened."""
    import pickle

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "evil"),)

    folder = stopped(tmp_path / "run", flat)
    for path in folder.glob("*.pt"):
        path.write_bytes(pickle.dumps({"course": Evil(), "frames": []}))
    steps, _ = resumed(folder)
    assert steps == list(range(6))
    assert not (tmp_path / "evil").exists()


def test_a_run_that_ctrl_c_ended_goes_on(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    losses = "losses=[{type: match}, {type: misbehave, how: interrupt, at_step: 3, weight: 0.1}]"
    done = artgen("run", "mine.yaml", "--out", "out", "--checkpoint", "1", "--set", losses, code=130)
    assert "`artgen run --resume out` goes on after step 4\n" in done.stderr
    assert (tmp_path / "out" / "image.png").exists()
    assert (tmp_path / "out" / "checkpoint-0000004.pt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--resume", "nowhere"), "nowhere: there is no run here that could be resumed"),
        (("--resume", ".", "quickstart"), "--resume: goes on with the run as it was begun"),
        (("--resume", ".", "--seed", "3"), "--resume: goes on with the run as it was begun"),
        (("quickstart", "--checkpoint", "often"), "--checkpoint often: expected a number of steps such as 50"),
        (("quickstart", "--checkpoint", "0"), "--checkpoint 0: expected a number of steps"),
        ((), "run: name a preset"),
    ],
)
def test_what_cannot_be_resumed_is_said_in_one_line(artgen, arguments, message):
    done = artgen("run", *arguments, code=2)
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9, "preset": {}}', '{"format": 1, "preset": 3}'])
def test_a_damaged_note_is_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(InputError, match=r"run\.json: is damaged"):
        unfinished(tmp_path)


def test_a_file_that_changed_meanwhile_is_named(tmp_path, flat):
    picture = tmp_path / "grey.png"
    picture.write_bytes((DOCS / "examples" / "star.png").read_bytes())
    folder = stopped(tmp_path / "run", {**flat, "generator": {"type": "flat", "picture": str(picture)}})
    picture.write_bytes(picture.read_bytes() + b"more")
    with pytest.raises(InputError, match=r"grey\.png: has changed since the run began"):
        resumed(folder)


def test_it_goes_on_from_any_folder(tmp_path, flat, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grey.png").write_bytes((DOCS / "examples" / "star.png").read_bytes())
    folder = stopped(tmp_path / "run", {**flat, "generator": {"type": "flat", "picture": "grey.png"}})
    monkeypatch.chdir(folder)
    assert resumed(folder)[0] == [3, 4, 5]


def test_a_full_disk_costs_a_line_and_not_the_run(artgen, tmp_path, flat):
    flat |= {"size": [48, 48], "generator": {"type": "pixel", "noise": 2}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    # A limit on the size of files is a disk that is full: writing fails after the first bytes.
    full = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 12, 1 << 12))"
    place = "a-folder-with-a-name-" + 100 * "x"  # one line each, however wide the terminal
    done = artgen("run", "mine.yaml", "--out", place, "--checkpoint", "1", code=2, prelude=full)
    reason = "could not be written (File too large)"
    expected = [f"no checkpoint: {place}/checkpoint-000000{n}.pt: {reason}" for n in range(1, 7)]
    *skipped, last = (line for line in done.stderr.splitlines() if "/6 steps" not in line)
    assert skipped == expected
    assert last == f"{place}/image.png: {reason}; `artgen run --resume {place}` begins anew"
    assert sorted(path.name for path in (tmp_path / place).iterdir()) == ["progress.json", "run.json"]


def test_a_state_that_cannot_be_kept_costs_a_line_and_not_the_run(tmp_path, flat):
    """A plugin's, of whatever kind."""
    run, notes = package.steps(flat), []
    run.parts.generator.state_dict = lambda: {"colour": lambda: None}
    keeper = checkpoints.Checkpoints(tmp_path, checkpoints.CheckpointInterval(steps=1), notes.append)
    keeper.begin(run)
    for _ in run:
        keeper.after_step(run, checkpoints.RunFolder(tmp_path, run.parts.preset))
    assert run.complete
    assert len(notes) == 6
    assert all(note.startswith("no checkpoint: ") and note.count("\n") == 0 for note in notes)
    assert [path.name for path in tmp_path.iterdir()] == [RUN_FILE]


def test_every_says_steps_or_seconds():
    assert checkpoints.CheckpointInterval.parse("50") == checkpoints.CheckpointInterval(50, None)
    assert checkpoints.CheckpointInterval.parse("2.5s") == checkpoints.CheckpointInterval(None, 2.5)
    assert checkpoints.CheckpointInterval.parse("off") == checkpoints.CheckpointInterval(None, None)


def test_what_a_kill_left_half_written_goes_and_nothing_else(tmp_path, flat):
    folder = stopped(tmp_path, flat)
    (folder / "batch").mkdir()
    half = [folder / ".image-a1b2c3d4.png", folder / "batch" / ".seed-6-ywdkl66n.png", folder / ".run-abcd_f12.json"]
    mine = [folder / ".keep", folder / ".notes-2024.txt", folder / "batch" / ".image-of-mine.png"]
    for path in (*half, *mine):
        path.touch()
    resumed(folder)
    assert not any(path.exists() for path in half)
    assert all(path.exists() for path in mine)


def test_a_new_run_in_the_folder_of_another_takes_none_of_its_checkpoints(tmp_path, flat):
    folder = stopped(tmp_path, flat, at=5)
    stopped(folder, {**flat, "seed": 99}, at=1)
    assert [path.name for path in folder.glob("*.pt")] == ["checkpoint-0000001.pt"]
    steps, result = resumed(folder)
    assert steps == [1, 2, 3, 4, 5]
    assert torch.equal(result.images, package.run({**flat, "seed": 99}).images)


def test_a_run_that_is_not_finished_is_not_replaced_unasked(tmp_path, flat):
    folder = stopped(tmp_path, flat)
    before = content(folder)
    with pytest.raises(InputError, match=r"holds a run that is not finished; go on with .*--resume .*--overwrite"):
        claim_folder(folder, overwrite=False)
    assert content(folder) == before
    assert claim_folder(folder, overwrite=True) == folder
