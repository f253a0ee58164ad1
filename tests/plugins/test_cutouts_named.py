"""Settings of the cutouts that go by a name, and how settings are written, multiplied and refused."""

from typing import get_args

import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError

from artgen.api import InputError, Schedule
from artgen_cutouts import Cutouts
from artgen_cutouts.named import SETTINGS, Name
from artgen_cutouts.plan import plan


def test_a_name_becomes_plain_settings_that_read_back():
    assert set(SETTINGS) == set(get_args(Name))
    for name in SETTINGS:
        spec = Cutouts(style_of=name)
        assert spec.style_of is None
        plain = spec.model_dump(mode="json", exclude_none=True)
        assert "style_of" not in plain
        assert Cutouts.model_validate(plain) == spec != Cutouts()


def test_what_is_given_beside_a_name_wins():
    spec = Cutouts(style_of="watercolor", count=32, fill="edge")
    assert spec.count == Schedule.constant(32) and spec.fill == "edge"
    assert spec.zoom_share == Cutouts(style_of="watercolor").zoom_share


# (overview, inner, power, grey inner cuts) at moments of DiscoArt's 1000, read off its cut-schedules.yml.
DISCO = {
    "discoart": {0: (12, 4, 1, 0.2), 399: (12, 4, 1, 0.2), 400: (4, 12, 1, 0), 999: (4, 12, 1, 0)},
    "pad-or-pulp": {
        0: (15, 1, 12, 0.87),
        120: (15, 1, 12, 0.78),
        270: (12, 4, 12, 0.56),
        449: (6, 8, 12, 0.33),
        550: (4, 8, 10, 0.19),
        700: (2, 10, 10, 0),
        999: (0, 10, 10, 0),
    },
    "watercolor": {0: (14, 2, 12, 0.7), 250: (12, 4, 12, 0.45), 600: (4, 12, 10, 0), 800: (0, 12, 10, 0)},
    "han-fav": {0: (8, 0, 0, 0.5), 350: (6, 2, 10, 0.1), 500: (4, 4, 10, 0), 700: (0, 6, 60, 0), 900: (0, 10, 80, 0)},
}


@pytest.mark.parametrize("name", DISCO)
def test_discoarts_schedules_say_the_same_here(name):
    for moment, (overview, inner, power, grey) in DISCO[name].items():
        now = plan(Cutouts(style_of=name), moment, 1001)
        assert (now.wides, now.zooms, now.zoom_power) == (overview, inner, power)
        assert now.zoom_grey == pytest.approx(grey + 0.1 * (1 - grey), abs=1e-3)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_name_shows_views_at_every_moment(name, env):
    image = F.interpolate(torch.rand(1, 3, 5, 5), (40, 60), mode="bicubic").clamp(0, 1)
    for step in (0, 5, 9):
        views = Cutouts(style_of=name).build(env(40, 60))(image, 16, step)
        assert views.isfinite().all() and views.std() > 0.02


def test_quality_multiplies_the_views_of_every_moment():
    spec = Cutouts(count={0: 1, "50%": 9, "curve": "step"}).scaled(0.5)
    assert spec.count == Schedule.parse({0: 1, "50%": 4, "curve": "step"})
    assert Cutouts(count=3000).scaled(3).count == Schedule.constant(4096)
    assert Cutouts().scaled(1) == Cutouts()


def test_whole_numbers_stay_whole_in_a_resolved_preset():
    dumped = Cutouts(count={0: 4, "50%": 8}).model_dump(mode="json")["count"]
    assert dumped == {"0": 4, "50%": 8} and all(isinstance(value, int) for value in dumped.values())
    assert repr(Cutouts().model_dump(mode="json")["count"]) == "24"


def test_a_range_that_turns_over_is_refused_when_it_does(env):
    spec = Cutouts(zoom_scale=({0: 0.2, "100%": 0.8}, 0.5))
    with pytest.raises(InputError, match=r"^zoom_scale goes from 0\.8 to 0\.5 at step 9; a range goes from small to"):
        spec.build(env(8, 8))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"style_of": "disco"}, "'discoart', 'pad-or-pulp'"),
        ({"style_of": ["discoart"]}, "'discoart', 'pad-or-pulp'"),
        ({"count": 2.5}, "no part of a view"),
        ({"count": {0: 4, "50%": 5000}}, "must be at most 4096, got 5000"),
        ({"zoom_scale": ({0: 0.8, "50%": 0.9}, 0.5)}, "a range goes from small to large"),
        ({"wide_scale": (0.5, 17)}, "must be at most 16, got 17"),
        ({"zoom_power": -1}, "must be at least 0"),
        ({"zoom_grey": {0: 1.5}}, "must be at most 1"),
        ({"erase": (0.4, 0.1)}, "a range goes from small to large"),
        ({"every": 0}, "greater than or equal to 1"),
        ({"elastic": 0.3}, "less than or equal to 0.2"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Cutouts(**fields)
