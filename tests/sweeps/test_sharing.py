"""Cells that begin alike are drawn together until they part, and not a byte is another."""

import copy
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import strangers_torch
import yaml

import artgen
from artgen.sweeps import axes
from artgen.sweeps.making import plan
from artgen.weights import sha256

MOVING = {
    "prompts": [{"text": "a cat"}, {"text": "a dog", "weight": {"0": 1, "2": 0.5}}],
    "seed": 5,
    "size": [12, 10],
    "steps": 8,
    "batch": 2,
    "generator": {"type": "pixel", "pyramid": [4, 8], "ema": 0.5, "optimiser": "nadam"},
    "perceptors": {"toy": {"type": "toy"}},
    "views": [{"type": "corners", "count": 5}],
    "losses": [{"type": "clip"}, {"type": "dark", "weight": 0.1}, {"type": "misbehave", "weight": 0}],
}
"""Two pictures, drawn by what has a state, of prompts that change."""
FINISH = [[], [{"type": "doubled"}]]
OVER = {"losses.dark.weight": [0.1, {"0": 0.1, "3": 0.1, "4": 0.9}], "finish": FINISH}


@pytest.fixture
def moving(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return copy.deepcopy(MOVING)


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """What comes of the sweep where nothing is shared."""
    folder = tmp_path_factory.mktemp("apart") / "sweep"
    _sweep(MOVING, out=folder, share=False)
    return _content(folder)


def _sweep(preset, over=OVER, out="sweep", **more):
    return list(artgen.sweep(preset, over, out=out, **{"processes": 1, "threads": 1, "note": pytest.fail, **more}))


def _content(folder):
    """The sha256 of every file of every cell, but of how long it took."""
    files = [path for path in Path(folder, "cells").rglob("*") if path.is_file() and path.name != "cell.json"]
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def _jobs(preset, over=OVER, out="planned"):
    return plan(preset, axes.checked({"over": over}), out=out, processes=1, threads=1).jobs("30s")


def _tree(jobs):
    """Of each job how many steps it takes, after how many it begins, or None; cells as ``8``."""
    until = {job.folder: job.first_steps for job in jobs}
    return [(job.first_steps or "cell", until.get(job.begins, 0)) for job in jobs]


@pytest.fixture
def looks(monkeypatch):
    """Counts how often the stranger's perceptor is built, and how often it looks."""
    counted = {"built": 0, "looks": 0}

    class Counting(strangers_torch.ToyPerceptor):
        def __init__(self, *arguments):
            counted["built"] += 1
            super().__init__(*arguments)

        def embed_images(self, images):
            counted["looks"] += 1
            return super().embed_images(images)

    monkeypatch.setattr(strangers_torch, "ToyPerceptor", Counting)
    return counted


def test_steps_are_drawn_once_and_not_a_byte_is_another(moving, apart, looks):
    rows = _sweep(moving)
    # Four steps for all, and of each weight the four that are left.
    assert looks["looks"] == 4 + 2 * 4
    assert [row.state for row in rows] == ["finished"] * 4
    assert _content("sweep") == apart
    assert not Path("sweep/shared").exists()
    assert artgen.replay(rows[3].picture).word == "identical"


def test_models_are_kept_from_cell_to_cell(moving, looks):
    _sweep(moving, {"seed": [1, 5, 9]})
    assert looks["built"] == 1


def test_the_tree_of_a_sweep(moving):
    weights = [*OVER["losses.dark.weight"], {"0": 0.1, "3": 0.1, "4": 0.9, "5": 0.9, "6": 2}]
    assert _tree(_jobs(moving, {"losses.dark.weight": weights})) == [
        (4, 0), ("cell", 4), (6, 4), ("cell", 6), ("cell", 6),
    ]  # fmt: skip
    assert _tree(_jobs(moving)) == [
        (4, 0), (8, 4), ("cell", 8), ("cell", 8), (8, 4), ("cell", 8), ("cell", 8),
    ]  # fmt: skip
    assert _tree(_jobs(moving, {"finish": FINISH})) == [(8, 0), ("cell", 8), ("cell", 8)]


def test_the_work_is_that_which_is_done(moving):
    made = plan(moving, axes.checked({"over": OVER}), out="planned", processes=1, threads=1)
    assert sum(made.weights().values()) == pytest.approx(sum(job.work for job in made.jobs("30s")))


@pytest.mark.parametrize(
    "over",
    [
        {"seed": "1..2"},
        {"losses.dark.weight": [0.1, 0.2]},
        {"generator.ema": [0.1, 0.5], "steps": [3, 4]},
        {"prompts": ["a cat", "a bird"]},
    ],
)
def test_what_differs_from_the_beginning_shares_nothing(moving, over):
    assert {job.begins for job in _jobs(moving, over)} == {None}


def test_too_little_is_not_shared(moving):
    moving["steps"] = 40
    early = [{"0": 0.1, str(at): 0.1, str(at + 1): weight} for at in (1, 30) for weight in (0.3, 0.4)]
    # Two steps in common are less than a tenth of forty.
    assert _tree(_jobs(moving, {"losses.dark.weight": early})) == [
        ("cell", 0), ("cell", 0), (31, 0), ("cell", 31), ("cell", 31),
    ]  # fmt: skip


def test_what_watches_sees_every_step(moving):
    moving["reporters"] = [{"type": "clumsy"}]
    assert {job.begins for job in _jobs(moving, {"finish": FINISH})} == {None}


@pytest.mark.parametrize(("stops", "count"), [(None, 6 + 2 * 2), (True, 2)])
def test_prompts_that_change_are_shared_until_they_part(moving, looks, stops, count):
    """And so is what an alpha channel leaves to the steps after it, and a run that stops by itself."""
    times = [[{"text": "a cat"}, {"text": "a dog", "weight": {"0": 1, "5": 1, "6": last}}] for last in (0, 2)]
    moving |= {"transparent": True, "auto_stop": stops}
    assert _tree(_jobs(moving, {"prompts": times})) == [(6, 0), ("cell", 6), ("cell", 6)]
    rows = _sweep(moving, {"prompts": times}, note=lambda line: None)
    assert looks["looks"] == count
    assert [artgen.replay(row.picture).word for row in rows] == ["identical"] * 2


def _begun(preset):
    """A sweep that was stopped when its first cell was drawn."""
    stopped = artgen.sweep(preset, OVER, out="sweep", processes=1, threads=1, note=pytest.fail)
    next(stopped)
    stopped.close()
    assert len(list(Path("sweep/shared").iterdir())) == 2


def test_stopped_in_between_it_goes_on(moving, apart, looks):
    _begun(moving)
    _sweep(moving)
    assert looks["looks"] == 4 + 2 * 4
    assert _content("sweep") == apart


def test_shared_steps_that_come_to_nothing_cost_time_alone(moving, apart):
    _begun(moving)
    for file in Path("sweep/shared").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    notes = []
    rows = _sweep(moving, note=notes.append)
    assert {row.state for row in rows} == {"finished"}
    assert any("is damaged" in note for note in notes)
    assert _content("sweep") == apart


def test_a_failure_in_shared_steps_is_that_of_each_cell(moving):
    moving["losses"][2] |= {"weight": 1, "at_step": 2}
    notes = []
    rows = _sweep(moving, {"finish": FINISH}, note=notes.append)
    assert [row.state for row in rows] == ["failed"] * 2
    assert notes[0].startswith("shared steps: loss 'misbehave' ")


def test_no_share_draws_each_from_its_first_step(artgen, moving, looks):
    sweep = {"over": {"finish": FINISH}}
    Path("mine.yaml").write_text(yaml.safe_dump({**moving, "steps": 2, "sweep": sweep}))
    artgen("sweep", "mine.yaml", "--no-share", "--jobs", "1", code=0)
    assert looks["looks"] == 2 * 2


@pytest.mark.slow
def test_a_sweep_that_is_killed_goes_on(moving):
    sweep = {"over": {"losses.dark.weight": [0.1, {"0": 0.1, "80": 0.1, "81": 2}]}}
    Path("mine.yaml").write_text(yaml.safe_dump({**moving, "steps": 100, "sweep": sweep}))
    words = ["sweep", "mine.yaml", "--out", "killed", "--jobs", "1", "--threads", "1", "--checkpoint", "5"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-m", "artgen", *words], env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(Path("killed").glob("shared/*/checkpoint-*.pt")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    notes = []
    rows = _sweep("mine.yaml", None, out="killed", note=notes.append)
    assert notes[0].startswith("goes on after step")
    assert [artgen.replay(row.picture).word for row in rows] == ["identical"] * 2
