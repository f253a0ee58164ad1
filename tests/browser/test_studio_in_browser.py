"""The studio's page in a real browser: a picture is begun, steered, painted on and finished, and two windows agree."""

import json

import pytest
from PIL import Image

import artgen
from artgen.fields.paths import PICTURE
from tests.browser.test_gallery_in_browser import CONTRASTS
from tests.helpers import studio
from tests.helpers.studio import EVIL

pytestmark = pytest.mark.slow


CLIP = {
    "perceptors": {"clip": {"type": "open_clip", "model": "embedded"}},
    "views": [{"type": "cutouts", "count": 2}],
    "losses": [{"type": "clip"}, {"type": "smoothness", "weight": 0.1}],
}


@pytest.fixture
def come(visit, shared):
    """Opens the studio; with a run's id at that run. In the end all runs are left: none is in the next one's way."""

    def open_it(run="", at=shared, **options):
        page = visit(url=at.server.address(at.server.gate.token), **options)
        page.set_default_timeout(60_000)  # behind the page a process draws, which may be slow
        page.wait_for_selector("html.ready")
        if run:
            page.evaluate("id => { location.hash = id; }", run)
            page.wait_for_selector("#studio:not([hidden])")
            page.wait_for_selector("#steer-body:not([hidden])", state="attached")
        return page

    yield open_it
    for entry in list(shared.server.studio.entries.values()):
        if entry.state in ("running", "building"):
            shared.touch(entry.id, "stop")


@pytest.fixture
def paused(shared):
    """A run that waits."""
    return shared.waiting()


def until(wanted, probe, page):
    """The studio answers in its own time, and a browser, too."""
    for _ in range(1500):
        if probe(page) == wanted:
            return
        page.wait_for_timeout(40)
    assert probe(page) == wanted


def step(page):
    return int(page.inner_text("#count b"))


def said(page):
    return page.inner_text("#state")


def data(shared, run):
    return shared.run(run)["data"]


def current(page):
    return page.evaluate("decodeURIComponent(location.hash.slice(1))")


def test_the_first_picture_takes_two_clicks_and_what_is_written_in_presets_stays_text(come, shared):
    page = come()
    until("a cat", lambda page: page.get_attribute("#wish", "placeholder"), page)
    assert page.input_value("#wish") == ""
    assert page.inner_text(".preset[aria-pressed=true] .preset-about") == EVIL
    page.click(".preset[data-name=tiny]")
    page.fill("#wish", f"a dog {EVIL}")
    page.click("#start")
    page.wait_for_selector("#studio:not([hidden])")
    until("Running", said, page)
    page.wait_for_selector("#stage.drawn")
    assert page.input_value("#prompt-lines textarea") == f"a dog {EVIL}"
    assert EVIL in page.inner_text(f"[data-id='{current(page)}'] .run-title")
    assert data(shared, current(page))["prompts"] == f"a dog {EVIL}"
    page.fill("#title", EVIL)
    page.keyboard.press("Enter")
    until(True, lambda page: shared.run(current(page))["title"] == EVIL, page)
    assert page.title() == f"{EVIL} · artgen studio"
    assert page.evaluate("window.hacked") is None
    assert page.wrong == []


def test_pause_step_and_go(come, paused):
    page = come(paused)
    until("Paused", said, page)
    before = step(page)
    page.click("#step")
    until(before + 1, step, page)
    page.click("#go")
    assert page.inner_text("#go") == "Pause", "it shows at once what was asked for"
    until("Running", said, page)
    page.click("#go")
    until("Paused", said, page)
    assert step(page) > before + 1


def test_prompts_and_weights_are_steered_while_it_runs(come, paused, shared):
    page = come(paused)
    page.click("#go")
    until("Running", said, page)
    page.fill("#prompt-lines textarea", "a red heart")
    page.keyboard.press("Enter")
    until("a red heart", lambda page: data(shared, paused)["prompts"], page)
    page.click("#prompt-add")
    page.keyboard.type("fog: thick")
    page.keyboard.press("Enter")
    until(["a red heart", {"text": "fog: thick"}], lambda page: data(shared, paused)["prompts"], page)
    page.fill("#prompt-lines li:nth-child(2) input[type=number]", "-0.5")
    page.keyboard.press("Enter")
    wanted = ["a red heart", {"text": "fog: thick", "weight": -0.5}]
    until(wanted, lambda page: data(shared, paused)["prompts"], page)
    page.locator("#steer-settings .field:has-text('Dark') input[type=range]").fill("1000")
    until(3, lambda page: data(shared, paused)["losses"][1]["weight"], page)
    page.fill("#steer-settings .field[data-name=seed] input", "9")
    page.keyboard.press("Enter")
    until(9, lambda page: data(shared, paused)["seed"], page)
    assert {touch["what"][0].partition("[")[0] for touch in shared.run(paused)["touches"]} >= {"prompts", "losses"}
    assert page.locator("#marks .touch").count() >= 3
    page.click("#prompt-lines li:nth-child(2) [aria-label='Remove prompt 2']")
    until("a red heart", lambda page: data(shared, paused)["prompts"], page)


