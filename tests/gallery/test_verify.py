"""Every picture of a gallery is made again, and compared."""

import json
import subprocess

import pytest
from PIL import Image

from artgen.gallery import model, verify
from tests.helpers import galleries
from tests.helpers.pictures import repainted, rewritten


def test_every_picture_is_made_again(gallery, filled):
    lines = gallery("verify").out.splitlines()
    assert [line.partition(" (")[0] for line in lines[:2]] == [
        f"{n}.png: identical: the same pixels" for n in ("one", "two")
    ]
    assert lines[2].startswith("2 pictures: 2 identical; ")
    assert json.loads(gallery("verify", "two", "--json").out)["pictures"][0]["file"] == "two.png"


def test_a_picture_that_comes_out_otherwise_fails(gallery, filled):
    rewritten(filled / "two.png", lambda found: found["preset"].update(seed=99))
    told = gallery("verify", code=1)
    assert "two.png: different: " in told.out
    assert "2 pictures: 1 different, 1 identical" in told.out
    assert gallery("verify", "one").out.startswith("one.png: identical")


def test_what_cannot_be_replayed_fails_and_the_others_go_on(gallery, filled):
    rewritten(filled / "one.png", lambda found: found["plugins"].update({"artgen-clouds": "1.3"}))
    told = gallery("verify", code=1)
    assert "one.png: cannot: needs the plugin 'artgen-clouds 1.3'" in told.out
    assert "two.png: identical" in told.out


def test_equivalent_pictures_pass_if_they_may(gallery, tmp_path):
    gallery("add", galleries.draw(tmp_path / "x.png", size=[64, 64]), "--name", "x")
    with Image.open(tmp_path / "gallery" / "x.png") as picture:
        corner = picture.getpixel((0, 0))
    repainted(tmp_path / "gallery" / "x.png", (*corner[:2], corner[2] ^ 1))
    assert "x.png: equivalent" in gallery("verify", code=1).out
    gallery("verify", "--tolerance")


def test_when_the_time_is_up_the_rest_is_named_and_nothing_failed(gallery, filled):
    told = gallery("verify", "--budget", "0")
    assert told.out.splitlines()[1] == "not tried, because the time was up: one.png, two.png"
    assert json.loads(gallery("verify", "--budget", "0", "--json").out)["not_tried"] == ["one.png", "two.png"]


def test_a_sample_is_the_same_each_time_and_spread_over_the_gallery():
    entries = [model.GalleryEntry(file=f"{i}.png", title="x") for i in range(40)]
    some = verify.sample(entries, 8)
    assert some == verify.sample(entries[::-1], 8)[::-1]
    assert len(some) == 8
    assert some != entries[:8]
    assert (
        len(
            set(map(str, verify.sample([*entries, model.GalleryEntry(file="new.png", title="x")], 8)))
            - set(map(str, some))
        )
        <= 1
    )


def test_only_what_was_touched_is_replayed(gallery, filled):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@x", *arguments],
            cwd=filled,
            check=True,
            capture_output=True,
        )

    git("init")
    git("add", ".")
    git("commit", "-m", "x")
    assert "nothing to replay" in gallery("verify", "--touched", "HEAD").out
    rewritten(filled / "two.png", lambda found: found.update(python="3.0"))
    assert gallery("verify", "--touched", "HEAD").out.startswith("two.png: identical")
    assert "git cannot tell what has changed" in gallery("verify", "--touched", "nowhere", code=2).err


def test_a_folder_that_is_not_whole_fails(gallery, filled, tmp_path):
    galleries.draw(filled / "stray.png")
    Image.new("RGB", (4, 4)).save(filled / "one-progress.png")
    (filled / "one.losses.json").write_text("{")
    (filled / "two.png").unlink()
    told = gallery("verify", "one", code=1)
    assert told.err.splitlines() == [
        "gallery/stray.png: carries a recipe, but is not in gallery.yaml; list it there, or remove it",
        "gallery/one.losses.json: holds no loss curves; expected {name: [[step, value], ...]}",
        "gallery/gallery.yaml: lists 'two.png', which is not there",
        "the folder has 3 faults",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "oen"], "has no picture 'oen'; did you mean 'one'?"),
        (["verify", "--gallery", "galery"], "there is no such folder; did you mean 'gallery'?"),
        (["verify", "--gallery", "empty"], "`artgen gallery add` begins one"),
    ],
)
def test_bad_input_is_said_in_one_line(gallery, filled, arguments, said):
    (filled.parent / "empty").mkdir()
    told = gallery(*arguments, code=2)
    assert said in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--sample", "-1"], ["--sample", "many"], ["--budget", "nan"], ["--budget", "soon"]]
)
def test_numbers_are_checked(gallery, arguments, capsys):
    assert "expected" in gallery("verify", *arguments, code=2).err
