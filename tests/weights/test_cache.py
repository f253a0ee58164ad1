"""Where downloads are kept."""

import sys
from pathlib import Path

import pytest

from artgen.weights import cache_folder


def test_artgen_s_own_variable_goes_first(monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", "~/models")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path.home() / "models"


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="these have folders of their own")
@pytest.mark.parametrize(("xdg", "folder"), [("", "~/.cache"), ("relative", "~/.cache"), ("/elsewhere", "/elsewhere")])
def test_on_linux_it_is_the_desktop_s_cache(xdg, folder, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    assert cache_folder() == Path(folder).expanduser() / "artgen"
