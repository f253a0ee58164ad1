"""Films hold the frames that went in, as long as they were to be shown, and the recipe."""

import math
import os
import shutil
import signal

import numpy as np
import pytest
from PIL import Image

from artgen.errors import InputError
from artgen.films.formats import ffmpeg as program
from artgen.films.formats.encoding import best_format, encode
from artgen.films.formats.recipes import recipe_of
from tests.helpers import films

VIDEOS, ANIMATED = (".mp4", ".webm"), (".webp", ".gif", ".png")


@pytest.mark.parametrize(("suffix", "codec", "least"), [(".mp4", "h264", 35), (".webm", "vp9", 33)])
def test_a_video_shows_the_frames(ffmpeg, tmp_path, suffix, codec, least):
    files = films.draw(tmp_path / "large", size=(96, 64))
    film = encode(files, tmp_path / f"film{suffix}", fps=12, recipe=films.RECIPE)
    [stream] = films.probe(film)["streams"]
    assert (stream["codec_name"], stream["r_frame_rate"], stream["color_space"]) == (codec, "12/1", "bt709")
    shown = films.decoded(film)
    assert films.noise(shown, films.levels(files)) > least
    # Another matrix of colours would shift them all.
    assert np.abs(shown.mean(axis=(0, 1, 2)) - films.levels(files).mean(axis=(0, 1, 2))).max() < 1
    assert recipe_of(film) == films.RECIPE
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(("suffix", "least"), [(".webp", 33), (".gif", 30), (".png", math.inf)])
def test_an_animated_picture_shows_the_frames(no_ffmpeg, tmp_path, frames, suffix, least):
    film = encode(frames, tmp_path / f"film{suffix}", fps=12.5, hold=2, recipe=films.RECIPE)
    shown, durations = films.animated(film)
    assert durations == [160] * 6
    with np.errstate(divide="ignore"):
        assert films.noise(shown, films.levels(frames)) >= least
    assert recipe_of(film) == films.RECIPE
    with Image.open(film) as picture:
        assert picture.info["loop"] == 0


def test_durations_do_not_drift(tmp_path, frames):
    """Thirty frames a second are 33.3 ms each, and 3.33 hundredths."""
    for suffix in (".webp", ".gif"):
        _, durations = films.animated(encode(frames, tmp_path / f"film{suffix}", fps=30))
        assert sum(durations) == 200, suffix


@pytest.mark.parametrize("suffix", ANIMATED)
def test_pixel_art_keeps_its_colours(tmp_path, suffix):
    files = []
    for i in range(3):
        picture = Image.new("RGB", (16, 16), (250, 240, 230))
        picture.paste((200, 30, 41), (2 * i + 3, 4, 2 * i + 9, 12))
        picture.putpixel((15, i + 2), (199, 30, 41))  # which a palette could take for the same
        files.append(tmp_path / f"{i}.png")
        picture.save(files[-1])
    shown, _ = films.animated(encode(files, tmp_path / f"film{suffix}", fps=10))
    assert (shown == films.levels(files)).all()


def test_a_gif_does_not_flicker_where_nothing_moves(tmp_path, frames):
    still = films.levels(frames)[0]
    files = []
    for i in range(4):
        moved = still.copy()
        moved[:6, :6] = 60 * i
        files.append(tmp_path / f"{i}.png")
        Image.fromarray(moved).save(files[-1])
    shown, _ = films.animated(encode(files, tmp_path / "film.gif", fps=10))
    assert (shown[:, 6:] == shown[:1, 6:]).all()
    assert (shown[1:, :6, :6] == films.levels(files)[1:, :6, :6]).all()


def test_what_is_clear_stays_clear_where_it_can(tmp_path):
    files = films.draw(tmp_path / "clear", clear=True)
    shown, _ = films.animated(encode(files, tmp_path / "film.png", fps=10), "RGBA")
    assert (shown == films.levels(files, "RGBA")).all()
    shown, _ = films.animated(encode(files, tmp_path / "film.webp", fps=10), "RGBA")
    assert np.abs(shown[..., 3].astype(int) - films.levels(files, "RGBA")[..., 3]).max() <= 2
    flat, _ = films.animated(encode(files, tmp_path / "film.gif", fps=10))
    assert flat.min() > 180  # over white


