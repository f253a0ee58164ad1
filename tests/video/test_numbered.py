"""The frames in a folder: by their numbers, whole, and of one film."""

import pytest

from artgen.errors import InputError
from artgen.video import numbered


def put(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    "names",
    [
        ("000000.png", "000001.png"),
        ("9.png", "10.png"),
        ("frame-7.png", "frame-8.PNG"),
        ("v2_shot_1.png", "v2_shot_2.png"),
    ],
)
def test_they_come_by_number(tmp_path, names):
    folder = put(tmp_path, *reversed(names), "film.png", "notes.txt", ".000002-x.png", "5.jpg", "film.mp4")
    assert [path.name for path in numbered.frames(folder)] == list(names)


def test_the_folder_of_a_film_has_them_in_a_folder(tmp_path):
    assert numbered.folder_of(tmp_path) == tmp_path
    assert numbered.folder_of(put(tmp_path / "frames").parent) == tmp_path / "frames"
    with pytest.raises(InputError, match=r"frame: there is no such folder; did you mean 'frames'\?"):
        numbered.folder_of(tmp_path / "frame")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "holds no numbered PNGs, such as 000000.png"),
        (("1.png", "3.png"), "frame 2 is missing, between 1.png and 3.png"),
        (("001.png", "120.png", "121.png"), "frames 2 to 119 are missing, between 001.png and 120.png"),
        (("1.png", "01.png"), "has frame 1 twice, 01.png and 1.png"),
        (("a1.png", "b2.png"), r"the frames of several films, 'a\*.png' and 'b\*.png'"),
        (("1.png", "b2.png"), r"several films, bare numbers and 'b\*.png'"),
    ],
)
def test_what_is_no_film_is_refused_in_a_line(tmp_path, names, message):
    with pytest.raises(InputError, match=message) as refused:
        numbered.frames(put(tmp_path, *names))
    assert "\n" not in str(refused.value)
