"""Symmetry, kaleidoscope, pixelate, blur, tone and mask."""

import numpy as np
import pytest
import torch
from kornia import enhance
from PIL import Image, ImageEnhance
from pydantic import ValidationError
from scipy import ndimage
from skimage.transform import warp_polar

from artgen.api import InputError
from artgen_filters import Blur, Kaleidoscope, Mask, Pixelate, Symmetry, Tone

END = 10


def picture(*shape, seed=0):
    return torch.rand(shape or (2, 3, 24, 32), generator=torch.Generator().manual_seed(seed))


def smooth(side=96, seed=0):
    """A picture whose colours change slowly, so that reading between pixels costs little."""
    rough = picture(1, 3, 5, 5, seed=seed)
    return torch.nn.functional.interpolate(rough, (side, side), mode="bicubic").clamp(0, 1)


def apply(spec, image, env, step=0):
    return spec.build(env(*image.shape[-2:], seeds=tuple(range(len(image)))))(image, step)


def rays(image, turns):
    """(angles, radii, 3): the picture around its middle, `turns` angles, inside the largest circle."""
    array = image[0].movedim(0, -1).numpy()
    middle = (array.shape[0] / 2 - 0.5, array.shape[1] / 2 - 0.5)
    radius = min(array.shape[:2]) / 2 - 2
    return warp_polar(array, center=middle, radius=radius, output_shape=(turns, 40), channel_axis=-1)[:, 4:]


@pytest.mark.parametrize("size", [(24, 32), (15, 9), (1, 1)], ids=str)
@pytest.mark.parametrize("keep", ["first", "second", "mean"])
@pytest.mark.parametrize("axis", ["left-right", "up-down", "both"])
def test_mirrors_against_numpy(axis, keep, size, env):
    image = picture(2, 3, *size)
    expected = image.numpy().copy()
    for dim in {"left-right": [3], "up-down": [2], "both": [2, 3]}[axis]:
        half = expected.shape[dim] // 2
        front, back = (np.moveaxis(expected, dim, 0) for _ in range(2))
        flipped = front[::-1].copy()
        if keep == "first":
            back[len(back) - half :] = flipped[len(back) - half :]
        elif keep == "second":
            front[:half] = flipped[:half]
        else:
            back[:] = (back + flipped) / 2
    np.testing.assert_allclose(apply(Symmetry(axis=axis, keep=keep), image, env), expected, atol=1e-6)


@pytest.mark.parametrize("keep", ["first", "mean"])
@pytest.mark.parametrize("folds", [2, 3, 5])
def test_a_turned_picture_looks_the_same(folds, keep, env):
    shown = rays(apply(Symmetry(axis="rotation", folds=folds, keep=keep), smooth(), env), folds * 24)
    turned = np.roll(shown, 24, axis=0)
    free = rays(smooth(), folds * 24)
    # The seams between sectors are hard, so a ray on either side of one may read across it.
    difference = np.median(np.abs(shown - turned).mean(axis=(1, 2)))
    assert difference < 0.01 < 0.1 < np.median(np.abs(free - np.roll(free, 24, axis=0)).mean(axis=(1, 2)))


def test_a_half_turn_against_numpy(env):
    image = picture(1, 3, 20, 20)
    shown = apply(Symmetry(axis="rotation", keep="mean"), image, env)
    np.testing.assert_allclose(shown, (image + image.flip(2, 3)) / 2, atol=1e-5)
    first = apply(Symmetry(axis="rotation"), image, env)
    np.testing.assert_allclose(first[..., 10:], image[..., 10:], atol=1e-5)  # clockwise from the top: the right half
    np.testing.assert_allclose(first[..., :10], image[..., 10:].flip(2, 3), atol=1e-5)


