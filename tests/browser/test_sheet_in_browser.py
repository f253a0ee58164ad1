"""The page of a sweep in a real browser: arranged, filtered, compared and chosen from, and nothing of it runs."""

import re

import pytest

from artgen.sweeps import sheet_page
from artgen.sweeps.rows import Axis
from tests.browser.test_gallery_in_browser import CONTRASTS, until
from tests.helpers import sweeps

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    axes, rows = sweeps.usual(folder)
    sheet_page.save(folder, axes, rows, sweeps.EVIL, "About.")
    axes, rows = sweeps.cells(
        folder / "three", Axis("seed", (1, 2, 3)), Axis("steps", (4, 8)), Axis("a.rate", (0.1, 1))
    )
    sheet_page.save(folder / "three", axes, rows, "Three axes")
    return folder


@pytest.fixture
def sheet(visit, folder):
    def visit_it(name="sheet.html", **options):
        return visit(url=name if ":" in name else (folder / name).as_uri(), **options)

    return visit_it


def numbers(page):
    """Of the cells that are seen, row by row."""
    return page.evaluate(
        "[...document.querySelectorAll('#_board :is(tbody tr:has(td), ol)')]"
        ".map(row => [...row.querySelectorAll('.tile')].map(tile => Number(tile.id.slice(1))))"
    )


def headings(page):
    return page.eval_on_selector_all("thead th", "found => found.map(th => th.title)")


def focused(page):
    return page.evaluate("document.activeElement.closest('.tile')?.id")


def opened(page):
    return page.evaluate("document.querySelector('dialog[open]') && document.querySelector('#_detail h2').textContent")


def test_nothing_runs_and_nothing_leaves_the_page(sheet, folder):
    page = sheet()
    assert page.inner_text("h1") == sweeps.EVIL
    for number in range(1, 7):
        page.click(f"#_{number} .open")
        until(f"No. {number}", opened, page)
        page.keyboard.press("Escape")
    page.click("#_4 .open")
    assert page.inner_text(".reason") == sweeps.EVIL
    assert sweeps.EVIL in page.inner_text(".settings")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"window.hacked = 1\" id=x>x</p>')")
    page.evaluate("document.querySelector('#x').click()")
    assert page.evaluate("window.hacked") is None
    assert all("Content Security Policy" in line for line in page.wrong)
    own = {(folder / "sheet.html").as_uri(), *((folder / f"cells/{n:03}/image.png").as_uri() for n in (1, 2, 3, 5))}
    assert {url for url in page.asked if not url.startswith("data:")} <= own


def test_axes_change_places(sheet):
    page = sheet()
    assert numbers(page) == [[1, 2, 3], [4, 5, 6]]
    assert headings(page) == ["1", "2", "3"]
    page.select_option("#_columns", label="prompts")
    assert numbers(page) == [[1, 4], [2, 5], [3, 6]]
    assert headings(page) == ["a cat", sweeps.EVIL]
    page.select_option("#_order", label="best loss")
    assert numbers(page) == [[1, 2, 3, 4, 5, 6]], "a loss for another prompt is another loss"
    page.select_option("#_order", label="best time")
    assert numbers(page) == [[1, 2, 3, 5, 4, 6]]
    page = sheet("three/sheet.html")
    assert numbers(page) == [[1, 5, 9], [3, 7, 11], [2, 6, 10], [4, 8, 12]]
    assert page.eval_on_selector_all("th.block", "found => found.map(th => th.innerText)") == ["rate\n0.1", "rate\n1"]
    page.select_option("#_rows", label="none")
    assert numbers(page) == [[1, 5, 9], [2, 6, 10], [3, 7, 11], [4, 8, 12]]


def test_what_is_filtered_out_is_gone_until_all_is_shown_again(sheet):
    page = sheet()
    page.click("details:has-text('seed') summary")
    page.check("details[open] label:has-text('2')")
    assert numbers(page) == [[2], [5]] and headings(page) == ["2"]
    assert page.inner_text("#_count") == "2 of 6 pictures"
    page.keyboard.press("Escape")
    page.click("details:has-text('state') summary")
    page.check("details[open] label:has-text('failed')")
    assert page.is_visible("#_none")
    page.click("#_clear")
    assert numbers(page) == [[1, 2, 3], [4, 5, 6]]
    page.locator("#_best").fill("50")
    # One of the three with the first prompt; the other prompt's only loss cannot be compared.
    assert {number for row in numbers(page) for number in row} == {1, 2}


def test_keys_lead_everywhere(sheet):
    page = sheet()
    page.locator("#_1 .open").focus()
    for key, place in {"ArrowRight": "_2", "ArrowDown": "_5", "End": "_6", "ArrowUp": "_3", "Home": "_1"}.items():
        page.keyboard.press(key)
        assert focused(page) == place
    assert "seed" in page.inner_text("#_seen") and "losses" not in page.inner_text("#_seen")
    page.keyboard.press("Enter")
    until("No. 1", opened, page)
    page.keyboard.press("ArrowLeft")
    until("No. 6", opened, page)
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    until("_6", focused, page)
    assert page.inner_text("#_kept") == "★ 1"
    page.go_back()
    page = sheet()
    page.evaluate("location.hash = '#2'")
    until("No. 2", opened, page)