def test_a_branch_begins_at_the_step_that_is_seen_and_undo_is_one(come, paused, shared):
    page = come(paused)
    for _ in range(3):
        shared.touch(paused, "step")
    page.fill("#prompt-lines textarea", "a red heart")
    page.keyboard.press("Enter")
    until("a red heart", lambda page: data(shared, paused)["prompts"], page)
    until(False, lambda page: page.is_disabled("#undo"), page)
    touched = shared.run(paused)["touches"][-1]["step"]
    page.locator("#picture").click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+z")
    until(False, lambda page: current(page) == paused, page)
    first = current(page)
    assert shared.until(first, "paused")["parent"] == {"id": paused, "step": touched}
    assert page.get_attribute(f"[data-id='{first}']", "data-depth") == "1"
    page.evaluate("id => { location.hash = id; }", paused)
    until(True, lambda page: step(page) >= touched, page)
    page.keyboard.press("ArrowLeft")
    seen = step(page)
    page.click("#branch")
    until(False, lambda page: current(page) == paused, page)
    assert shared.until(current(page), "paused")["parent"] == {"id": paused, "step": seen}


def test_what_is_painted_is_laid_on_the_picture(come, paused, shared):
    page = come(paused)
    page.wait_for_selector("#stage.drawn")
    page.keyboard.press("b")
    assert page.get_attribute("#tab-paint [data-tool=brush]", "aria-pressed") == "true"
    for _ in range(12):
        page.keyboard.press("[")
    assert page.inner_text("#brush-size-out") == "1 px"
    page.keyboard.press("]")
    stroke(page)
    assert painted(page) > 0
    page.keyboard.press("Control+z")
    assert painted(page) == 0
    stroke(page)
    page.keyboard.press("e")
    page.keyboard.press("]")
    page.keyboard.press("]")
    stroke(page)
    assert painted(page) == 0
    page.keyboard.press("b")
    stroke(page)
    page.click("#paint-lay")
    until(True, lambda page: "paint" in str(shared.run(paused)["touches"]), page)
    page.wait_for_timeout(200)
    assert painted(page) > 0  # until the drawing shows it
    page.click("#step")
    until(0, painted, page)
    assert page.evaluate("document.activeElement.id") == "step"


def test_undo_brings_the_words_back_and_the_browser_the_run_before(come, paused, shared):
    page = come(paused)
    page.wait_for_selector("#stage.drawn")
    field = page.locator("#prompt-lines textarea, #prompt-lines input[type=text]").first
    field.fill("a yellow bird")
    field.blur()
    until("a yellow bird", lambda page: shared.run(paused)["prompts"], page)
    until(False, lambda page: page.is_disabled("#undo"), page)
    page.click("#undo")
    until(False, lambda page: current(page) == paused, page)
    assert shared.until(current(page), "paused")["prompts"] == "a cat"
    page.wait_for_selector("#stage.drawn")
    until("a cat", lambda page: field.input_value(), page)
    page.go_back()
    until(paused, current, page)
    until("a yellow bird", lambda page: field.input_value(), page)


def test_the_words_are_kept_when_settings_are_opened_first(come, shared):
    page = come()
    page.fill("#wish", "a green cactus")
    page.click("#adjust")
    page.wait_for_selector("#start-changed:not([hidden])", state="attached")
    page.click("#start-new")
    until(True, lambda page: bool(current(page)), page)
    assert shared.run(current(page))["prompts"] == "a green cactus"


