import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from kornia.geometry.transform import get_perspective_transform, rotate, warp_perspective
from pydantic import ValidationError

from artgen_cutouts import Cutouts, colour, geometry
from artgen_cutouts.plan import plan

EXACT = {"zoom_share": 1, "zoom_scale": (1, 1), "zoom_ratio": (1, 1), "zoom_perspective": 0, "noise": 0}
EXACT |= {"jitter_probability": 0}


def cut(spec, env, image, size, step=0, seeds=None):
    return spec.build(env(*image.shape[-2:], seeds=seeds or range(len(image))))(image, size, step)


def draws(env, size, count):
    """The numbers that the views of the only picture on a canvas of `size` x `size` take at step 0, by name."""
    return geometry.Draws.of(env(size, size).random.uniform("geometry", (count, geometry.NUMBERS), 0))


def photo(height, width, batch=1):
    """Smooth random pictures, so that two ways of resampling agree."""
    coarse = torch.rand(batch, 3, 5, 5, generator=torch.Generator().manual_seed(3))
    return F.interpolate(coarse, (height, width), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (17, 5), (64, 64)], ids=str)
@pytest.mark.parametrize("fill", ["grey", "random-grey", "white", "black", "mean", "edge", "reflect", "wrap"])
def test_shape_range_and_gradient(size, fill, env):
    options = {"wrap": True} if fill == "wrap" else {"fill": fill}
    spec = Cutouts(count=5, rotation=40, flip=0.5, translate=0.2, brightness=0.2, contrast=0.3, **options)
    image = torch.rand(2, 3, *size, requires_grad=True)
    views = cut(spec, env, image, 12)
    assert views.shape == (10, 3, 12, 12)
    assert views.isfinite().all() and views.min() >= 0 and views.max() <= 1
    views.sum().backward()
    assert image.grad.isfinite().all()


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    size=st.integers(1, 20),
    scale=st.floats(0.01, 16),
    bend=st.floats(0, 0.8),
    rotation=st.floats(0, 180),
    wrap=st.booleans(),
)
def test_any_setting_stays_in_range(env, height, width, size, scale, bend, rotation, wrap):
    spec = Cutouts(
        count=3,
        zoom_scale=(scale, scale),
        wide_scale=(scale, scale),
        zoom_perspective=bend,
        wide_perspective=bend,
        rotation=rotation,
        wrap=wrap,
    )
    views = cut(spec, env, torch.rand(1, 3, height, width), size)
    assert views.isfinite().all() and views.min() >= 0 and views.max() <= 1


@pytest.mark.parametrize("options", [{}, {"wrap": True}, {"stratified": False, "fill": "mean"}], ids=str)
def test_a_picture_gets_the_views_in_a_batch_that_it_gets_alone(options, env):
    spec = Cutouts(count=6, zoom_scale=(0.05, 2), **options)
    images = torch.rand(3, 3, 60, 80)
    batch = cut(spec, env, images, 16, step=4, seeds=(5, 6, 7)).view(3, 6, 3, 16, 16)
    alone = cut(spec, env, images[1:2], 16, step=4, seeds=(6,))
    assert torch.equal(batch[1], alone)
    again = cut(spec, env, images, 16, step=4, seeds=(5, 6, 7)).view(3, 6, 3, 16, 16)
    assert torch.equal(batch, again)
    assert not torch.equal(alone, cut(spec, env, images[1:2], 16, step=5, seeds=(6,)))


def test_the_global_stream_is_left_alone(env):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    cut(Cutouts(), env, torch.rand(1, 3, 20, 20, generator=torch.Generator()), 8)
    assert torch.equal(before, torch.get_rng_state())


def test_two_perceptors_see_the_same_places(env):
    spec = Cutouts(count=6, noise=0)
    image = photo(64, 64)
    small, large = cut(spec, env, image, 16), cut(spec, env, image, 32)
    assert (F.interpolate(large, (16, 16), mode="area") - small).abs().mean() < 0.02


@pytest.mark.parametrize("size", [(8, 8), (9, 9)], ids=str)
def test_the_whole_picture_at_its_own_size_is_the_picture(size, env):
    image = torch.rand(1, 3, *size)
    torch.testing.assert_close(cut(Cutouts(count=2, **EXACT), env, image, size[0]), image.expand(2, -1, -1, -1))


def test_a_pure_flip(env):
    image = torch.rand(1, 3, 8, 8)
    torch.testing.assert_close(cut(Cutouts(count=1, flip=1, **EXACT), env, image, 8), image.flip(3))


def test_a_pure_crop_against_slicing(env):
    """Views with the picture's own pixel size, at whole offsets found from the drawn numbers."""
    image = torch.rand(1, 3, 32, 32)
    spec = Cutouts(count=4, **(EXACT | {"zoom_scale": (0.25, 0.25)}))
    views = cut(spec, env, image, 16)
    for view, centre in zip(views, draws(env, 32, 4).centre[0], strict=True):
        left, top = (centre * 16).tolist()
        x, y = int(left), int(top)
        right, down = left - x, top - y
        patch = image[0, :, y : y + 17, x : x + 17]
        across = patch[:, :, :-1] * (1 - right) + patch[:, :, 1:] * right
        torch.testing.assert_close(view, across[:, :-1] * (1 - down) + across[:, 1:] * down, atol=1e-4, rtol=0)


