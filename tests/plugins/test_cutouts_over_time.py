"""What changes over the run, the sizes, and what bends or damages a view."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from kornia.color import rgb_to_grayscale
from kornia.geometry.transform import warp_affine
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.stats import truncnorm

from artgen.api import Schedule
from artgen_cutouts import Cutouts, erasing, geometry, sampling
from artgen_cutouts.plan import plan

PLAIN = {
    "zoom_scale": (1, 1),
    "wide_scale": (1, 1),
    "zoom_ratio": (1, 1),
    "zoom_perspective": 0,
    "wide_perspective": 0,
    "jitter_probability": 0,
    "noise": 0,
}
EVERYTHING = {
    "count": {0: 5, "100%": 9},
    "zoom_scale": [{0: 0.5, "100%": 0.05}, 2],
    "zoom_spread": "normal",
    "zoom_power": 3,
    "zoom_grey": 0.4,
    "wide_grey": 0.4,
    "shear": 20,
    "elastic": 0.1,
    "fill": "reflect",
    "blur": 0.05,
    "erase": [0.1, 0.4],
    "every": 2,
}


def cut(spec, env, image, size, step=0, steps=10, seeds=None):
    """(B, n, 3, size, size)."""
    cutter = spec.build(env(*image.shape[-2:], seeds=seeds or range(len(image)), steps=steps))
    return cutter(image, size, step).unflatten(0, (len(image), -1))


def drawn(env, purpose, shape, step=0):
    return env(8, 8).random.uniform(purpose, shape, step)[0]


def photo(height, width, batch=1):
    coarse = torch.rand(batch, 3, 5, 5, generator=torch.Generator().manual_seed(3))
    return F.interpolate(coarse, (height, width), mode="bicubic").clamp(0, 1)


def sides(spec, count=400, step=0, steps=10):
    """Sides of zoom views, as a share of the shorter side of a picture of 80 x 120."""
    spec = spec.model_copy(update={"count": Schedule.constant(count)})
    numbers = torch.rand(1, count, geometry.NUMBERS, generator=torch.Generator().manual_seed(0))
    now = plan(spec, step, steps)
    return np.sort((geometry.place(spec, now, (80, 120), numbers).pixels / 80)[0, : now.zooms].numpy())


# What changes over the run


def test_the_count_and_the_share_that_zooms_follow_their_schedules(env):
    spec = Cutouts(count={0: 4, "100%": 12}, zoom_share={0: 0, "50%": 1, "curve": "step"})
    image = photo(20, 30)
    assert [cut(spec, env, image, 6, step).shape[1] for step in range(0, 10, 3)] == [4, 7, 9, 12]
    plans = [plan(spec, step, 9) for step in (0, 3, 4, 8)]
    assert [(now.zooms, now.wides) for now in plans] == [(0, 4), (0, 7), (8, 0), (12, 0)]


def test_zoom_views_shrink_over_the_run(env):
    spec = Cutouts(zoom_share=1, zoom_scale=({0: 0.64, "100%": 0.04}, {0: 1, "100%": 0.09}))
    for step, low, high in ((0, 0.8, 1), (9, 0.2, 0.3)):
        found = sides(spec, step=step)
        assert found.min() == pytest.approx(low, abs=0.01) and found.max() == pytest.approx(high, abs=0.01)


def test_whole_views_widen_over_the_run(env):
    """A white picture in a black surrounding: the share that is white is one by the area of the view."""
    spec = Cutouts(
        count=1, zoom_share=0, fill="black", **{**PLAIN, "wide_scale": [{0: 1, "100%": 4}, {0: 1, "100%": 4}]}
    )
    image = torch.ones(1, 3, 40, 40)
    whites = [cut(spec, env, image, 40, step).mean().item() for step in (0, 9)]
    assert whites == pytest.approx([1, 0.25], abs=0.01)


def test_every_keeps_the_views_for_so_many_steps(env):
    image = photo(30, 30)
    spec = Cutouts(count={0: 3, "100%": 9}, every=4)
    views = [cut(spec, env, image, 8, step) for step in range(9)]
    assert all(torch.equal(views[0], view) for view in views[1:4])
    assert all(torch.equal(views[4], view) for view in views[5:8])
    assert views[4].shape[1] > 3 and not torch.equal(views[4][:, :3], views[0])
    assert torch.equal(views[8], cut(Cutouts(count={0: 3, "100%": 9}), env, image, 8, 8))


def test_a_picture_gets_the_views_in_a_batch_that_it_gets_alone(env):
    spec, images = Cutouts(**EVERYTHING), torch.rand(3, 3, 60, 80)
    batch = cut(spec, env, images, 16, step=4, seeds=(5, 6, 7))
    alone = cut(spec, env, images[1:2], 16, step=4, seeds=(6,))
    torch.testing.assert_close(batch[1], alone[0], atol=1e-6, rtol=0)
    assert not torch.allclose(batch[1], cut(spec, env, images[1:2], 16, step=6, seeds=(6,))[0, : batch.shape[1]])


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (64, 64)], ids=str)
@pytest.mark.parametrize("side", [1, 12])
def test_everything_at_once_stays_in_range_with_a_gradient(size, side, env):
    image = torch.rand(2, 3, *size, requires_grad=True)
    views = cut(Cutouts(**EVERYTHING), env, image, side, step=8)
    assert views.shape == (2, 9, 3, side, side)
    assert views.isfinite().all() and views.min() >= 0 and views.max() <= 1
    views.sum().backward()
    assert image.grad.isfinite().all() and image.grad.any()


def test_descent_on_the_views_brings_the_picture_to_their_colour(env):
    image = photo(24, 24).requires_grad_()
    cutter = Cutouts(**{**EVERYTHING, "erase": [0, 0]}).build(env(24, 24, steps=40))
    optimiser = torch.optim.Adam([image], lr=0.03)
    before = (image.detach() - 0.5).abs().mean()
    for step in range(40):
        optimiser.zero_grad()
        (cutter(image.clamp(0, 1), 12, step) - 0.5).square().mean().backward()
        optimiser.step()
    assert (image.detach() - 0.5).abs().mean() < before / 2


# Sizes


def test_sizes_spread_evenly_by_area_or_by_side():
    for spread, power in (("area", 2), ("side", 1)):
        found = sides(Cutouts(zoom_share=1, zoom_scale=(0.04, 1), zoom_spread=spread)) ** power
        even = np.linspace(0.2**power, 1, len(found))
        assert np.abs(found - even).max() < 0.01


def test_the_normal_spread_is_a_truncated_normal_distribution():
    found = sides(Cutouts(zoom_share=1, zoom_scale=(0.04, 1), zoom_spread="normal"))
    normal = truncnorm((0.2 - 0.8) / 0.3, (1 - 0.8) / 0.3, loc=0.8, scale=0.3)
    even = (np.arange(len(found)) + 0.5) / len(found)
    assert np.abs(normal.cdf(found) - even).max() < 0.01


def test_a_power_makes_views_small_as_in_disco_diffusion():
    spec = Cutouts(zoom_share=1, zoom_scale=(0.04, 1), zoom_spread="side", zoom_power={0: 1, "100%": 12})
    even = (np.arange(400) + 0.5) / 400
    for step, power in ((0, 1), (9, 12)):
        assert np.abs(sides(spec, step=step) - (even**power * 0.8 + 0.2)).max() < 0.02
    assert sides(spec.model_copy(update={"zoom_power": Schedule.constant(0)})).min() == pytest.approx(1)


@pytest.mark.parametrize("scale", [(0.5, 0.5), (16, 16), (9, 16), (1e-6, 1e-5)], ids=str)
def test_odd_ranges_have_finite_sizes(scale):
    for spread in ("side", "normal"):
        found = sides(Cutouts(zoom_share=1, zoom_scale=scale, zoom_spread=spread, stratified=False))
        assert np.isfinite(found).all()
        assert found.min() >= scale[0] ** 0.5 * 0.999 and found.max() <= scale[1] ** 0.5 * 1.001


# Colour, blur and erasing


def test_grey_views_are_the_luma_of_the_coloured_ones(env):
    image = photo(20, 20)
    coloured = cut(Cutouts(count=6, **PLAIN), env, image, 20)
    grey = cut(Cutouts(count=6, zoom_grey=1, wide_grey=1, **PLAIN), env, image, 20)
    torch.testing.assert_close(grey[0], rgb_to_grayscale(coloured[0]).expand(-1, 3, -1, -1), atol=1e-6, rtol=0)


def test_grey_cuts_fade_out_and_are_of_the_kind_that_was_asked_for(env):
    spec = Cutouts(count=200, zoom_share=0.5, zoom_grey={0: 0.5, "100%": 0}, **PLAIN)
    for step, low, high in ((0, 0.4, 0.6), (9, 0, 0)):
        views = cut(spec, env, photo(12, 12), 6, step)[0]
        grey = (views.amax(1) - views.amin(1)).amax(dim=(1, 2)) < 1e-4
        assert low <= grey[:100].float().mean() <= high
        assert not grey[100:].any()


def test_grey_changes_no_other_random_number(env):
    image = photo(20, 20)
    plain = cut(Cutouts(count=40, zoom_share=1), env, image, 8)[0]
    some = cut(Cutouts(count=40, zoom_share=1, zoom_grey=0.5), env, image, 8)[0]
    same = (plain == some).flatten(1).all(dim=1)
    assert 8 < same.sum() < 32


def test_erased_rectangles_have_the_area_and_shape_asked_for(env):
    spec = Cutouts(count=300, zoom_share=1, erase=(0.1, 0.4), erase_probability=0.7, **PLAIN)
    views = cut(spec, env, torch.ones(1, 3, 64, 64), 64)[0]
    hidden = (views == 0).all(dim=1)
    assert set(views.unique().tolist()) == {0.0, 1.0}
    erased = hidden[hidden.flatten(1).any(dim=1)].numpy()
    assert 0.62 < len(erased) / 300 < 0.78
    heights, widths = (np.array([view.any(axis=axis).sum() for view in erased]) for axis in (1, 0))
    np.testing.assert_array_equal(heights * widths, erased.sum(axis=(1, 2)))
    area, ratio = heights * widths / 64**2, widths / heights
    assert 0.08 < area.min() < 0.15 and 0.35 < area.max() < 0.43
    assert 0.24 < ratio.min() < 0.5 and 2 < ratio.max() < 4.2


def test_an_erased_rectangle_lies_where_the_numbers_say():
    spec = Cutouts(erase=(0.25, 0.25), erase_probability=1)
    hidden = erasing.erase(spec, torch.ones(1, 3, 8, 8), torch.tensor([[0, 0.3, 0.5, 0.5, 1.0]]))[0, 0] == 0
    expected = np.zeros((8, 8), dtype=bool)
    expected[4:, 2:6] = True
    np.testing.assert_array_equal(hidden.numpy(), expected)


def test_blur_against_scipy(env):
    spec, image = Cutouts(count=3, zoom_share=1, blur=0.1, **PLAIN), torch.rand(1, 3, 40, 40)
    views = cut(spec, env, image, 40)[0].numpy()
    for view, number in zip(views, drawn(env, "blur", (3, 1)).flatten().tolist(), strict=True):
        expected = gaussian_filter(image[0].numpy(), (0, number * 4, number * 4), mode="nearest", truncate=20)
        np.testing.assert_allclose(view, expected, atol=0.01)


# Places


def test_shear_against_kornia(env):
    image = photo(33, 33)
    spec = Cutouts(count=3, zoom_share=1, shear=30, fill="black", **PLAIN)
    angles = (2 * drawn(env, "shear", (3, 1))[:, 0] - 1) * math.radians(30)
    # A view pixel at height y shows the picture at x + y tan(angle); kornia wants the way back.
    back = torch.eye(2, 3).repeat(3, 1, 1)
    back[:, 0, 1] = -angles.tan()
    back[:, 0, 2] = 16 * angles.tan()
    expected = warp_affine(image.expand(3, -1, -1, -1), back, (33, 33))
    inner = (slice(None), slice(None), slice(8, 25), slice(10, 23))
    torch.testing.assert_close(cut(spec, env, image, 33)[0][inner], expected[inner], atol=2e-3, rtol=0)


def test_elastic_moves_points_smoothly_and_no_further_than_asked(env):
    image = photo(48, 48)
    spec = Cutouts(count=2, zoom_share=1, elastic=0.1, fill="edge", **PLAIN)
    numbers = drawn(env, "elastic", (2, 2 * geometry.GRID**2))
    moves = geometry.elastic(numbers[None], 48)[0] * 0.1 * 48
    assert moves.abs().max() < 0.13 * 48
    assert moves.diff(dim=1).abs().max() < 1, "the picture folds over"
    y, x = np.mgrid[:48, :48]
    for view, move in zip(cut(spec, env, image, 48)[0], moves.numpy(), strict=True):
        places = [y + move[..., 1], x + move[..., 0]]
        expected = [map_coordinates(channel, places, order=1, mode="nearest") for channel in image[0].numpy()]
        np.testing.assert_allclose(view.numpy(), np.stack(expected), atol=1e-4)


def test_the_corners_of_the_elastic_grid_stay_where_the_numbers_say():
    numbers = torch.rand(1, 1, 2 * geometry.GRID**2)
    moves = geometry.elastic(numbers, 10)[0, 0]
    corners = (2 * numbers.view(2, 4, 4) - 1)[:, ::3, ::3].permute(1, 2, 0)
    torch.testing.assert_close(moves[::9, ::9], corners)


def test_reflect_against_numpy(env):
    image = torch.rand(1, 3, 8, 8)
    spec = Cutouts(count=1, zoom_share=1, fill="reflect", **{**PLAIN, "zoom_scale": (9, 9)})
    view = cut(spec, env, image, 24)[0, 0].numpy()
    left, top = (16 * drawn(env, "geometry", (1, geometry.NUMBERS))[0, 2:4]).tolist()
    padded = np.pad(image[0].numpy(), ((0, 0), (20, 20), (20, 20)), mode="symmetric")
    y, x = np.mgrid[:24, :24]
    places = [y + 20 - 16 + top, x + 20 - 16 + left]
    expected = np.stack([map_coordinates(channel, places, order=1) for channel in padded])
    np.testing.assert_allclose(view, expected, atol=1e-4)


def test_reflect_keeps_what_is_inside():
    places = torch.linspace(-1, 1, 21)
    torch.testing.assert_close(sampling.reflect(places), places)
    torch.testing.assert_close(
        sampling.reflect(torch.tensor([-1.25, 1.25, 3.5, -7.0])), torch.tensor([-0.75, 0.75, -0.5, 1])
    )