def test_a_batch_is_shown_in_its_shape_and_painted_on_in_any_of_its_pictures(come, shared):
    run = shared.waiting(batch=2)
    page = come(run)
    page.wait_for_selector("#stage.drawn")
    box = page.locator("#sheet").bounding_box()
    assert box["width"] / box["height"] == pytest.approx((24 + 4 + 24) / 16, rel=0.02)
    page.keyboard.press("b")
    page.wait_for_timeout(300)  # the stage may give room to the curves
    box = page.locator("#sheet").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 40 / 52, box["y"] + box["height"] / 2)  # the middle of the second picture
    page.mouse.down()
    page.mouse.up()
    ground = painted(page)
    page.keyboard.press("Control+z")
    assert painted(page) == 0 < ground
    for _ in range(12):
        page.keyboard.press("[")
    page.mouse.down()
    page.mouse.up()
    page.click("#paint-lay")
    until(True, lambda page: "paint" in str(shared.run(run)["touches"]), page)
    (layer,) = (shared.folder / run / "inputs").glob("*.png")
    with Image.open(layer, formats=["PNG"]) as image:
        left, top, right, bottom = image.getchannel("A").getbbox()
    assert image.size == (24, 16)
    assert 10 <= left < right <= 14 and 6 <= top < bottom <= 10


def test_a_mask_is_painted_for_a_prompt(come, paused, shared):
    page = come(paused)
    page.wait_for_selector("#stage.drawn")
    page.select_option("#prompt-lines select", "paint")
    assert page.get_attribute("[data-mode=mask]", "aria-pressed") == "true"
    stroke(page)
    page.click("#mask-use")
    until(True, lambda page: "where" in json.dumps(data(shared, paused)["prompts"]), page)
    (prompt,) = data(shared, paused)["prompts"]
    assert prompt["text"] == "a cat" and (shared.folder / prompt["where"]["mask"]).is_file()


def test_a_picture_of_ones_own_is_a_prompt_or_a_beginning(come, shared, tmp_path):
    paused = shared.waiting(**CLIP)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    page = come(paused)
    page.set_input_files("#prompt-picture-file", tmp_path / "red.png")
    until(list, lambda page: type(data(shared, paused)["prompts"]), page)
    assert data(shared, paused)["prompts"][1]["image"].startswith("inputs/")
    until("image", lambda page: page.inner_text("#prompt-lines .told b"), page)
    page.click("#runs-new")
    page.set_input_files("#start-picture-file", tmp_path / "red.png")
    page.wait_for_selector("#start-changed:not([hidden])")


def stroke(page):
    box = page.locator("#sheet").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 20, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=3)
    page.mouse.up()


def painted(page):
    """How many pixels of what lies over the picture are not clear."""
    return page.evaluate(
        "() => { const c = document.querySelector('#paint');"
        " const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);"
        " return data.filter((v, i) => i % 4 == 3 && v).length; }"
    )


def test_mistakes_in_yaml_are_marked_at_their_lines(come, paused, shared):
    page = come(paused)
    page.click("#t-yaml")
    text = page.input_value("#yaml")
    line = next(n for n, row in enumerate(text.split("\n")) if row.startswith("steps:"))
    page.fill("#yaml", text.replace("steps: 4000", "steps: many"))
    until(1, lambda page: page.locator(".line.wrong").count(), page)
    assert page.inner_text(".line.wrong") == "steps: many"
    assert f"line {line + 1}, steps" in page.inner_text("#yaml-problems")
    assert page.is_disabled("#apply") and page.inner_text("#apply-state") == "1 mistake"
    page.click("#discard")
    assert page.input_value("#yaml") == text
    page.fill("#yaml", text.replace("a cat", "a hen"))
    until("Changed: prompts", lambda page: page.inner_text("#apply-state"), page)
    page.keyboard.press("Control+Enter")
    until("a hen", lambda page: data(shared, paused)["prompts"], page)


def test_the_form_is_made_from_the_schema(come, paused, shared):
    page = come(paused)
    page.click("#t-preset")
    page.click("[data-section=losses] summary")
    until(2, lambda page: page.locator("[data-section=losses] .card-block").count(), page)
    page.select_option("[data-section=losses] .adder", label="Symmetry")
    until(3, lambda page: page.locator("[data-section=losses] .card-block").count(), page)
    until("Changed: losses", lambda page: page.inner_text("#apply-state")[:15], page)
    page.click("#discard")
    page.fill("#find", "weight")
    until(0, lambda page: page.locator("#form .field[data-name=steps]:visible").count(), page)
    assert page.locator("#form .field[data-name=weight]:visible").count() >= 2


def test_two_windows_show_the_same_and_typing_is_left_alone(come, paused, shared):
    one, other = come(paused), come(paused)
    other.fill("#prompt-lines textarea", "half a though")
    one.fill("#prompt-lines textarea", "a red heart")
    one.keyboard.press("Enter")
    until("a red heart", lambda page: data(shared, paused)["prompts"], one)
    one.locator("#steer-settings .field:has-text('Dark') input[type=number]").fill("2")
    one.keyboard.press("Enter")
    until("2", lambda page: page.input_value("#steer-settings .field:has-text('Dark') input[type=number]"), other)
    assert other.input_value("#prompt-lines textarea") == "half a though"
    one.click("#favourite")
    until("true", lambda page: page.get_attribute("#favourite", "aria-pressed"), other)
    other.keyboard.press("Escape")
    until("a red heart", lambda page: page.input_value("#prompt-lines textarea"), other)


