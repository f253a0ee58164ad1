"""The forms of the studio in a real browser: a stranger's plugin says how its settings are edited, and they are."""

import pytest
import yaml

from tests.browser.test_gallery_in_browser import CONTRASTS
from tests.helpers import studio

pytestmark = pytest.mark.slow

AIMED = {**studio.FLAT, "steps": 4000, "batch": 4, "generator": {"type": "pixel"}, "filters": [{"type": "aimed"}]}
UNIT = "<b>&'\"</b>"


@pytest.fixture(scope="module")
def aimed(shared):
    """A run of four pictures that waits."""
    return shared.waiting(AIMED)


@pytest.fixture
def come(visit, shared, aimed):
    """The page with the form of the run's filter, in which all settings are unfolded."""

    def open_it(**options):
        page = visit(url=shared.server.address(shared.server.gate.token), **options)
        page.set_default_timeout(60_000)
        page.wait_for_selector("html.ready")
        page.evaluate("id => { location.hash = id; }", aimed)
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


def until(page, wanted, of=lambda filter: filter):
    """The server writes the YAML anew a moment after each change."""
    for _ in range(250):
        if of(said(page)) == wanted:
            return
        page.wait_for_timeout(20)
    assert of(said(page)) == wanted


def at(target, x, y):
    """Where that share of an element lies in the window."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_sliders_dials_and_wheels_change_the_yaml_and_the_run(come, shared, aimed):
    page = come()
    field(page, "force").locator("input[type=range]").fill("750")
    until(page, {"force": 10})  # three quarters of the way from 0.01 to 100, in equal factors
    field(page, "force").locator("input[type=number]").fill("500")
    field(page, "force").locator("input[type=number]").press("Enter")
    until(page, {"force": 500})  # what is allowed beyond the slider can be typed
    page.mouse.click(*at(field(page, "turn").locator(".dial"), 0.95, 0.5))
    field(page, "ink").locator("input[type=color]").fill("#ff0000")
    field(page, "inks").get_by_role("button", name="Add a colour to inks").click()
    page.keyboard.type("gold")
    field(page, "inks").get_by_role("button", name="Add a colour to inks").click()
    field(page, "inks").get_by_role("button", name="Move colour 2 of inks up").click()
    field(page, "names").locator("textarea").fill("a: 1\n'b c': 2")
    field(page, "names").locator("textarea").blur()
    wanted = {"force": 500, "turn": 90, "ink": "#ff0000", "inks": ["#ffd700", "gold"], "names": {"a": 1, "b c": 2}}
    until(page, wanted)
    page.click("#start-new")
    page.wait_for_function("id => location.hash.slice(1) !== id", arg=aimed)
    begun = page.evaluate("location.hash.slice(1)")
    assert shared.run(begun)["data"]["filters"] == [{"type": "aimed", **wanted}]
    shared.touch(begun, "stop")
    assert page.wrong == []


def test_what_a_stranger_calls_things_stays_text(come):
    page = come()
    assert field(page, "force").locator(".unit").inner_text() == UNIT
    assert "<img src=x onerror=window.hacked=1>" in field(page, "force").locator(".doc").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.wrong == []


def test_places_are_chosen_by_mouse_and_by_keys(come):
    page = come()
    centre, across = (lambda filter: filter.get("centre")), (lambda filter: [filter.get("across"), filter.get("down")])
    pad = field(page, "centre").locator(".pad")
    page.mouse.click(*at(pad, 0.75, 0.25))
    until(page, pytest.approx([0.75, 0.25], abs=0.02), centre)
    x, y = centre(said(page))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    until(page, pytest.approx([x + 0.01, y + 0.1]), centre)
    assert page.inner_text("#said").count("%") == 2
    field(page, "centre").get_by_role("button", name="as usual").click()
    until(page, {})

    button = field(page, "across").get_by_role("button", name="On the picture")
    button.click()
    # Four pictures lie side by side: the place is one of each of them.
    page.mouse.click(*at(page.locator("#pick .pick-cell").nth(3), 0.25, 0.5))
    until(page, pytest.approx([0.25, 0.5], abs=0.004), across)
    page.keyboard.press("ArrowUp")
    until(page, pytest.approx([0.25, 0.49], abs=0.004), across)
    page.keyboard.press("Escape")
    assert page.locator("#pick").count() == 0
    assert button.evaluate("node => node === document.activeElement")


def test_a_rectangle_is_drawn_on_the_picture(come):
    page = come()
    field(page, "box").get_by_role("button", name="On the picture").click()
    cell = page.locator("#pick .pick-cell").first
    page.mouse.move(*at(cell, 0.9, 0.8))
    page.mouse.down()
    page.mouse.move(*at(cell, 0.2, 0.1), steps=3)
    page.mouse.up()
    until(page, pytest.approx([0.2, 0.1, 0.9, 0.8], abs=0.02), lambda filter: filter.get("box"))
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
    edge = page.evaluate("document.querySelector('#form').getBoundingClientRect().right")
    boxes = "nodes => nodes.map(node => node.getBoundingClientRect().right)"
    assert max(page.locator("#form *").evaluate_all(boxes)) <= edge + 1
    assert page.evaluate("document.documentElement.scrollWidth") == width
