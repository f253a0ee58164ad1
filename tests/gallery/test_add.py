"""Pictures are taken into a gallery with all they need."""

import pytest
import yaml
from PIL import Image

from artgen.cli import main
from artgen.gallery import model
from tests.helpers import galleries
from tests.helpers.paths import DOCS
from tests.helpers.pictures import repainted, rewritten

STAR = DOCS / "examples" / "star.png"


def test_a_run_is_added_with_its_losses_and_its_bytes(gallery, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(galleries.preset(batch=2)))
    assert main(["run", "mine.yaml", "--out", "out", "--quiet"]) == 0
    told = gallery(
        "add", "out", "--title", "A grey cat", "--tags", "quiet, grey", "--note", "so: it's #1", "--by", "me"
    )
    folder = tmp_path / "gallery"
    assert told.out.split()[1:] == [
        f"gallery/{n}" for n in ("a-grey-cat.png", "a-grey-cat.losses.json", "gallery.yaml")
    ]
    assert (folder / "a-grey-cat.png").read_bytes() == (tmp_path / "out" / "image.png").read_bytes()
    assert (folder / "a-grey-cat.losses.json").read_bytes() == (tmp_path / "out" / "losses.json").read_bytes()
    [entry] = model.read(folder).entries
    assert entry.model_dump() == {
        "file": "a-grey-cat.png",
        "title": "A grey cat",
        "by": "me",
        "note": "so: it's #1",
        "tags": ("quiet", "grey"),
    }
    gallery("add", "out/batch/seed-6.png", "--name", "other")
    assert (folder / "other.losses.json").exists()
    assert model.read(folder).entries[1].title == "A cat"


def test_what_stands_in_the_list_is_kept(gallery, filled, tmp_path):
    file = filled / "gallery.yaml"
    before = "# Chosen by eye.\n  - {file: one.png, title: 'One'}  # the first\n  - file: two.png\n    title: Two"
    file.write_text(before)
    gallery("add", galleries.draw(tmp_path / "three.png", seed=3), "--title", 'Three: the "third"')
    assert file.read_text().startswith(before + "\n")
    assert [entry.title for entry in model.read(filled).entries] == ["One", "Two", 'Three: the "third"']


def test_a_list_that_cannot_be_appended_to_is_left_alone(gallery, filled, tmp_path):
    text = "[{file: one.png, title: One}, {file: two.png, title: Two}]\n"
    (filled / "gallery.yaml").write_text(text)
    told = gallery("add", galleries.draw(tmp_path / "x.png"), "--name", "x", code=2)
    assert (
        told.err == "gallery/gallery.yaml: cannot be added to as it is written; "
        "make it a list with one '- ' line an entry\n"
    )
    assert (filled / "gallery.yaml").read_text() == text
    assert not (filled / "x.png").exists()


@pytest.mark.parametrize("wish", ["private", "none"])
def test_a_picture_that_does_not_tell_its_recipe_is_refused(gallery, tmp_path, wish):
    told = gallery("add", galleries.draw(tmp_path / "x.png", recipe=wish), code=2)
    assert {"private": "keeps its prompts to itself", "none": "carries no artgen recipe"}[wish] in told.err
    assert told.err.count("\n") == 1
    assert not (tmp_path / "gallery").exists()


def test_a_picture_that_was_changed_is_refused(gallery, tmp_path):
    repainted(galleries.draw(tmp_path / "x.png"))
    assert "was changed after it was made" in gallery("add", "x.png", code=2).err


def test_nothing_is_overwritten(gallery, filled, tmp_path):
    before = {file.name: file.read_bytes() for file in filled.iterdir()}
    assert "is in the gallery already; choose another --name" in gallery("add", "two.png", "--name", "one", code=2).err
    assert {file.name: file.read_bytes() for file in filled.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pictre.png"], "pictre.png: there is no such file; did you mean 'picture.png'?"),
        (["picture.webp"], "a gallery keeps PNGs"),
        (["."], "there is no image.png in this folder"),
        (["picture.png", "--name", "../evil"], "'../evil.png' is not valid here"),
        (["picture.png", "--title", " "], "title: ' ' is not valid here"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_line(gallery, tmp_path, arguments, said):
    galleries.draw(tmp_path / "picture.png")
    galleries.draw(tmp_path / "picture.webp")
    told = gallery("add", *arguments, code=2)
    assert said in told.err
    assert told.err.count("\n") == 1


def test_what_a_recipe_reads_comes_along_and_replay_finds_it(gallery, tmp_path, monkeypatch):
    for folder in ("a", "b", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a" / "star.png").write_bytes(STAR.read_bytes())
    Image.new("RGB", (9, 9), "red").save(tmp_path / "b" / "star.png")
    for name in "ab":
        galleries.draw(tmp_path / name / "made.png", start=f"{name}/star.png", generator={"type": "pixel"})
        told = gallery("add", f"{name}/made.png", "--name", name)
        assert (
            f"gallery/inputs/{'' if name == 'a' else recipe_digest(tmp_path / 'b' / 'star.png') + '-'}star.png"
            in told.out
        )
    for name in "ab":
        (tmp_path / name / "star.png").unlink()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "2 identical" in gallery("verify", "--gallery", tmp_path / "gallery").out


def recipe_digest(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def test_a_stranger_s_recipe_brings_no_other_file_along(gallery, tmp_path):
    secret = tmp_path / "home" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text("secret")
    picture = galleries.draw(tmp_path / "pictures" / "x.png")
    rewritten(picture, lambda found: found.update(inputs={str(secret): "0" * 64}))
    assert "has changed since the picture was made" in gallery("add", picture, code=2).err
    (tmp_path / "work").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "work")
        assert "the recipe needs this file" in gallery("add", picture, code=2).err
    assert not (tmp_path / "gallery").exists()
