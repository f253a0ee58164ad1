"""A bare name means what the preset's own distribution offers, else artgen's, else the only one."""

import json
from typing import Literal

import pytest

import artgen as package
from artgen.api import LossSpec
from artgen.compare.replay import plan
from artgen.deprecation import Formerly
from artgen.errors import InputError
from artgen.preset.loading import load, parse
from artgen.preset.model import Preset
from artgen.preset.needs import specs
from artgen.preset.shipped import shipped
from artgen.registry.component import Component
from artgen.registry.plugins import Registry, discover
from tests.helpers.paths import DISTS, ROOT

GALLERY = sorted(path for path in (ROOT / "gallery").glob("*.png") if not path.stem.endswith("-progress"))
PRESETS = sorted(path.stem for folder in ("presets", "gallery/presets") for path in (ROOT / folder).glob("[!_]*.yaml"))


@pytest.fixture(scope="module")
def taken():
    """With a plugin that offers every name that artgen has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DISTS / "taken"))
        discover.cache_clear()
        yield
    discover.cache_clear()


def homes(preset: Preset) -> set[str]:
    """The packages that its components come from."""
    return {type(spec).__module__.partition(".")[0] for spec in specs(preset)}


def test_the_plugin_offers_every_name(taken):
    ours = {(one.kind, one.name) for one in discover().components if one.is_of("artgen")}
    theirs = {(one.kind, one.name) for one in discover().components if one.is_of("artgen-taken")}
    assert ours <= theirs


@pytest.mark.parametrize("name", PRESETS)
def test_every_shipped_preset_is_drawn_by_the_same_components(taken, name):
    preset = load(name)
    assert all(home.startswith("artgen_") for home in homes(preset))
    assert "artgen-taken" not in preset.to_yaml()


@pytest.mark.parametrize("picture", GALLERY, ids=lambda path: path.stem)
def test_every_picture_of_the_gallery_is_drawn_again_by_the_same_components(taken, picture):
    assert all(home.startswith("artgen_") for home in homes(plan(picture).preset))


def test_a_picture_is_the_same_bytes_whatever_is_installed(taken, tmp_path):
    def drawn():
        result = package.run(package.load("pixel", size=32, steps=3, batch=1, finish=None))
        return result.images.numpy().tobytes()

    among = drawn()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTGEN_PLUGINS", "artgen")
        discover.cache_clear()
        assert drawn() == among
    discover.cache_clear()


def test_a_plugin_s_preset_means_its_own_parts(taken, tmp_path):
    assert shipped()["quickstart"].is_relative_to(ROOT)
    assert "artgen-taken:quickstart" in shipped()  # and so in every list of them
    for name in ("artgen-taken:quickstart", "artgen-taken:bright", "bright"):
        assert homes(load(name)) == {"taken"}
    (tmp_path / "mine.yaml").write_text("extends: artgen-taken:quickstart\nlosses: {smoothness: {weight: 3}}\n")
    mine = load(tmp_path / "mine.yaml", ["losses.smoothness.weight=2"])
    assert homes(mine) == {"taken"} and mine.losses[0].weight.at(0, 1) == 2
    assert mine.resolved()["generator"]["type"] == "artgen-taken:pixel"
    assert parse(mine.resolved()) == mine


def test_a_preset_of_one_s_own_means_artgen_s(taken):
    data = {"generator": {"type": "pixel"}, "losses": [{"type": "artgen:smoothness"}]}
    assert homes(parse(data)) == {"artgen_pixel", "artgen_losses"}
    assert homes(parse({**data, "losses": [{"type": "artgen_taken:smoothness"}]})) == {"artgen_pixel", "taken"}


def test_the_recipe_says_whose_a_component_is(made, flat):
    from artgen.recipe import metadata

    preset = metadata.read(made)["preset"]
    assert preset["generator"]["type"] == "artgen-strangers:flat"
    assert [loss["type"] for loss in preset["losses"]] == ["artgen-strangers:match", "artgen-strangers:dark"]
    assert parse(preset) == parse({**flat, "recipe": "full"})


def test_an_old_picture_is_drawn_again_though_another_plugin_took_the_name(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(json.dumps(flat))
    artgen("run", "mine.yaml", "--out", "made", process=True, code=0)
    done = artgen("replay", "made", dists=("ok", "clash"), code=0)
    assert done.stdout.splitlines()[-1].startswith("identical")


def test_what_only_strangers_offer_needs_an_owner():
    found = Registry([component("here"), component("there")])
    with pytest.raises(InputError, match="2 plugins offer a loss called 'mellow'; write 'here:mellow' or 'there:mell"):
        found.find("loss", "mellow")
    assert found.find("loss", "mellow", near="there").dist == "there"
    assert found.find("loss", "here:mellow", near="there").dist == "here"
    assert found.names("loss") == ["here:mellow", "there:mellow"]
    with pytest.raises(InputError, match="no loss is called 'nowhere:mellow'"):
        found.find("loss", "nowhere:mellow")


def test_a_name_that_was_artgen_s_once_still_is():
    found = Registry([component("artgen", "mild", formerly="mellow"), component("there")])
    assert found.find("loss", "mellow").dist == "artgen"
    assert found.find("loss", "mellow", near="there").dist == "there"
    assert found.find("loss", "there:mellow").dist == "there"
    assert found.names("loss") == ["mild", "there:mellow"]
    # Whoever takes a name of artgen's own for himself is told how his is written.
    (line,) = Registry([component("artgen"), component("there")]).clashes()
    assert line == "'mellow' alone is artgen's own loss; write 'there:mellow' for the other of that name"


def test_a_folder_of_presets_that_is_not_there_is_told(tmp_path, monkeypatch):
    from importlib.metadata import EntryPoint

    monkeypatch.syspath_prepend(str(tmp_path))
    lines = ["from artgen.api import hookimpl", "@hookimpl", "def artgen_presets(): return ['/no/where']", ""]
    (tmp_path / "nowhere_presets.py").write_text("\n".join(lines))
    registry = Registry()
    registry.load(EntryPoint("nowhere", "nowhere_presets", "artgen"))
    assert str(registry.failures[0]).endswith("artgen_presets names /no/where, which is no folder")


def component(dist, name="mellow", formerly=None):
    old = (Formerly(formerly, since="0.2", until="9"),) if formerly else ()
    space = {"__annotations__": {"type": Literal[name]}, "type": name, "formerly": old, "__module__": __name__}
    return Component("loss", name, type("Mellow", (LossSpec,), space), dist, "1")