@pytest.mark.parametrize("suffix", ANIMATED)
def test_a_picture_that_is_shown_again_is_shown_longer(tmp_path, frames, suffix):
    shown, durations = films.animated(encode([*frames[:2], frames[1], frames[1]], tmp_path / f"f{suffix}", fps=10))
    assert durations == [100, 300]
    assert len(shown) == 2
    assert len(films.levels([encode(frames[:1], tmp_path / f"one{suffix}", fps=10)])) == 1


def test_an_odd_side_gets_its_last_line_twice(ffmpeg, tmp_path):
    files = films.draw(tmp_path / "odd", count=3, size=(33, 25))
    shown = films.decoded(encode(files, tmp_path / "odd.mp4", fps=10))
    assert shown.shape == (3, 26, 34, 3)
    assert films.noise(shown[:, :25, :33], films.levels(files)) > 30
    assert np.abs(shown[:, 25].astype(int) - shown[:, 24]).mean() < 4
    assert films.decoded(encode(files, tmp_path / "odd.webm", fps=10)).shape == (3, 25, 33, 3)


def test_a_video_carries_the_song_as_long_as_it_lasts(ffmpeg, tmp_path, frames):
    song = films.song(tmp_path / "-a song = 'x'.wav")  # no option, whatever it is called
    for suffix, codec in {".mp4": "aac", ".webm": "opus"}.items():
        film = encode(frames, tmp_path / f"film{suffix}", fps=6, song=song)
        found = films.probe(film)
        assert [stream["codec_name"] for stream in found["streams"]][1] == codec
        assert abs(float(found["format"]["duration"]) - 1) < 0.06
    longer = encode(frames, tmp_path / "longer.mp4", fps=2, song=song)
    assert abs(float(films.probe(longer)["format"]["duration"]) - 3) < 0.06
    notes = []
    encode(frames, tmp_path / "film.gif", fps=6, song=song, note=notes.append)
    assert "animated pictures have no sound" in notes[0]
    (tmp_path / "tune.mp3").write_text("no song")
    with pytest.raises(InputError, match=r"film.mp4: ffmpeg could not write it \(.+\); the frames are kept"):
        encode(frames, tmp_path / "film.mp4", fps=6, song=tmp_path / "tune.mp3")
    with pytest.raises(InputError, match=r"tune.wav: there is no such file"):
        encode(frames, tmp_path / "film.mp4", fps=6, song=tmp_path / "tune.wav")


def test_a_list_of_songs_is_no_song(ffmpeg, tmp_path, frames):
    """A playlist would have ffmpeg open what it names."""
    films.song(tmp_path / "secret.wav")
    (tmp_path / "list.wav").write_text("ffconcat version 1.0\nfile secret.wav\n")
    with pytest.raises(InputError, match="could not write it"):
        encode(frames, tmp_path / "film.mp4", fps=6, song=tmp_path / "list.wav")


