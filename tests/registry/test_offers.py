"""Palettes and words that plugins offer by name, and what is wrong with others."""

import json
import re
import sys
from importlib.metadata import EntryPoint

import pytest

import artgen as package
from artgen.compare.replay import replay
from artgen.errors import PresetError
from artgen.preset import schema
from artgen.preset.loading import load
from artgen.prompts.choices import resolve_choices
from artgen.registry.plugins import Registry, discover
from tests.helpers.paths import DISTS

DUSK = ("#2b1b47", "#55286f", "#8f2d7a", "#dc143c", "#ee6c4d", "#f79d5c", "#ffd166", "#fff3d6")
HARBOUR = ("#0c2340", "#407e8c", "#ecE2c6".lower(), "#d65a31")


def offering(monkeypatch, *dists):
    for dist in dists:
        monkeypatch.syspath_prepend(str(DISTS / dist))
    discover.cache_clear()


@pytest.fixture
def circles(monkeypatch):
    """With a plugin that has palettes and words."""
    with monkeypatch.context() as patch:
        offering(patch, "circles")
        yield
    discover.cache_clear()


@pytest.fixture
def both(monkeypatch):
    """With another one that has the same names, too."""
    with monkeypatch.context() as patch:
        offering(patch, "circles", "rival")
        yield
    discover.cache_clear()


def palette(written, preset="rings"):
    return load(preset, [("generator.palette", written)]).generator.palette


def told(text, seeds=40):
    """What the prompt comes out as, in a preset of this folder."""
    (prompt,) = load({**load("rings").resolved(), "prompts": text}).prompts
    return {resolve_choices(prompt, seed).text for seed in range(seeds)}


@pytest.mark.parametrize(
    ("written", "colours"),
    [
        ("sunset-8", DUSK),
        ("artgen-circles:sunset-8", DUSK),
        ("Artgen.Circles:sunset-8", DUSK),
        (["black", "sunset-8"], ("#000000", *DUSK)),
        ("sunset-8; #fff", (*DUSK, "#ffffff")),
        ("harbour", HARBOUR),
        ("teal", ("#008080",)),
        ("artgen-circles:teal", ("#000000",)),
    ],
)
def test_a_palette_is_written_by_its_name(circles, written, colours):
    assert palette(written) == colours


def test_some_of_its_colours_are_those_that_lie_furthest_apart(circles):
    three = palette(r"sunset-8\3")
    assert len(three) == 3 and {"#2b1b47", "#fff3d6"} < set(three) < set(DUSK)
    assert palette(r"sunset-8\100") == DUSK


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("sunset-9", "no colour and no palette is called 'sunset-9'; did you mean 'sunset-8'?"),
        (
            "artgen-rival:sunset-8",
            "no colour and no palette is called 'artgen-rival:sunset-8'; did you mean 'sunset-8'?",
        ),
        ("broken-1", "palette 'broken-1': no colour is called 'no colour'"),
        (r"sunset\4", r"no colour and no palette is called 'sunset'; did you mean 'sunset-8'?"),
    ],
)
def test_a_wrong_name_is_told_at_its_place(circles, tmp_path, written, says):
    (tmp_path / "p.yaml").write_text(f"extends: rings\ngenerator:\n  palette: ['{written}']\n")
    with pytest.raises(PresetError) as caught:
        load(tmp_path / "p.yaml")
    (problem,) = caught.value.problems
    assert (problem.mark.line, problem.path) == (3, "generator.palette[0]")
    assert says in problem.message


def test_editors_propose_its_name(both):
    one, several = schema.build()["$defs"]["filter:palette"]["properties"]["palette"]["anyOf"]
    assert one["examples"] == several["items"]["examples"]
    assert {"harbour", "artgen-circles:sunset-8", "artgen-rival:sunset-8"} <= set(one["examples"])


def test_without_the_plugin_there_is_no_such_palette():
    text = json.dumps(schema.build())
    assert '"offered"' not in text and '"examples"' not in text
    with pytest.raises(PresetError, match="no colour is called 'sunset-8'"):
        load("pixel", [("generator.palette", "sunset-8")])


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("a {@moods} sky", {"a calm sky", "a wild sky"}),
        ("a __moods__ sky", {"a calm sky", "a wild sky"}),
        ("a {@artgen-circles:moods} sky", {"a calm sky", "a wild sky"}),
        ("a __artgen-circles:moods__ sky", {"a calm sky", "a wild sky"}),
        ("a __coats__ coat", {"a red coat", "a dark blue coat", "a pale blue coat"}),
        ("{2$$ or $$__moods__}", {"calm or wild", "wild or calm"}),
        ("__a: b__", {"__a: b__"}),
    ],
)
def test_words_are_drawn_by_their_name(circles, text, texts):
    assert told(text) == texts


def test_signs_in_words_that_are_taken_as_they_are_mean_nothing(circles):
    assert told("a {@coats} coat") == {"a red coat", "a {dark|pale} blue coat"}


