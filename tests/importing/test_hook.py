"""Importers that plugins offer by the hook."""

import pytest

from artgen.registry.plugins import discover
from tests.helpers.paths import DISTS

IMPORTED = "prompts: a frog\nextends: pixel\n"
TITLE = "importer 'circle-drawer' (artgen-circles 1.0)"


@pytest.fixture
def imports(artgen, monkeypatch, tmp_path):
    """Imports a text, with a plugin that offers an importer."""
    monkeypatch.syspath_prepend(str(DISTS / "circles"))
    discover.cache_clear()

    def run(text, *words, exits=0):
        (tmp_path / "c.txt").write_text(text)
        return artgen(*(words or ("import",)), "c.txt", code=exits)

    yield run
    discover.cache_clear()


@pytest.mark.parametrize("words", [("import",), ("import", "--from", "circle-drawer"), ("import-circle-drawer",)])
def test_it_is_asked_as_others_are(imports, words):
    assert imports("circles 1\na frog\n", *words).stdout == IMPORTED


@pytest.mark.parametrize(
    ("text", "says", "exits"),
    [
        ("broken", f"{TITLE}: ZeroDivisionError: by nothing (circles.py:72)\n", 2),
        ("nothing", f"{TITLE}: returned NoneType; expected list\n", 2),
        ("circles 1\nnothing\n", f"{TITLE}: returned NoneType; expected str\n", 1),
        ("circles 2\n", "c.txt: no settings, command line or Python call of a1111, circle-drawer, comfyui,", 2),
    ],
)
def test_what_goes_wrong_costs_a_line(imports, text, says, exits):
    assert imports(text, exits=exits).stderr.startswith(says)


def test_one_that_is_offered_in_both_ways_is_one(imports, artgen, monkeypatch, tmp_path):
    """For an artgen that knows no hook, a package has an entry point besides."""
    info = tmp_path / "artgen_circles-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-circles\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgen.importers]\ncircle-drawer = importer_of_circles:importer\n")
    (tmp_path / "importer_of_circles.py").write_text(
        "from artgen.importing import Importer\nfrom circles import convert, recognise\n"
        "importer = Importer('Circle Drawer', recognise, convert)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert imports("circles 1\na frog\n").stdout == IMPORTED
    listed = artgen("plugins", "list", "importers", code=0).stdout
    assert listed.count("circle-drawer") == 2  # in one row


def test_help_imports_no_plugin(artgen):
    """It shall be there at once."""
    done = artgen("import", "--help", code=0, prelude="sys.modules.update(dict.fromkeys(['pluggy', 'artgen_imports']))")
    assert "or a plugin's" in " ".join(done.stdout.split())