@pytest.mark.parametrize("folds", [2, 3, 6])
@pytest.mark.parametrize("angle", [0, 30])
def test_a_kaleidoscope_has_mirrored_wedges(folds, angle, env):
    image = smooth()
    shown = rays(apply(Kaleidoscope(folds=folds, angle=angle), image, env), 360)
    span = 360 // folds
    np.testing.assert_allclose(shown, np.roll(shown, span, axis=0), atol=0.06)
    # scikit-image counts angles clockwise from the right; the first mirror stands at `angle` from the top.
    around = np.roll(shown, 90 - angle, axis=0)
    np.testing.assert_allclose(around[1:], around[1:][::-1], atol=0.06)
    free = np.roll(rays(image, 360), 90 - angle, axis=0)
    np.testing.assert_allclose(around[2 : span // 2 - 2], free[2 : span // 2 - 2], atol=0.06)


def test_a_kaleidoscope_turns_about_its_centre(env):
    image = smooth(64)
    shown = apply(Kaleidoscope(folds=2, centre=(0.25, 0.5)), image, env)
    # Two folds: the wedge from the top to the right is mirrored in the lines through the centre, 16 from the left.
    np.testing.assert_allclose(shown[..., :32, 16:], image[..., :32, 16:], atol=1e-4)
    np.testing.assert_allclose(shown[..., :32, :16], image[..., :32, 16:32].flip(3), atol=1e-4)
    np.testing.assert_allclose(shown[..., 32:, 16:], image[..., :32, 16:].flip(2), atol=1e-4)


@pytest.mark.parametrize("kind", [Symmetry, Kaleidoscope])
def test_strength_blends_and_may_start_late(kind, env):
    image = picture()
    whole = apply(kind(), image, env)
    torch.testing.assert_close(apply(kind(strength=0.25), image, env), image * 0.75 + whole * 0.25)
    late = kind(strength={0: 0, "50%": 1, "curve": "step"})
    assert torch.equal(apply(late, image, env, step=4), image)
    assert torch.equal(apply(late, image, env, step=5), whole)


@pytest.mark.parametrize("spec", [Symmetry(), Symmetry(axis="rotation", folds=5), Kaleidoscope(centre=(0, 1))], ids=str)
def test_symmetry_keeps_to_the_range_and_has_a_gradient(spec, env):
    image = torch.cat((picture(1, 3, 17, 40), torch.ones(1, 3, 17, 40), torch.zeros(1, 3, 17, 40))).requires_grad_()
    shown = apply(spec, image, env)
    assert shown.min() >= 0 and shown.max() <= 1 + 1e-6
    shown.sum().backward()
    assert image.grad.isfinite().all() and image.grad.sum() > 0


def test_pixels_are_means_of_squares(env):
    shown = apply(Pixelate(cells=8), picture(), env)
    expected = picture().unflatten(3, (8, 4)).unflatten(2, (6, 4)).mean(dim=(3, 5))
    torch.testing.assert_close(shown, expected.repeat_interleave(4, 2).repeat_interleave(4, 3))
    torch.testing.assert_close(apply(Pixelate(cells=8), shown, env), shown)


def test_squares_need_pixels(env):
    with pytest.raises(InputError, match="cells: 33 do not fit into 32 pixels; ask for fewer, or for a larger canvas"):
        apply(Pixelate(cells=33), picture(), env)


def test_blur_against_scipy(env):
    image = picture()
    expected = ndimage.gaussian_filter(image.numpy(), (0, 0, 2, 2), mode="nearest", truncate=3)
    np.testing.assert_allclose(apply(Blur(sigma=2 / 24), image, env), expected, atol=1e-5)


def test_blur_of_any_size_and_none(env):
    image = picture(1, 3, 3, 50)
    assert apply(Blur(sigma=0.5), image, env).shape == image.shape
    assert torch.equal(apply(Blur(sigma={0: 0.1, "100%": 0}), image, env, step=END), image)


def test_tone_against_kornia_and_pillow(env):
    image = picture()
    np.testing.assert_allclose(apply(Tone(gamma=1.7), image, env), enhance.adjust_gamma(image, 1.7), atol=1e-6)
    bright = enhance.adjust_brightness(image, 0.3)
    np.testing.assert_allclose(apply(Tone(brightness=0.3), image, env), bright, atol=1e-6)
    levels = (image[0].movedim(0, -1) * 255).round().to(torch.uint8).numpy()
    for factor in (0, 0.4, 1.8):
        expected = np.array(ImageEnhance.Color(Image.fromarray(levels)).enhance(factor)) / 255
        found = apply(Tone(saturation=factor), torch.from_numpy(levels).movedim(-1, 0)[None] / 255, env)
        np.testing.assert_allclose(found[0].movedim(0, -1), expected, atol=2.5 / 255)
    hard = (image.numpy() - 0.5) * 1.6 + 0.5
    np.testing.assert_allclose(apply(Tone(contrast=1.6), image, env), hard.clip(0, 1), atol=1e-6)


def test_tone_changes_over_the_run(env):
    image = picture()
    spec = Tone(saturation={0: 0, "100%": 1})
    grey = apply(spec, image, env)
    torch.testing.assert_close(grey[:, 0], grey[:, 2])
    torch.testing.assert_close(apply(spec, image, env, step=END), image)


def test_a_pixel_that_was_cut_can_come_back(env):
    """Behind brightness +0.5 a white picture finds its way to grey, and nothing is ever infinite."""
    behind = torch.full((1, 3, 2, 2), 0.9, requires_grad=True)
    change = Tone(brightness=0.5, gamma=0.5).build(env(2, 2))
    for _ in range(200):
        (change(behind, 0) - 0.8).square().sum().backward()
        with torch.no_grad():
            behind.sub_(0.05 * behind.grad).clamp_(0, 1)
        behind.grad = None
    torch.testing.assert_close(change(behind, 0), torch.full((1, 3, 2, 2), 0.8), atol=0.02, rtol=0)
    black = torch.zeros(1, 3, 2, 2, requires_grad=True)
    change(black, 0).sum().backward()
    assert black.grad.isfinite().all()


@pytest.fixture
def disc(tmp_path):
    y, x = np.mgrid[:24, :32] - np.array([11.5, 15.5])[:, None, None]
    Image.fromarray(((np.hypot(y, x) < 8) * 255).astype(np.uint8)).save(tmp_path / "disc.png")
    return tmp_path / "disc.png", torch.from_numpy(np.hypot(y, x) < 8)


def test_a_mask_confines_the_drawing(disc, env):
    path, inside = disc
    image = picture().requires_grad_()
    shown = apply(Mask(image=path, background="xkcd:teal"), image, env)
    assert torch.equal(shown[..., inside], image[..., inside])
    teal = torch.tensor([2, 147, 134]) / 255
    torch.testing.assert_close(shown[..., ~inside], teal[:, None].expand(2, 3, int((~inside).sum())))
    shown.sum().backward()
    assert torch.equal(image.grad[0, 0] > 0, inside)


def test_a_mask_turned_round_before_a_picture(disc, env, tmp_path):
    path, inside = disc
    Image.new("RGB", (64, 48), (255, 0, 51)).save(tmp_path / "back.png")
    shown = apply(Mask(image=path, invert=True, background_image=tmp_path / "back.png"), picture(), env)
    assert torch.equal(shown[..., ~inside], picture()[..., ~inside])
    torch.testing.assert_close(shown[0, :, inside].mean(dim=1), torch.tensor([1, 0, 0.2]))


def test_a_feathered_mask_against_scipy(disc, env):
    path, inside = disc
    shown = apply(Mask(image=path, feather=1.5 / 24, background="black"), torch.ones(1, 3, 24, 32), env)
    expected = ndimage.gaussian_filter(inside.numpy().astype(float), 1.5, mode="nearest", truncate=10 / 3)
    np.testing.assert_allclose(shown[0, 0], expected, atol=5e-3)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Symmetry, {"folds": 3}, "'folds' belongs to 'axis: rotation'"),
        (Symmetry, {"axis": "rotation", "keep": "second"}, "a rotation keeps the 'first' sector or the 'mean'"),
        (Symmetry, {"strength": 2}, "must be at most 1"),
        (Kaleidoscope, {"folds": 1}, "greater than or equal to 2"),
        (Kaleidoscope, {"centre": (0.5, 2)}, "less than or equal to 1"),
        (Pixelate, {"cells": 0}, "greater than or equal to 1"),
        (Blur, {"sigma": 3}, "must be at most 0.5"),
        (Tone, {}, "changes nothing; set gamma"),
        (Tone, {"gamma": 0}, "must be more than 0"),
        (Mask, {"image": "nowhere.png"}, "there is no file 'nowhere.png'"),
    ],
)
def test_mistakes_are_named(kind, fields, message):
    with pytest.raises(ValidationError, match=message):
        kind(**fields)


def test_a_mask_has_one_background(disc):
    with pytest.raises(ValidationError, match="'background_image' replaces 'background'"):
        Mask(image=disc[0], background="red", background_image=disc[0])
