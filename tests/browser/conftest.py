import functools
import http.server
import os
import shutil
import threading

import pytest
import yaml

from artgen.gallery import build, model
from tests.helpers import galleries, studio

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, headless. Where CI is set it must be there; elsewhere its tests are skipped without it."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        reason = "there is no Chromium on the path; install one, say by `apt-get install chromium`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS), headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A gallery's page in both forms: ``site / "page.html"`` and ``site / "folder" / "index.html"``."""
    root = tmp_path_factory.mktemp("site")
    gallery = model.read(galleries.fill(root / "gallery", root / "drafts"))
    names = [entry.name for entry in gallery.entries]
    alike = {name: [other for other in names if other != name] for name in names}
    build.build(gallery, root / "page.html", "Pictures", alike)
    build.build(gallery, root / "folder", "Pictures", alike)
    return root


@pytest.fixture(scope="session")
def server(site):
    """Where `site` is served, because of files next to each other a browser saves none."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A browser's side of a studio that was opened with a preset of a stranger."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(studio.TINY))
    with studio.opened(folder / "runs", str(folder / "tiny.yaml")) as browser:
        browser.until(browser.begin(studio.TINY, steps=1), "finished")  # so that the models are loaded
        yield browser


@pytest.fixture
def visit(chromium, request):
    """Opens a page of `site`, or another by its `url`.

    `page.asked` lists what it asked for, `page.wrong` the errors and refusals it met.
    """
    contexts = []

    def open_page(name="page.html", anchor="", url=None, **options):
        contexts.append(chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda message: page.wrong.append(message.text) if message.type != "log" else None)
        page.goto((url or (request.getfixturevalue("site") / name).as_uri()) + anchor)
        return page

    yield open_page
    for context in contexts:
        context.close()
