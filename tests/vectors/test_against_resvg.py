"""The pictures against those that another program makes of the SVG files: resvg, which is written in Rust."""

import pytest
import torch

from artgen.vectors import Shapes, circle, paint, polygon, polyline, svg
from tests.helpers.vectors import random_shapes, resvg

SIZE = (40, 56)


def off(shapes, ground, size=SIZE):
    """How far the 8-bit picture is from resvg's, on the mean, in 1/255."""
    ours = (paint(shapes, ground, size)[0] * 255).round() / 255
    return (ours - resvg(svg(shapes, ground, size))).abs().mean().item() * 255


@pytest.mark.parametrize(("kind", "allowed"), [("nonzero", 1), ("evenodd", 1), ("stroke", 2)])
def test_a_hundred_pictures_are_as_resvg_draws_them(kind, allowed):
    errors = [off(*random_shapes(seed, kind), SIZE) for seed in range(100)]
    assert sum(errors) / len(errors) < allowed
    assert max(errors) < 2 * allowed


def test_strokes_of_changing_width_are_as_their_outlines():
    errors = [off(*random_shapes(seed, "pressure"), SIZE) for seed in range(10)]
    assert sum(errors) / len(errors) < 3


def test_circles_polygons_and_lines():
    centres, corners = torch.tensor([[[20.3, 17.8]]]), torch.tensor([[[[30.2, 4], [50, 9.5], [38, 33]]]])
    ends = torch.tensor([[[[3.0, 36.5], [48, 30]]]])
    colours, opacities = torch.tensor([[[1.0, 0, 0]]]), torch.tensor([[0.8]])
    shapes = [
        Shapes(circle(centres, torch.tensor([[13.4]])), colours, opacities),
        Shapes(polygon(corners), colours.roll(1, -1), opacities),
        Shapes(polyline(ends), colours.roll(2, -1), widths=torch.tensor([[3.0]])),
    ]
    assert off(shapes, torch.ones(1, 3)) < 1


@pytest.mark.parametrize("rule", ["nonzero", "evenodd"])
def test_a_path_of_two_loops(rule):
    rings = [circle(torch.tensor([[[26.5, 19.5]]]), torch.tensor([[radius]])) for radius in (16.2, 8.7)]
    shapes = Shapes(torch.cat(rings, dim=2), torch.zeros(1, 1, 3), rule=rule, loops=2)
    assert off(shapes, torch.ones(1, 3)) < 1
    middle = paint(shapes, torch.ones(1, 3), SIZE)[0, 0, 19, 26]
    assert middle == (0 if rule == "nonzero" else 1)
