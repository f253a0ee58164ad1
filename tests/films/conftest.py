import pytest

from tests.helpers import films


@pytest.fixture(scope="session")
def ffmpeg():
    """ffmpeg is there; where CI is set it must be, elsewhere what needs it is skipped."""
    films.need_ffmpeg()


@pytest.fixture
def frames(tmp_path):
    """Six PNGs of 32 x 24 pixels."""
    return films.draw(tmp_path / "frames")


@pytest.fixture
def no_ffmpeg(monkeypatch, tmp_path):
    """A PATH on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))
