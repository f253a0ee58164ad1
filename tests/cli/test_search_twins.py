"""What `search` leaves out: the plots of runs, and the second file with the same pixels."""

import json

import pytest
from PIL import Image

from artgen.cli.pictures import search


@pytest.fixture
def runs(artgen, tmp_path, flat):
    import yaml

    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(flat))
    artgen("run", "mine.yaml", code=0)
    return tmp_path / "runs" / "mine-0001"


def test_a_run_is_found_once_each_picture_and_runs_are_looked_at_unasked(artgen, runs, tmp_path):
    done = artgen("search", "a cat", "--preset", "toy.yaml", code=0, ARTGEN_CACHE=str(tmp_path / "cache"))
    rows = done.stdout.splitlines()
    assert len(rows) == 2
    [best] = [row for row in rows if "image.png" in row]
    assert best.endswith("runs/mine-0001/image.png  (and 1 the same)")
    [other] = [row for row in rows if row != best]
    assert "batch/seed-" in other and "same" not in other


def test_copies_and_exports_are_one_picture(artgen, runs, tmp_path):
    artgen("export", "runs/mine-0001", "runs/copy.webp", code=0)
    words = ("search", "a cat", "--preset", "toy.yaml", "--json")
    found = json.loads(artgen(*words, code=0, ARTGEN_CACHE=str(tmp_path / "cache")).stdout)
    [best] = [row for row in found if row["image"] == "runs/mine-0001/image.png"]
    assert best["same"][0] == "runs/copy.webp" and len(best["same"]) == 2


def test_a_progress_png_of_ones_own_is_a_picture(artgen, tmp_path, flat):
    import yaml

    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(flat))
    (tmp_path / "own").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "own" / "progress.png")
    done = artgen("search", "a cat", "own", "--preset", "toy.yaml", code=0, ARTGEN_CACHE=str(tmp_path / "cache"))
    assert "own/progress.png" in done.stdout


def test_equally_like_pictures_of_other_pixels_are_two(tmp_path):
    paths = [tmp_path / f"{name}.png" for name in "abcd"]
    for path, size in zip(paths, [(2, 8), (8, 2), (8, 2), (4, 4)], strict=True):
        Image.new("RGB", size, "red").save(path)
    found = search.distinct([(path, 0.5) for path in paths], 2)
    assert [one.paths for one in found] == [[paths[0]], [paths[1], paths[2]]]
