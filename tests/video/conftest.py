import pytest


@pytest.fixture
def no_ffmpeg(monkeypatch, tmp_path):
    """A PATH on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))