def test_a_file_beside_the_preset_goes_first(circles, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moods.txt").write_text("mine\n")
    (tmp_path / "moods").write_text("my own\n")
    assert told("a __moods__ sky") == {"a mine sky"}
    assert told("a {@moods} sky") == {"a my own sky"}
    assert told("a __artgen-circles:moods__ sky") == {"a calm sky", "a wild sky"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a {@mods} sky", "there is no file 'mods' to choose from; did you mean 'moods'?"),
        ("a __mods__ sky", "'__mods__': there is no file 'mods.txt' to choose from; did you mean 'moods'?"),
        ("a {@artgen-rival:moods} sky", "there is no file 'artgen-rival:moods' to choose from; did you mean"),
    ],
)
def test_a_wrong_name_of_words_is_one_line(circles, text, says):
    with pytest.raises(PresetError) as caught:
        load("rings", [("prompts", text)])
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "name", "what"),
    [("generator.palette", "sunset-8", "sunset-8", "a palette"), ("prompts", "a {@moods} sky", "moods", "words")],
)
def test_a_name_that_several_offer_says_whose_it_is(both, key, value, name, what):
    with pytest.raises(PresetError) as caught:
        load(load("rings").resolved(), [(key, value)])
    choice = f"2 plugins offer {what} called '{name}'; write 'artgen-circles:{name}' or 'artgen-rival:{name}'"
    assert choice in str(caught.value)


def test_the_other_one_is_written_with_its_distribution(both):
    assert palette("artgen-rival:sunset-8") == ("#ffffff", "#000000")
    assert told("a __artgen-rival:moods__ sky") == {"a rival sky"}


def test_a_plugin_s_own_preset_means_its_own(both):
    preset = load("rings")
    assert preset.generator.palette == DUSK
    assert resolve_choices(preset.prompts[0], 3).text in ("a calm sky", "a wild sky")


def test_a_recipe_holds_what_was_meant_and_needs_no_plugin(circles, tmp_path):
    data = load("pixel", size=16, steps=2, batch=1, finish=None, prompts="a {@moods} sky", seed=3)
    result = package.run(load(data.resolved(), [("generator.palette", "sunset-8")]))
    picture = result.save(tmp_path / "picture.png")
    preset = result.recipe["preset"]
    assert preset["generator"]["palette"] == list(DUSK)
    assert preset["prompts"][0]["text"] in ("a calm sky", "a wild sky")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTGEN_PLUGINS", "artgen")
        discover.cache_clear()
        assert replay(picture).word == "identical"


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        ("artgen_palettes(): return ['red']", "artgen_palettes offers ['red'], which is no mapping of names"),
        ("artgen_palettes(): return {'a b': ['red']}", "artgen_palettes offers the name 'a b'; it may have letters"),
        ("artgen_palettes(): return {'a:b': ['red']}", "artgen_palettes offers the name 'a:b'; it may have letters"),
        ("artgen_palettes(): return {'a': []}", "artgen_palettes offers 'a' as [], which is neither a list nor a Path"),
        ("artgen_palettes(): return {'a': 'red'}", "offers 'a' as 'red', which is neither a list nor a Path"),
        (
            "artgen_words(): return {'a': ['one\\ntwo']}",
            "artgen_words offers 'a' with 'one\\ntwo', which is not one line",
        ),
        ("artgen_words(): return {'a': [7]}", "artgen_words offers 'a' with 7, which is not one line of text"),
        ("artgen_words(): return {'a': Path('gone.txt')}", "artgen_words offers 'a' as gone.txt, which is no file"),
        ("artgen_exporters(): return ['svg']", "artgen_exporters offers 'svg', which is no Exporter"),
        (
            "artgen_exporters(): return [Exporter('svg', '', len)]",
            "offers the suffix 'svg'; it must be as '.svg' or '.plot.svg' is",
        ),
        ("artgen_exporters(): return [Exporter('.png', '', len)]", "offers '.png', which artgen writes itself"),
        ("artgen_importers(): return [len]", "artgen_importers offers <built-in function len>, which is no Importer"),
        ("artgen_exporter(): return []", "there is no hook 'artgen_exporter'; did you mean 'artgen_exporters'?"),
    ],
)
def test_what_is_wrong_with_an_offer_costs_its_plugin_a_line(tmp_path, monkeypatch, offer, says):
    monkeypatch.syspath_prepend(tmp_path)
    head = "from pathlib import Path\nfrom artgen.api import Exporter, hookimpl\n"
    (tmp_path / "wrong_offer.py").write_text(f"{head}@hookimpl\ndef {offer}\n")
    monkeypatch.delitem(sys.modules, "wrong_offer", raising=False)
    registry = Registry()
    registry.load(EntryPoint("wrong", "wrong_offer", "artgen"))
    (failure,) = registry.failures
    assert says in failure.reason
    assert not registry.offers.palettes and not registry.offers.exporters


def test_all_that_is_offered_is_listed(artgen, both):
    listed = artgen("plugins", code=0).stdout
    for row in (
        r"import-circle-drawer +importer +artgen-circles 1.0",
        r"\.svg +exporter +artgen-circles 1.0 +the circles as shapes",
        r"sunset-8 +palette +artgen-rival 2.0 +2 colours",
        r"harbour +palette +artgen-circles 1.0 +the colours of circles_palette.gpl",
        r"coats +words +artgen-circles 1.0 +2 texts",
    ):
        assert re.search(row, listed), row
    assert len(artgen("plugins", "list", "palettes", code=0).stdout.splitlines()) == 6
