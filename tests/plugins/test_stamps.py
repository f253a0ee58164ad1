import pytest
import torch
from PIL import Image

from artgen.testing import GeneratorContract, make_env
from artgen_glyphs import Stamps
from artgen_glyphs.shapes import SIDE, stamps_of


class TestStamps(GeneratorContract):
    spec = Stamps(count=4, shapes=("star", "leaf"), sketch=16)
    tolerance = 1e-4


class TestStampsOfFewColours(GeneratorContract):
    spec = Stamps(count=6, shapes=("heart",), palette=("#707070", "#909090"), paper="grey")
    sizes = ((24, 32),)


@pytest.fixture(scope="module")
def flag(tmp_path_factory):
    """Twice as wide as high: green on the left, red on the right."""
    file = tmp_path_factory.mktemp("stamps") / "flag.png"
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste((0, 255, 0), (0, 0, 20, 20))
    picture.save(file)
    return file


def put(generator, **numbers):
    """One stamp of these numbers."""
    values = torch.zeros(1, 1, 7)
    for place, value in numbers.items():
        values[0, 0, int(place[1:])] = value
    generator.put_numbers([values])


@pytest.mark.parametrize(
    ("shape", "share"),
    # Of the square: pi r^2; a pentagram's area is 1.1226 r^2; an equilateral triangle's 3 sqrt(3) / 4 r^2.
    [("circle", 0.7088), ("star", 1.1226 * 0.97**2 / 4), ("triangle", 1.299 * 0.95**2 / 4), ("square", 0.4624)],
)
def test_shapes_have_the_areas_that_geometry_gives_them(shape, share):
    cover = stamps_of(Stamps(shapes=(shape,)), torch.device("cpu"))[0, :, 4]
    assert cover[0].mean().item() == pytest.approx(share, rel=0.01)
    assert torch.allclose(cover.mean(dim=(1, 2)), cover[0].mean(), rtol=0.02)


@pytest.mark.parametrize(
    "shape", ["circle", "crescent", "drop", "heart", "leaf", "petal", "square", "star", "triangle"]
)
def test_shapes_lie_within_their_square_and_end_before_its_edge(shape):
    stamp = stamps_of(Stamps(shapes=(shape,)), torch.device("cpu"))[0, 0]
    assert 0.1 < stamp[4].mean() < 0.8
    edge = torch.cat([stamp[4, 0], stamp[4, -1], stamp[4, :, 0], stamp[4, :, -1]])
    assert edge.max() == 0
    assert (stamp[0] <= stamp[4] + 1e-6).all() and stamp[1:4].abs().max() == 0
    rows = (stamp[4] > 0.5).any(dim=1).nonzero()
    assert rows.max() - rows.min() > 0.6 * SIDE


def test_a_stamp_lies_where_its_numbers_say(flag):
    spec = Stamps(pictures=(flag,), count=1, sizes=(0.5, 0.5), paper="blue")
    generator = spec.build(make_env(size=(64, 64), steps=3, seeds=(1,)))
    put(generator)
    drawn = generator.draw(3)[0].round().detach()
    # A diameter of half of 64 pixels: 32 wide, 16 high, in the middle.
    assert drawn[:, 32, 20].tolist() == [0, 1, 0] and drawn[:, 32, 44].tolist() == [1, 0, 0]
    green, red = ((drawn[c] == 1) & (drawn[2] == 0) for c in (1, 0))
    assert green.sum() == pytest.approx(256, rel=0.1) and red.sum() == pytest.approx(256, rel=0.1)
    put(generator, n0=0.5, n3=torch.pi / 2)
    drawn = generator.draw(3)[0].round().detach()
    # A quarter of half the side to the right, and a quarter turn clockwise: left becomes up.
    assert drawn[:, 24, 40].tolist() == [0, 1, 0] and drawn[:, 40, 40].tolist() == [1, 0, 0]
    assert drawn[:, 32, 20].tolist() == [0, 0, 1]
    assert generator.cover[0, 0, 24, 40] > 0.99 and generator.cover[0, 0, 32, 20] == 0


def test_tint_multiplies_pictures_by_a_colour(flag):
    spec = Stamps(pictures=(flag,), count=1, sizes=(1, 1), tint=1, palette=("#0000ff", "#0000fe"))
    generator = spec.build(make_env(size=(32, 32), steps=3, seeds=(1,)))
    put(generator)
    assert torch.allclose(generator.draw(3)[0, :, 16, 8], torch.tensor([0.0, 0, 1 / 3]), atol=0.02)


def test_a_later_stamp_covers_an_earlier_one():
    spec = Stamps(shapes=("square",), count=2, sizes=(1, 1))
    generator = spec.build(make_env(size=(32, 32), steps=3, seeds=(1,)))
    numbers = torch.zeros(1, 2, 7)
    numbers[0, 0, 4:] = torch.tensor([9.0, -9, -9])
    numbers[0, 1, 4:] = torch.tensor([-9.0, 9, -9])
    generator.put_numbers([numbers])
    assert torch.allclose(generator.draw(3)[0, :, 16, 16], torch.tensor([0.0, 1, 0]), atol=0.01)


def test_with_and_without_a_gradient_it_draws_the_same():
    generator = Stamps(count=6).build(make_env(size=(24, 40), steps=3))
    with_gradient = generator.draw(3)
    with torch.no_grad():
        assert torch.allclose(generator.draw(3), with_gradient, atol=1e-6)


def test_it_begins_with_the_picture_that_it_is_given():
    rows = torch.linspace(0, 1, 48)[:, None].expand(48, 64)
    picture = torch.stack([rows, rows.flip(0), torch.full_like(rows, 0.4)])[None]
    drawn = (
        Stamps(count=200, shapes=("square", "circle")).build(make_env(size=(48, 64), start=picture, steps=3)).draw(3)
    )
    assert (drawn - picture).abs().mean() < 0.12


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"sizes": (0.5, 0.1)}, "in this order"), ({"tint": 0.5}, "'tint' colours 'pictures'")],
)
def test_settings_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Stamps(**settings)
