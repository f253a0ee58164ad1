"""Sweeps in their folders: stopped, gone on with, made larger, and with cells that fail."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml

import artgen
from artgen import InputError
from artgen.recipe import metadata
from artgen.sweeps import record
from artgen.sweeps.picking import keep

OVER = {"seed": "1..2", "losses.dark.weight": [0, 0.5]}


def _sweep(preset, over=OVER, out="sweep", **more):
    return list(artgen.sweep(preset, over, out=out, **{"processes": 1, "threads": 1, "note": pytest.fail, **more}))


def _files(folder):
    return {path.parent.name: path.read_bytes() for path in Path(folder).glob("cells/*/image.png")}


def test_every_cell_is_an_ordinary_run(flat):
    rows = _sweep(flat)
    assert [dict(row.settings) for row in rows] == [
        {"seed": seed, "losses.dark.weight": weight} for seed in (1, 2) for weight in (0, 0.5)
    ]
    assert {row.state for row in rows} == {"finished"}
    for row in rows:
        recipe = metadata.read(row.picture)
        assert recipe["preset"]["seed"] == row.settings["seed"]
        assert recipe["preset"]["losses"][1]["weight"] == row.settings["losses.dark.weight"]
        assert "sweep" not in recipe["preset"]
    assert artgen.replay(rows[2].picture).word == "identical"


def test_a_cell_is_the_picture_that_a_run_makes_of_its_settings(flat):
    row = _sweep(flat)[3]
    alone = artgen.run(artgen.load(flat, row.settings.items()), note=pytest.fail)
    assert row.loss == alone.scores[0]
    assert row.picture.read_bytes() == alone.save("alone.png").read_bytes()
    assert metadata.read(Path("alone.png"))["preset"] == metadata.read(row.picture)["preset"]


def test_what_judges_say_of_a_cell_is_kept(flat):
    rows = _sweep(
        {**flat, "judges": {"eye": {"type": "toy", "id": "eye"}, "plain": {"type": "dark"}}}, {"seed": "1..2"}
    )
    for row in rows:
        result = artgen.run(metadata.read(row.picture)["preset"], show=False)
        assert row.scores == {name: pytest.approx(rows[result.best]) for name, rows in result.judge_scores.items()}
    assert set(rows[0].scores) == {"eye", "plain"} and rows[0].scores != rows[1].scores
    assert [row.scores for row in record.rows(Path("sweep"), record.read(Path("sweep")))] == [
        one.scores for one in rows
    ]


def test_called_again_it_draws_only_what_is_new(flat):
    _sweep(flat)
    times = {path: path.stat().st_mtime_ns for path in Path("sweep").glob("cells/*/image.png")}
    rows = _sweep(flat, {**OVER, "seed": "1..3"})
    assert len(rows) == 6
    for path, when in times.items():
        assert path.stat().st_mtime_ns == when


def test_cells_with_other_content_have_other_folders(flat, tmp_path):
    names = {row.name for row in _sweep(flat)}
    assert names.isdisjoint(row.name for row in _sweep({**flat, "steps": 2}))
    words = tmp_path / "words.txt"
    words.write_text("a fish\n")
    over = {"prompts": {"file": str(words)}}
    assert {row.settings["prompts"] for row in _sweep(flat, over)} == {"a fish"}
    words.write_text("a bird\n")
    assert [row.settings["prompts"] for row in _sweep(flat, over)] == ["a bird"]


def test_a_preset_may_say_it_all(flat):
    Path("mine.yaml").write_text(yaml.safe_dump({**flat, "sweep": {"over": {"seed": "1..3"}, "unless": [{"seed": 2}]}}))
    assert [row.settings["seed"] for row in _sweep("mine.yaml", None)] == [1, 3]
    with pytest.raises(InputError, match="artgen sweep"):
        artgen.run("mine.yaml")
    artgen.run(artgen.load("mine.yaml", sweep=None), note=pytest.fail)


def test_presets_are_an_axis(flat):
    for name in ("one", "two"):
        Path(f"{name}.yaml").write_text(yaml.safe_dump({**flat, "about": name}))
    rows = _sweep(None, {"preset": ["one.yaml", "two.yaml"], "seed": [1, 2]})
    told = sorted((row.settings["preset"], metadata.read(row.picture)["preset"]["about"]) for row in rows)
    assert told == [("one.yaml", "one"), ("one.yaml", "one"), ("two.yaml", "two"), ("two.yaml", "two")]


def test_films_are_swept_and_gone_on_with(flat):
    film = {"seconds": 0.5, "fps": 6, "steps_per_frame": 1}
    reel = {**flat, "generator": {"type": "pixel"}, "film": film}
    over = {"film.camera.zoom": [1, 2]}
    rows = _sweep(reel, over, note=lambda line: None)
    assert [row.state for row in rows] == ["finished", "finished"]
    films = {row.film for row in rows}
    assert len(films) == 2
    assert all(film.is_file() for film in films)
    place = rows[1].picture.parent
    whole = rows[1].picture.read_bytes()
    shutil.rmtree(place)
    artgen.film(artgen.load(reel, rows[1].settings.items()), out=place, until=2, note=lambda line: None)
    (again,) = [row for row in _sweep(reel, over, note=lambda line: None) if row.name == rows[1].name]
    assert again.picture.read_bytes() == whole


def test_a_preset_without_a_seed_gets_one_for_all_cells_and_keeps_it(flat):
    flat["seed"] = None
    rows = _sweep(flat, {"steps": [1, 2]})
    again = _sweep(flat, {"steps": [1, 2, 3]})
    seeds = {metadata.read(row.picture)["preset"]["seed"] for row in [*rows, *again]}
    assert len(seeds) == 1


def test_a_cell_that_fails_costs_its_own_line_and_is_tried_again(flat):
    flat["losses"].append({"type": "misbehave", "weight": 1})
    over = {"losses.misbehave.at_step": [1, 99]}
    rows = _sweep(flat, over, note=lambda line: None)
    assert [row.state for row in rows] == ["failed", "finished"]
    assert "\n" not in rows[0].reason
    told = record.rows(Path("sweep"), record.read(Path("sweep")))
    assert (told[0].state, told[0].reason) == ("failed", rows[0].reason)
    assert sorted(row.state for row in _sweep(flat, over, note=lambda line: None)) == ["failed", "finished"]


def test_mistakes_in_cells_are_told_before_anything_is_drawn(flat):
    with pytest.raises(InputError, match="--over seed=-4: must be at least 0"):
        _sweep(flat, {"seed": [1, -4]})
    with pytest.raises(InputError, match="did you mean 'dark'"):
        _sweep(flat, {"losses.drak.weight": [1]})
    with pytest.raises(InputError, match="nothing to go over"):
        _sweep(flat, None)
    assert not Path("sweep").exists()


def test_neighbouring_seeds_of_a_batch_are_remarked(flat):
    told = []
    _sweep({**flat, "batch": 2}, {"seed": [1, 2]}, note=told.append)
    assert "--batch 1" in told[0]


def test_a_damaged_record_is_told_in_one_line(flat):
    _sweep(flat)
    for text in ("{", '{"format": 9}', '{"format": 1, "cells": [{"name": "../../etc", "at": []}]}'):
        Path("sweep/sweep.json").write_text(text)
        with pytest.raises(InputError, match=r"sweep\.json") as caught:
            record.read(Path("sweep"))
        assert "\n" not in str(caught.value)


def test_favourites_are_kept_by_their_numbers(flat):
    rows = _sweep(flat)
    kept = keep(Path("sweep"), [3, 1])
    assert [place.name for place in kept] == [rows[2].name, rows[0].name]
    again = _sweep(None, {"preset": {"file": "sweep/picked.txt"}, "steps": [1]}, out="next")
    assert [metadata.read(row.picture)["preset"]["seed"] for row in again] == [2, 1]
    for wrong in ([0], [9], ["x"], []):
        with pytest.raises(InputError, match="--keep"):
            keep(Path("sweep"), wrong)


def test_stopping_loses_nothing(flat):
    stopped, told = artgen.sweep(flat, OVER, out="sweep", processes=1, threads=1, note=pytest.fail), []
    told.append(next(stopped))
    stopped.close()
    assert len(_files("sweep")) == 1
    _sweep(flat, out="whole")
    _sweep(flat)
    assert _files("sweep") == _files("whole")


@pytest.mark.slow
def test_processes_draw_the_same_bytes_and_a_killed_sweep_goes_on(flat, tmp_path):
    _sweep(flat, {"seed": "1..6"}, out="whole", threads=1)
    Path("mine.yaml").write_text(yaml.safe_dump(flat))
    words = [
        sys.executable,
        "-m",
        "artgen",
        "sweep",
        "mine.yaml",
        "--over",
        "seed=1..6",
        "--out",
        "killed",
        "--jobs",
        "2",
    ]
    paths = os.pathsep.join(sys.path)
    process = subprocess.Popen(words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL)
    for _ in range(1200):
        if _files("killed") or process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            _sweep(flat, {"seed": "1..6"}, out="killed", processes=2, note=lambda line: None)
            break
        except InputError as error:  # what the killed one began is ending
            assert "is at work here" in str(error)
            time.sleep(0.2)
    assert _files("killed") == _files("whole")


@pytest.mark.slow
def test_a_process_that_is_killed_is_begun_again(flat, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    over, long = {"seed": "1..3"}, {**flat, "steps": 600}
    _sweep(long, over, out="whole")
    others = set(multiprocessing.active_children())

    def kill():
        while not list(Path("killed").glob("cells/*/run.json")):
            time.sleep(0.05)
        next(one for one in multiprocessing.active_children() if one not in others).kill()

    killer = threading.Thread(target=kill)
    killer.start()
    rows = _sweep(long, over, out="killed", processes=2, checkpoint="50", note=lambda line: None)
    killer.join()
    assert [row.reason for row in rows] == [None] * 3
    assert _files("killed") == _files("whole")
