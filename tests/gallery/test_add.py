"""Pictures are taken into a gallery with all they need, and all of it is made again."""

import json
import subprocess

import pytest
import yaml
from PIL import Image, PngImagePlugin

from artgen.cli import main
from artgen.errors import InputError
from artgen.gallery import model, verify
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from artgen.reporters import curves
from tests.helpers import galleries
from tests.helpers.paths import DOCS

STAR = DOCS / "examples" / "star.png"


@pytest.fixture
def gallery(tmp_path, monkeypatch, capsys):
    """Runs `artgen gallery` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        found = main(["gallery", *map(str, arguments)])
        told = capsys.readouterr()
        assert found == code, told.err + told.out
        return told

    return run


@pytest.fixture
def filled(gallery, tmp_path):
    """A gallery of two pictures."""
    for name, seed in (("one", 1), ("two", 2)):
        gallery("add", galleries.draw(tmp_path / f"{name}.png", seed=seed), "--name", name, "--title", name)
    return tmp_path / "gallery"


def rewritten(path, change):
    """Changes the recipe in a picture, and not the picture."""
    found = metadata.read(path)
    change(found)
    with Image.open(path) as picture:
        text = PngImagePlugin.PngInfo()
        text.add_itxt(metadata.KEY, recipe.to_json(found))
        picture.save(path, pnginfo=text)


def repainted(path, colour=(9, 9, 9)):
    """Changes a picture, and not the recipe in it."""
    with Image.open(path) as picture:
        text = PngImagePlugin.PngInfo()
        text.add_itxt(metadata.KEY, picture.text[metadata.KEY])
        picture.putpixel((0, 0), colour)
        picture.save(path, pnginfo=text)


# Adding


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


# The list


def test_the_mistakes_of_a_list_have_lines(gallery, filled):
    (filled / "gallery.yaml").write_text(
        "- {file: one.png, title: One}\n- {file: a/two.png, title: ''}\n- {file: one.png, titel: x}\n- 3\n"
        "- {file: one.png, title: Again}\n"
    )
    lines = gallery("verify", code=2).err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"gallery/gallery.yaml:{n}" for n in ("2:10", "2:28", "3:3", "3:19", "4:3", "5:3")
    ]
    assert "did you mean 'title'?" in lines[3]
    assert "listed on line 1, too" in lines[5]


@pytest.mark.parametrize(
    ("text", "said"), [("a: 1", "expected a list"), ("- {file: *x}", "not valid YAML"), ("-", "mapping")]
)
def test_what_is_no_list_is_refused(gallery, filled, text, said):
    (filled / "gallery.yaml").write_text(text)
    assert said in gallery("verify", code=2).err


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "# nothing yet\n[]\n"])
def test_an_empty_list_is_an_empty_gallery(gallery, tmp_path, text):
    file = tmp_path / "gallery" / "gallery.yaml"
    file.parent.mkdir()
    file.write_text(text)
    assert not model.read(file.parent).entries
    gallery("add", galleries.draw(tmp_path / "x.png"), "--name", "x")
    assert [entry.name for entry in model.read(file.parent).entries] == ["x"]
    assert ("# nothing yet" in file.read_text()) == bool(text)


# The losses


def test_losses_are_thinned_to_a_hundred_points(tmp_path):
    long = {
        "b": [(i, 1 / 3 + i) for i in range(1000)],
        "a": [(0, float("nan")), (1, 123456.789)],
        "c": [(0, float("inf"))],
    }
    text = curves.to_json(long)
    found = json.loads(text)
    assert text.startswith('{"a":[[1,123460.0]],"b":[[0,0.33333],')
    assert len(found["b"]) == curves.POINTS
    assert found["b"][-1] == [999, 999.33]
    (tmp_path / "x.json").write_text(text)
    assert curves.to_json(curves.read(tmp_path / "x.json")) == text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 3}', '{"a": [[0]]}', '{"a": [["x", 1]]}', "[" * 100_000, '{"a": [[0, "1"]]}']
)
def test_a_damaged_file_of_losses_is_named(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json: holds no loss curves"):
        curves.read(tmp_path / "x.json")


# Verifying


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
    with pytest.raises(SystemExit) as stop:
        gallery("verify", *arguments)
    assert stop.value.code == 2
    assert "expected" in capsys.readouterr().err