def test_rotation_against_kornia(env):
    image = photo(33, 33)
    spec = Cutouts(count=3, rotation=90, fill="black", **EXACT)
    angles = (2 * draws(env, 33, 3).angle[0] - 1) * 90
    expected = rotate(image.expand(3, -1, -1, -1), angles)
    inner = (slice(None), slice(None), slice(8, 25), slice(8, 25))
    torch.testing.assert_close(cut(spec, env, image, 33)[inner], expected[inner], atol=2e-3, rtol=0)


def test_perspective_against_kornia(env):
    image = photo(33, 33)
    options = EXACT | {"zoom_perspective": 0.6, "perspective_probability": 1, "fill": "black"}
    corners = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    moved = corners * (1 - 0.6 * draws(env, 33, 3).corners.view(3, 4, 2))
    # Kornia counts pixel centres from 0; the picture's edges are at -0.5 and 32.5.
    matrix = get_perspective_transform(corners.expand(3, -1, -1) * 16.5 + 16, moved * 16.5 + 16)
    expected = warp_perspective(image.expand(3, -1, -1, -1), matrix, (33, 33))
    views = cut(Cutouts(count=3, **options), env, image, 33)
    inside = warp_perspective(torch.ones(3, 1, 33, 33), matrix, (33, 33)) > 0.999
    assert inside.float().mean() > 0.3
    torch.testing.assert_close(views * inside, expected * inside, atol=2e-3, rtol=0)


def test_one_warp_is_the_chain_of_its_parts(env):
    image = photo(64, 64)
    options = EXACT | {"zoom_scale": (0.5, 0.5)}
    joint = cut(Cutouts(count=1, flip=1, rotation=30, fill="edge", **options), env, image, 48)
    turned = cut(Cutouts(count=1, rotation=30, fill="edge", **options), env, image, 48)
    torch.testing.assert_close(joint, turned.flip(3), atol=1e-5, rtol=0)


def test_shrinking_does_not_alias(env):
    board = (torch.arange(256)[:, None] + torch.arange(256)[None]) % 2
    image = board.float().expand(1, 3, -1, -1)
    views = cut(Cutouts(count=8, noise=0, fill="mean", jitter_probability=0), env, image, 32)
    assert (views - 0.5).abs().max() < 0.02


def test_a_small_view_is_near_to_an_area_average(env):
    image = photo(128, 128) + 0.2 * torch.rand(1, 3, 128, 128)
    image = image.clamp(0, 1)
    view = cut(Cutouts(count=1, **EXACT), env, image, 32)
    torch.testing.assert_close(view, F.interpolate(image, (32, 32), mode="area"), atol=1e-4, rtol=0)


def test_every_pixel_of_the_picture_gets_gradient(env):
    image = torch.rand(1, 3, 200, 200, requires_grad=True)
    cut(Cutouts(count=1, **EXACT), env, image, 50).sum().backward()
    assert (image.grad > 0).all()


@pytest.mark.parametrize(("fill", "value"), [("grey", 0.5), ("white", 1), ("black", 0), ("mean", 0.25), ("edge", 0.25)])
def test_what_is_outside(fill, value, env):
    image = torch.full((1, 3, 10, 10), 0.25)
    spec = Cutouts(count=1, fill=fill, **(EXACT | {"zoom_scale": (4, 4)}))
    view = cut(spec, env, image, 20)[0]
    x, y = (round(10 - 10 * share) for share in draws(env, 10, 1).centre[0, 0].tolist())
    outside = torch.ones(20, 20, dtype=torch.bool)
    outside[max(0, y - 1) : y + 11, max(0, x - 1) : x + 11] = False
    torch.testing.assert_close(view[:, outside], torch.full_like(view[:, outside], value))
    torch.testing.assert_close(view[:, y + 1 : y + 9, x + 1 : x + 9], torch.full((3, 8, 8), 0.25))


def test_an_enlarged_picture_keeps_its_border(env):
    image = torch.full((1, 3, 4, 4), 0.25)
    view = cut(Cutouts(count=1, fill="white", **EXACT), env, image, 64)
    torch.testing.assert_close(view, torch.full_like(view, 0.25))


def test_random_grey_is_grey_and_differs_between_views(env):
    spec = Cutouts(count=8, zoom_share=0, wide_scale=(4, 4), noise=0, jitter_probability=0, wide_perspective=0)
    views = cut(spec, env, torch.zeros(1, 3, 10, 10), 8)
    greys = views.amax(dim=(2, 3))
    torch.testing.assert_close(greys, greys[:, :1].expand(-1, 3))
    assert len(greys[:, 0].unique()) == 8


