"""A gallery may hold strangers' pictures: they publish no other file, and a bad one does not end the page."""

import base64
import hashlib
import json

import pytest
from PIL import Image, PngImagePlugin

from artgen.gallery import build, model
from artgen.recipe import metadata
from tests.helpers import galleries
from tests.helpers.pictures import rewritten


def test_only_files_whose_content_the_recipe_knows_are_published(tmp_path):
    digests = {}
    for name in (".env", ".git/config", "private/notes.txt", "known.txt", ".known", "inputs/known2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"secret {name}")
        digests[name] = hashlib.sha256(f"secret {name}".encode()).hexdigest()
    galleries.draw(tmp_path / "x.png")
    unknown = dict.fromkeys(digests, "0" * 64)
    known = {name: digests[name] for name in (".known", "known.txt", "inputs/known2.txt", ".env", ".git/config")}
    (tmp_path / "gallery.yaml").write_text("- {file: x.png, title: X}\n")
    for inputs, published in ((unknown, []), (known, ["known.txt", "inputs/known2.txt"])):
        rewritten(tmp_path / "x.png", lambda found, inputs=inputs: found.update(inputs=inputs))
        text = build.build(model.read(tmp_path), tmp_path / "page.html").read_text()
        build.build(model.read(tmp_path), tmp_path / "site", overwrite=True)
        for name in digests:
            is_shown = base64.b64encode(f"secret {name}".encode()).decode() in text
            assert is_shown is (name in published), name
        copied = sorted(path.read_text() for path in (tmp_path / "site").rglob("*.txt"))
        assert copied == sorted(f"secret {name}" for name in published)


def damaged(path, text):
    info = PngImagePlugin.PngInfo()
    info.add_text(metadata.KEY, text)
    with Image.open(path) as picture:
        picture.save(path, pnginfo=info)


def deep(found):
    return json.dumps(found)[:-1] + ',"more":' + "[" * 500 + "]" * 500 + "}"


def long(found):
    return json.dumps(found).replace('"weight": 1.0', '"weight": ' + "9" * 400)


@pytest.mark.parametrize("text", [deep, long, lambda found: "[" * 100_000, lambda found: "{"])
def test_one_bad_picture_does_not_end_the_others(gallery, filled, text):
    damaged(filled / "one.png", text(metadata.read(filled / "one.png")))
    told = gallery("build", "--no-alike", code=1)
    assert told.err == "gallery/one.png: the recipe in this picture is damaged; it is left out\n"
    page = (filled / "index.html").read_text()
    assert 'id="two"' in page
    assert 'id="one"' not in page
    told = gallery("verify", code=1)
    assert "one.png: cannot: the recipe in this picture is damaged" in told.out
    assert "two.png: identical" in told.out


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_nor_does_a_file_that_is_none(gallery, filled, content):
    (filled / "one.png").write_bytes(content)
    (filled / "two.losses.json").write_text("{}")
    assert gallery("build", "--no-alike", code=1).err.endswith("; it is left out\n")
    assert 'id="two"' in (filled / "index.html").read_text()


def test_nor_do_losses_that_are_damaged(gallery, filled):
    (filled / "one.losses.json").write_text("[" * 5000)
    told = gallery("build", "--no-alike", code=1)
    assert told.err == (
        "gallery/one.losses.json: holds no loss curves; expected {name: [[step, value], ...]}; it is left out\n"
    )
