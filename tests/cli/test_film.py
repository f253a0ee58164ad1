"""The command that makes a film again from its frames."""

import shutil

import pytest
from PIL import Image

from artgen.films import record
from artgen.films.formats.recipes import recipe_of
from artgen.picture.hashing import pixel_hash
from artgen.weights import sha256
from tests.helpers import films


@pytest.fixture
def run(tmp_path):
    """The folder of a film of six frames, 12 a second, each shown twice."""
    files = films.draw(tmp_path / "run" / "frames")
    hashes = []
    for file in files:
        with Image.open(file) as picture:
            hashes.append(pixel_hash(picture))
    made = {"artgen": "0.2.0", "preset": {"prompts": "x"}, "fps": 12, "hold": 2, "frames": hashes, "size": [32, 24]}
    record.write(tmp_path / "run", record.FilmRecord(**made, recipe={"format": 2}))
    return tmp_path / "run"


def test_a_film_is_made_as_it_was(artgen, run):
    done = artgen("film", run, "--format", "webp", code=0)
    assert done.stdout == f"{run / 'film.webp'}\n"
    assert done.stderr == "6 frames, 1 s at 12 frames a second\n"
    shown, durations = films.animated(run / "film.webp")
    assert (len(shown), sum(durations)) == (6, 1000)
    assert recipe_of(run / "film.webp") == record.read(run).as_data()


def test_a_film_is_made_otherwise(artgen, run, tmp_path):
    done = artgen("film", run, "--fps", "6", "--hold", "1", "--out", "other.gif", code=0)
    assert "6 frames, 1 s at 6 frames a second" in done.stderr
    assert films.animated(tmp_path / "other.gif")[1] == [170, 160, 170, 170, 160, 170]
    assert recipe_of(tmp_path / "other.gif") == {**record.read(run).as_data(), "fps": 6.0, "hold": 1}


def test_a_film_is_video_where_there_is_ffmpeg(ffmpeg, artgen, run):
    assert artgen("film", run, code=0).stdout == f"{run / 'film.mp4'}\n"
    [stream] = films.probe(run / "film.mp4")["streams"]
    assert (stream["nb_read_frames"], stream["r_frame_rate"]) == ("12", "12/1")
    assert "is there already; choose another --out, or say --overwrite" in artgen("film", run, code=2).stderr
    artgen("film", run, "--overwrite", code=0)


def test_any_numbered_pictures_are_a_film(artgen, tmp_path):
    films.draw(tmp_path / "mine", count=3)
    (tmp_path / "mine" / "000000.png").unlink()
    done = artgen("film", "mine", "--format", "gif", code=0)
    assert "2 frames, 0.1 s at 30 frames a second" in done.stderr
    assert recipe_of(tmp_path / "mine" / "film.gif") is None


def test_without_ffmpeg_the_frames_are_kept(artgen, run, tmp_path):
    done = artgen("film", run, "--format", "mp4", code=2, PATH=str(tmp_path))
    assert "apt install ffmpeg" in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(list((run / "frames").iterdir())) == 6
    assert artgen("film", run, code=0, PATH=str(tmp_path)).stdout == f"{run / 'film.webp'}\n"


def test_frames_that_were_changed_are_no_longer_the_recipes(artgen, run):
    with Image.open(run / "frames" / "000002.png") as picture:
        changed = picture.convert("L").convert("RGB")
    changed.save(run / "frames" / "000002.png")
    done = artgen("film", run, "--format", "gif", code=0)
    assert "000002.png: changed since the film was made" in done.stderr
    assert recipe_of(run / "film.gif") is None
    (run / "frames" / "000005.png").unlink()
    assert "5 of 6 frames are there" in artgen("film", run, "--format", "webp", code=0).stderr


def test_the_song_is_looked_for_and_missed(ffmpeg, artgen, run, tmp_path):
    song = tmp_path / "tune.wav"
    shutil.copyfile(films.song(tmp_path / "made.wav"), song)
    made = record.read(run)
    record.write(run, made.model_copy(update={"song": record.SongFile(name="tune.wav", sha256=sha256(song))}))
    artgen("film", run, "--out", "loud.mp4", code=0)
    assert [one["codec_name"] for one in films.probe(tmp_path / "loud.mp4")["streams"]] == ["h264", "aac"]
    song.unlink()
    done = artgen("film", run, "--out", "still.mp4", code=0)
    assert "its song, tune.wav, is not here" in done.stderr
    assert len(films.probe(tmp_path / "still.mp4")["streams"]) == 1
    artgen("film", run, "--out", "named.mp4", "--song", "made.wav", code=0)
    assert len(films.probe(tmp_path / "named.mp4")["streams"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such folder"),
        (["run", "--fps", "0"], "--fps: expected a number above 0"),
        (["run", "--fps", "1000"], "at most 240 frames a second"),
        (["run", "--hold", "0"], "--hold: expected a number of frames"),
        (["run", "--format", "avi"], "--format: there is no 'avi'"),
        (["run", "--format", "gif", "--out", "film.mp4"], "--format: is gif, and --out ends in '.mp4'"),
        (["run", "--out", "film.avi"], "cannot be written as '.avi'"),
        (["gap"], "frame 1 is missing"),
    ],
)
def test_what_cannot_be_is_one_line(artgen, run, tmp_path, arguments, message):
    gap = films.draw(tmp_path / "gap", count=3)
    gap[1].unlink()
    done = artgen("film", *arguments, code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
