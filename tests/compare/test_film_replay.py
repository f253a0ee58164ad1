"""Any frame of a film is proven: from the one before it, or from the film's file alone."""

import shutil

import numpy as np
import pytest
import yaml
from PIL import Image

from tests.helpers.films import REEL as SMALL

REEL = {**SMALL, "film": {**SMALL["film"], "camera": {"zoom": 1.5}, "loop": True}}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    from artgen.films.making import film

    folder = tmp_path_factory.mktemp("film") / "film"
    return film(REEL, out=folder, note=lambda line: None)


@pytest.fixture
def folder(drawn, tmp_path):
    return shutil.copytree(drawn.folder, tmp_path / "film")


@pytest.mark.parametrize("frame", [0, 1, 5])
def test_from_the_frame_before(artgen, folder, frame):
    done = artgen("replay", "film", "--frame", frame, code=0)
    assert done.stdout == "identical: the same pixels\n"
    assert f"film: frame {frame} of 6, from the frame before it" in done.stderr


@pytest.mark.parametrize("frame", [0, 4])
def test_from_the_file_alone(artgen, drawn, tmp_path, frame):
    film = shutil.copy(drawn.film, tmp_path)
    done = artgen("replay", film, "--frame", frame, code=0)
    assert done.stdout == "identical: the same pixels\n"
    assert f"frame {frame} of 6, from the beginning on" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [drawn.film.name]


def test_another_picture_in_the_place_of_a_frame_is_none_of_the_film(artgen, folder, tmp_path):
    other = {**REEL, "seed": 6}
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(other))
    artgen("run", "other.yaml", "--out", "other", code=0)
    for frame in (2, 3):
        shutil.copy(tmp_path / f"other/frames/{frame:06}.png", folder / f"frames/{frame:06}.png")
    assert artgen("replay", "film", "--frame", 3, code=1).stdout.startswith("different")


def test_a_frame_that_was_changed_is_different(artgen, folder):
    path = folder / "frames/000003.png"
    image = Image.open(path)
    kept, pixels = image.info, np.asarray(image).copy()
    pixels[4, 4] ^= 255
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    for key, value in kept.items():
        if isinstance(value, str):
            text.add_itxt(key, value)
    Image.fromarray(pixels).save(path, pnginfo=text)
    assert artgen("replay", "film", "--frame", 3).stdout.startswith(("different", "equivalent"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("film", "--frame", 6), "film: has no frame 6; it has 6, counted from 0"),
        (("film", "--frame", "x"), "expected a number of a frame, from 0, got 'x'"),
        (("film", "--frame", 1, "--prompt", "a"), "--frame: goes with none of --out, --prompt, --in-lock and --lock"),
        (("empty", "--frame", 1), "empty: does not tell how it was made, and there is no film.json beside it"),
    ],
)
def test_what_cannot_be_proven(artgen, folder, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    assert said in artgen("replay", *arguments, code=2).stderr


def test_a_long_film_is_asked_about_first(artgen, folder, tmp_path):
    import json

    data = json.loads((folder / "film.json").read_text())
    data["preset"]["film"]["steps_per_frame"] = 900_000
    (folder / "film.json").write_text(json.dumps(data))
    shutil.rmtree(folder / "frames")
    assert "say --yes to run it" in artgen("replay", "film", "--frame", 5, code=2).stderr


def test_the_films_song_is_kept_and_no_recipe_names_it(artgen, tmp_path):
    import json

    from tests.helpers.paths import ROOT

    shutil.copy(ROOT / "presets/inputs/pulse.wav", tmp_path / "beat.wav")
    reel = {**REEL, "losses": [{"type": "smoothness", "weight": {"sound": "beat.wav", "of": "beats", "low": 0.5}}]}
    (tmp_path / "reel.yaml").write_text(yaml.safe_dump(reel))
    artgen("run", "reel.yaml", "--out", "film", code=0)
    made = json.loads((tmp_path / "film/film.json").read_text())
    assert made["song"]["name"] == "song.wav"
    assert (tmp_path / "film/song.wav").read_bytes() == (tmp_path / "beat.wav").read_bytes()
    assert "beat.wav" not in json.dumps(made)
    (tmp_path / "beat.wav").unlink()
    (tmp_path / "film/song.wav").unlink()
    artgen("replay", "film/film.mp4" if (tmp_path / "film/film.mp4").exists() else "film", "--frame", 4, code=0)


def test_a_frame_that_asks_for_much_work_is_asked_about_too(artgen, folder):
    """Whoever gave the film may have written the recipe of its frames."""
    import torch

    from artgen.recipe import metadata, saving

    path = folder / "frames/000003.png"
    recipe = metadata.read(path)
    recipe["preset"]["steps"] = 900_000
    saving.save(path, torch.zeros(3, 16, 24), recipe)
    assert "say --yes to run it" in artgen("replay", "film", "--frame", 3, code=2).stderr


def test_a_model_of_depth_that_it_would_download_is_asked_about(drawn, monkeypatch):
    from pathlib import Path

    from artgen import load
    from artgen.compare.film_replay import FramePlan

    monkeypatch.delenv("ARTGEN_OFFLINE", raising=False)
    camera = {"zoom": 1.2, "depth": "somebody/no-such-model"}
    preset = load({**REEL, "film": {"seconds": 1, "camera": camera}})
    assert "downloads somebody/no-such-model" in FramePlan(Path("x"), None, 1, preset).objections
