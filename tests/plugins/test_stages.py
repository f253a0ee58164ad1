"""Frames, ink lines, shadows: what they promise, on shapes whose right answer is known."""

import math

import pytest
import torch
from pydantic import ValidationError
from scipy.ndimage import distance_transform_edt

from artgen.api import Finished
from artgen.testing import FinishContract
from artgen_stages import Frame, Outline, Shadow
from artgen_stages.shadow import distances
from artgen_stages.smoothing import blurred, gaussian


class TestMat(FinishContract):
    spec = Frame()


class TestStamp(FinishContract):
    spec = Frame(kind="stamp", outside="navy")


class TestRounded(FinishContract):
    spec = Frame(kind="rounded")


class TestOutline(FinishContract):
    spec = Outline()


class TestShadow(FinishContract):
    spec = Shadow()


def disc(height, width, radius):
    """(1, 1, H, W): 1 within `radius` of the middle, with one pixel's width of border."""
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return (radius - torch.hypot(y - height / 2, x - width / 2) + 0.5).clamp(0, 1)[None, None]


def finish(env, spec, image, alpha=None, **more):
    with torch.no_grad():
        return spec.build(env(*image.shape[2:], seeds=range(len(image)), **more))(Finished(image, alpha))


def picture(height=60, width=80):
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0))


def test_a_mat_surrounds_the_whole_picture(env):
    image = picture()
    framed = finish(env, Frame(width=0.2, colour="#204060"), image).image
    assert framed.shape == (1, 3, 84, 104)
    inner = framed[:, :, 12:-12, 12:-12]
    assert torch.equal(inner[:, :, -20:, -20:].round(decimals=2), image[:, :, -20:, -20:].round(decimals=2))
    assert (inner <= image + 1e-6).all()
    assert inner[0, :, 0].mean() < 0.9 * image[0, :, 0].mean()
    board = torch.tensor([0x20, 0x40, 0x60]).view(3, 1, 1) / 255
    torch.testing.assert_close(framed[0, :, :10], board.expand(3, 10, 104))


def test_a_stamp_has_holes_all_around(env):
    """At each corner and, at equal distances, along all sides; as many above as below."""
    made = finish(env, Frame(kind="stamp", width=0.1, colour="white"), torch.zeros(1, 3, 200, 300))
    alpha = made.alpha[0, 0]
    assert alpha.shape == (240, 340)
    for edge, inner in ((alpha[0], alpha[20]), (alpha[-1], alpha[-21]), (alpha[:, 0], alpha[:, 20])):
        holes = (edge.diff() < -0.5).sum()
        assert holes == pytest.approx(len(edge) / (3.3 * 0.3 * 20), abs=1)
        assert (inner[10:-10] == 1).all()
        assert torch.allclose(edge, edge.flip(0), atol=1e-4)
    assert [alpha[y, x] for y in (0, -1) for x in (0, -1)] == [0] * 4


def test_round_corners_are_quarters_of_a_disc(env):
    alpha = finish(env, Frame(kind="rounded", width=0.25), picture(80, 120)).alpha[0, 0]
    assert 80 * 120 - alpha.sum() == pytest.approx((4 - math.pi) * 20**2, rel=0.01)
    assert (alpha[20:60] == 1).all()
    assert alpha[0, 0] == 0


def test_what_lies_outside_may_have_a_colour(env):
    image, cover = picture(40, 40), disc(40, 40, 12)
    plain = finish(env, Frame(kind="rounded", width=0.5, outside="red"), image)
    assert plain.alpha is None
    assert plain.image[0, :, 0, 0].tolist() == [1, 0, 0]
    both = finish(env, Frame(kind="rounded", width=0.5, outside="red"), image, cover)
    assert both.alpha[0, 0, 0, 0] == 1
    assert both.alpha[0, 0, 20, 2] == 0
    torch.testing.assert_close(both.image[..., 15:25, 15:25], image[..., 15:25, 15:25])


@pytest.mark.parametrize("settings", [{"kind": "rounded", "colour": "red"}, {"kind": "mat", "outside": "red"}])
def test_settings_that_do_nothing_are_refused(settings):
    with pytest.raises(ValidationError, match="'outside'"):
        Frame(**settings)


def test_lines_lie_on_borders_and_nowhere_else(env):
    image = 0.9 - 0.6 * disc(120, 160, 40).expand(1, 3, -1, -1)
    spec = Outline(width=0.03, colour="black")
    made = finish(env, spec, image).image
    ink = 1 - (made / image).mean(dim=1)[0]
    far = (disc(120, 160, 46) - disc(120, 160, 34))[0, 0] == 0
    assert ink[far].max() < 1e-3
    assert ink[60, 80 - 40 : 80 - 34].max() > 0.95
    width = ink.sum() / (2 * math.pi * 40)
    assert width == pytest.approx(0.03 * 120, rel=0.4)


