"""The page of a sweep as a file: self-contained, escaped, bounded, and the same each time."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy
import pytest
from PIL import Image

from artgen.sweeps import sheet_page
from artgen.sweeps.rows import Axis
from artgen.sweeps.sheets.thumbnails import thumbnails
from tests.helpers import sweeps


class Page(HTMLParser):
    """The elements of a page with their attributes, and what is in its styles and scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside = [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))

    def handle_data(self, text):
        if self.elements and self.elements[-1][0] in ("style", "script") and text.strip():
            self.inside.append((*self.elements[-1], text))

    def all(self, wanted):
        return [attributes for name, attributes in self.elements if name == wanted]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    axes, rows = sweeps.usual(folder)
    return sheet_page.save(folder, axes, rows, sweeps.EVIL, sweeps.EVIL).read_text()


def test_nothing_in_a_setting_is_more_than_text(text):
    page = Page(text)
    assert len(page.all("script")) == 3
    assert [image for image in page.all("img") if image.get("src") == "x"] == []
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on") or a == "style"]
    data = next(inside for name, attributes, inside in page.inside if attributes.get("type") == "application/json")
    assert json.loads(data)["axes"][0]["texts"] == ["a cat", sweeps.EVIL]
    assert not re.search(r"fetch|XMLHttpRequest|import\(|innerHTML|eval|https?:", page.inside[-1][2])


def test_the_page_asks_nothing_of_the_network(text):
    page = Page(text)
    addresses = [a[key] for _, a in page.elements for key in ("src", "href") if key in a]
    assert all(re.match(r"data:|#_board$|cells/\d+/image\.png$", address) for address in addresses)
    [policy] = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == rules["media-src"] == "data: 'self'"
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"
        for _, attributes, inside in page.inside
        if "type" not in attributes
    ]
    assert [rules["style-src"], *rules["script-src"].split()] == hashes


def test_each_picture_is_there_small_and_leads_to_the_whole_one(text):
    page = Page(text)
    assert text.count("data:image/webp;base64,") == 4
    assert [a["href"] for a in page.all("a") if a.get("class") == "open" and "href" in a] == [
        f"cells/{number:03}/image.png" for number in (1, 2, 3, 5)
    ]
    assert text.count('class="blank"') == 2 + 1  # the failed one, the waiting one, and what the large view has for them


def test_the_same_sweep_gives_the_same_bytes(tmp_path):
    axes, rows = sweeps.usual(tmp_path)
    first = sheet_page.save(tmp_path, axes, rows, "x").read_bytes()
    assert sheet_page.save(tmp_path, axes, rows, "x").read_bytes() == first
    assert str(tmp_path).encode() not in first


def test_a_picture_that_vanished_waits_and_a_text_may_be_half_a_character(tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("prompts", ("\ud800", "b")))
    rows[0].picture.unlink()
    assert sheet_page.save(tmp_path, axes, rows, "\udc00").read_text().count("data:image/webp") == 1
    axes, rows = sweeps.cells(tmp_path / "none")
    assert sheet_page.save(tmp_path / "none", axes, [], "x").is_file()


def test_thumbnails_keep_within_their_budget(tmp_path):
    paths = []
    for number in range(4):
        noise = numpy.random.default_rng(number).integers(0, 256, (300, 300, 3), numpy.uint8)
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(noise).save(paths[-1])
    for most in (200_000, 40_000):
        made = thumbnails(paths, most)
        assert sum(len(one.content) for one in made) <= most
        assert all((one.width, one.height) == (300, 300) for one in made)


def test_a_picture_of_squares_keeps_its_edges(tmp_path):
    cells = numpy.random.default_rng(0).integers(0, 256, (8, 8, 3), numpy.uint8)
    Image.fromarray(cells.repeat(16, 0).repeat(16, 1)).save(tmp_path / "x.png")
    [made] = thumbnails([tmp_path / "x.png"], 1 << 20)
    (tmp_path / "x.webp").write_bytes(made.content)
    with Image.open(tmp_path / "x.webp", formats=["WEBP"]) as small:
        assert made.has_blocks and numpy.array_equal(numpy.asarray(small.convert("RGB")), cells)
