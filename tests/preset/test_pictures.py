"""A check opens the pictures that the run will open; what is wrong with one stands at its line."""

import pytest
from PIL import Image

import artgen as package
from artgen.errors import Notice, PresetError
from artgen.preset.pictures import pictures_in

WRONG = {
    "text.png": b"prompts: a cat\n",
    "empty.png": b"",
    "cut.png": None,
    "ps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n",
}
WORDS = {
    "text.png": "it is a text",
    "empty.png": "the file is empty",
    "cut.png": "damaged: ",
    "ps.png": "PostScript and PDF are not read; save it as PNG",
}
PLACES = {
    "start: {}": "2:8: start",
    "start: {{image: {}, alpha: 0.5, noise: perlin}}": "2:16: start.image",
    "overlay: {{image: {}}}": "2:18: overlay.image",
    "prompts: [{{image: {}}}]": "2:19: prompts[0].image",
    "prompts: [{{text: a, where: {}}}]": "2:28: prompts[0].where",
    "prompts: [{{text: a, where: {{mask: {}}}}}]": "2:35: prompts[0].where.mask",
    "filters: [{{type: mask, image: {}}}]": "2:31: filters[0].image",
    "losses: [{{type: clip}}, {{type: target, image: {}}}]": "2:46: losses[1].image",
}


@pytest.fixture
def wrong(tmp_path):
    Image.effect_noise((64, 64), 90).save(tmp_path / "good.png")
    for name, content in WRONG.items():
        whole = (tmp_path / "good.png").read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2] if content is None else content)
    return tmp_path


@pytest.mark.parametrize("line", PLACES)
def test_check_and_run_name_the_line_of_a_picture_that_cannot_be_read(line, wrong, artgen):
    (wrong / "p.yaml").write_text(f"extends: pixel\n{line.format('text.png')}\n")
    done = artgen("check", "p.yaml", code=2)
    expected = f"p.yaml:{PLACES[line]}: text.png: no picture that can be read (it is a text)"
    assert done.stderr.splitlines() == [expected]
    assert artgen("run", "p.yaml", "--out", "out", code=2).stderr.splitlines() == [expected]
    (wrong / "p.yaml").write_text(f"extends: pixel\n{line.format('good.png')}\n")
    artgen("check", "p.yaml", code=0)


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_of_wrong_file_is_told(name, wrong, artgen):
    done = artgen("check", "pixel", "--set", f"start={name}", code=2)
    assert done.stderr.startswith("--set start: ")
    assert WORDS[name] in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("photo.jpg", "there is no file 'photo.jpg' (looked for inner/photo.jpg)"),
        ("https://example.com/a.png", "'https://example.com/a.png' is an address, and those are not read; download it"),
        ("s3://mine/a.png", "'s3://mine/a.png' is an address"),
        ("far/photo.jpg", "(looked for inner/far/photo.jpg); there is no folder 'inner/far'"),
        ("good.pgn", "(looked for inner/good.pgn); did you mean 'good.png'?"),
    ],
)
def test_a_missing_picture_says_where_it_was_looked_for(text, message, tmp_path, artgen):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "p.yaml").write_text(f"extends: pixel\nstart: {text}\n")
    if "pgn" in text:
        Image.new("RGB", (4, 4)).save(tmp_path / "inner" / "good.png")
    done = artgen("check", "inner/p.yaml", code=2)
    assert done.stderr.startswith("inner/p.yaml:2:8: start: ")
    assert message in done.stderr


def test_home_is_known(tmp_path, artgen):
    Image.new("RGB", (4, 4)).save(tmp_path / "photo.png")
    (tmp_path / "p.yaml").write_text("extends: pixel\nstart: ~/photo.png\n")
    artgen("check", "p.yaml", code=0, HOME=str(tmp_path))
    (tmp_path / "p.yaml").write_text("extends: pixel\nstart: ~/foto.tif\n")
    done = artgen("check", "p.yaml", code=2, HOME=str(tmp_path))
    assert f"there is no file '~/foto.tif' (looked for {tmp_path}/foto.tif)" in done.stderr


def test_what_is_left_out_of_a_picture_is_told_at_its_line(tmp_path, artgen):
    first, *more = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "x.gif", save_all=True, append_images=more)
    (tmp_path / "p.yaml").write_text("extends: pixel\nstart: x.gif\n")
    done = artgen("check", "p.yaml", code=0)
    assert done.stderr == "p.yaml:2:8: start: x.gif: it moves, or has several pages; the first picture is taken\n"


def test_python_gets_a_warning(flat, tmp_path):
    first, *more = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "x.gif", save_all=True, append_images=more)
    with pytest.warns(Notice, match="the first picture is taken"):
        package.load("pixel", start=str(tmp_path / "x.gif"))
    (tmp_path / "y.png").write_text("no")
    with pytest.raises(PresetError, match=r"y.png: no picture that can be read"):
        package.load("pixel", start=str(tmp_path / "y.png"))


def test_every_picture_of_a_preset_is_found(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    at = str(tmp_path / "x.png")
    given = {
        "start": at,
        "overlay": {"image": at},
        "prompts": [{"image": at}, {"text": "a", "where": {"mask": at}}],
        "filters": [{"type": "mask", "image": at, "background_image": at}],
        "losses": [
            {"type": "clip"},
            {"type": "target", "image": at, "mask": at},
            {"type": "edge", "image": at},
        ],
    }
    found = [place for place, _ in pictures_in(package.load("pixel", **given))]
    assert len(found) == len(set(found)) == 9
    assert ("prompts", 1, "where", "mask") in found
