import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from artgen.api import InputError
from artgen.colours import channels, oklab
from artgen_filters import Palette

FOUR = ("#000000", "#b13e53", "#f4a0a0", "#ffffff")
DITHERS = ["none", "ordered", "floyd-steinberg", "atkinson"]
END = 10


def picture(*shape, seed=0):
    return torch.rand(shape or (1, 3, 20, 28), generator=torch.Generator().manual_seed(seed))


def ramp(height=32, width=64):
    """Black to white from left to right."""
    return torch.linspace(0, 1, width).expand(1, 3, height, width)


def rgb(colours):
    return np.array([channels(colour) for colour in colours])


def colours_of(image):
    return {tuple(row) for row in (image.detach() * 255).round().int().movedim(1, -1).reshape(-1, 3).tolist()}


def apply(image, env, step=END, **fields):
    return Palette(**{"palette": FOUR, **fields}).build(env(*image.shape[-2:]))(image, step)


@pytest.mark.parametrize("cells", [None, 7])
@pytest.mark.parametrize("dither", DITHERS)
def test_only_palette_colours_come_out_and_stay(dither, cells, env):
    once = apply(picture(), env, dither=dither, cells=cells)
    assert once.shape == (1, 3, 20, 28)
    assert len(colours_of(once)) > 1
    assert colours_of(once) <= {tuple((rgb([c])[0] * 255).round().astype(int)) for c in FOUR}
    if cells is None:
        assert torch.equal(apply(once, env, dither=dither), once)


def test_plain_takes_what_looks_nearest(env):
    image = picture()
    lab = oklab(image.movedim(1, -1)).numpy()[..., None, :] - oklab(torch.tensor(rgb(FOUR)).float()).numpy()
    expected = rgb(FOUR)[np.linalg.norm(lab, axis=-1).argmin(-1)]
    np.testing.assert_allclose(apply(image, env).movedim(1, -1), expected, atol=1e-6)


KERNELS = {
    "floyd-steinberg": {(0, 1): 7, (1, -1): 3, (1, 0): 5, (1, 1): 1},
    "atkinson": {(0, 1): 2, (0, 2): 2, (1, -1): 2, (1, 0): 2, (1, 1): 2, (2, 0): 2},
}


@pytest.mark.parametrize("strength", [1, 0.6])
@pytest.mark.parametrize("size", [(9, 14), (13, 4), (1, 6), (5, 1)], ids=str)
@pytest.mark.parametrize("dither", list(KERNELS))
def test_error_diffusion_against_pixel_after_pixel(dither, size, strength, env):
    image = picture(1, 3, *size)
    values = image[0].movedim(0, -1).numpy().astype(float)
    lab = oklab(torch.tensor(rgb(FOUR))).numpy()
    for y in range(size[0]):
        for x in range(size[1]):
            wanted = values[y, x].clip(0, 1)
            near = np.linalg.norm(oklab(torch.from_numpy(wanted)).numpy() - lab, axis=-1).argmin()
            values[y, x] = rgb(FOUR)[near]
            for (down, right), share in KERNELS[dither].items():
                if y + down < size[0] and 0 <= x + right < size[1]:
                    values[y + down, x + right] += strength * share / 16 * (wanted - values[y, x])
    found = apply(image, env, dither=dither, strength=strength)[0].movedim(0, -1)
    np.testing.assert_allclose(found, values, atol=1e-6)


