"""`artgen sweep` and `artgen pick`: many pictures of one preset."""

import csv

import pytest
import yaml


@pytest.fixture
def mine(flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**flat, "batch": 1, "steps": 2}))
    return tmp_path / "mine.yaml"


WORDS = ("sweep", "mine.yaml", "--over", "seed=1..2", "--over", "losses.dark.weight=0,0.5", "--jobs", "1")


def test_a_sweep_says_what_it_does_and_leaves_a_sheet(artgen, mine, tmp_path):
    done = artgen(*WORDS, code=0)
    assert done.stdout.strip() == "sweeps/mine/sheet.html"
    assert done.stderr.startswith("4 pictures; 1 at once, with ")
    assert "of disk" in done.stderr
    folder = tmp_path / "sweeps" / "mine"
    assert {path.name for path in folder.iterdir()} >= {"cells", "cells.csv", "sheet.html", "sheet.png", "sweep.json"}
    lines = list(csv.DictReader((folder / "cells.csv").open(encoding="utf-8", newline="")))
    assert [(line["seed"], line["losses.dark.weight"], line["state"]) for line in lines] == [
        (seed, weight, "finished") for seed in "12" for weight in ("0", "0.5")
    ]
    assert artgen(*WORDS, code=0).stderr.startswith("4 pictures, 4 of them there already; ")


def test_a_dry_run_lists_the_cells_and_draws_none(artgen, mine, tmp_path):
    done = artgen(*WORDS, "--where", "seed=2", "--dry-run", code=0)
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["cell", "seed", "losses.dark.weight", "state"],
        ["1", "2", "0", "waiting"],
        ["2", "2", "0.5", "waiting"],
    ]
    assert not (tmp_path / "sweeps").exists()


def test_favourites_are_picked_by_number(artgen, mine, tmp_path):
    artgen(*WORDS, code=0)
    (picked,) = artgen("pick", "sweeps/mine", "--keep", "3", code=0).stdout.split()
    assert (tmp_path / picked / "image.png").is_file()
    assert artgen("pick", "sweeps/mine", code=0).stdout.strip() == "sweeps/mine/sheet.html"
    assert artgen("pick", "sweeps/mine", "--keep", "7", code=2).stderr.startswith("--keep 7: the cells are numbered")
    assert "cannot be read" in artgen("pick", "nowhere", code=2).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mine.yaml",), "nothing to go over"),
        (("--over", "seed=1,2"), "name a preset"),
        (("mine.yaml", "--zip"), "--zip: belongs to --over"),
        (("mine.yaml", "--over", "seed=1,-4"), "--over seed=-4: must be at least 0"),
        (("mine.yaml", "--over", "seed=1", "--over", "seed=2"), "given twice"),
        (("mine.yaml", "--over", "losses.drak.weight=1"), "did you mean 'dark'"),
        (("mine.yaml", "--over", "seed=1", "--unless", "seed=1"), "leave no combination"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_drawn(artgen, mine, tmp_path, words, said):
    assert said in artgen("sweep", *words, code=2).stderr
    assert not (tmp_path / "sweeps").exists()


def test_a_preset_with_a_sweep_is_swept_and_not_run(artgen, flat, tmp_path):
    swept = {**flat, "batch": 1, "steps": 2, "sweep": {"over": {"seed": [1, 2]}}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(swept))
    assert "artgen sweep" in artgen("run", "mine.yaml", code=2).stderr
    artgen("check", "mine.yaml", code=0)
    artgen("sweep", "mine.yaml", "--jobs", "1", code=0)
    swept["sweep"]["over"]["seed"] = "5..1"
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(swept))
    assert "mine.yaml:" in (said := artgen("check", "mine.yaml", code=2).stderr + artgen("check", "mine.yaml").stdout)
    assert "write 1..5" in said


def test_a_failed_cell_is_told_and_the_others_are_drawn(artgen, flat, tmp_path):
    flat["losses"].append({"type": "misbehave"})
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**flat, "batch": 1, "steps": 2}))
    done = artgen("sweep", "mine.yaml", "--over", "losses.misbehave.at_step=1,9", "--jobs", "1", code=1)
    assert "1 of 2 cells failed" in done.stderr
    assert (tmp_path / "sweeps/mine/sheet.html").is_file()
