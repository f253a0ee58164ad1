import copy

import pytest

from tests.helpers import films
from tests.helpers.films import REEL


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


@pytest.fixture
def reel(tmp_path, monkeypatch):
    """A whole preset of a small film, as plain data; films land in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    return copy.deepcopy(REEL)