def test_lines_are_as_wide_on_a_larger_picture(env):
    """In shares of the picture; there they come from a smaller one's blurs."""
    spec = Outline(width=0.02, colour="black")
    discs = [0.9 - 0.6 * disc(side, side, side / 3).expand(1, 3, -1, -1) for side in (200, 1000)]
    small, large = (float((image - finish(env, spec, image).image).mean()) for image in discs)
    assert small > 0.01
    assert small == pytest.approx(large, rel=0.1)


def test_stronger_lines_are_more_lines(env):
    image = blurred(picture(60, 60), 1.5)
    inks = [1 - finish(env, Outline(strength=strength, width=0.05), image).image.mean() for strength in (0, 0.5, 1)]
    assert inks[0] < inks[1] < inks[2]
    dark = finish(env, Outline(fill=1, colour="black"), torch.full((1, 3, 30, 30), 0.1)).image
    assert dark.max() < 0.01


def test_a_white_shape_gets_a_line_where_all_else_is_clear(env):
    made = finish(env, Outline(width=0.03, colour="black"), torch.ones(1, 3, 80, 80), disc(80, 80, 25))
    assert made.image[0, 0, 40, 80 // 2 - 24] < 0.3
    assert made.image[0, 0, 40, 40] == 1


def test_a_sticker_has_a_border_of_equal_width(env):
    """A disc, with a disc around it, and its shadow below."""
    spec = Shadow(border=0.1, opacity=0)
    made = finish(env, spec, torch.zeros(1, 3, 100, 140), disc(100, 140, 30))
    height, width = spec.resized((100, 140))
    assert made.alpha.shape == (1, 1, height, width)
    torch.testing.assert_close(made.alpha, disc(height, width, 40), atol=0.5, rtol=0)
    assert made.alpha.sum() == pytest.approx(math.pi * 40**2, rel=0.02)
    white = (made.image[0, 0] > 0.5) & (made.alpha[0, 0] > 0.5)
    assert white.sum() == pytest.approx(math.pi * (40**2 - 30**2), rel=0.05)


@pytest.mark.parametrize(("holes", "open_share"), [(True, 1), (False, 0)])
def test_holes_are_filled_unless_they_are_asked_for(holes, open_share, env):
    ring = disc(100, 100, 40) - disc(100, 100, 25)
    made = finish(env, Shadow(border=0.05, opacity=0, holes=holes), torch.zeros(1, 3, 100, 100), ring)
    middle = made.alpha.shape[2] // 2
    hole = made.alpha[0, 0, middle - 10 : middle + 10, middle - 10 : middle + 10]
    assert 1 - hole.mean() == open_share
    assert made.image[0, 0, middle, middle + 22] == pytest.approx(1, abs=0.01)


def test_a_shadow_falls_to_where_it_is_sent(env):
    spec = Shadow(border=0, blur=0.02, offset=(0.1, 0.2), opacity=0.5, shade="#400000")
    made = finish(env, spec, torch.ones(1, 3, 100, 100), disc(100, 100, 20))
    alpha, middle = made.alpha[0, 0], made.alpha.shape[2] // 2
    assert alpha[middle + 30, middle + 10] == pytest.approx(0.5, abs=0.01)
    assert alpha[middle - 30, middle] == 0
    below = alpha * (made.image[0, 1] < 0.1)
    y, x = torch.meshgrid(torch.arange(len(alpha)) + 0.5, torch.arange(len(alpha)) + 0.5, indexing="ij")
    beyond = torch.hypot(y - middle - 20, x - middle - 10) > 20 + 5
    assert below[beyond].max() < 0.01
    assert made.image[0, 0, middle + 35, middle + 10] == pytest.approx(0x40 / 255, abs=0.01)


def test_nothing_of_a_sticker_is_cut_off(env):
    """Whatever its shape reaches: the edge of the grown picture is clear."""
    made = finish(env, Shadow(border=0.2, blur=0.1, offset=(-0.3, 0.5), opacity=1), picture())
    edges = [made.alpha[0, 0, 0], made.alpha[0, 0, -1], made.alpha[0, 0, :, 0], made.alpha[0, 0, :, -1]]
    assert max(float(edge.max()) for edge in edges) < 0.01


def test_a_picture_without_transparency_is_a_card(env):
    told = []
    made = finish(env, Shadow(opacity=0), picture(), note=told.append)
    assert told == [
        "shadow: nothing is transparent, so the whole picture is the sticker; 'transparent: true' cuts one out"
    ]
    assert made.alpha[0, 0, 30:-30, 30:-30].min() == 1
    assert made.alpha[0, 0, 0, 0] == 0


def test_distances_are_exact():
    inside = torch.rand(40, 53, generator=torch.Generator().manual_seed(1)) > 0.99
    expected = torch.from_numpy(distance_transform_edt(~inside.numpy())).float().clamp(max=7)
    torch.testing.assert_close(distances(inside, 7), expected)


@pytest.mark.parametrize("sigma", [9.0, 17.3])
def test_a_wide_blur_is_nearly_the_plain_one(sigma):
    image = disc(200, 301, 50)
    torch.testing.assert_close(blurred(image, sigma), gaussian(image, sigma), atol=0.012, rtol=0)