@pytest.mark.parametrize("suffix", [*VIDEOS, *ANIMATED])
def test_frames_of_several_sizes_are_refused_and_nothing_is_left(request, tmp_path, frames, suffix):
    if suffix in VIDEOS:
        request.getfixturevalue("ffmpeg")
    Image.new("RGB", (9, 8)).save(frames[3])
    film = tmp_path / f"film{suffix}"
    with pytest.raises(InputError, match=r"000003.png: is 9x8, and the first frame 32x24"):
        encode(frames, film, fps=10)
    frames[3].write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"000003.png: no picture"):
        encode(frames, film, fps=10)
    assert {path.name for path in tmp_path.iterdir()} == {"frames"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frames": []}, "needs frames"),
        ({"fps": 0}, "fps: .* not 0"),
        ({"fps": 241}, "not 241"),
        ({"fps": math.nan}, "not nan"),
        ({"hold": 0}, "hold: .* not 0"),
        ({"target": "film.avi"}, r"cannot be written as '.avi'; choose .mp4, .webm"),
        ({"target": "film.gif", "fps": 60}, "at most 50 frames a second"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path, frames, changes, message):
    given = {"frames": frames, "target": "film.png", "fps": 10, **changes}
    with pytest.raises(InputError, match=message) as refused:
        encode(given["frames"], tmp_path / given["target"], fps=given["fps"], hold=given.get("hold", 1))
    assert "\n" not in str(refused.value)


def test_without_ffmpeg_it_is_said_how_to_get_it(no_ffmpeg, tmp_path, frames):
    assert best_format() == ".webp"
    with pytest.raises(InputError, match=r"apt install ffmpeg.*frames are kept, and a \.webp needs none"):
        encode(frames, tmp_path / "film.mp4", fps=10)
    assert all(file.is_file() for file in frames)


def test_an_ffmpeg_without_an_encoder_takes_another_or_says_so(ffmpeg, tmp_path, frames, monkeypatch):
    monkeypatch.setattr(program, "_encoders", lambda path: frozenset({"mpeg4", "aac"}))
    notes = []
    film = encode(frames, tmp_path / "film.mp4", fps=10, note=notes.append)
    assert films.probe(film)["streams"][0]["codec_name"] == "mpeg4"
    assert "has no libx264; encoded by mpeg4" in notes[0]
    assert best_format() == ".webp"
    with pytest.raises(InputError, match="has no libvpx-vp9 or libvpx; get a whole one"):
        encode(frames, tmp_path / "film.webm", fps=10)


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Puts a program on the PATH that is called ffmpeg, and does something else."""
    if os.name == "nt":
        pytest.skip("Windows runs no scripts of sh")

    def put(what):
        program = tmp_path / "bin" / "ffmpeg"
        program.parent.mkdir()
        listing = "[ $2 = -encoders ] && echo ' V....D libx264  x' && exit"
        program.write_text(f"#!{shutil.which('sh')}\n{listing}\n{what}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    return put


def test_an_ffmpeg_that_ends_early_is_told(pretend, tmp_path, frames):
    """Nobody then reads what is written to it."""
    pretend("echo broken >&2; exit 3")
    with pytest.raises(InputError, match=r"film.mp4: ffmpeg could not write it \(broken\)"):
        encode(frames * 400, tmp_path / "film.mp4", fps=10)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize("suffix", [".mp4", ".webp"])
def test_ctrl_c_leaves_no_half_film(pretend, tmp_path, frames, suffix, monkeypatch):
    pretend("exec sleep 20")  # rather than an ffmpeg that ends by itself
    from artgen.picture import decoding

    started, read, count = [], decoding.read, iter(range(100))
    start = program.subprocess.Popen

    def pressed(file):
        if next(count) == 4:
            raise KeyboardInterrupt
        return read(file)

    def noted(*arguments, **options):
        started.append(start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(decoding, "read", pressed)
    monkeypatch.setattr(program.subprocess, "Popen", noted)
    with pytest.raises(KeyboardInterrupt):
        encode(frames, tmp_path / f"film{suffix}", fps=10)
    assert {path.name for path in tmp_path.iterdir()} == {"frames", "bin"}
    # The first lists what it can encode.
    assert [process.poll() for process in started][1:] == [-signal.SIGKILL] * (suffix == ".mp4")


def test_a_film_is_replaced_whole_or_not_at_all(tmp_path, frames):
    film = tmp_path / "film.webp"
    film.write_text("the old one")
    frames[5].unlink()
    with pytest.raises(InputError):
        encode(frames, film, fps=10)
    assert film.read_text() == "the old one"


def test_a_recipe_that_is_too_long_is_told(tmp_path, frames):
    notes = []
    recipe = {"artgen": "0.2.0", "preset": {}, "frames": ["0" * 64] * 100_000}
    film = encode(frames, tmp_path / "film.gif", fps=10, recipe=recipe, note=notes.append)
    assert "does not carry it" in notes[0]
    assert recipe_of(film) is None