def test_wrap_shows_the_tile_across_its_seams(env):
    """A tile seen by a wrapping view is the same as its plane of copies, cut at the same place."""
    y, x = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    tile = torch.stack([torch.sin(2 * torch.pi * (x + k * y) / 32) for k in range(3)])[None] * 0.4 + 0.5
    view = cut(Cutouts(count=1, wrap=True, **EXACT), env, tile, 32)
    shifts = env(32, 32).random.uniform("roll", (1, 2), 0)[0, 0] * 32
    expected = torch.stack([torch.sin(2 * torch.pi * ((x + shifts[0]) + k * (y + shifts[1])) / 32) for k in range(3)])
    torch.testing.assert_close(view[0], expected * 0.4 + 0.5, atol=0.02, rtol=0)


def test_sizes_are_stratified(env):
    numbers = torch.rand(1, 10, geometry.NUMBERS, generator=torch.Generator().manual_seed(0))
    spec = Cutouts(count=10, zoom_share=0.6, zoom_scale=(0.25, 0.85), wide_scale=(1, 1.4))
    area = (geometry.place(spec, plan(spec, 0, 1), (100, 100), numbers).pixels / 100) ** 2
    zoom, wide = area[0, :6].numpy(), area[0, 6:].numpy()
    assert (np.floor((zoom - 0.25) / 0.1) == np.arange(6)).all()
    assert (np.floor((wide - 1) / 0.1) == np.arange(4)).all()


def test_a_wide_picture_is_shown_whole_and_in_squares(env):
    numbers = torch.rand(1, 200, geometry.NUMBERS, generator=torch.Generator().manual_seed(0))
    spec = Cutouts(count=200, zoom_perspective=0, wide_perspective=0)
    views = geometry.place(spec, plan(spec, 0, 1), (50, 150), numbers)
    corners = geometry.coordinates(views.matrix, 2) * 2  # the centres of a 2 x 2 view are half way to its corners
    centre = corners.mean(dim=(2, 3), keepdim=True) / 2
    corners = centre + (corners - 2 * centre)
    zoom, wide = corners[:, :120], corners[:, 120:]
    assert (zoom[..., 0].abs() <= 1 + 1e-6).all(), "zoom views stay inside the long side"
    assert (wide.amin(dim=(2, 3)) <= -1).all() and (wide.amax(dim=(2, 3)) >= 1).all(), "whole views hold everything"
    width, height = (zoom.amax(dim=(2, 3)) - zoom.amin(dim=(2, 3))).unbind(-1)
    ratio = width * 150 / (height * 50)
    assert ratio.min() >= 0.85 - 1e-6 and ratio.max() <= 1.2 + 1e-6


def test_hue_turns_red_to_green_and_keeps_grey():
    spec = Cutouts(hue=1 / 3, saturation=0, jitter_probability=1)
    matrix, offset = colour.jitter(spec, torch.tensor([[0.0, 1.0, 0.5, 0.5, 0.5]]))
    torch.testing.assert_close(matrix[0] @ torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0]), atol=1e-6, rtol=0)
    torch.testing.assert_close(matrix[0] @ torch.full((3,), 0.4), torch.full((3,), 0.4))
    assert (offset == 0).all()


def test_saturation_contrast_and_brightness_against_arithmetic():
    spec = Cutouts(hue=0, saturation=1, contrast=0.5, brightness=0.25, jitter_probability=1)
    pixel = torch.tensor([0.2, 0.5, 0.9])

    def change(*numbers):
        matrix, offset = colour.jitter(spec, torch.tensor([[0.0, 0.5, *numbers]]))
        return matrix[0] @ pixel + offset[0, :, 0]

    luma = (pixel * torch.tensor([0.299, 0.587, 0.114])).sum()
    torch.testing.assert_close(change(0.0, 0.5, 0.5), luma.expand(3))
    torch.testing.assert_close(change(0.5, 1.0, 0.5), (pixel - 0.5) * 1.5 + 0.5)
    torch.testing.assert_close(change(0.5, 0.5, 1.0), pixel + 0.25)


def test_jitter_spares_its_share_of_the_views():
    matrix, _ = colour.jitter(Cutouts(jitter_probability=0.3), torch.rand(2000, colour.NUMBERS))
    spared = (matrix == torch.eye(3)).flatten(1).all(dim=1).float().mean()
    assert 0.65 < spared < 0.75


def test_noise_has_the_amount_asked_for(env):
    image = torch.full((1, 3, 8, 8), 0.5)
    views = cut(Cutouts(count=40, **(EXACT | {"noise": 0.1})), env, image, 32)
    amounts = views.std(dim=(1, 2, 3))
    assert amounts.max() < 0.105 and amounts.min() < 0.02 and 0.035 < amounts.mean() < 0.065


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"zoom_scale": [0.9, 0.2]}, "a range goes from small to large"),
        ({"zoom_scale": [0, 0.2]}, "must be more than 0, got 0"),
        ({"count": 0}, "must be at least 1, got 0"),
        ({"flip": 1.5}, "less than or equal to 1"),
        ({"zoom_perspective": 0.9}, "less than or equal to 0.8"),
        ({"fill": "gray"}, "'grey', 'random-grey'"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Cutouts(**fields)


def test_a_preset_reads_back():
    spec = Cutouts(count=8, zoom_share=1, zoom_scale=(0.81, 1.44))
    assert Cutouts.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
