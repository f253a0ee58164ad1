"""The page of `artgen watch` in a real browser: it follows what changes, by mouse and keys, and runs nothing of it."""

import contextlib
import json
import threading

import pytest

from artgen.watching.server import WatchServer
from tests.browser.test_gallery_in_browser import until
from tests.helpers import films
from tests.helpers.watched import EVIL, begun, finished, picture, sweep

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    begun(tmp_path / "whale", progress={"step": 3, "steps": 30, "seconds": 3}, prompts=[{"text": "a blue whale"}])
    finished(tmp_path / "owls", prompts=[{"text": "zwei Käuzchen"}])
    finished(tmp_path / "evil <b>", prompts=[{"text": EVIL}])
    begun(tmp_path / "fails", progress={"failure": "NaN at step 3"})
    sweep(tmp_path / "fishes")
    reel = begun(tmp_path / "reel", preview=False, progress={"frame": 3, "frames": 6}, film={"seconds": 1})
    films.draw(reel / "frames", count=3)
    return tmp_path


@contextlib.contextmanager
def serving(folder, **options):
    with WatchServer(folder, port=options.pop("port", 0), every=0.05, **options) as watch:
        thread = threading.Thread(target=watch.serve, daemon=True)
        thread.start()
        yield watch
        watch.close()
        thread.join()


@pytest.fixture
def watch(folder):
    with serving(folder) as found:
        yield found


def is_complete(page):
    return page.evaluate("!isLooking && document.querySelectorAll('.card').length === 6")


def linked(page, state):
    """Waits until the page says so of its connection; it asks again every two seconds."""
    page.wait_for_selector(f'#_link[data-state="{state}"]')


@pytest.fixture
def page(visit, watch):
    page = visit(url=watch.address)
    until(True, is_complete, page)
    return page


def names(page):
    return set(page.eval_on_selector_all(".card .title", "found => found.map(title => title.textContent)"))


def line(page, name):
    return page.inner_text(f'.card:has(.name:text-is("{name}")) .line')


def focused(page):
    return page.evaluate("document.activeElement.closest('.card')?.querySelector('.name').textContent")


def opened(page):
    return page.evaluate("document.querySelector('dialog[open]') && document.querySelector('#_title').textContent")


def test_it_follows_what_changes(page, folder):
    assert "3 of 30 steps" in line(page, "whale")
    assert "token" not in page.url
    before = page.get_attribute('.card:has(.name:text-is("whale")) img', "src")
    (folder / "whale" / "new.json").write_text(json.dumps({"step": 9, "steps": 30, "seconds": 9}))
    (folder / "whale" / "new.json").replace(folder / "whale" / "progress.json")
    picture(folder / "new.png", (20, 20, 240)).replace(folder / "whale" / "preview.png")
    until(True, lambda page: "9 of 30 steps" in line(page, "whale"), page)
    until(True, lambda page: page.get_attribute('.card:has(.name:text-is("whale")) img', "src") != before, page)
    (folder / "whale" / "run.json").unlink()
    (folder / "whale" / "progress.json").unlink()
    finished(folder / "whale", prompts=[{"text": "a blue whale"}])
    until(True, lambda page: "Finished" in line(page, "whale"), page)
    assert page.inner_text("#_said") == "a blue whale: Finished"
    begun(folder / "late", prompts=[{"text": "a newcomer"}])
    until(True, lambda page: "a newcomer" in names(page), page)
    assert page.wrong == []


def test_nothing_of_a_stranger_runs(page, watch):
    assert EVIL in names(page)
    page.click('.card:has(.name:text-is("evil <b>"))')
    until(EVIL, opened, page)
    page.click("text=All >> nth=-1")
    assert EVIL in page.inner_text("#_preset").replace("\n", "") or "hacked" in page.inner_text("#_preset")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hacked = 2'}))")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert all(url.startswith((f"http://127.0.0.1:{watch.port}/", "data:")) for url in page.asked)
    assert all("Content Security Policy" in text or "404" in text for text in page.wrong)


def test_it_is_searched_filtered_and_walked_by_keys(page):
    page.keyboard.press("/")
    page.keyboard.type("kauz")
    assert names(page) == {"zwei Käuzchen"}
    page.keyboard.press("Enter")
    assert focused(page) == "owls"
    page.keyboard.press("Enter")
    until("zwei Käuzchen", opened, page)
    page.keyboard.press("Escape")
    until(None, opened, page)
    assert focused(page) == "owls"
    page.fill("#_words", "")
    page.click('[data-group="failed"]')
    assert names(page) == {"a red fish", "fishes over seed, a.weight"}
    page.click('[data-group="all"]')
    page.keyboard.press("Tab")
    page.focus(".card a")
    first = focused(page)
    page.keyboard.press("ArrowRight")
    assert focused(page) not in (None, first)
    page.keyboard.press("Home")
    assert focused(page) == first


def test_a_sweep_opens_to_its_cells_and_a_film_to_its_frames(page):
    page.click('.card[data-kind="sweep"]')
    until("fishes over seed, a.weight", opened, page)
    assert page.locator(".tile").count() == 6
    assert page.eval_on_selector_all(".tile", "found => found.map(tile => tile.dataset.state)").count("waiting") == 2
    page.click(".tile >> nth=0")
    until("a red fish", opened, page)
    assert page.inner_text("#_place") == "1 of 6"
    page.keyboard.press("ArrowRight")
    until("2 of 6", lambda page: page.inner_text("#_place"), page)
    page.keyboard.press("Escape")
    until("fishes over seed, a.weight", opened, page)
    page.keyboard.press("Escape")
    until(None, opened, page)
    page.click('.card[data-kind="film"]')
    until("3 of 6", lambda page: page.inner_text(".slider output"), page)
    page.fill(".slider input", "0")
    until(True, lambda page: page.get_attribute(".reel img", "src").endswith("frames/000000.png"), page)
    assert page.wrong == []


def test_a_lost_connection_shows_and_comes_back(visit, folder):
    with serving(folder) as watch:
        page = visit(url=watch.address)
        linked(page, "live")
        port, token = watch.port, watch.access.token
    linked(page, "lost")
    with serving(folder, port=port, token=token):
        linked(page, "live")
    linked(page, "lost")
    with serving(folder, port=port):
        linked(page, "refused")


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_is_wider_than_the_screen(visit, watch, width):
    page = visit(url=watch.address, viewport={"width": width, "height": 800})
    until(True, is_complete, page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for kind in ("run", "sweep", "film"):
        page.click(f'.card[data-kind="{kind}"] >> nth=0')
        page.wait_for_selector("dialog[open]")
        assert page.evaluate("document.querySelector('#_detail').scrollWidth") <= width
        page.keyboard.press("Escape")
