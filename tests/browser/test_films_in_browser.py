"""Films on the gallery's page: they play where they are seen, without a sound, and wait where motion is not wanted."""

import pytest

from artgen.films.formats.encoding import encode
from artgen.films.record import FilmRecord
from artgen.gallery import build, model
from artgen.gallery.add import EntryOptions, add
from tests.films.conftest import ffmpeg  # noqa: F401
from tests.helpers import films, galleries

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shown(ffmpeg, tmp_path_factory):  # noqa: F811
    """A gallery of a film in both forms, two pictures, and a film in one form; its page in both forms."""
    root = tmp_path_factory.mktemp("films")
    made = {"artgen": "0.2.0", "preset": {}, "fps": 8, "frames": ["0" * 64] * 8, "size": [48, 64]}
    record = FilmRecord(**made, recipe={}).as_data()
    for name, suffixes in {"zoom": (".webm", ".mp4"), "cat": (), "dog": (), "drift": (".webm",)}.items():
        picture = galleries.draw(root / "drafts" / f"{name}.png", prompts=f"a {name}", size=[48, 64])
        files = films.draw(root / "frames", count=8, size=(48, 64)) if suffixes else []
        for suffix in suffixes:
            encode(files, picture.with_suffix(suffix), fps=8, recipe=record)
        add(picture, root / "gallery", EntryOptions(name.title(), name=name))
    gallery = model.read(root / "gallery")
    build.build(gallery, root / "page.html", "Films")
    build.build(gallery, root / "folder", "Films")
    return root


@pytest.fixture
def watch(visit, shown):
    """Opens the page; one row of it can be seen at a time."""

    def open_page(name="folder/index.html", **options):
        return visit(url=(shown / name).as_uri(), **{"viewport": {"width": 360, "height": 300}, **options})

    return open_page


PLAYING = "selector => { const film = document.querySelector(selector); return !film.paused && film.currentTime > 0; }"
GRID, FULL = '.card a[href="#{}"] video', "#{} .mat video"


def until_plays(page, selector):
    page.wait_for_function(PLAYING, arg=selector)


def plays(page, selector):
    return page.evaluate(PLAYING, selector)


@pytest.mark.parametrize("name", ["folder/index.html", "page.html"])
def test_a_film_plays_while_it_is_seen(watch, shown, name):
    page = watch(name)
    first, last = GRID.format("zoom"), GRID.format("drift")
    page.locator(first).scroll_into_view_if_needed()
    until_plays(page, first)
    assert not plays(page, last)
    assert page.eval_on_selector(first, "film => [film.muted, film.loop, film.controls]") == [True, True, False]
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(last).scroll_into_view_if_needed()
    until_plays(page, last)
    page.wait_for_function("selector => document.querySelector(selector).paused", arg=first)
    assert page.wrong == []
    own = [(shown / name).as_uri()] + [(shown / "folder" / file).as_uri() for file in ("zoom.webm", "drift.webm")]
    asked = {url for url in page.asked if not url.startswith("data:")}
    assert {url for url in asked if not url.endswith(".png")} <= set(own)


@pytest.mark.parametrize("name", ["folder/index.html", "page.html"])
def test_a_film_in_full_plays_and_can_be_stopped(watch, name):
    page = watch(name)
    page.click('.card a[href="#zoom"]')
    full = FULL.format("zoom")
    until_plays(page, full)
    assert page.eval_on_selector(full, "film => [film.muted, film.controls, film.videoWidth]") == [True, True, 48]
    assert not plays(page, GRID.format("zoom"))
    assert page.get_attribute(full, "aria-label") == "Film: a zoom"
    assert "1 s, 8 frames a second" in page.inner_text("#zoom .facts")
    page.eval_on_selector(full, "film => film.pause()")
    page.wait_for_timeout(200)
    assert not plays(page, full)
    page.click("#zoom [data-close]")
    until_plays(page, GRID.format("zoom"))
    assert page.wrong == []


def test_nothing_plays_by_itself_where_motion_is_not_wanted(watch):
    page = watch(reduced_motion="reduce")
    page.locator(GRID.format("zoom")).scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.evaluate("[...document.querySelectorAll('video')].every(film => film.paused)")
    assert page.is_visible('.card a[href="#zoom"] .badge')
    page.click('.card a[href="#zoom"]')
    full = FULL.format("zoom")
    page.wait_for_timeout(300)
    assert not plays(page, full)
    assert page.eval_on_selector(full, "film => [film.controls, film.poster.split('/').at(-1)]") == [True, "zoom.png"]
    page.eval_on_selector(full, "film => film.play()")
    until_plays(page, full)


def test_no_film_is_fetched_before_it_is_seen(watch):
    page = watch(reduced_motion="reduce")
    page.wait_for_timeout(200)
    assert not [url for url in page.asked if url.endswith((".webm", ".mp4"))]


def test_the_film_is_saved_as_it_is(watch, shown):
    page = watch("page.html")
    page.click('.card a[href="#drift"]')
    with page.expect_download() as saved:
        page.click("#drift [data-film]")
    assert saved.value.suggested_filename == "drift.webm"
    assert saved.value.path().read_bytes() == (shown / "gallery" / "drift.webm").read_bytes()


def test_without_scripts_there_is_the_picture(watch):
    page = watch(java_script_enabled=False)
    page.click('.card a[href="#zoom"]')
    assert page.locator("#zoom .mat img").is_visible()
    assert page.locator("video:visible").count() == 0
