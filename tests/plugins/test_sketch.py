import numpy as np
import torch
from defusedxml.ElementTree import fromstring
from skimage.draw import disk

from artgen import api
from artgen.testing import GeneratorContract, make_env
from artgen.testing.checks import reloaded
from artgen.testing.parts import make_recipe
from artgen_strokes import Sketch
from artgen_strokes.edges import fitted, lines_along
from tests.helpers.vectors import resvg

PATH = "{http://www.w3.org/2000/svg}path"


class TestSketch(GeneratorContract):
    spec = Sketch(count=5, segments=2, ink="#808080", width=0.3)


def a_disc():
    """Red on a green that is as bright, (1, 3, 64, 64)."""
    picture = np.full((64, 64, 3), (0.2, 0.5, 0.2), dtype=np.float32)
    picture[disk((32, 32), 20)] = (0.9, 0.21, 0.2)
    return torch.from_numpy(picture).permute(2, 0, 1)[None]


def alone(start=None, **settings):
    return Sketch(**settings).build(make_env(size=(64, 64), batch=1, seeds=(1,), start=start, steps=10))


def descend(generator, steps, target):
    for step in steps:
        (generator.draw(step) - target).square().sum().backward()
        generator.advance(step)


def exported(generator, suffix=".svg"):
    drawn = generator.draw(10).detach()
    result = api.Result(drawn, 0, (0.5,), 10, {}, make_recipe(3))
    return generator.exported(suffix, api.ExportSource(generator, Sketch(), 0, result, None)), drawn[0]


def test_lines_run_along_the_edges_of_a_picture():
    points = alone(a_disc(), count=6).shapes(0).paths.detach()
    distance = (points[0, :, :, 0] - 32.5).norm(dim=-1)
    assert (distance - 20).abs().max() < 2
    angles = torch.atan2(*(points[0, :, :, 0] - 32.5).flatten(0, 1).T).sort().values
    assert angles.diff().max() < 1, "the whole circle is drawn"


def test_a_picture_without_edges_has_no_lines():
    assert lines_along(torch.full((3, 32, 32), 0.4), 5) == []


def test_a_chain_of_curves_lies_on_its_line_and_has_no_corners():
    along = np.linspace(0, 3, 60)
    line = np.stack([20 * along, 10 * np.sin(2 * along)], axis=1)
    points = fitted(line, 3)
    assert np.allclose(points[[0, -1]], line[[0, -1]], atol=0.4)
    assert np.allclose(points[3] - points[2], points[4] - points[3])
    ends = points[::3]
    assert np.abs(ends[:, 1] - 10 * np.sin(ends[:, 0] / 10)).max() < 0.5


def test_the_pen_presses_in_the_middle_and_never_wider_than_allowed():
    generator = alone(count=4, width=0.05, pressure=0.5, pressure_rate=1)
    widths = generator.shapes(0).widths
    assert torch.all(widths[..., 1:-1] > widths[..., :1])
    descend(generator, range(3), torch.zeros(1, 3, 64, 64))
    widths = generator.shapes(3).widths
    assert widths.min() >= 0.5 * 0.05 * 64 - 1e-4 and widths.max() <= 1.5 * 0.05 * 64 + 1e-4


def test_lines_that_the_loss_does_not_need_go_and_leave_the_svg():
    target = torch.ones(1, 3, 64, 64)
    generator = alone(count=4, prune=0.5, useless=1, point_rate=0, width=0.1)
    drawn = generator.draw(0).detach()
    # What is drawn on the left is wanted, and nothing else.
    middles = generator.shapes(0).paths[0].mean(dim=(1, 2))[:, 0]
    wanted = middles < 32
    target[..., :32] = drawn[..., :32]
    assert 0 < wanted.sum() < 4
    descend(generator, range(10), target)
    left = generator.shapes(10).opacities[0] > 0
    assert not left[~wanted].any() and left.any()
    drawing, picture = exported(generator)
    assert len(list(fromstring(drawing).iter(PATH))) == int(left.sum())
    assert (resvg(drawing) - picture).abs().mean() < 2 / 255


def test_one_line_stays_however_useless():
    generator = alone(count=3, prune=0.5, useless=1)
    descend(generator, range(6), torch.ones(1, 3, 64, 64))
    assert len(list(fromstring(exported(generator)[0]).iter(PATH))) == 1


def test_no_more_lines_go_than_are_allowed_but_for_faint_ones():
    white = torch.ones(1, 3, 64, 64)
    some, faint = alone(count=8, prune=0.5, useless=0.25), alone(count=8, prune=0.5, useless=0, opacity_rate=0.5)
    for generator in (some, faint):
        descend(generator, range(6), white)
    assert (some.shapes(6).opacities > 0).sum() == 6
    assert len(list(fromstring(exported(faint)[0]).iter(PATH))) == 1


def test_a_run_goes_on_exactly_before_lines_go():
    target = torch.zeros(1, 3, 64, 64)
    target[..., 20:] = 1
    straight, first, second = (alone(count=5, prune=0.5) for _ in range(3))
    descend(straight, range(8), target)
    descend(first, range(3), target)
    second.load_state_dict(reloaded(first.state_dict()))
    descend(second, range(3, 8), target)
    assert torch.equal(second.draw(10), straight.draw(10))


def test_the_plot_is_for_the_sheet_that_is_given():
    plot, _ = exported(alone(count=2, sheet="a6"), ".plot.svg")
    assert fromstring(plot).get("width") == "105mm"
