"""Two pictures side by side, where a perceptor of the preset that scores them goes wrong."""

import pytest
from PIL import Image

from artgen.compare.pair import Side, compare
from artgen.preset import loading
from tests.helpers import rude


@pytest.fixture(scope="module", autouse=True)
def plugin():
    with rude.installed():
        yield


@pytest.mark.parametrize("how", ["raises", "exits", "presses"])
@pytest.mark.parametrize("where", ["downloads", "build", "weights", "interpolation", "call"])
def test_it_costs_the_scores_and_a_line(flat, tmp_path, where, how):
    sides = []
    for colour in ("red", "blue"):
        preset = loading.parse(
            rude.with_rude({**flat, "prompts": colour}, "perceptor", how=how, where=where, at_step=0)
        )
        Image.new("RGB", (8, 8), colour).save(tmp_path / f"{colour}.png")
        sides.append(Side(colour, preset.resolved(), picture=tmp_path / f"{colour}.png"))
    found = compare(*sides, scores=True, note=print)
    (line,) = found.notes
    assert line.startswith(f"scores: not made; {rude.title('perceptor')}: ") and "(rude" in line
    assert not found.scores and found.pixels
