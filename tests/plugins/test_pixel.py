import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from artgen.api import InputError
from artgen.canvas import from_rgb, read_picture, to_rgb
from artgen.colours import oklab
from artgen_pixel import Pixel
from artgen_pixel.drawing import level_sizes


def colours_of(image):
    return {tuple(c) for c in (image.detach() * 255).round().int().movedim(1, -1).reshape(-1, 3).tolist()}


def test_cells_are_squares_of_one_colour(env):
    image = Pixel(grid=(4, 2), noise=1).build(env(6, 12)).draw(0)
    blocks = image.detach().reshape(1, 3, 2, 3, 4, 3).movedim(4, 3).reshape(1, 3, 8, 9)
    assert (blocks == blocks[..., :1]).all()
    assert len(colours_of(image)) == 8


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_a_palette_drawing_holds_only_palette_colours(interpolation, env):
    spec = Pixel(grid=(5, 5), palette=("crimson", "#123", "WHITE"), noise=3, interpolation=interpolation)
    drawn = colours_of(spec.build(env(20, 20)).draw(0))
    assert drawn <= {(220, 20, 60), (17, 34, 51), (255, 255, 255)}
    assert len(drawn) > 1


def test_each_pixel_takes_the_nearest_palette_colour(env):
    names = ("red", "lime", "blue", "black")
    generator = Pixel(palette=names, noise=2, colours="rgb").build(env(8, 8))
    free = Pixel(noise=2, colours="rgb").build(env(8, 8))
    palette = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]])
    pixels = oklab(free.draw(0).detach().movedim(1, -1).reshape(-1, 3)).numpy().astype(float)
    distances = ((pixels[:, None] - oklab(palette).numpy().astype(float)) ** 2).sum(-1)
    expected = palette[distances.argmin(1)].reshape(8, 8, 3).movedim(-1, 0)
    assert torch.equal(generator.draw(0)[0].detach(), expected)


def test_palette_gradient_passes_straight_through(env):
    generator = Pixel(palette=("black", "white"), noise=0, learning_rate=0.3, init="#333").build(env(2, 2, steps=30))
    for step in range(30):
        (-generator.draw(step).sum()).backward()
        generator.advance(step)
    assert colours_of(generator.draw(29)) == {(255, 255, 255)}


def test_softness_blends_and_hardens(env):
    spec = Pixel(palette=("black", "white"), noise=0, init="#888888", softness={0: 0.5, "100%": 0})
    generator = spec.build(env(2, 2))
    soft = generator.draw(0).detach()
    assert 0.2 < soft.mean() < 0.8
    assert generator.draw(9).unique().tolist() in ([0.0], [1.0])


@given(st.lists(st.floats(0.03, 0.97), min_size=3, max_size=3), st.sampled_from(["rgb", "decorrelated"]))
def test_colour_spaces_invert(rgb, colours):
    image = torch.tensor(rgb).view(1, 3, 1, 1)
    torch.testing.assert_close(to_rgb(from_rgb(image, colours), colours), image, atol=1e-4, rtol=0)


@pytest.mark.parametrize("pyramid", [None, (2, 4, 8, 64)])
@pytest.mark.parametrize("interpolation", ["nearest", "bicubic"])
def test_a_start_picture_is_drawn_cropped(pyramid, interpolation, env, tmp_path):
    wide = np.zeros((16, 48, 3), np.uint8)
    wide[:, 16:32] = np.linspace(60, 190, 16)[:, None, None]
    Image.fromarray(wide).save(tmp_path / "start.png")
    spec = Pixel(noise=0, pyramid=pyramid, interpolation=interpolation)
    image = spec.build(env(16, 16, start=read_picture(tmp_path / "start.png", (16, 16)))).draw(0)[0]
    np.testing.assert_allclose(image.detach().movedim(0, -1), wide[:, 16:32] / 255, atol=2e-3)


def test_transparent_becomes_white_and_broken_is_one_line(tmp_path):
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (read_picture(tmp_path / "clear.png", (4, 4)) == 1).all()
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"broken\.png: no picture that can be read") as caught:
        read_picture(tmp_path / "broken.png", (4, 4))
    assert "\n" not in str(caught.value)


def test_levels_keep_the_aspect_and_never_exceed_the_grid():
    assert level_sizes(Pixel(pyramid=(4, 8, 100)), (10, 40)) == [(1, 4), (2, 8), (10, 40)]
    assert level_sizes(Pixel(), (10, 40)) == [(10, 40)]


