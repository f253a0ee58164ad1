"""The video that the preset `dance` follows."""

import numpy as np
import pytest

from artgen.picture import animated
from tests.helpers.paths import ROOT
from training import jellyfish

SHIPPED = ROOT / "presets/inputs/jellyfish.webp"


def test_the_shipped_jellyfish_is_what_is_computed():
    shown = list(animated.pictures(SHIPPED))
    assert SHIPPED.stat().st_size < 150 * 1024
    assert sum(lasts for _, lasts in shown) == pytest.approx(jellyfish.PICTURES / jellyfish.FPS)
    made = list(jellyfish.pictures())
    assert len(made) == len(shown)
    for number in (0, 13, 26):
        one, other = (np.asarray(picture.convert("RGB")).astype(float) for picture in (made[number], shown[number][0]))
        assert np.abs(one - other).mean() < 6
