"""None is a choice like any other, where a setting has another default: presets, recipes and replays keep it."""

from typing import Literal

import pytest
import strangers
import yaml
from pydantic import Field, model_serializer

import artgen as package
from artgen.api import AnyGenerator, FilterSpec
from artgen.fields.block import Block
from artgen.fields.dumping import as_data
from artgen.preset.model import preset_html
from artgen.recipe import metadata
from artgen.registry.plugins import discover


class Inner(Block):
    depth: int | None = 2


class Brief(Block):
    """Has its own way to be written."""

    depth: int | None = 2

    @model_serializer
    def _write(self):
        return {}


class Veil(FilterSpec):
    """Darkens, and less where that is left to nobody."""

    type: Literal["veil"] = "veil"
    needed: int | None
    level: int | None = 3
    plain: int | None = None
    made: tuple[int, ...] | None = Field(default_factory=lambda: (1, 2))
    inner: Inner = Inner()
    brief: Brief = Brief()
    several: tuple[Inner | None, ...] = ()
    named: dict[str, Inner] = Field({})
    secret: int | None = Field(3, exclude=True)
    held: AnyGenerator | None = Field(default_factory=strangers.Flat)

    def build(self, env):
        share = 0.9 if self.level is None else 0.1
        return lambda image, step: image * share


@pytest.fixture
def veiled(flat):
    """A preset with the filter, set as given."""
    yield lambda **settings: package.load({**flat, "filters": [{"type": "veil", **settings}]}, plugins=[Veil])
    discover.cache_clear()


CHOSEN = {"needed": None, "level": None, "made": None, "held": None}


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        (CHOSEN, CHOSEN),
        ({"needed": 1, "inner": {"depth": None}}, {"inner": {"depth": None}}),
        ({"needed": 1, "several": [None, {"depth": None}]}, {"several": [None, {"depth": None}]}),
        ({"needed": 1, "named": {"a": {"depth": None}}}, {"named": {"a": {"depth": None}}}),
        ({"needed": 1, "plain": None, "brief": {"depth": None}}, {"brief": {}}),
    ],
)
def test_a_preset_is_read_back_as_it_was(veiled, tmp_path, settings, written):
    preset = veiled(**settings)
    data = preset.resolved()["filters"][0]
    assert {key: data[key] for key in written} == written
    assert not {"plain", "secret"} & set(data)
    preset.save(tmp_path / "saved.yaml")
    again = package.load(tmp_path / "saved.yaml").filters[0]
    assert again == preset.filters[0] or "brief" in settings  # which does not write what it was set to
    assert as_data(again) == as_data(preset.filters[0])


def test_a_notebook_shows_it(veiled):
    assert "level: null" in preset_html(veiled(needed=1, level=None)).partition("<details>")[0]


def test_a_picture_is_drawn_again_by_it(veiled, tmp_path):
    made = package.run(veiled(needed=None, level=None, held=None)).save(tmp_path / "a.png")
    said = metadata.read(made)["preset"]["filters"][0]
    assert [said[name] for name in ("needed", "level", "held")] == [None] * 3
    assert package.replay(made, plugins=[Veil]).word == "identical"


def test_what_is_no_other_value_is_left_out_as_ever(flat):
    assert "null" not in yaml.safe_dump(package.load(flat).resolved())