def test_the_drawing_is_the_sum_of_its_levels(env):
    generator = Pixel(pyramid=(2, 4), colours="rgb", noise=1, grid=(4, 4)).build(env(4, 4))
    coarse, fine = (level.detach() for level in generator.state_dict()["parameters"])
    big = torch.nn.functional.interpolate(coarse, (4, 4), mode="bilinear")
    torch.testing.assert_close(generator.draw(0), (big + fine).sigmoid())


def test_locked_levels_wait_their_turn(env):
    generator = Pixel(pyramid=(2, 4), unlock=(0, 0.5)).build(env(4, 4, steps=10))
    moved = []
    for step in range(10):
        before = generator.state_dict()["parameters"]
        generator.draw(step).sum().backward()
        generator.advance(step)
        after = generator.state_dict()["parameters"]
        moved.append([not torch.equal(a, b) for a, b in zip(before, after, strict=True)])
    assert moved == [[True, False]] * 5 + [[True, True]] * 5


def test_an_unlocked_level_starts_at_the_learning_rate(env):
    """Adam's memory of a level that waited must not make its first step larger than the learning rate."""
    spec = Pixel(pyramid=(2, 4), unlock=(0, 0.5), learning_rate=0.1, noise=0)
    generator = spec.build(env(4, 4, steps=100))
    for step in range(51):
        before = generator.state_dict()["parameters"][1]
        generator.draw(step).sum().backward()
        generator.advance(step)
    assert 0 < (generator.state_dict()["parameters"][1] - before).abs().max() < 0.1001


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"palette": ["red", "crimsn"]}, "no colour is called 'crimsn'; did you mean 'crimson'"),
        ({"init": "#12"}, "no colour is called '#12'; write #rgb or #rrggbb"),
        ({"pyramid": [8, 4]}, "from coarse to fine"),
        ({"unlock": [0, 0.5]}, "'unlock' has 2 moments for the 0 levels"),
        ({"pyramid": [4, 8], "unlock": [0]}, "'unlock' has 1 moments for the 2 levels"),
        ({"pyramid": [4, 8], "unlock": [0.1, 0.5]}, "holds every level back"),
        ({"softness": 0.1}, "without 'palette'"),
        ({"noise": -1}, "greater than or equal to 0"),
        ({"grid": [0, 4]}, "greater than or equal to 1"),
        ({"learning_rate": -0.1}, "must be at least 0"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message.replace("[", r"\[")):
        Pixel(**fields)


def test_a_grid_finer_than_the_canvas_is_refused(env):
    with pytest.raises(InputError, match="40 x 2 cells does not fit a canvas of 30 x 20 pixels"):
        Pixel(grid=(40, 2)).build(env(20, 30))


def test_a_preset_reads_back():
    spec = Pixel(palette=["red", "#abc"], pyramid=[4, 8], unlock=[0, 0.5], learning_rate={0: 0.1, "50%": 0.01})
    assert Pixel.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
    plain = Pixel()
    assert Pixel.model_validate(plain.model_dump(mode="json", exclude_none=True)) == plain


def test_a_learned_palette_has_no_more_colours_and_finds_those_that_are_wanted(env):
    """Two colours that neither chance nor the start knows."""
    wanted = torch.zeros(1, 3, 8, 8)
    wanted[:, 0, :4], wanted[:, 2, 4:] = 0.9, 0.6
    spec = Pixel(palette={"learn": 2}, colours="rgb", learning_rate=0.2, softness={0: 0.05, "50%": 0})
    generator = spec.build(env(8, 8, steps=60))
    for step in range(60):
        ((generator.draw(step) - wanted) ** 2).sum().backward()
        generator.advance(step)
    drawn = generator.draw(60).detach()
    assert len(colours_of(drawn)) == 2
    assert (drawn - wanted).abs().max() < 0.12


def test_a_learned_palette_begins_with_the_colours_of_the_start(env):
    start = torch.full((1, 3, 6, 6), 0.3)
    start[:, 1, :, 3:] = 0.8
    start[:, :, 0] = 0.5
    drawn = Pixel(palette={"learn": 3}, noise=0).build(env(6, 6, start=start)).draw(0)
    torch.testing.assert_close(drawn.detach(), start, atol=2e-3, rtol=0)


def test_of_a_batch_each_picture_learns_its_own_palette(env):
    spec = Pixel(palette={"learn": 4}, noise=1)
    both, second = (spec.build(env(6, 6, seeds=seeds)).draw(0) for seeds in ((0, 1), (1,)))
    assert torch.equal(both[1:], second)
    assert colours_of(both[:1]) != colours_of(both[1:])