@pytest.mark.parametrize("matrix", [2, 4, 8])
def test_ordered_dots_fill_up_as_bayer_says(matrix, env):
    """A flat grey of k/n^2 shows k of n^2 white dots, and never moves one while it gets lighter."""
    count, before = matrix * matrix, torch.zeros(matrix, matrix, dtype=torch.bool)
    for white in range(0, count + 1, max(1, count // 16)):
        grey = torch.full((1, 3, matrix, matrix), white / count)
        shown = apply(grey, env, palette="black,white", dither="ordered", matrix=matrix)[0, 0] > 0.5
        assert abs(int(shown.sum()) - white) <= 1
        assert not (before & ~shown).any()
        before = shown
    half = apply(torch.full((1, 3, 4, 4), 0.5), env, palette="black,white", dither="ordered", matrix=2)[0, 0]
    assert (half[:, 1:] != half[:, :-1]).all()
    assert (half[1:] != half[:-1]).all()


FINEST = [{"dither": "ordered", "matrix": 8}, {"dither": "floyd-steinberg"}]


@pytest.mark.parametrize("fields", FINEST, ids=str)
def test_dots_mix_to_the_missing_colour(fields, env):
    """Means of 8 x 8 dots, beside those of Pillow's own Floyd-Steinberg."""
    image = ramp()
    found = apply(image, env, palette="black,white", **fields)[0, 0].numpy()
    levels = Image.fromarray((image[0].movedim(0, -1).numpy() * 255).round().astype(np.uint8))
    oracle = np.array(levels.convert("L").convert("1", dither=Image.Dither.FLOYDSTEINBERG)).astype(float)
    blocks = [a.reshape(4, 8, 8, 8).mean((0, 1, 3)) for a in (found, oracle, image[0, 0].numpy())]
    assert np.abs(blocks[0] - blocks[2]).max() < 0.04
    assert np.abs(blocks[0] - blocks[1]).max() < 0.08


@pytest.mark.parametrize("fields", FINEST, ids=str)
def test_dots_mix_a_colour_from_others(fields, env):
    orange = torch.tensor([0.8, 0.4, 0.2]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    found = apply(orange, env, palette="black,red,lime,blue,yellow,white", **fields)
    np.testing.assert_allclose(found.mean(dim=(0, 2, 3)), [0.8, 0.4, 0.2], atol=0.06)


def test_less_strength_gives_fewer_dots(env):
    image = ramp()
    plain = apply(image, env, palette="black,white")
    changed = [
        float((apply(image, env, palette="black,white", dither="ordered", strength=s) != plain).float().mean())
        for s in (0, 0.5, 1)
    ]
    assert changed[0] == 0
    assert 0 < changed[1] < changed[2]


def test_errors_travel_in_the_finished_picture_alone(env):
    image = picture()
    plain = apply(image, env)
    assert torch.equal(apply(image, env, step=END - 1, dither="atkinson"), plain)
    assert not torch.equal(apply(image, env, dither="atkinson"), plain)
    assert not torch.equal(apply(image, env, step=0, dither="ordered"), plain)


def test_at_the_end_alone_the_steps_are_free(env):
    image = picture()
    assert torch.equal(apply(image, env, step=END - 1, when="end"), image)
    assert len(colours_of(apply(image, env, when="end"))) == 4


def test_cells_take_their_mean_colour(env):
    image = picture(2, 3, 8, 12)
    shown = apply(image, env, cells=3)
    means = image.unflatten(3, (3, 4)).unflatten(2, (2, 4)).mean(dim=(3, 5))
    small = apply(means, env)
    assert torch.equal(shown, small.repeat_interleave(4, 2).repeat_interleave(4, 3))
    with pytest.raises(InputError, match="cells: 13 do not fit into 12 pixels"):
        apply(image, env, cells=13)


def test_softness_blends_and_hardens(env):
    image = picture()
    fields = {"softness": {0: 0.05, "100%": 0}, "dither": "ordered"}
    assert len(colours_of(apply(image, env, step=0, **fields))) > 100
    assert len(colours_of(apply(image, env, step=9, **fields))) == 4


@pytest.mark.parametrize("fields", [{}, {"dither": "ordered"}, {"cells": 8}, {"softness": 0.02}], ids=str)
def test_a_drawing_comes_near_a_target_through_the_palette(fields, env):
    """Descent on what lies behind the palette finds the picture whose palette colours are the target."""
    target = apply(picture(seed=1), env, cells=fields.get("cells"))
    behind = torch.zeros(1, 3, 20, 28, requires_grad=True)
    change = Palette(palette=FOUR, **fields).build(env(20, 28))
    optimiser = torch.optim.Adam([behind], lr=0.1)
    losses = []
    for step in range(60):
        loss = (change(behind.sigmoid(), min(step, END - 1)) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-5:]) < 0.25 * losses[0]


@pytest.mark.parametrize("dither", DITHERS)
def test_a_picture_is_the_same_alone_and_in_a_batch(dither, env):
    images = picture(3, 3, 11, 17)
    assert torch.equal(apply(images, env, dither=dither)[1:2], apply(images[1:2], env, dither=dither))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"matrix": 8}, "'matrix' belongs to 'dither: ordered'"),
        ({"dither": "atkinson", "matrix": 8}, "'matrix' belongs to"),
        ({"dither": "ordered", "matrix": 3}, "2, 4 or 8"),
        ({"strength": 0.5}, "'strength' is how strongly 'dither' works"),
        ({"when": "end", "softness": 0.1}, "with 'when: end' it does nothing"),
        ({"palette": "crimsn"}, "did you mean 'crimson'"),
        ({"palette": []}, "1 to 256 colours"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Palette(**{"palette": FOUR, **fields})
