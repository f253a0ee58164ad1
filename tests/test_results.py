"""What a run returns: pictures that can be saved and looked at."""

import io
import re
from html.parser import HTMLParser

import pytest
import torch
from PIL import Image

import artgen as package
from artgen import api
from artgen.cli import main
from artgen.picture.images import to_pil
from artgen.preset import loading


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture
def result(flat):
    return package.run(flat)


def test_the_image_is_the_best_picture(result):
    assert result.image.mode == "RGB"
    assert result.image.tobytes() == to_pil(result.images[result.best]).tobytes()


def test_save_writes_what_the_command_line_writes(flat, tmp_path):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    assert main(["run", "-q", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out")]) == 0
    result = package.run(flat)
    assert result.save(tmp_path / "new" / "a.png") == tmp_path / "new" / "a.png"
    saved = result.save(str(tmp_path / "b.PNG"), picture=1)
    assert Image.open(tmp_path / "new" / "a.png").tobytes() == result.image.tobytes()
    assert Image.open(saved).tobytes() == Image.open(tmp_path / "out" / "batch" / "seed-6.png").tobytes()
    assert package.load(saved) == package.load(tmp_path / "out" / "batch" / "seed-6.png")


@pytest.mark.parametrize(
    ("path", "picture", "message"),
    [
        ("x.gif", None, "x.gif: cannot be written as '.gif'; choose .png"),
        ("x", None, "x: cannot be written as ''; choose .png"),
        ("taken/x.png", None, "cannot write here"),
        ("x.png", 2, "there is no picture 2; the result has 2, counted from 0"),
        ("x.png", -1, "there is no picture -1"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_left(result, tmp_path, path, picture, message):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(package.InputError, match=re.escape(message)):
        result.save(tmp_path / path, picture)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_a_result_shows_its_batch_with_the_best_one_marked(result):
    html = result._repr_html_()
    shown = Tags(html)
    images = shown.all("img")
    assert len(images) == 2
    assert html.count("★") == 1
    assert f"★ seed {5 + result.best}" in shown.text
    assert "a cat | a dog" in shown.text
    assert all(f"loss {score:.4g}" in shown.text for score in result.scores)
    assert html.count("//") == sum(image["src"].count("//") for image in images), "something asks the network"
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in images)


def test_a_display_stays_small():
    pictures = torch.rand(16, 3, 400, 300, generator=torch.Generator().manual_seed(0))
    result = api.Result(pictures, 3, (0.5,) * 16, 1, {}, {"format": 1})
    html = result._repr_html_()
    assert len(Tags(html).all("img")) == 16
    assert len(html) < 1_500_000
    assert "★ picture 3" in html
    event = api.StepEvent(0, 1, pictures, {}, 0.5, 0.1)
    size = Image.open(io.BytesIO(event._repr_png_())).size
    assert 4 * 100 < size[0] < size[1] < 4 * 180 + 12


def test_what_a_stranger_wrote_is_shown_and_not_obeyed(flat):
    evil = "<script>alert(1)</script>"
    flat["prompts"] = [{"text": evil}]
    result = package.run(flat)
    failed = api.Result(result.images, 0, result.scores, 1, {}, result.recipe, failure=f'"{evil}')
    for html in (result._repr_html_(), failed._repr_html_(), package.load(flat)._repr_html_()):
        assert not Tags(html).all("script")
        assert evil in Tags(html).text


def test_a_preset_shows_what_it_says_and_folds_the_rest_away(flat):
    html = package.load(flat)._repr_html_()
    said, rest = html.split("<details>")
    assert "<b>seed:</b> 5" in said
    assert "frames" not in said
    assert "<b>frames:</b> 6" in rest


def test_an_event_shows_the_pictures_of_its_step(flat):
    event = next(iter(package.steps(flat)))
    picture = Image.open(io.BytesIO(event._repr_png_()))
    assert picture.size == (12 + 4 + 12, 10)
    assert picture.getpixel((0, 0))[:3] == to_pil(event.image[0]).getpixel((0, 0))
    assert picture.getpixel((13, 0))[3] == 0


def test_results_and_events_name_themselves_in_one_line(result, flat):
    best = result.best
    told = f"the best is seed {5 + best}, loss {result.scores[best]:.4g}, 6 steps"
    assert repr(result) == f"<Result: 2 pictures of 12x10, {told}>"
    run = package.steps(flat)
    assert re.fullmatch(r"<StepEvent 1 of 6, loss [\d.e-]+>", repr(next(iter(run))))
    assert repr(run) == "<Run: 1 of 6 steps done>"


def test_nothing_is_shown_outside_a_notebook(flat, capsys):
    package.run(flat)
    assert capsys.readouterr() == ("", "")
