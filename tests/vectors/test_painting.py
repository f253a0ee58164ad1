"""What is painted: by exact areas, by what must not change it, and by its gradient."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from artgen.vectors import Shapes, chain, circle, coverage, paint, paint_with_cover, polygon, polyline, ring
from tests.helpers.vectors import random_shapes

SIZE = (40, 56)
KINDS = ["nonzero", "evenodd", "stroke", "pressure"]


def area(shapes, size=SIZE):
    return coverage(shapes, size).share.sum().item()


def test_a_filled_shape_covers_its_area():
    corners = torch.tensor([[[[3.3, 2.1], [41.7, 9.9], [17.2, 33.3]]]], dtype=torch.float64)
    (ax, ay), (bx, by), (cx, cy) = corners[0, 0].tolist()
    wanted = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
    assert area(Shapes(polygon(corners), torch.zeros(1, 1, 3))) == pytest.approx(wanted, abs=1e-6)


def test_a_disc_covers_its_area_and_a_dot_of_a_pen_does_too():
    middle, white = torch.tensor([[[28.2, 19.6]]], dtype=torch.float64), torch.ones(1, 1, 3)
    disc = Shapes(circle(middle, torch.tensor([[12.5]])), white)
    assert area(disc) == pytest.approx(math.pi * 12.5**2, rel=1e-3)
    dot = Shapes(polyline(middle[:, :, None].expand(-1, -1, 2, -1)), white, widths=torch.tensor([[25.0]]))
    assert area(dot) == pytest.approx(math.pi * 12.5**2, rel=1e-3)


@pytest.mark.parametrize("width", [0.25, 1.0, 3.7])
def test_a_line_covers_its_length_times_its_width(width):
    line = torch.tensor([[[[-9.0, 8.3], [70.0, 29.1]]]], dtype=torch.float64)
    wanted = width * math.hypot(56, 56 * 20.8 / 79)
    assert area(Shapes(polyline(line), torch.zeros(1, 1, 3), widths=torch.tensor([[width]]))) == pytest.approx(
        wanted, rel=1e-4
    )


def test_what_is_off_the_canvas_covers_nothing():
    far = torch.tensor([[[[-90.0, 8.3], [-70.0, 29.1], [-80, 50]]]])
    for place in (far, -2 * far, far.flip(-1), -2 * far.flip(-1)):
        assert area(Shapes(polygon(place), torch.zeros(1, 1, 3))) == 0
        assert area(Shapes(polyline(place), torch.zeros(1, 1, 3), widths=torch.ones(1, 1))) == 0


def test_no_shapes_leave_the_ground():
    none = Shapes(torch.zeros(2, 0, 3, 4, 2), torch.zeros(2, 0, 3), widths=torch.zeros(2, 0))
    ground = torch.rand(2, 3)
    assert torch.equal(paint(none, ground, (3, 5)), ground[..., None, None].expand(2, 3, 3, 5))
    assert torch.equal(paint([], ground, (3, 5)), ground[..., None, None].expand(2, 3, 3, 5))


@pytest.mark.parametrize("kind", KINDS)
def test_the_chunk_changes_nothing(kind):
    shapes, ground = random_shapes(5, kind)
    assert torch.equal(paint(shapes, ground, SIZE), paint(shapes, ground, SIZE, chunk=100))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_a_batch_is_the_same_alone(kind):
    alone = [random_shapes(seed, kind) for seed in (1, 2)]
    fields = ("paths", "colours", "opacities", "widths")
    both = {
        name: None if getattr(alone[0][0], name) is None else torch.cat([getattr(one, name) for one, _ in alone])
        for name in fields
    }
    ground = torch.cat([ground for _, ground in alone])
    batch = paint(Shapes(**both, rule=alone[0][0].rule), ground, SIZE)
    for picture, (shapes, own) in enumerate(alone):
        assert torch.equal(batch[picture], paint(shapes, own, SIZE)[0])


def test_the_order_is_that_of_the_shapes():
    square = polygon(torch.tensor([[[2.0, 2], [8, 2], [8, 8], [2, 8]]])).expand(1, 2, -1, -1, -1)
    colours = torch.tensor([[[1.0, 0, 0], [0, 0, 1]]])
    picture = paint(Shapes(square, colours, torch.tensor([[1.0, 0.25]])), torch.ones(1, 3), (10, 10))
    assert picture[0, :, 5, 5].tolist() == [0.75, 0, 0.25]
    assert picture[0, :, 0, 0].tolist() == [1, 1, 1]


def test_light_is_mixed_as_light():
    square = polygon(torch.tensor([[[[0.0, 0], [4, 0], [4, 4], [0, 4]]]]))
    shapes = Shapes(square, torch.ones(1, 1, 3), torch.tensor([[0.5]]))
    picture = paint(shapes, torch.zeros(1, 3), (4, 4), linear=True)
    # Half the light of white is 188 of 255 on a screen.
    assert (picture * 255).round().unique().tolist() == [188]


def test_cover_says_what_is_hidden_of_the_ground():
    square = polygon(torch.tensor([[[2.0, 2], [8, 2], [8, 8], [2, 8]]])).expand(1, 2, -1, -1, -1)
    shapes = Shapes(square, torch.zeros(1, 2, 3), torch.tensor([[0.5, 0.5]]))
    picture, cover = paint_with_cover(shapes, torch.ones(1, 3), (10, 10))
    assert torch.equal(picture, paint(shapes, torch.ones(1, 3), (10, 10)))
    assert torch.equal(cover, 1 - picture[:, :1])
    assert cover[0, 0, 5, 5] == 0.75


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("kind", ["nonzero", "evenodd", "stroke"])
def test_the_gradient_is_that_of_finite_differences(kind, linear):
    size, double = (9, 11), torch.float64
    draw = torch.Generator().manual_seed(4)
    bow = torch.tensor([[1.2, 1.6], [4, 0.4], [8.3, 2.2], [9.1, 5.7], [7, 9.2], [2.1, 8.4], [3.3, 5.9]], dtype=double)
    points = bow + torch.rand(1, 2, 7, 2, generator=draw, dtype=double)
    weights = torch.rand(1, 3, *size, generator=draw, dtype=double)
    looks = [0.1 + 0.8 * torch.rand(shape, generator=draw, dtype=double) for shape in ((1, 2, 3), (1, 2), (1, 3))]
    widths = 1 + 2 * torch.rand(1, 2, generator=draw, dtype=double)

    def drawn(points, colours, opacities, ground, widths=None):
        path = ring(points[:, :, :6]) if widths is None else chain(points)
        rule = "evenodd" if kind == "evenodd" else "nonzero"
        shapes = Shapes(path, colours, opacities, widths, rule=rule)
        return (paint(shapes, ground, size, linear) * weights).sum()

    given = [points, *looks, *([widths] if kind == "stroke" else [])]
    assert gradcheck(drawn, [value.requires_grad_() for value in given], atol=1e-5, rtol=1e-4)


def test_a_shape_that_lies_on_the_grid_of_pixels_can_move():
    corners = torch.tensor([[[[2.0, 2], [9, 2], [9, 8], [2, 8]]]], requires_grad=True)
    coverage(Shapes(polygon(corners), torch.zeros(1, 1, 3)), (12, 14)).share.sum().backward()
    left, top, right, bottom = (corners.grad[0, 0, rows, axis].sum() for rows, axis in
                                (([0, 3], 0), ([0, 1], 1), ([1, 2], 0), ([2, 3], 1)))  # fmt: skip
    assert left < 0 and top < 0 and right > 0 and bottom > 0


def test_a_white_stroke_on_white_paper_has_a_gradient():
    line = polyline(torch.tensor([[[[2.0, 5], [8, 5]]]]))
    colours = torch.ones(1, 1, 3, requires_grad=True)
    paint(Shapes(line, colours, widths=torch.tensor([[3.0]])), torch.ones(1, 3), (10, 10)).sum().backward()
    assert (colours.grad > 1).all()


def test_a_stroke_follows_the_gradient_to_where_it_is_wanted():
    line = torch.tensor([[[[10.0, 6], [20, 6], [30, 6], [40, 6]]]], requires_grad=True)
    wanted = paint(
        Shapes(chain(torch.tensor([[[[12.0, 8], [20, 12], [30, 12], [42, 7]]]])), torch.zeros(1, 1, 3), None,
               torch.tensor([[5.0]])), torch.ones(1, 3), SIZE)  # fmt: skip
    optimiser = torch.optim.Adam([line], lr=0.7)
    for _ in range(40):
        drawn = paint(Shapes(chain(line), torch.zeros(1, 1, 3), None, torch.tensor([[5.0]])), torch.ones(1, 3), SIZE)
        loss = (drawn - wanted).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 1e-3
