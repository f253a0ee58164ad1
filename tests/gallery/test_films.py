"""Films beside pictures: taken into a gallery, shown on its page, and bounded."""

import pytest

from artgen.errors import InputError
from artgen.fields.paths import PICTURE
from artgen.gallery import build, films, model
from artgen.gallery.add import EntryOptions, add
from tests.helpers import galleries


@pytest.fixture
def run(tmp_path):
    """The folder of a run that made a film, which is only looked at by its name and size here."""
    picture = galleries.draw(tmp_path / "run" / PICTURE)
    for suffix in (".webm", ".mp4"):
        picture.with_name(f"film{suffix}").write_bytes(suffix.encode())
    return tmp_path / "run"


def test_a_film_is_taken_in_with_its_picture(run, tmp_path):
    written = add(run, tmp_path / "gallery", EntryOptions(name="zoom"))
    assert {path.name for path in written} == {"zoom.png", "zoom.webm", "zoom.mp4", "gallery.yaml"}
    assert (tmp_path / "gallery" / "zoom.mp4").read_bytes() == b".mp4"
    with pytest.raises(InputError, match=r"zoom\.\w+: is in the gallery already"):
        add(run, tmp_path / "gallery", EntryOptions(name="zoom"))
    # From one gallery to another.
    written = add(tmp_path / "gallery" / "zoom.png", tmp_path / "other", EntryOptions(name="again"))
    assert (tmp_path / "other" / "again.webm") in written


def test_a_page_shows_the_film_or_the_folder_has_it(run, tmp_path):
    add(run, tmp_path / "gallery", EntryOptions(name="zoom"))
    gallery = model.read(tmp_path / "gallery")
    page = build.build(gallery, tmp_path / "page.html").read_text()
    assert page.count("data:video/webm;base64,LndlYm0=") == 1
    assert "video/mp4" not in page
    assert "media-src data:;" in page
    page = build.build(gallery, tmp_path / "folder").read_text()
    assert '<source src="zoom.webm" type="video/webm">\n<source src="zoom.mp4" type="video/mp4">' in page
    assert "media-src data: &#39;self&#39;;" in page
    assert (tmp_path / "folder" / "zoom.mp4").read_bytes() == b".mp4"


def test_a_film_that_is_too_large_is_left_out_with_its_picture(run, tmp_path):
    with (run / "film.mp4").open("wb") as file:
        file.truncate(films.MAX_FILM + 1)
    with pytest.raises(InputError, match=r"film.mp4: is larger than 32 MiB"):
        add(run, tmp_path / "gallery", EntryOptions(name="zoom"))


def test_a_picture_without_a_film_has_none(tmp_path):
    galleries.draw(tmp_path / "cat.png")
    add(tmp_path / "cat.png", tmp_path / "gallery", EntryOptions(name="cat"))
    assert "<video" not in build.build(model.read(tmp_path / "gallery"), tmp_path / "page.html").read_text()
