"""The pictures that the preset `drift` begins with."""

import numpy as np
from PIL import Image

from tests.helpers.paths import ROOT
from training import valley

SHIPPED = ROOT / "presets/inputs"


def test_the_shipped_valley_is_what_is_computed(tmp_path):
    valley.save(tmp_path)
    for name in ("valley.png", "valley-depth.png"):
        made, shipped = (np.asarray(Image.open(folder / name)).astype(float) for folder in (tmp_path, SHIPPED))
        # Another machine's sines may differ in the last place, and with them a few pixels on an outline.
        assert (np.abs(made - shipped) > 1).mean() < 0.001
        assert (SHIPPED / name).stat().st_size < 40 * 1024
    depths = np.unique(np.asarray(Image.open(SHIPPED / "valley-depth.png")))
    assert len(depths) == 1 + len(valley.RIDGES)
