"""The plot of the losses: a panel a curve, the weighted sum last, and the curves as the numbers go."""

import numpy as np
import pytest
from PIL import Image

from artgen.reporters.loss_plot import plot_losses

BLUE, BLACK = (31, 119, 180), (0, 0, 0)
STEPS = range(50)


def plotted(path, **losses):
    """The pixels of the plot, which has a panel for each."""
    plot_losses(path, losses)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert len(pixels) == round(110 * (1.6 * len(losses) + 0.6))
    return pixels


def curve(pixels, colour):
    """Where the curve of a colour goes in the last panel: its height in each column of pixels, from left to right."""
    dark = pixels.max(axis=-1) < 120
    frame = np.flatnonzero(dark.mean(axis=1) > 0.7)  # the rows of the panels' frames, each one or two pixels thick
    starts = frame[np.flatnonzero(np.diff(frame, prepend=-9) > 5)]
    top, bottom = starts[-2] + 4, starts[-1] - 3
    inner = pixels[top:bottom]
    left, *_, right = np.flatnonzero(dark[top:bottom].mean(axis=0) > 0.7)
    there = np.abs(inner[:, left + 4 : right - 3] - colour).max(axis=-1) < 40
    return np.array([-column.nonzero()[0].mean() for column in there.T if column.any()])


@pytest.mark.parametrize(("values", "rises"), [(list(STEPS), True), ([1 / (1 + step) for step in STEPS], False)])
def test_a_curve_goes_as_its_numbers_go(values, rises, tmp_path):
    heights = curve(plotted(tmp_path / "losses.png", dark=list(enumerate(values))), BLUE)
    assert len(heights) > 300
    assert (np.diff(heights) >= -1).all() if rises else (np.diff(heights) <= 1).all()
    assert abs(heights[-1] - heights[0]) > 60


def test_the_weighted_sum_is_last_and_black(tmp_path):
    falling = [(step, -step) for step in STEPS]
    pixels = plotted(tmp_path / "losses.png", total=falling, dark=falling, match=falling)
    blue = (np.abs(pixels - BLUE).max(axis=-1) < 40).any(axis=1).nonzero()[0]
    assert blue.max() < len(pixels) * 2 / 3 + 20
    sum_of_all = curve(pixels, BLACK)
    assert len(sum_of_all) > 300 and sum_of_all[0] - sum_of_all[-1] > 60


def test_the_same_curves_are_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        plotted(tmp_path / name, dark=[(0, 1.0), (3, 0.5)])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_judges_come_last_in_a_colour_of_their_own(tmp_path):
    curve = [(step, -step) for step in range(0, 50, 5)]
    plot_losses(tmp_path / "losses.png", {"total": curve}, {"second": curve})
    pixels = np.asarray(Image.open(tmp_path / "losses.png").convert("RGB")).astype(int)
    assert len(pixels) == round(110 * (1.6 * 2 + 0.6))
    orange = (np.abs(pixels - (255, 127, 14)).max(axis=-1) < 40).any(axis=1).nonzero()[0]
    assert orange.min() > len(pixels) / 2 - 30
