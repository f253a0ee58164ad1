"""Searches: cells that are chosen by what those before have come to."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

import artgen
from artgen import InputError
from artgen.api import StepEvent
from artgen.sweeps import early, record
from artgen.sweeps.axes import checked
from artgen.sweeps.engines.on_slurm import Slurm
from artgen.sweeps.rows import Row
from artgen.sweeps.search.goals import Goal
from artgen.sweeps.search.proposing import Trial, propose
from artgen.sweeps.search.space import Choices, Numbers, contains, space

OVER = {"generator.learning_rate": {"low": 0.001, "high": 0.2, "scale": "log"}, "generator.start": "0.1..0.9"}


def _search(preset, over=OVER, out="search", trials=6, note=pytest.fail, **more):
    search = {"trials": trials, **{key: more.pop(key) for key in ("goal", "prune") if key in more}}
    return list(
        artgen.sweep(preset, over, out=out, search=search, **{"processes": 1, "threads": 1, "note": note, **more})
    )


def _begin(seed, out="search"):
    """A folder whose sweep has that seed."""
    Path(out).mkdir()
    told = {"format": 1, "artgen": "x", "title": "x", "seed": seed, "threads": 1, "axes": [], "cells": []}
    Path(out, "sweep.json").write_text(json.dumps(told))


def _drawn(folder):
    return {path.parent.name: path.read_bytes() for path in Path(folder).glob("cells/*/image.png")}


def _chosen(folder):
    told = json.loads(Path(folder, "sweep.json").read_text())
    return [cell["name"] for cell in told["cells"]]


def test_the_same_seed_chooses_the_same_cells_and_more_trials_go_on(flat):
    for out in ("one", "two"):
        _begin(7, out)
    rows = _search(flat, out="one", trials=11)
    assert len({row.name for row in rows}) == 11
    assert {row.state for row in rows} == {"finished", "pruned"}
    _search(flat, out="two", trials=4)
    _search(flat, out="two", trials=11)
    assert _chosen("one") == _chosen("two")
    assert _drawn("one") == _drawn("two")
    before = {path: path.stat().st_mtime_ns for path in Path("one").glob("cells/*/image.png")}
    assert len(_search(flat, out="one", trials=11)) == 11
    assert {path: path.stat().st_mtime_ns for path in Path("one").glob("cells/*/image.png")} == before


def test_numbers_have_six_digits_and_lie_where_they_were_sought(flat):
    for row in _search(flat, {"generator.start": "0.1..0.7", "steps": "1..3", "seed": "1..90"}, prune=False):
        start = row.settings["generator.start"]
        assert 0.1 <= start <= 0.7 and start == float(f"{start:.6g}")
        assert row.settings["steps"] in (1, 2, 3) and row.settings["seed"] in range(1, 91)


def test_every_combination_is_drawn_once_and_then_it_ends(flat):
    told = []
    rows = _search(flat, {"seed": [1, 2, 3], "steps": [1, 2]}, trials=9, note=told.append, prune=False)
    assert sorted((row.settings["seed"], row.settings["steps"]) for row in rows) == [
        (seed, steps) for seed in (1, 2, 3) for steps in (1, 2)
    ]
    assert told == ["nothing else is left to choose: 6 cells are all that there are"]


def test_conditions_hold(flat):
    rows = _search(
        flat, {"seed": "1..4", "steps": "1..4"}, where=[{"seed": "1..2"}], unless=[{"steps": 1}], prune=False
    )
    assert {row.settings["seed"] for row in rows} <= {1, 2}
    assert len(rows) == 6 and 1 not in {row.settings["steps"] for row in rows}
    with pytest.raises(InputError, match="leave nothing to choose"):
        _search(flat, {"seed": "1..4"}, out="none", where=[{"seed": 9}])


def test_what_a_grid_has_drawn_is_not_drawn_again(flat):
    list(artgen.sweep(flat, {"seed": [1, 2, 3]}, out="search", processes=1, threads=1, note=pytest.fail))
    times = {path: path.stat().st_mtime_ns for path in Path("search").glob("cells/*/image.png")}
    assert len(_search(flat, {"seed": [1, 2, 3, 4]}, trials=4)) == 4
    assert len(_drawn("search")) == 4
    assert all(path.stat().st_mtime_ns == when for path, when in times.items())


def test_another_range_keeps_what_lies_in_it_and_says_what_does_not(flat):
    _search(flat, {"seed": [1, 2, 3]}, trials=3)
    told = []
    rows = _search(flat, {"seed": [2, 3, 4, 5]}, trials=3, note=told.append)
    assert len(rows) == 3 and {2, 3} <= {row.settings["seed"] for row in rows}
    assert told == ["1 cells of search are not among what is searched now; they stay in its cells, and count no more"]
    assert len(_drawn("search")) == 4


def _event(step, total, steps=20):
    return StepEvent(step, steps, None, {}, total, 0.0)


@given(some.lists(some.floats(0, 10), max_size=12), some.floats(0, 10))
def test_the_worse_half_ends_early(others, loss):
    watch = early.EarlyStop(early.bar(others))
    stops = False
    for step in range(20):
        try:
            watch(_event(step, loss))
        except KeyboardInterrupt:
            stops = True
            break
    assert stops == watch.has_stopped == (len(others) >= 5 and loss > median(others))
    assert step == (3 if stops else 19)


def test_an_early_loss_is_a_mean_of_the_last_steps_until_then():
    points = [(step, float(step)) for step in range(100)]
    assert early.early_loss(points, 100) == sum(range(10, 20)) / 10
    assert early.early_loss(points[12:], 100) is None
    assert early.early_loss(points, 5) == 0


def test_a_cell_that_ends_early_keeps_its_picture_and_is_not_drawn_again(flat):
    flat["steps"] = 20
    _begin(3)
    rows = _search(flat, trials=9)
    pruned = [row for row in rows if row.state == "pruned"]
    assert pruned
    for number, row in enumerate(rows):
        before = [other.early for other in rows[:number]]
        assert (row.state == "pruned") == (len(before) >= 5 and row.early > median(before))
    assert all(row.picture.is_file() and row.loss is None for row in pruned)
    assert all("ended after 4 of 20 steps" in row.reason for row in pruned)
    assert [row.state for row in _search(flat, trials=9)].count("pruned") == len(pruned)
    # A grid draws it to its end, from where it stopped.
    over = {key: [value] for key, value in pruned[0].settings.items()}
    [whole] = artgen.sweep(flat, over, out="search", processes=1, threads=1, note=lambda line: None)
    assert (whole.state, whole.name) == ("finished", pruned[0].name)
    alone = artgen.run(artgen.load(flat, pruned[0].settings.items()), note=pytest.fail)
    assert whole.picture.read_bytes() == alone.save("alone.png").read_bytes()


def test_nothing_ends_early_where_losses_mean_different_things(flat):
    told = []
    rows = _search(flat, {"losses.dark.weight": "0.1..0.9"}, trials=6, note=told.append)
    assert {row.state for row in rows} == {"finished"}
    assert "--goal judges" in told[0] and "no cell ends early" in told[1]
    assert {row.state for row in _search(flat, out="whole", trials=6, prune=False)} == {"finished"}


def test_a_search_finds_better_than_chance():
    dimensions = (
        Numbers("rate", 0.001, 1, False, True),
        Numbers("steps", 1, 100, True, False),
        Choices("c", ("a", "b")),
    )

    def loss(settings):
        return abs(math.log10(settings["rate"]) + 2) + abs(settings["steps"] - 30) / 30 + (settings["c"] == "b")

    def best(searches, seed):
        trials = []
        for number in range(30):
            chosen = propose(dimensions, trials if searches else [], False, seed, str(number))
            trials.append(Trial(chosen, "complete", loss(chosen)))
        return min(trial.value for trial in trials)

    searched, chance = ([best(searches, seed) for seed in range(3)] for searches in (True, False))
    assert median(searched) < median(chance) / 2


def test_high_scores_are_sought_where_a_judge_is_the_goal():
    dimensions = (Numbers("x", 0, 1, False, False),)
    goal, trials = Goal("judges"), []
    for number in range(30):
        chosen = propose(dimensions, trials, goal.is_more_better, 1, str(number))
        row = Row("x", chosen, "finished", scores={"one": chosen["x"], "two": 0.0})
        assert goal.value(row) == chosen["x"] / 2 and Goal("one").value(row) == chosen["x"]
        trials.append(Trial(chosen, "complete", goal.value(row)))
    assert trials[-1].settings["x"] > 0.8


@given(some.floats(0.001, 0.5), some.floats(0.5001, 900), some.booleans(), some.integers(0, 99))
def test_what_is_proposed_can_be_told(low, high, is_log, seed):
    dimensions = space(
        checked({"over": {"x": {"low": low, "high": high, "scale": "log" if is_log else "linear"}}, "search": True})
    )
    chosen = propose(dimensions, [], False, seed, "x")
    assert contains(dimensions, chosen)
    propose(dimensions, [Trial(chosen, "running"), Trial(chosen, "pruned", 1.0), Trial(chosen, "failed")], True, 1, "y")


@pytest.mark.parametrize(
    ("over", "more", "words"),
    [
        ({"seed": {"random": 3, "low": 1, "high": 9}}, {}, "leave 'random' out"),
        ({"seed": [1, -4]}, {}, "--over seed=-4: must be at least 0"),
        ({"generator.start": "0.5..1.5"}, {}, "--over generator.start=1.5"),
        ({"losses.drak.weight": "0.1..0.5"}, {}, "did you mean 'dark'"),
        ({"seed": [1, 2]}, {"combine": "zip"}, "'zip' goes through lists"),
        ({"seed": [1, 2]}, {"goal": "beauty"}, "--goal beauty: there is none; the preset offers loss"),
        ({"seed": [1, 2]}, {"trials": 0}, "search"),
    ],
)
def test_mistakes_are_told_before_anything_is_drawn(flat, over, more, words):
    with pytest.raises(InputError) as caught:
        _search(flat, over, **more)
    assert words in str(caught.value).splitlines()[0]
    assert not Path("search").exists()


def test_without_optuna_one_line_says_what_to_install(flat, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r'needs Optuna; pip install "artgen\[search\]"'):
        _search(flat)


def test_a_preset_may_say_it_all_and_flags_change_it(flat, artgen):
    swept = {**flat, "sweep": {"over": {"generator.start": "0.1..0.9"}, "search": {"trials": 2}}}
    Path("mine.yaml").write_text(yaml.safe_dump(swept))
    said = artgen("sweep", "mine.yaml", "--jobs", "1", code=0).stderr
    assert said.startswith("2 trials for the least loss; 1 at once")
    assert "best of 2: loss" in said and "--trials 4 goes on" in said
    said = artgen("sweep", "mine.yaml", "--jobs", "1", "--trials", "3", "--dry-run", code=0)
    assert "3 trials for the least loss, 2 of them there already" in said.stderr
    assert "generator.start: numbers from 0.1 to 0.9" in said.stderr
    assert len(said.stdout.splitlines()) == 3
    words = ("sweep", "mine.yaml", "--over", "seed=1..3", "--trials", "3")
    assert "--trials: belongs to --search optuna" in artgen(*words, code=2).stderr


@pytest.mark.slow
def test_a_search_that_is_killed_ends_in_the_same_cells(flat, tmp_path):
    flat["steps"] = 200
    for out in ("whole", "killed"):
        _begin(11, out)
    _search(flat, out="whole", trials=8)
    Path("mine.yaml").write_text(yaml.safe_dump(flat))
    program = (
        "import artgen, yaml\n"
        "how = dict(search={'trials': 8}, processes=1, threads=1, checkpoint='3')\n"
        f"rows = artgen.sweep('mine.yaml', {OVER!r}, out='killed', **how)\n"
        "for row in rows: pass\n"
    )
    paths = os.pathsep.join(sys.path)
    words = [sys.executable, "-c", program]
    process = subprocess.Popen(words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths})
    while process.poll() is None and not list(Path("killed").glob("cells/*/checkpoint-*.pt")):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < len(_chosen("killed")) < 8
    _search(flat, out="killed", trials=8, note=lambda line: None)
    assert _chosen("killed") == _chosen("whole")
    assert _drawn("killed") == _drawn("whole")


@pytest.mark.slow
def test_processes_and_a_queue_draw_what_is_chosen_one_by_one(flat, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    Path("mine.yaml").write_text(yaml.safe_dump(flat))
    rows = _search("mine.yaml", out="local", trials=4, processes=2)
    assert len({row.name for row in rows}) == 4
    engine = Slurm(Path("logs"), {"timeout_min": 5}, "local")
    rows = _search("mine.yaml", out="queued", trials=3, processes=2, engine=engine)
    assert [row.reason for row in rows] == [None] * 3
    assert record.read(Path("queued")).search.goal == "loss"
