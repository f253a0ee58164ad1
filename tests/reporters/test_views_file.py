"""What the perceptors see of a run, in its folder while it goes on."""

import pytest
from PIL import Image

import artgen as package
from artgen.engine.views import file
from artgen.preset import loading


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(file, "FIRST_SECONDS", 0.0)


@pytest.fixture
def seen(flat):
    """A preset whose perceptor sees five views."""
    return loading.load(flat, steps=4)


def test_views_are_there_while_a_run_goes_on_and_gone_at_its_end(seen, tmp_path):
    sizes = []

    def look(event):
        with Image.open(tmp_path / "run" / "views.webp", formats=["WEBP"]) as sheet:
            sizes.append(sheet.size)

    made = package.run(seen, out=tmp_path / "run", on_step=look)
    assert len(sizes) == 4
    assert min(sizes[0]) > 100
    assert not (tmp_path / "run" / "views.webp").exists()
    assert made.images.equal(package.run(seen).images)


def test_a_run_that_is_stopped_keeps_them(seen, tmp_path):
    def stop(event):
        raise KeyboardInterrupt

    package.run(seen, out=tmp_path / "run", on_step=stop)
    assert (tmp_path / "run" / "views.webp").is_file()


def test_where_they_cannot_be_written_the_run_goes_on(seen, tmp_path):
    (tmp_path / "run" / "views.webp").mkdir(parents=True)
    package.run(seen, out=tmp_path / "run")
    assert (tmp_path / "run" / "image.png").is_file()
