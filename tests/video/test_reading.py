"""Videos at even moments: the picture that stands then, whatever keeps it."""

import subprocess

import numpy as np
import pytest
from PIL import Image

from artgen.errors import InputError
from artgen.video import reading
from tests.helpers import films

LEVELS = (0, 60, 120, 180, 240)
"""Of five pictures, each of which stands for half a second."""


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """The same five pictures as files of many kinds, by suffix."""
    folder = tmp_path_factory.mktemp("videos")
    (folder / "shots").mkdir()
    pictures = [Image.new("RGB", (32, 24), (level,) * 3) for level in LEVELS]
    for number, picture in enumerate(pictures):
        picture.save(folder / f"shots/{number:03}.png")
    for suffix, options in ((".gif", {}), (".webp", {"lossless": True}), (".png", {})):
        pictures[0].save(folder / f"v{suffix}", save_all=True, append_images=pictures[1:], duration=500, **options)
    return folder


@pytest.fixture(scope="module")
def coded(videos):
    films.need_ffmpeg()
    for suffix in (".mp4", ".webm", ".mov", ".mkv", ".avi"):
        command = ["ffmpeg", "-v", "error", "-framerate", "2", "-i", videos / "shots/%03d.png"]
        subprocess.run([*command, "-pix_fmt", "yuv420p", videos / f"v{suffix}"], check=True)
    return videos


def looked_at(path, begin, fps, count):
    kind = reading.read_at_all(path)
    return [np.asarray(one.convert("L")).mean() for one in reading.pictures(path, kind, begin, fps, count)]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animated_picture_is_seen_as_it_stands_at_each_moment(videos, suffix, no_ffmpeg):
    file = videos / f"v{suffix}"
    assert reading.seconds(file, reading.read_at_all(file), 4) == pytest.approx(2.5)
    assert looked_at(file, 0.4, 5, 20) == pytest.approx([0, 60, 60, 120, 120, 120, 180, 180, 240, 240, 240], abs=1)
    assert looked_at(file, 0, 2, 3) == pytest.approx([0, 60, 120], abs=1)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mov", ".mkv", ".avi"])
def test_a_file_is_seen_as_it_stands_at_each_moment(coded, suffix):
    file = coded / f"v{suffix}"
    assert reading.seconds(file, reading.read_at_all(file), 4) == pytest.approx(2.5, abs=0.01)
    assert looked_at(file, 0.4, 5, 9) == pytest.approx([0, 60, 60, 120, 120, 120, 180, 180, 240], abs=6)
    assert looked_at(file, 0, 2, 3) == pytest.approx([0, 60, 120], abs=6)


def test_a_late_moment_is_found_without_the_beginning(coded):
    command = ["ffmpeg", "-v", "error", "-stream_loop", "3", "-i", coded / "v.mp4", "-c", "copy", coded / "long.mp4"]
    subprocess.run(command, check=True)
    assert looked_at(coded / "long.mp4", 7.7, 2, 3) == pytest.approx([0, 60, 120], abs=6)


def test_each_picture_of_a_folder_is_a_frame(videos):
    assert reading.seconds(videos / "shots", "folder", 10) == 0.5
    assert looked_at(videos / "shots", 0.2, 10, 20) == [120, 180, 240]


def test_pixels_that_are_not_square_are_made_so(coded):
    command = ["ffmpeg", "-v", "error", "-i", coded / "v.mp4", "-vf", "setsar=2/1", coded / "wide.mp4"]
    subprocess.run(command, check=True)
    [picture] = reading.pictures(coded / "wide.mp4", "file", 0, 2, 1)
    assert picture.size == (64, 24)


def test_a_single_picture_is_no_video(videos, tmp_path):
    for name, content in (("still.png", (videos / "shots/000.png").read_bytes()), ("t.txt", b"a text"), ("e", b"")):
        (tmp_path / name).write_bytes(content)
        assert reading.kind_of(tmp_path / name) is None
    with pytest.raises(InputError, match=r"t.txt: no video that is read; MP4, MOV.* are$"):
        reading.read_at_all(tmp_path / "t.txt")


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".mp4", ".webm", ".avi"])
def test_a_video_that_is_cut_off_or_damaged_is_told_in_a_line(coded, tmp_path, suffix):
    data = (coded / f"v{suffix}").read_bytes()
    for number, damaged in enumerate((data[: len(data) // 3], data[:60] + bytes(200) + data[260:])):
        file = tmp_path / f"{number}{suffix}"
        file.write_bytes(damaged)
        try:
            kind = reading.read_at_all(file)
            reading.seconds(file, kind, 2)
            assert len(list(reading.pictures(file, kind, 0, 2, 5))) <= 5
        except InputError as error:
            assert "\n" not in str(error)
            assert file.name in str(error)


def test_a_list_of_other_files_is_not_followed(coded, tmp_path):
    """A playlist that calls itself a video would have ffmpeg read what it names."""
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile '{coded / 'v.mp4'}'\n")
    assert reading.kind_of(tmp_path / "list.mp4") is None
    with pytest.raises(InputError, match=r"list.mp4: no video that can be read"):
        reading.seconds(tmp_path / "list.mp4", "file", 2)
    with pytest.raises(InputError, match=r"list.mp4: no video that can be read"):
        list(reading.pictures(tmp_path / "list.mp4", "file", 0, 2, 1))


def test_sound_alone_is_no_video(coded, tmp_path):
    films.song(tmp_path / "tone.wav")
    subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / "tone.wav", tmp_path / "tone.mp4"], check=True)
    with pytest.raises(InputError, match=r"tone.mp4: has no pictures in it"):
        reading.seconds(tmp_path / "tone.mp4", "file", 2)


def test_without_ffmpeg_it_is_said_how_to_get_it(coded, no_ffmpeg):
    with pytest.raises(InputError, match=r"v.mp4: a video is read by ffmpeg, which is not on the PATH; get it by `apt"):
        reading.seconds(coded / "v.mp4", "file", 2)


def test_too_many_pictures_are_refused_undecoded(tmp_path, monkeypatch):
    Image.new("L", (8, 8)).save(
        tmp_path / "v.gif", save_all=True, append_images=[Image.new("L", (8, 8), n) for n in range(1, 40)]
    )
    monkeypatch.setattr("artgen.picture.animated.MOST_PIXELS", 8 * 8 * 39)
    with pytest.raises(InputError, match=r"v.gif: no picture that can be read \(40 pictures of 8x8 pixels are too"):
        reading.seconds(tmp_path / "v.gif", "animated", 2)
