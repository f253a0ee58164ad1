"""The command that lists plugins and what they offer."""


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
    assert "learning_rate = 0.1" in done.stdout
    assert "Step size of the descent." in done.stdout
    assert "did you mean 'flat'?" in artgen("plugins", "show", "flst", code=2).stderr


def test_artgen_plugins_selects(artgen):
    assert "strangers" not in artgen("plugins", ARTGEN_PLUGINS="artgen", code=0).stdout
    only = artgen("plugins", ARTGEN_PLUGINS="strangers", code=0).stdout
    assert "flat" in only
    assert "pixel" not in only


def test_importers_are_listed_with_the_components(artgen):
    listed = artgen("plugins", code=0).stdout
    assert "Turns what pixray saved into a preset" in next(row for row in listed.splitlines() if "import-pixray" in row)
