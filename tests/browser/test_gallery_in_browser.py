"""The gallery's page in a real browser: it works by mouse, keys and thumb, and runs nothing that a picture says."""

import re

import pytest

from artgen.preset import loading
from artgen.recipe import metadata
from tests.helpers import galleries

pytestmark = pytest.mark.slow

NAMES = ["cat", "owls", "evil", "un-cafe-a-minuit"]


def shown(page):
    """The names of the pictures in the grid."""
    return page.eval_on_selector_all(".card:not([hidden]) a", "links => links.map(link => link.hash.slice(1))")


def focused(page):
    return page.evaluate("document.activeElement.hash")


def opened(page):
    """The name of the picture that is seen in full."""
    return page.evaluate("document.querySelector('dialog[open]')?.id")


def until(wanted, probe, page):
    """What a browser does after an event, it does in its own time."""
    for _ in range(50):
        if probe(page) == wanted:
            break
        page.wait_for_timeout(40)
    assert probe(page) == wanted


def address(page):
    return page.url.rpartition("/")[2]


@pytest.mark.parametrize("name", ["page.html", "folder/index.html"])
def test_nothing_runs_and_nothing_leaves_the_page(visit, site, name):
    page = visit(name)
    for picture in NAMES:
        page.click(f'.card a[href="#{picture}"]')
        page.locator("dialog[open] .mat img").evaluate("image => image.decode()")
        assert page.locator("dialog[open] .mat img").evaluate("image => image.naturalWidth") in (24, 40)
        page.click("dialog[open] [data-close]")
    assert page.evaluate("window.hacked") is None
    assert page.wrong == []
    own = [(site / name).as_uri()] + [(site / "folder" / f"{picture}.png").as_uri() for picture in NAMES]
    assert {url for url in page.asked if not url.startswith("data:")} <= set(own)
    page.click('.card a[href="#evil"]')
    assert galleries.EVIL in page.inner_text("dialog[open] .prompts")


def test_what_is_smuggled_in_is_refused_by_the_policy(visit):
    page = visit()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hacked = 2'}))")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in line for line in page.wrong)


def test_search_shows_what_fits(visit):
    page = visit()
    assert shown(page) == NAMES
    for typed, fitting in {
        "OWL": ["owls"],
        "summer owls": ["owls"],
        "café": ["un-cafe-a-minuit"],
        "quiet": ["cat"],
        "flat": NAMES,
        "<script>": ["evil"],
        "nothing like it": [],
    }.items():
        page.fill("#_words", typed)
        assert shown(page) == fitting
    assert page.inner_text("#_count") == "0 of 4 pictures"
    page.click("text=Show all of them")
    assert shown(page) == NAMES
    page.keyboard.press("Escape")
    page.click('.card a[href="#cat"]')
    page.click("dialog[open] >> text=grey >> nth=-1")
    until(None, opened, page)
    assert shown(page) == ["cat"]


def test_keys_lead_everywhere(visit):
    page = visit()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "_words"
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    until("#cat", focused, page)
    page.keyboard.press("ArrowRight")
    until("#owls", focused, page)
    page.keyboard.press("Enter")
    until("owls", opened, page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until("cat", opened, page)
    page.keyboard.press("ArrowLeft")
    until("un-cafe-a-minuit", opened, page)
    assert page.inner_text("dialog[open] .place") == "4 of 4"
    page.keyboard.press("Escape")
    until(None, opened, page)
    until("#un-cafe-a-minuit", focused, page)
    page.keyboard.press("Home")
    until("#cat", focused, page)


def test_the_tab_key_goes_from_top_to_bottom_and_stays_in_a_view(visit):
    page = visit()
    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.hash || document.activeElement.id"))
    assert seen[:4] == ["#_pictures", "_theme", "_words", "#cat"]
    page.click('.card a[href="#cat"]')
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('dialog, html:not(:has(:focus))')")


def test_a_view_has_an_address_and_back_leaves_it(visit):
    page = visit(anchor="#owls")
    until("owls", opened, page)
    page.keyboard.press("Escape")
    until("page.html", address, page)
    page.click('.card a[href="#cat"]')
    page.keyboard.press("ArrowRight")
    until("page.html#owls", address, page)
    page.go_back()
    until(None, opened, page)
    page.go_forward()
    until("owls", opened, page)
    page.click("dialog[open] .alike a[href='#cat']")
    until("cat", opened, page)
    assert page.locator("dialog[open] .alike img").count() == 3


@pytest.mark.parametrize("allowed", [True, False], ids=["clipboard", "selection"])
def test_the_preset_is_copied(visit, site, tmp_path, allowed):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    if not allowed:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not here')); }")
    page.click('.card a[href="#owls"]')
    made = metadata.read(site / "gallery" / "owls.png")
    (tmp_path / "copied.yaml").write_text(copied(page, "Copy the preset"))
    assert loading.load(tmp_path / "copied.yaml") == loading.parse(made["preset"])
    assert copied(page, "Copy the command").strip() == "artgen replay owls.png"


def copied(page, button):
    """What the clipboard holds after a click."""
    page.click(f"dialog[open] [aria-label='{button}']")
    until("Copied", lambda page: page.inner_text(f"dialog[open] [aria-label='{button}']"), page)
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("served", [False, True], ids=["file", "folder"])
def test_a_picture_that_is_saved_carries_its_recipe(visit, site, server, tmp_path, served):
    page = visit(url=f"{server}/folder/index.html" if served else None)
    page.click('.card a[href="#owls"]')
    with page.expect_download() as saved:
        page.click("dialog[open] .save")
    assert saved.value.suggested_filename == "owls.png"
    saved.value.save_as(tmp_path / "owls.png")
    assert (tmp_path / "owls.png").read_bytes() == (site / "gallery" / "owls.png").read_bytes()
    assert page.wrong == []


def test_dark_and_light_follow_the_system_until_one_is_chosen(visit):
    def paper(page):
        return sum(
            map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body.parentNode).backgroundColor")))
        )

    page = visit(color_scheme="dark")
    assert paper(page) < 100
    page.emulate_media(color_scheme="light")
    assert paper(page) > 600
    page.click("text=Dark")
    assert paper(page) < 100
    page.reload()
    assert paper(page) < 100
    page.click("text=Light")
    assert paper(page) > 600


def test_a_phone_shows_all_of_it_without_scrolling_sideways(visit):
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    wide = "[...document.querySelectorAll('html, dialog[open]')].map(element => element.scrollWidth)"
    assert page.evaluate(wide) == [360]
    for picture in NAMES:
        page.tap(f'.card a[href="#{picture}"]')
        assert page.evaluate(wide) == [360, 360]
        page.tap("dialog[open] [data-close]")
        until(None, opened, page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(visit, scheme):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 between a text and what is behind it."""
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    page.click('.card a[href="#cat"]')
    assert page.evaluate(CONTRASTS) == []


CONTRASTS = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *:not(script, style, noscript)')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => e.checkVisibility() && !e.disabled);
  return texts.map(e => {
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
    return [e.tagName, e.className, e.textContent.trim().slice(0, 30), (a + 0.05) / (b + 0.05)];
  }).filter(found => !(found[3] >= 4.5));
}"""


def test_without_scripts_the_pictures_still_open(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".card").count() == 4
    assert not page.locator("#_search").is_visible()
    page.click('.card a[href="#owls"]')
    assert page.locator("#owls .mat img").is_visible()
    assert not page.locator("#cat").is_visible()
