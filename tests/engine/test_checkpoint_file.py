"""A checkpoint is believed if its bytes are those that were written, by the run that is to go on."""

import json
import random

import pytest
import torch

import artgen
from artgen.engine import checkpoint_file
from artgen.engine.stopped_run import unfinished
from artgen.errors import InputError
from artgen.fields.paths import RUN_FILE
from tests.helpers.stopped import resumed, stopped

CPU = torch.device("cpu")


def edit(folder, change):
    """Change what ``run.json`` says."""
    run = json.loads((folder / RUN_FILE).read_text())
    change(run)
    (folder / RUN_FILE).write_text(json.dumps(run))


def as_once(folder):
    """Make of a stopped run what an artgen of before checkpoints had a sha256 would have left."""
    owner = checkpoint_file.identity(unfinished(folder))
    for path in folder.glob("*.pt"):
        torch.save({**checkpoint_file.read(path, owner, CPU), "format": 1}, path)
    edit(folder, lambda run: run.update(format=1))


def test_any_bit_that_flips_is_noticed(tmp_path, flat):
    """Torch reads most of them without a word."""
    flat |= {"generator": {"type": "pixel"}, "transparent": True}
    folder = stopped(tmp_path, flat)
    path, owner = folder / "checkpoint-0000003.pt", checkpoint_file.identity(unfinished(folder))
    whole, draws = path.read_bytes(), random.Random(3)
    for _ in range(400):
        raw = bytearray(whole)
        raw[draws.randrange(len(raw))] ^= 1 << draws.randrange(8)
        path.write_bytes(raw)
        with pytest.raises(InputError, match="is damaged"):
            checkpoint_file.read(path, owner, CPU)


@pytest.mark.parametrize("size", [0, 19, 20, 84, 85, 150, 151, 1000])
def test_so_is_a_file_that_is_cut_off(tmp_path, flat, size):
    folder = stopped(tmp_path, flat)
    path = folder / "checkpoint-0000003.pt"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match="is damaged"):
        checkpoint_file.read(path, checkpoint_file.identity(unfinished(folder)), CPU)


def test_the_run_goes_on_from_the_one_before(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    path = folder / "checkpoint-0000003.pt"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    steps, result = resumed(folder, notes)
    assert steps == [2, 3, 4, 5]
    assert notes == [
        f"{path}: is damaged: its sha256 is not that of its bytes; trying the one before",
        "goes on after step 2 of 6",
    ]
    assert torch.equal(result.images, artgen.run(flat).images)


@pytest.mark.parametrize(
    "change", [{"steps": 9}, {"steps": 2}, {"size": [8, 8]}, {"batch": 3}, {"seed": 99}, {"prompts": ["a dog"]}]
)
def test_an_edited_preset_makes_no_hybrid(tmp_path, flat, change):
    folder, notes = stopped(tmp_path, flat), []
    edit(folder, lambda run: run["preset"].update(change))
    steps, result = resumed(folder, notes)
    straight = artgen.run({**flat, **change})
    assert steps == list(range(straight.steps_done))
    assert torch.equal(result.images, straight.images)
    assert sum("is of a run with another preset" in note for note in notes) == 2
    assert notes[-1] == f"{folder}: there is no checkpoint to go on from; begins anew"


def test_what_decides_the_bits_besides_is_in_the_identity(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    edit(folder, lambda run: run.update(threads=run["threads"] + 1))
    assert resumed(folder, notes)[0] == list(range(6))


def test_a_reporter_may_be_taken_out_by_hand(tmp_path, flat):
    folder = stopped(tmp_path, {**flat, "reporters": [{"type": "clumsy"}]})
    edit(folder, lambda run: run["preset"].update(reporters=[]))
    assert resumed(folder)[0] == [3, 4, 5]


def test_a_checkpoint_of_another_run_in_the_same_folder_is_refused(tmp_path, flat):
    mine, other = stopped(tmp_path / "a", flat), stopped(tmp_path / "b", {**flat, "seed": 6}, at=5)
    for path in other.glob("*.pt"):
        path.rename(mine / path.name)
    steps, result = resumed(mine)
    assert steps == [3, 4, 5]
    assert torch.equal(result.images, artgen.run(flat).images)


def test_old_checkpoints_go_on_and_say_that_nobody_can_verify_them(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    as_once(folder)
    steps, result = resumed(folder, notes)
    assert steps == [3, 4, 5]
    assert notes[0].endswith("checkpoint-0000003.pt: was written by an older artgen, and cannot be verified")
    assert torch.equal(result.images, artgen.run(flat).images)


def test_an_old_checkpoint_of_a_longer_run_does_not_fit(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat, at=5), []
    as_once(folder)
    edit(folder, lambda run: run["preset"].update(steps=4))
    steps, result = resumed(folder, notes)
    assert "does not fit (ValueError: 5 steps were done of 4)" in notes[0]
    assert steps == []  # the one before is after the last step
    assert result.steps_done == 4


def test_a_new_run_takes_no_checkpoint_without_a_sha256(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    as_once(folder)
    edit(folder, lambda run: run.update(format=2))
    assert resumed(folder, notes)[0] == list(range(6))
    assert sum("is damaged" in note for note in notes) == 2


def test_a_folder_in_a_checkpoints_place_is_passed_over(tmp_path, flat):
    folder, notes = stopped(tmp_path, flat), []
    (folder / "checkpoint-0000004.pt").mkdir()
    assert resumed(folder, notes)[0] == [3, 4, 5]
    assert "checkpoint-0000004.pt: cannot be read (Is a directory)" in notes[0]
