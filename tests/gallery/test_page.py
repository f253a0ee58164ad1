"""The gallery's page as a file: self-contained, escaped, and the same each time."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import jinja2
import pytest
import yaml

from artgen.cli import main
from artgen.gallery import build, model
from artgen.gallery.add import EntryOptions, add
from artgen.gallery.cards import SHOWN
from artgen.gallery.template import FOLDER, fill
from artgen.preset import loading
from artgen.recipe import metadata
from tests.helpers import galleries

ADDRESSES = ("src", "href", "srcset", "action", "poster", "data", "cite", "background", "formaction", "ping")


class Page(HTMLParser):
    """The elements of a page and the texts in them, as a browser's parser would find them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], {}, []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        self.open.append(len(self.elements) - 1)

    def handle_endtag(self, name):
        while self.open and self.elements[self.open.pop()][0] != name:
            pass

    def handle_data(self, text):
        for i in self.open:
            self.texts[i] = self.texts.get(i, "") + text

    def all(self, name, **wanted):
        return [
            (attributes, self.texts.get(i, ""))
            for i, (found, attributes) in enumerate(self.elements)
            if found == name and all(attributes.get(key.strip("_")) == value for key, value in wanted.items())
        ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return galleries.fill(tmp_path_factory.mktemp("site") / "gallery", tmp_path_factory.mktemp("drafts"))


@pytest.fixture(scope="module")
def text(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "page.html"
    return build.build(model.read(folder), out).read_text()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_nothing_in_a_picture_is_more_than_text(page):
    assert len(page.all("script")) == 2
    assert not page.all("b", class_="bold")
    assert len(page.all("img")) == 2 * 4
    for name, attributes in page.elements:
        assert name not in ("iframe", "object", "embed", "base", "meta-refresh")
        assert not [key for key in attributes if key.startswith("on") or key == "style"]
    [(_, title)] = page.all("h2", id="_title-evil")
    assert title == galleries.EVIL[:150]
    [(link, _)] = page.all("a", href="#evil")
    assert link
    assert galleries.EVIL in {attributes.get("alt") for attributes, _ in page.all("img")}


def test_the_page_asks_nothing_of_the_network(page, text):
    found = [attributes[key] for _, attributes in page.elements for key in ADDRESSES if key in attributes]
    assert len(found) > 10
    assert all(address.startswith(("data:", "#")) for address in found)
    assert not re.search(r"url\(|@import|https?:|//\w+\.\w", page.all("style")[0][1])
    assert not re.search(
        r"fetch|XMLHttpRequest|import\(|innerHTML|eval|https?:", "".join(t for _, t in page.all("script"))
    )


def test_the_policy_names_the_page_s_own_style_and_scripts_by_hash(page):
    [(meta, _)] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    rules = dict(rule.strip().split(" ", 1) for rule in meta["content"].split(";"))

    def digest(content):
        return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"

    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["style-src"] == digest(page.all("style")[0][1])
    assert rules["script-src"] == " ".join(digest(content) for _, content in page.all("script"))
    # A policy holds for what comes after it.
    assert [name for name, _ in page.elements].index("style") > page.elements.index(("meta", meta))


def test_the_picture_that_can_be_saved_is_the_very_file(page, folder):
    for attributes, _ in page.all("img", loading="lazy"):
        kind, content = attributes["src"].split(",", 1)
        assert kind == "data:image/png;base64"
        assert base64.b64decode(content) in [file.read_bytes() for file in folder.glob("*.png")]


def test_the_preset_that_can_be_copied_is_the_picture_s(page, folder, tmp_path):
    shown = [content for attributes, content in page.all("pre", **{"aria-label": "Preset"})]
    for entry, preset in zip(model.read(folder).entries, shown, strict=True):
        (tmp_path / "x.yaml").write_text(preset)
        assert loading.load(tmp_path / "x.yaml") == loading.parse(metadata.read(folder / entry.file)["preset"])
        assert len(preset.splitlines()) < 25
    assert "prompts: owls | summer:0.5" in shown[1]


def test_a_picture_that_a_prompt_sees_turned_is_marked_for_the_pointer(tmp_path):
    seen = {"turned": "rotate-180", "twice": ["mirror", "negative"], "far": "far"}
    wishes = {name: [{"text": "a cat"}, {"text": "an owl", "seen": way}] for name, way in seen.items()}
    for name, prompts in {"plain": "a cat", **wishes}.items():
        picture = galleries.draw(tmp_path / f"{name}.png", prompts=prompts, size=[24, 24])
        add(picture, tmp_path / "site", EntryOptions(name, name=name))
    text = build.build(model.read(tmp_path / "site"), tmp_path / "page.html").read_text()
    classes = [attributes["class"].split()[1:] for attributes, _ in Page(text).all("img")]
    assert classes.count(["seen-rotate-180"]) == 2 and classes.count([]) == 6
    assert "seen rotate-180" in text
    assert set(re.findall(r"\.seen-([\w-]+)", text)) == set(SHOWN)


def test_every_picture_has_its_view_and_no_two_things_one_name(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [a["href"] for a, _ in page.all("a") if a.get("aria-haspopup")] == [
        f"#{a['id']}" for a, _ in page.all("dialog")
    ]
    for attributes, _ in page.all("dialog"):
        assert attributes["aria-labelledby"] in ids


def test_what_is_seen_can_also_be_heard(page):
    assert page.all("html", lang="en")
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == 1
    assert all("alt" in attributes for attributes, _ in page.all("img"))
    assert all(attributes["alt"] for attributes, _ in page.all("img", loading="lazy"))
    assert all(
        attributes.get("aria-label") or name.strip()
        for attributes, name in page.all("button")
        if "hidden" not in attributes
    )
    drawings = [attributes["aria-label"] for attributes, _ in page.all("svg")]
    assert drawings[:2] == [f"{n}: from 1 at step 0 to 0.167 at step 5" for n in ("dark", "weighted sum")]


def test_search_finds_words_without_accents(page):
    words = {attributes["data-words"] for attributes, _ in page.all("li") if "data-words" in attributes}
    assert "un cafe a minuit artgen-strangers:flat a bar" in words


def test_the_same_gallery_gives_the_same_bytes(folder, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert build.build(model.read(folder), tmp_path / "again.html").read_text() == text
    monkeypatch.chdir(folder.parent)
    assert build.build(model.read(folder.relative_to(folder.parent)), tmp_path / "again.html").read_text() == text
    assert str(folder) not in text


def test_a_folder_has_the_pictures_beside_the_page(folder, tmp_path, capsys):
    assert main(["gallery", "build", "--gallery", str(folder), "--out", str(tmp_path / "site"), "--no-alike"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'site' / 'index.html'}\n"
    made = Page((tmp_path / "site" / "index.html").read_text())
    for attributes, _ in made.all("img", loading="lazy"):
        assert (tmp_path / "site" / attributes["src"]).read_bytes() == (folder / attributes["src"]).read_bytes()
    [(meta, _)] = made.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert "img-src data: 'self';" in meta["content"]


def test_files_of_others_are_not_replaced(folder, tmp_path, capsys):
    def build(*more):
        code = main(
            ["gallery", "build", "--gallery", str(folder), "--no-alike", "--out", str(tmp_path / "p.html"), *more]
        )
        return code, capsys.readouterr().err

    (tmp_path / "p.html").write_text("mine")
    code, said = build()
    assert code == 2
    assert said.endswith("is there already, and no gallery's page; choose another --out, or say --overwrite\n")
    assert (tmp_path / "p.html").read_text() == "mine"
    assert build("--overwrite")[0] == build()[0] == 0
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "un-cafe-a-minuit.png").write_text("mine")
    assert main(["gallery", "build", "--gallery", str(folder), "--no-alike", "--out", str(tmp_path / "site")]) == 2
    assert "un-cafe-a-minuit.png: is there already" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["un-cafe-a-minuit.png"]


def test_a_picture_without_a_recipe_cannot_be_shown(tmp_path, capsys):
    galleries.draw(tmp_path / "x.png", recipe="none")
    (tmp_path / "gallery.yaml").write_text("- {file: x.png, title: X}\n- {file: y.png, title: Y}\n")
    assert main(["gallery", "build", "--gallery", str(tmp_path), "--no-alike"]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/x.png: this picture carries no artgen recipe\n"
    assert not (tmp_path / "index.html").exists()


def tampered(path, change):
    from PIL import Image, PngImagePlugin

    found = metadata.read(path)
    change(found)
    text = PngImagePlugin.PngInfo()
    text.add_itxt(metadata.KEY, json.dumps(found))
    with Image.open(path) as picture:
        picture.save(path, pnginfo=text)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["preset"].update(prompts="x", generator=[], seed={}, steps="<b>", batch=None),
        lambda found: found["preset"].update(prompts=[{"weight": 1e300}, {"direction": {}}, 3, {"image": "/a/b.png"}]),
        lambda found: found.update(plugins={"artgen-clouds": "1"}, inputs={"/home/me/x.png": "0" * 64}),
    ],
)
def test_a_tampered_recipe_is_shown_as_it_is(tmp_path, change):
    galleries.draw(tmp_path / "x.png")
    tampered(tmp_path / "x.png", change)
    (tmp_path / "gallery.yaml").write_text("- {file: x.png, title: X}\n")
    text = build.build(model.read(tmp_path), tmp_path / "x.html").read_text()
    assert "/home/me" not in text
    assert Page(text).all("dialog", id="x")


def test_what_a_recipe_reads_is_linked_by_its_name(tmp_path):
    from PIL import Image

    (tmp_path / "inputs").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "inputs" / "red.png")
    galleries.draw(tmp_path / "x.png", start=str(tmp_path / "inputs" / "red.png"), generator={"type": "pixel"})
    (tmp_path / "gallery.yaml").write_text("- {file: x.png, title: X}\n")
    text = build.build(model.read(tmp_path), tmp_path / "x.html").read_text()
    assert str(tmp_path) not in text
    [(link, _)] = Page(text).all("a", download="red.png")
    assert base64.b64decode(link["href"].split(",")[1]) == (tmp_path / "inputs" / "red.png").read_bytes()
    assert "inputs/red.png" in Page(text).all("pre", **{"aria-label": "Preset"})[0][1]
    build.build(model.read(tmp_path), tmp_path / "site")
    assert (tmp_path / "site" / "inputs" / "red.png").exists()


def test_pictures_are_told_that_are_alike(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(galleries.preset()))
    out = tmp_path / "page.html"
    command = ["gallery", "build", "--gallery", str(folder), "--out", str(out), "--preset", str(tmp_path / "toy.yaml")]
    assert main(command) == 0
    links = [a["href"] for a, _ in Page(out.read_text()).all("a") if a.get("href", "").startswith("#") and len(a) == 1]
    assert sorted(links) == sorted(["#cat", "#owls", "#evil", "#un-cafe-a-minuit"] * 3)


def test_no_template_lets_a_value_be_html():
    templates = sorted(FOLDER.glob("*.html"))
    assert [file.name for file in templates] == ["card.html", "detail.html", "page.html"]
    assert not [file for file in templates if re.search(r"\bsafe\b|autoescape|\bxmlattr\b", file.read_text())]


def test_a_value_that_is_missing_is_no_empty_text():
    with pytest.raises(jinja2.UndefinedError, match="'card' is undefined"):
        fill("card.html")


def test_half_a_character_is_a_question_mark(tmp_path):
    galleries.draw(tmp_path / "x.png")
    (tmp_path / "x.losses.json").write_text(r'{"half \ud83d": [[0, 1], [1, 0.5]]}')
    (tmp_path / "gallery.yaml").write_text("- {file: x.png, title: X}\n")
    page = Page(build.build(model.read(tmp_path), tmp_path / "x.html").read_text())
    assert [text for _, text in page.all("span") if "half" in text] == ["half ?"]


def test_adding_and_building_need_no_torch(artgen, tmp_path):
    galleries.draw(tmp_path / "x.png")
    heavy = ["torch", "kornia", "open_clip", "diffusers", "matplotlib"]
    block = f"sys.modules.update(dict.fromkeys({heavy}))"
    artgen("gallery", "add", "x.png", "--name", "x", prelude=block, code=0)
    artgen("gallery", "build", "--no-alike", prelude=block, code=0)
    assert Page((tmp_path / "gallery" / "index.html").read_text()).all("dialog", id="x")
