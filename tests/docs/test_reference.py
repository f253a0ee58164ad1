"""The documentation says what the code does: pages as the specs have them, examples that are right, links that lead."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgen.preset import loading
from artgen.registry import wording
from docs import example, generate, pages
from docs.pictures import FRAMES, GAP
from tests.helpers.paths import DOCS

EXAMPLES = example.examples()
COMPARED = {"without": 2, "tiled": 2, "growth": FRAMES, "seeds": 3}
"""How many pictures stand side by side in a picture that compares."""
PROMPT_KINDS = (
    "text",
    "negative",
    "label",
    "image",
    "vector",
    "noise",
    "direction",
    "travel",
    "where",
    "scenes",
    "choices",
)
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.md")}


def anchors(page):
    """What links may point to: headings as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_committed_reference_is_what_the_specs_say(tmp_path):
    generate.write(tmp_path, pages.all_pages())
    assert files(DOCS / "reference") == files(tmp_path), "run: python -m docs.generate"


def test_a_page_of_something_that_is_gone_is_removed(tmp_path):
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "gone.md").write_text("gone")
    generate.write(tmp_path, pages.all_pages())
    assert not (tmp_path / "losses" / "gone.md").exists()


@pytest.mark.parametrize("offer", pages.components(), ids=pages.path_of)
def test_a_page_describes_every_setting_and_shows_an_example(offer):
    text = (DOCS / "reference" / pages.path_of(offer)).read_text()
    for name, field in offer.spec.model_fields.items():
        if name != "type":
            row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
            assert field.description.split("`")[0].split("\n")[0].replace("|", r"\|") in row
    assert any(f"`{shown.command}`" in text for shown in example.about(offer.kind, offer.name))


@pytest.mark.parametrize("kind", PROMPT_KINDS)
def test_a_kind_of_prompt_has_an_example(kind):
    assert any(example.about("prompt", kind))


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda shown: shown.name)
def test_an_example_is_right_and_says_what_is_to_be_seen(shown):
    preset = loading.load(shown.path)
    assert len(preset.about) > 10
    assert shown.path.read_text().startswith("# yaml-language-server: $schema=../../presets/preset.schema.json\n")
    assert any(f"`{shown.command}`" in text for text in files(DOCS / "reference").values())


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda shown: shown.name)
def test_an_example_that_needs_no_hub_has_a_small_picture(shown):
    assert shown.picture.exists() is not shown.needs_hub
    if shown.picture.exists():
        assert shown.picture.stat().st_size < 100_000


@pytest.mark.parametrize(
    "shown",
    [shown for shown in EXAMPLES if shown.view in COMPARED and not shown.needs_hub],
    ids=lambda shown: shown.name,
)
def test_a_picture_shows_what_its_caption_compares(shown):
    """Without the filter and with it, the first step and the last, one seed and another: to the eye, they differ."""
    sheet = np.asarray(Image.open(shown.picture).convert("RGB")).astype(int)
    if shown.preset.batch > 1:  # a row of pictures for each of the two
        height = (len(sheet) - GAP) // 2
        first, last = sheet[:height], sheet[-height:]
    else:
        width = round(len(sheet) * shown.preset.size[0] / shown.preset.size[1])
        last = sheet[:, -width:]
        first = sheet[:, -COMPARED[shown.view] * (width + GAP) + GAP :][:, :width]
    # What is done once to a finished picture shall not make another of it.
    assert np.abs(first - last).mean() > (3 if shown.kind == "finish" else 10)


def test_no_picture_is_left_over():
    assert {path.stem for path in example.PICTURES.iterdir()} <= {shown.name for shown in EXAMPLES}


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_leads_somewhere(page):
    for _, path, anchor in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def linked_settings():
    """(page, name) of the links of parity.md whose text is a setting, such as `palette.dither`."""
    for text, path, _ in LINK.findall((DOCS / "parity.md").read_text()):
        if path.startswith("reference/") and text.startswith("`"):
            yield path, text.strip("`").partition(":")[0]


@pytest.mark.parametrize(("path", "name"), sorted(set(linked_settings())))
def test_parity_names_only_what_is_there(path, name):
    page = (DOCS / path).read_text()
    component, _, setting = name.rpartition(".")
    if component or not path.count("/") > 1:
        assert f"| `{setting}` |" in page, f"{path} has no setting {setting}"
    if path.count("/") > 1:
        assert Path(path).stem == (component or setting)


def test_ranges_and_defaults_are_told_in_words():
    from artgen.preset.model import Settings
    from artgen_cutouts import Cutouts

    assert wording.of_field(Settings.model_fields["batch"]) == "whole number, 1 to 256"
    assert wording.of_field(Settings.model_fields["seed"]) == "whole number, at least 0, below 2^63"
    assert wording.of_field(Cutouts.model_fields["erase"]) == "list of 2: number, 0 to 1"
    assert wording.default(Cutouts.model_fields["erase"]) == "`[0, 0]`"
    scale = wording.of_field(Cutouts.model_fields["zoom_scale"])
    assert scale == "list of 2: [number over the run](values.md#numbers-over-the-run), above 0, at most 16"


def test_a_type_without_words_is_named():
    with pytest.raises(TypeError, match=r"complex.*registry/wording\.py"):
        wording.of_type(complex)