def test_favourites_are_kept_and_handed_on(sheet, tmp_path, folder):
    page = sheet(permissions=["clipboard-read", "clipboard-write"])
    page.click("#_5 .star")
    page.locator("#_2 .open").focus()
    page.keyboard.press("f")
    page.click("#_1 .star")
    page.click("#_1 .star")
    page.reload()
    assert page.inner_text("#_kept") == "★ 2"
    page.click("#_copy-kept")
    until("Copied", lambda page: page.inner_text("#_copy-kept"), page)
    command = f"artgen pick {folder.name} --keep 2,5"
    assert page.evaluate("navigator.clipboard.readText()") == command
    with page.expect_download() as saved:
        page.click("#_save-kept")
    saved.value.save_as(tmp_path / "list.txt")
    first, *others = (tmp_path / "list.txt").read_text().splitlines()
    assert first == command and others == ["# 2: prompts a cat, seed 2", f"# 5: prompts {sweeps.EVIL}, seed 2"]
    page.click("#_only")
    assert numbers(page) == [[2], [5]]
    assert page.wrong == []


def test_two_pictures_are_compared(sheet):
    page = sheet()
    page.click("#_1 .open")
    assert page.inner_text(".again code") == "artgen replay cells/001/image.png"
    assert page.get_attribute(".files .recipe", "href") == "cells/001/recipe.json"
    page.select_option("#_compare", "2")
    assert "seed 3" in page.inner_text("#_compare option:checked")
    page.locator(".cut input").fill("20")
    assert page.evaluate("getComputedStyle(document.querySelector('.other')).clipPath") == "inset(0px 0px 0px 20%)"
    page.locator(".other").evaluate("image => image.decode()")
    page.keyboard.press("Escape")
    page.click("#_2 .open")
    assert page.input_value("#_compare") == "2", "it stays the one to compare with"


def test_a_phone_shows_all_of_it_without_scrolling_the_page_sideways(sheet):
    page = sheet(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.tap("#_more")
    assert page.is_visible("#_columns")
    page.tap("#_1 .open")
    until("No. 1", opened, page)
    assert page.evaluate("document.querySelector('dialog').scrollWidth") == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(sheet, scheme):
    page = sheet(color_scheme=scheme, reduced_motion="reduce")
    page.click("#_2 .star")
    assert page.evaluate(CONTRASTS) == []
    page.click("#_4 .open")
    assert page.evaluate(CONTRASTS) == []


def test_a_film_plays_under_the_pointer_unless_motion_is_not_wanted(sheet, folder, tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("seed", (1, 2)), n2={"film": tmp_path / "cells" / "002" / "film.webm"})
    (tmp_path / "cells" / "002" / "film.webm").write_bytes(b"")
    address = sheet_page.save(tmp_path, axes, rows, "Films").as_uri()
    page = sheet(address)
    page.evaluate("() => { HTMLMediaElement.prototype.play = () => Promise.resolve(); }")
    page.hover("#_2 .open")
    assert page.get_attribute("#_2 video", "src") == "cells/002/film.webm"
    assert page.evaluate("document.querySelector('#_2 video').muted && document.querySelector('#_2 video').loop")
    page.hover("#_1 .open")
    assert page.locator("#_2 video").count() == 0
    page.click("#_2 .open")
    assert page.inner_text(".again code") == "artgen replay cells/002/film.webm"
    still = sheet(address, reduced_motion="reduce")
    still.hover("#_2 .open")
    assert still.locator("#_2 video").count() == 0


def test_without_scripts_the_pictures_still_open(sheet):
    page = sheet(java_script_enabled=False)
    assert page.locator(".tile").count() == 6
    assert not page.is_visible("#_tools")
    page.click("#_2 .open")
    assert re.search(r"cells/002/image\.png$", page.url)


def test_a_search_shows_its_best_first_and_a_point_leads_to_its_picture(sheet, tmp_path):
    rate = Axis("generator.rate", (0.01, 0.1, 1))
    axes, rows = sweeps.cells(
        tmp_path, rate, Axis("seed", (1, 2)), n1={"loss": 9.0}, n2={"state": "pruned", "loss": None}
    )
    page = sheet(sheet_page.save(tmp_path, axes, rows, "A search", goal="loss", log=[rate.key]).as_uri())
    assert numbers(page) == [[3, 4, 5, 6, 1, 2]]
    assert page.inner_text("#_2 .mark") == "pruned"
    assert page.locator("#_charts figure").count() == 2
    places = "points => points.map(point => Math.round(point.getAttribute('cx')))"
    found = page.eval_on_selector_all("#_charts figure:first-child .point", places)
    assert found == [7, 213, 213, 110, 110], "the rate by its logarithm, the best cell last"
    page.click("#_charts figure:first-child .is-best")
    until("No. 3", opened, page)
