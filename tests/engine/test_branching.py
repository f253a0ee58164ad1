"""A run that begins from another run's checkpoint ends in the bytes that it would have by itself."""

import shutil
from pathlib import Path

import pytest

import artgen
from artgen import InputError
from artgen.engine.branching import CannotBranch, branch, draw_first
from artgen.weights import sha256

LATER = {"0": 0.1, "3": 0.1, "4": 2}
"""A weight that becomes another after four steps, 0 to 3."""


@pytest.fixture
def moving(flat, tmp_path, monkeypatch):
    """Whatever has a state: moments of an optimiser, averages, an alpha channel."""
    monkeypatch.chdir(tmp_path)
    generator = {"type": "pixel", "pyramid": [4, 8], "ema": 0.5, "optimiser": "nadam"}
    return {**flat, "steps": 8, "generator": generator, "transparent": True}


def _later(preset, **changes):
    return artgen.load(preset, [("losses.dark.weight", LATER)], **changes)


def _content(folder):
    """The sha256 of every file."""
    return {str(path.relative_to(folder)): sha256(path) for path in Path(folder).rglob("*") if path.is_file()}


def _alone(preset, out):
    artgen.run(preset, out=out, note=pytest.fail)
    return _content(out)


def _kept(folder):
    return sorted(path.name for path in Path(folder).glob("*.pt"))


def _stop_after(steps):
    def stop(event):
        if event.step + 1 == steps:
            raise KeyboardInterrupt

    return stop


def _branched(source, preset, out="branched", **more):
    steps = []
    result = branch(source, preset, out=out, note=pytest.fail, on_step=lambda event: steps.append(event.step), **more)
    return steps, result


@pytest.mark.parametrize("at", [3, 4])
def test_it_ends_in_the_bytes_of_a_run_alone(moving, at):
    draw_first(moving, at, out="first", note=pytest.fail)
    steps, _ = _branched("first", _later(moving))
    assert steps == list(range(at, 8))
    assert _content("branched") == _alone(_later(moving), "alone")
    assert artgen.replay("branched/image.png").word == "identical"


def test_what_only_finishes_begins_after_the_last_step(moving):
    draw_first(moving, 8, out="first", note=pytest.fail)
    finished = artgen.load(moving, finish=[{"type": "doubled"}])
    steps, _ = _branched("first", finished)
    assert steps == []
    assert _content("branched") == _alone(finished, "alone")


def test_from_branch_to_branch(moving):
    draw_first(moving, 2, out="first", note=pytest.fail)
    draw_first(moving, 4, out="second", source="first", note=pytest.fail)
    steps, _ = _branched("second", _later(moving))
    assert steps == [4, 5, 6, 7]
    assert _content("branched") == _alone(_later(moving), "alone")


def test_any_run_that_was_stopped_can_be_branched_from(moving):
    """By a checkpoint, or by its folder, of which the newest that fits is taken."""
    artgen.run(moving, out="mine", checkpoint="1", on_step=_stop_after(5), note=pytest.fail)
    assert _kept("mine") == ["checkpoint-0000004.pt", "checkpoint-0000005.pt"]
    for number, one in enumerate(["mine/checkpoint-0000004.pt", "mine"]):
        steps, _ = _branched(one, _later(moving), out=f"branched-{number}")
        assert steps == [4, 5, 6, 7]
    assert _content("branched-0") == _content("branched-1")
    assert len(_kept("mine")) == 2


def test_it_is_resumed_like_any_other(moving):
    draw_first(moving, 4, out="first", note=pytest.fail)

    branch("first", _later(moving), out="branched", on_step=_stop_after(6), note=pytest.fail)
    shutil.rmtree("first")
    artgen.resume("branched", note=lambda line: None)
    assert _content("branched") == _alone(_later(moving), "alone")


def test_from_its_first_step_on_it_needs_the_other_no_more(moving):
    draw_first(moving, 4, out="first", note=pytest.fail)
    there = []
    branch("first", _later(moving), out="branched", note=pytest.fail, on_step=lambda _: there.append(_kept("branched")))
    assert there[0] == ["checkpoint-0000004.pt"]


def test_without_a_seed_it_has_that_of_the_other(moving):
    draw_first(moving, 4, out="first", note=pytest.fail)
    _, result = _branched("first", {**moving, "seed": None})
    assert result.recipe["preset"]["seed"] == moving["seed"]


def test_first_steps_that_were_stopped_go_on(moving):
    draw_first(moving, 2, out="first", note=pytest.fail)
    notes = []
    draw_first(moving, 4, out="first", note=notes.append)
    assert notes == ["goes on after step 2 of 8"]
    draw_first(moving, 4, out="first", note=pytest.fail)
    _branched("first", _later(moving))
    assert _content("branched") == _alone(_later(moving), "alone")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 6}, "seed is another from the beginning"),
        ({"losses": [{"type": "match"}]}, "losses is another from the beginning"),
        ({"prompts": "a bird"}, "prompts is another from the beginning"),
        ({"batch": 1}, "batch is another from the beginning"),
    ],
)
def test_a_preset_that_differs_before_is_refused(moving, changes, said):
    draw_first(moving, 4, out="first", note=pytest.fail)
    with pytest.raises(CannotBranch, match="is of 4 steps, and") as caught:
        branch("first", artgen.load(moving, **changes), out="branched", note=pytest.fail)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Path("branched").exists()


def test_a_schedule_that_parts_before_is_refused(moving):
    draw_first(moving, 5, out="first", note=pytest.fail)
    with pytest.raises(CannotBranch, match=r"is of 5 steps, and losses\[1\]\.weight is another after 4"):
        branch("first", _later(moving), out="branched", note=pytest.fail)


def test_other_files_are_refused(moving):
    Path("start.png").write_bytes(artgen.run(moving, note=pytest.fail).save("start.png").read_bytes())
    begun = {**moving, "start": "start.png"}
    draw_first(begun, 4, out="first", note=pytest.fail)
    artgen.run({**moving, "seed": 9}, note=pytest.fail).save("start.png")
    with pytest.raises(CannotBranch, match=r"start\.png: has changed"):
        branch("first", begun, out="branched", note=pytest.fail)


@pytest.mark.parametrize("damage", [b"", b"no checkpoint", None])
def test_a_damaged_checkpoint_is_refused(moving, damage):
    draw_first(moving, 4, out="first", note=pytest.fail)
    (file,) = Path("first").glob("*.pt")
    file.write_bytes(file.read_bytes()[:-9] if damage is None else damage)
    with pytest.raises(CannotBranch, match="is damaged"):
        branch("first", moving, out="branched", note=pytest.fail)


def test_where_there_is_no_checkpoint_a_line_says_so(moving):
    artgen.run(moving, out="whole", note=pytest.fail)
    for place in ("whole", "nowhere", "whole/image.png"):
        with pytest.raises(InputError, match=r"no checkpoint to begin from|no run here"):
            branch(place, moving, out="branched", note=pytest.fail)
