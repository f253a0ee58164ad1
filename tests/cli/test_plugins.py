"""The command that lists plugins and what they offer."""

import pytest

from artgen.registry.plugins import discover


def test_plugins_lists_offers_and_failures(artgen):
    done = artgen("plugins", dists=("ok", "raises", "typo", "newer"), code=0)
    assert "artgen-strangers 1.0" in done.stdout
    assert "One colour, searched for." in done.stdout
    failures = done.stderr.splitlines()
    assert failures == [
        "plugin 'artgen-newer 9.0' (needs_newer): TypeError: Future needs plugin API 99, this artgen has 1; "
        "update artgen",
        "plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator torchvision::nms does not exist "
        "(raises_at_import.py:1)",
        "plugin 'artgen-typo 2.1' (misspelt_hook): PluginValidationError: there is no hook 'artgen_generatrs'; "
        "did you mean 'artgen_generators'?",
    ]


def test_plugins_shows_the_settings_of_one(artgen):
    done = artgen("plugins", "show", "flat", code=0)
    assert "learning_rate = 0.1 (number over the run, above 0)\n" in done.stdout
    assert "Step size of the descent." in done.stdout
    assert "did you mean 'flat'?" in artgen("plugins", "show", "flst", code=2).stderr


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("symmetry", "  axis = left-right (left-right, up-down, both, rotation)\n"),
        ("palette", "  palette (palette; needed)\n"),
        ("style", "  image (picture, or a run's folder; needed)"),
        ("cutouts", "  erase = [0, 0] (list of 2: number, 0 to 1)"),
    ],
)
def test_ranges_and_choices_are_shown(artgen, name, line):
    assert line in artgen("plugins", "show", name, code=0).stdout


def test_a_settings_type_without_words_is_told_as_python_has_it(artgen, tmp_path):
    (tmp_path / "odd.py").write_text(
        "from typing import Literal\n"
        "from artgen.api import FilterSpec\n"
        "class Odd(FilterSpec):\n"
        "    type: Literal['odd'] = 'odd'\n"
        "    rate: complex = 1j\n"
    )
    try:
        shown = artgen("plugins", "show", "odd", "--plugin", "odd.py", code=0).stdout
        listed = artgen("plugins", "show", "./odd.py", code=0).stdout
    finally:
        discover.cache_clear()
    assert "  rate = 1j (complex)\n" in shown
    assert listed.splitlines()[1].split()[:2] == ["odd", "filter"]


def test_a_default_that_cannot_be_made_costs_its_own_line(artgen, tmp_path):
    (tmp_path / "odd.py").write_text(
        "import sys\n"
        "from typing import Literal\n"
        "from pydantic import Field\n"
        "from artgen.api import FilterSpec\n"
        "class Odd(FilterSpec):\n"
        "    type: Literal['odd'] = 'odd'\n"
        "    broken: int = Field(default_factory=lambda: 1 // 0)\n"
        "    leaving: int = Field(default_factory=sys.exit)\n"
        "    other: int = 3\n"
        "    both: int = Field(default_factory=lambda said: said['other'])\n"
    )
    try:
        done = artgen("plugins", "show", "odd", "--plugin", "odd.py", code=0)
    finally:
        discover.cache_clear()
    lines = [line.strip() for line in done.stdout.splitlines()]
    told = "its default cannot be told: ZeroDivisionError: integer division or modulo by zero (odd.py:7)"
    assert f"broken (whole number; {told})" in lines
    assert "other = 3 (whole number)" in lines and "both (whole number)" in lines
    assert any(line.startswith("leaving (whole number; its default cannot be told: SystemExit") for line in lines)


def test_all_that_a_distribution_offers_is_listed(artgen):
    rows = [line.split()[:2] for line in artgen("plugins", "show", "Artgen_Strangers", code=0).stdout.splitlines()]
    assert ["flat", "generator"] in rows and ["dark", "loss"] in rows
    assert ["pixel", "generator"] not in rows
    rows = [line.split()[:2] for line in artgen("plugins", "show", "artgen", code=0).stdout.splitlines()]
    assert ["pixel", "generator"] in rows and ["quickstart", "preset"] in rows and ["pixray", "importer"] in rows
    assert ["flat", "generator"] not in rows
    missed = artgen("plugins", "show", "artgen-stranger", code=2).stderr
    assert missed == "no component is called 'artgen-stranger'; did you mean 'artgen-strangers'?\n"


def test_artgen_plugins_selects(artgen):
    assert "strangers" not in artgen("plugins", ARTGEN_PLUGINS="artgen", code=0).stdout
    only = artgen("plugins", ARTGEN_PLUGINS="strangers", code=0).stdout
    assert "flat" in only
    assert "pixel" not in only


def test_importers_are_listed_with_the_components(artgen):
    listed = artgen("plugins", code=0).stdout
    assert "Turns what pixray saved into a preset" in next(row for row in listed.splitlines() if "import-pixray" in row)
