import pytest

from artgen.cli import main
from tests.helpers import galleries


@pytest.fixture
def gallery(tmp_path, monkeypatch, capsys):
    """Runs `artgen gallery` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        found = main(["gallery", *map(str, arguments)])
        told = capsys.readouterr()
        assert found == code, told.err + told.out
        return told

    return run


@pytest.fixture
def filled(gallery, tmp_path):
    """A gallery of two pictures."""
    for name, seed in (("one", 1), ("two", 2)):
        gallery("add", galleries.draw(tmp_path / f"{name}.png", seed=seed), "--name", name, "--title", name)
    return tmp_path / "gallery"