def test_keys_do_it_all(come, paused, shared):
    page = come(paused)
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    before = step(page)
    page.keyboard.press(".")
    until(before + 1, step, page)
    until([], lambda page: shared.run(paused)["pending"], page)  # until then Space would stop the step
    until("Paused", said, page)
    page.keyboard.press("Space")
    until("Running", said, page)
    page.keyboard.press("Space")
    until("Paused", said, page)
    until(True, lambda page: "paused" in page.inner_text("#said"), page)
    page.keyboard.press("f")
    until(True, lambda page: shared.run(paused)["favourite"], page)
    page.click("#only-favourites")
    until(0, lambda page: page.locator("#runs .run:not(:has(.star.on))").count(), page)
    assert page.locator("#runs .run").count() >= 1
    page.keyboard.press("c")
    assert page.is_visible("#compare-bar")
    page.locator("#cut").fill("20")
    assert page.evaluate("getComputedStyle(document.querySelector('#other')).clipPath") == "inset(0px 80% 0px 0px)"
    page.keyboard.press("Escape")
    assert not page.is_visible("#compare-bar")


def test_a_picture_steered_by_hand_is_finished_and_replayed_to_the_same_bytes(come, shared):
    # The stranger's loss rounds otherwise once it has two prompts; CLIP's does not.
    paused = shared.waiting(**CLIP)
    page = come(paused)
    page.click("#step")
    page.fill("#prompt-lines textarea", "a red heart")
    page.keyboard.press("Enter")
    until("a red heart", lambda page: data(shared, paused)["prompts"], page)
    page.click("#go")
    until("Running", said, page)
    page.locator("#steer-settings .field:has-text('Smoothness') input[type=range]").fill("900")
    until(2.6, lambda page: data(shared, paused)["losses"][1]["weight"], page)
    page.keyboard.press("b")
    stroke(page)
    page.click("#paint-lay")
    until(True, lambda page: "paint" in str(shared.run(paused)["touches"]), page)
    page.click("#forms-open")
    page.check("#forms input[value='pdf']")
    until(["pdf"], lambda page: shared.run(paused)["exports"], page)
    page.click("#finish")
    until("Finished", said, page)
    assert artgen.replay(shared.folder / paused / PICTURE).word == "identical"
    page.wait_for_selector("#export:not([hidden])")
    page.click("#export")
    with page.expect_download() as saved:
        page.click("#export-menu a:has-text('image.png')")
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    page.wait_for_selector("#export-menu a:has-text('image.pdf')", state="attached")
    assert shared.get(f"/api/runs/{paused}/files/image.pdf").content.startswith(b"%PDF")


def test_a_lost_connection_is_told_and_taken_up_again(visit, tmp_path, chromium):
    with studio.opened(tmp_path / "runs") as first:
        page = visit(url=first.server.address(first.server.gate.token))
        page.wait_for_selector("html.ready")
        port = first.server.port
    page.wait_for_selector("#banner:not([hidden])")
    assert "does not answer" in page.inner_text("#banner")
    with studio.opened(tmp_path / "runs", port=port) as second:
        page.context.new_page().goto(second.server.address(second.server.gate.token))
        # By the page itself: it may have taken up the line by the time a pointer is there.
        page.evaluate("document.querySelector('#banner button')?.click()")
        page.wait_for_selector("#banner", state="hidden", timeout=15_000)
    assert not [line for line in page.wrong if "ERR_" not in line and "403" not in line]


@pytest.mark.parametrize("width", [390, 820])
def test_narrow_screens_show_all_of_it(come, paused, width):
    page = come(paused, viewport={"width": width, "height": 900}, is_mobile=width < 500, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click("#t-steer")
    for name in ("#picture", "#go", "#scrub", "#prompt-lines textarea"):
        box = page.locator(name).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(come, paused, scheme):
    page = come(color_scheme=scheme, reduced_motion="reduce")
    assert page.evaluate(CONTRASTS) == []
    page.evaluate("id => { location.hash = id; }", paused)
    page.wait_for_selector("#steer-body:not([hidden])", state="attached")
    for tab in ("steer", "preset", "paint", "details"):
        page.click(f"#t-{tab}")
        assert page.evaluate(CONTRASTS) == []
