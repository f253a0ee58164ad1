"""What ``ARTGEN_PLUGINS`` leaves out is left out on purpose, and a name that nobody has is told."""

import pytest


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ("artgen,artgen-stranger", "; did you mean 'artgen-strangers'?"),
        ("artgen,xyz", "lists what there is without it"),
    ],
)
def test_a_name_that_nothing_has_is_told_wherever_plugins_are(artgen, tmp_path, said, ending):
    (line,) = artgen("plugins", ARTGEN_PLUGINS=said).stderr.splitlines()
    name = said.rpartition(",")[2]
    assert line.startswith(f"plugin '{name}': ARTGEN_PLUGINS names it, and nothing that is installed is called so")
    assert line.endswith(ending)
    (tmp_path / "mine.yaml").write_text("generator: {type: flat}\nlosses: [{type: smoothness}]\n")
    missed = artgen("check", "mine.yaml", ARTGEN_PLUGINS=said, code=2).stderr
    assert f"or it was to come from {line}" in missed


@pytest.mark.parametrize("said", ["", "artgen", "artgen, ,"])
def test_a_choice_is_no_mistake(artgen, said):
    assert not artgen("plugins", ARTGEN_PLUGINS=said, code=0).stderr
