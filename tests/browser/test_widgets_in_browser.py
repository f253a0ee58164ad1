"""The forms of the studio in a real browser: a stranger's plugin says how its settings are edited, and they are."""

import pytest
import yaml

from tests.browser.test_gallery_in_browser import CONTRASTS
from tests.helpers import studio

pytestmark = pytest.mark.slow

AIMED = {**studio.FLAT, "steps": 4000, "batch": 4, "generator": {"type": "pixel"}, "filters": [{"type": "aimed"}]}
UNIT = "<b>&'\"</b>"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A browser's side of a studio, and a run of four pictures that waits."""
    with studio.opened(tmp_path_factory.mktemp("studio") / "runs") as browser:
        run = browser.begin(AIMED)
        browser.until(run, "running")
        browser.touch(run, "pause")
        browser.until(run, "paused")
        yield browser, run


@pytest.fixture
def come(visit, waiting):
    """The page with the form of the run's filter, in which all settings are unfolded."""
    browser, run = waiting

    def open_it(**options):
        page = visit(url=browser.server.address(browser.server.gate.token), **options)
        page.set_default_timeout(60_000)
        page.wait_for_selector("html.ready")
        page.evaluate("id => { location.hash = id; }", run)
        page.wait_for_selector("#stage.drawn")
        page.click("#t-preset")
        page.click("[data-section=filters] > summary")
        page.click("[data-section=filters] .more > summary")
        return page

    return open_it


def field(page, name):
    return page.locator(f"[data-section=filters] .card-block > .more > [data-name={name}]")


def said(page):
    """The filter, as the YAML of the page has it now."""
    (aimed,) = yaml.safe_load(page.input_value("#yaml"))["filters"]
    return {name: value for name, value in aimed.items() if name != "type"}


def at(page, target, x, y):
    """Where that share of an element lies in the window."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_sliders_dials_and_wheels_change_the_yaml_and_the_run(come, waiting):
    page = come()
    field(page, "force").locator("input[type=range]").fill("750")
    assert said(page) == {"force": 10}, "three quarters of the way from 0.01 to 100, in equal factors"
    field(page, "force").locator("input[type=number]").fill("500")
    field(page, "force").locator("input[type=number]").press("Enter")
    assert said(page) == {"force": 500}, "what is allowed beyond the slider can be typed"
    page.mouse.click(*at(page, field(page, "turn").locator(".dial"), 0.95, 0.5))
    field(page, "ink").locator("input[type=color]").fill("#ff0000")
    field(page, "inks").get_by_role("button", name="Add a colour to inks").click()
    page.keyboard.type("gold")
    field(page, "inks").get_by_role("button", name="Add a colour to inks").click()
    field(page, "inks").get_by_role("button", name="Move colour 2 of inks up").click()
    field(page, "names").locator("textarea").fill("a: 1\n'b c': 2")
    field(page, "names").locator("textarea").blur()
    wanted = {"force": 500, "turn": 90, "ink": "#ff0000", "inks": ["#ffd700", "gold"], "names": {"a": 1, "b c": 2}}
    assert said(page) == wanted
    page.click("#start-new")
    page.wait_for_function("id => location.hash.slice(1) !== id", arg=waiting[1])
    browser, begun = waiting[0], page.evaluate("location.hash.slice(1)")
    assert browser.run(begun)["data"]["filters"] == [{"type": "aimed", **wanted}]
    browser.touch(begun, "stop")
    assert page.wrong == []


def test_what_a_stranger_calls_things_stays_text(come):
    page = come()
    assert field(page, "force").locator(".unit").inner_text() == UNIT
    assert "<img src=x onerror=window.hacked=1>" in field(page, "force").locator(".doc").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.wrong == []


def test_places_are_chosen_by_mouse_and_by_keys(come):
    page = come()
    pad = field(page, "centre").locator(".pad")
    page.mouse.click(*at(page, pad, 0.75, 0.25))
    assert said(page)["centre"] == pytest.approx([0.75, 0.25], abs=0.02)
    x, y = said(page)["centre"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert said(page)["centre"] == pytest.approx([x + 0.01, y + 0.1])
    assert page.inner_text("#said").count("%") == 2
    field(page, "centre").get_by_role("button", name="as usual").click()
    assert said(page) == {}

    button = field(page, "across").get_by_role("button", name="On the picture")
    button.click()
    # Four pictures lie side by side: the place is one of each of them.
    page.mouse.click(*at(page, page.locator("#pick .pick-cell").nth(3), 0.25, 0.5))
    assert (said(page)["across"], said(page)["down"]) == pytest.approx((0.25, 0.5), abs=0.01)
    page.keyboard.press("ArrowUp")
    assert said(page)["down"] == pytest.approx(0.49, abs=0.01)
    page.keyboard.press("Escape")
    assert page.locator("#pick").count() == 0
    assert button.evaluate("node => node === document.activeElement")


def test_a_rectangle_is_drawn_on_the_picture(come):
    page = come()
    field(page, "box").get_by_role("button", name="On the picture").click()
    cell = page.locator("#pick .pick-cell").first
    page.mouse.move(*at(page, cell, 0.9, 0.8))
    page.mouse.down()
    page.mouse.move(*at(page, cell, 0.2, 0.1), steps=3)
    page.mouse.up()
    assert said(page)["box"] == pytest.approx([0.2, 0.1, 0.9, 0.8], abs=0.02)
    page.locator("#pick-hint button").click()
    field(page, "box").locator("input").last.fill("5")
    field(page, "box").locator("input").last.blur()
    page.wait_for_selector("[data-name=box].wrong")
    assert "1" in field(page, "box").locator(".wrong-text").inner_text()


def test_what_a_form_cannot_show_is_yaml_whose_mistakes_are_told(come):
    page = come()
    text = field(page, "names").locator("textarea")
    text.fill("a: 1\n  b: 2")
    text.blur()
    assert field(page, "names").locator(".wrong-text").inner_text().startswith("line 2: begins further in or out")
    assert said(page) == {}


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (820, "light")])
def test_widgets_fit_narrow_screens_and_can_be_read(come, width, scheme):
    page = come(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    field(page, "where").locator("select").first.select_option(label="in detail…")
    assert page.evaluate(CONTRASTS) == []
    wide = "n => [...n.querySelectorAll('*')].filter(e => e.getClientRects().length && e.scrollWidth > n.clientWidth)"
    assert page.locator("#form").evaluate(f"n => ({wide})(n).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
