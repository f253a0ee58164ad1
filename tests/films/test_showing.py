"""What stands in a film's folder besides its frames: the film, and what it says of itself."""

import json
from pathlib import Path

import pytest

import artgen
from artgen.films import record
from artgen.films.formats.recipes import recipe_of
from artgen.recipe import metadata
from tests.helpers import films

pytestmark = pytest.mark.usefixtures("no_ffmpeg")
SECRET = "a walrus"


@pytest.fixture
def short(reel):
    reel["film"] |= {"seconds": 0.5, "hold": 1}
    return reel


def test_a_film_shows_its_frames_and_says_what_they_are(short, tmp_path):
    notes = []
    made = artgen.film(short, out="film", note=notes.append)
    assert made.film == Path("film/film.webp")
    assert "get it by `apt install ffmpeg`" in notes[-1]
    shown, durations = films.animated(made.film)
    assert (len(shown), sum(durations)) == (3, 500)
    told = record.read(Path("film"))
    assert recipe_of(made.film) == told.as_data()
    assert told.frames == [metadata.read(frame)["pixels"] for frame in made.frames]
    assert (told.fps, told.hold, told.size, told.preset["film"]["seconds"]) == (6, 1, [24, 16], 0.5)
    assert told.first_recipe("film")["plugins"] == metadata.read(made.frames[0])["plugins"]
    assert artgen.load(told.preset) == made.preset


def test_it_is_made_again_as_it_was(short, artgen, tmp_path):
    import artgen as package

    made = package.film(short, out=tmp_path / "film", note=lambda line: None)
    whole = made.film.read_bytes()
    artgen("film", "film", "--overwrite", code=0)
    assert made.film.read_bytes() == whole
    (tmp_path / "film" / "film.mp4").write_bytes(b"a video")
    for name in ("film.webp", "film.json", "film.mp4"):
        assert "is a film; name one of its frames" in artgen("replay", f"film/{name}", code=2).stderr


def test_a_film_is_as_private_as_its_preset(short):
    short |= {"prompts": SECRET, "about": SECRET, "recipe": "private"}
    short |= {"perceptors": {"toy": {"type": "toy"}}, "views": [{"type": "corners"}]}
    short["losses"].append({"type": "match"})
    made = artgen.film(short, out="film", note=lambda line: None)
    assert "preset" in recipe_of(made.film)
    assert SECRET not in json.dumps(recipe_of(made.film))
    assert SECRET not in (made.folder / record.FILE).read_text()
    short["recipe"] = "none"
    made = artgen.film(short, out="film", overwrite=True, note=lambda line: None)
    assert recipe_of(made.film) is None
    assert not (made.folder / record.FILE).exists()
