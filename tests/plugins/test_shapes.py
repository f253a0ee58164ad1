import numpy as np
import pytest
import torch
from defusedxml.ElementTree import fromstring
from PIL import Image
from skimage.draw import disk
from torchvision.utils import save_image

from artgen.testing import GeneratorContract, make_env
from artgen.testing.checks import reloaded
from artgen_shapes import FlatShapes
from artgen_shapes.forms import paths
from artgen_shapes.placing import places
from tests.helpers.vectors import resvg

LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"


class TestShapes(GeneratorContract):
    spec = FlatShapes(count=6, first=2, rounds=2, corners=4, fit=4)


def two_things():
    """A red disc and a blue square on white, (1, 3, 48, 64)."""
    picture = np.ones((48, 64, 3), dtype=np.float32)
    picture[disk((24, 20), 13)] = (0.8, 0.1, 0.1)
    picture[16:32, 44:58] = (0.1, 0.2, 0.7)
    return torch.from_numpy(picture).permute(2, 0, 1)[None]


def descend(generator, steps, target):
    for step in steps:
        (generator.draw(step) - target).square().sum().backward()
        generator.advance(step)
    return generator


@pytest.mark.parametrize(("kind", "off"), [("blob", 0.012), ("polygon", 0.015), ("circle", 0.06), ("triangle", 0.06)])
def test_they_begin_with_the_picture_that_they_are_given(kind, off):
    picture = two_things()
    spec = FlatShapes(kind=kind, count=12, fit=16)
    assert (
        spec.build(make_env(size=(48, 64), start=picture, seeds=(1,), batch=1)).draw(0) - picture
    ).abs().mean() < off


def test_each_region_of_a_picture_is_a_shape_the_largest_first():
    env = make_env(size=(48, 64), start=two_things(), batch=1, seeds=(1,))
    shapes = FlatShapes(count=2, first=2, fit=0).build(env).shapes(0)[0]
    colours = torch.tensor([[0.8, 0.1, 0.1], [0.1, 0.2, 0.7]])
    assert torch.allclose(shapes.colours[0], colours, atol=0.03)
    middles = shapes.paths[0, :, :, 0].mean(dim=1)
    assert torch.allclose(middles, torch.tensor([[20.5, 24.5], [51.0, 24.0]]), atol=1.5)


def test_they_come_in_rounds_where_the_losses_ask():
    target = torch.ones(1, 3, 48, 64)
    target[:, :, 8:16, 48:56] = 0
    env = make_env(size=(48, 64), seeds=(1,), batch=1, steps=10)
    spec = FlatShapes(kind="circle", count=5, first=1, rounds=2, until=0.6, sizes=(0.1, 0.1), point_rate=0)
    generator, numbers = spec.build(env), []
    for step in range(10):
        numbers.append(generator.shapes(step)[0].paths.shape[1])
        descend(generator, [step], target)
    assert numbers == [1, 1, 1, 3, 3, 3, 5, 5, 5, 5]
    first_grown = generator.shapes(10)[0].paths[0, 1, :, 0].mean(dim=0)
    assert torch.allclose(first_grown, torch.tensor([52.0, 12.0]), atol=8)


def test_a_place_is_where_the_sum_is_longest_and_chance_decides_between_equals():
    asked = torch.zeros(2, 3, 40, 40)
    asked[0, :, 30:40, 0:10] = 1
    chance = torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(3))
    found = places(asked, 10, 1, chance)
    assert found[0, 0].tolist() == [5, 35]
    row, column = np.unravel_index(int(chance[1].argmax()), (4, 4))
    assert found[1, 0].tolist() == [column * 10 + 5, row * 10 + 5]


def test_a_run_goes_on_exactly_while_shapes_are_still_to_come():
    spec, target = FlatShapes(count=6, first=2, rounds=2, corners=4), torch.zeros(2, 3, 24, 32)
    straight, first, second = (spec.build(make_env(steps=12)) for _ in range(3))
    descend(straight, range(12), target)
    descend(first, range(5), target)
    second.load_state_dict(reloaded(first.state_dict()))
    descend(second, range(5, 12), target)
    assert torch.equal(second.draw(12), straight.draw(12))


def test_an_average_of_shapes_that_came_later_knows_nothing_of_before():
    spec = FlatShapes(kind="circle", count=2, first=1, rounds=1, until=0.5, ema=0.9, point_rate=0, paper_moves=True)
    generator = descend(spec.build(make_env(steps=4)), range(4), torch.zeros(2, 3, 24, 32))
    final, averaged = generator.shapes(3)[0], generator.shapes(4)[0]
    assert (final.paths - averaged.paths).abs().max() < 0.01
    assert averaged.colours.min() >= 0 and averaged.colours.max() <= 1


def test_shapes_that_nobody_sees_begin_anew():
    spec = FlatShapes(kind="circle", count=3, first=2, rounds=1, until=0.5, colour_rate=0, point_rate=0)
    generator = spec.build(make_env(size=(24, 32), steps=2))
    generator.numbers[2].data[0, 0, 3] = 0
    before = generator.shapes(0)[0].paths
    descend(generator, [0], torch.ones(2, 3, 24, 32))
    moved = (generator.shapes(1)[0].paths[:, :2] - before).abs().amax(dim=(2, 3, 4)) > 0.1
    assert moved.tolist() == [[True, False], [False, False]]
    assert generator.shapes(1)[0].opacities[0, 0].item() == pytest.approx(0.7)


def test_the_svg_looks_like_the_picture_and_its_layers_are_called_by_colours(artgen, tmp_path):
    save_image(two_things(), tmp_path / "start.png")
    preset = tmp_path / "flat.yaml"
    preset.write_text(
        "generator: {type: shapes, count: 4, fit: 4}\nstart: start.png\n"
        "seed: 3\nsize: [64, 48]\nsteps: 2\nlosses: [{type: saturation}]\n"
    )
    artgen("run", preset, "--out", tmp_path / "run")
    drawing = (tmp_path / "run/image.svg").read_bytes()
    picture = torch.from_numpy(np.array(Image.open(tmp_path / "run/image.png").convert("RGB"))).permute(2, 0, 1) / 255
    assert (resvg(drawing) - picture).abs().mean() < 1 / 255
    labels = [layer.get(LABEL) for layer in fromstring(drawing).iter("{http://www.w3.org/2000/svg}g")]
    assert labels[:3] == ["paper", "red", "blue"]


def test_a_circle_lies_on_the_ends_of_its_diameter():
    drawn = paths("circle", torch.tensor([[[[10.0, 4.0], [10.0, 12.0]]]]))[0, 0, :, 0]
    assert torch.allclose((drawn - torch.tensor([10.0, 8.0])).norm(dim=1), torch.tensor(4.0), atol=1e-3)


@pytest.mark.parametrize(
    ("setting", "word"),
    [({"sizes": (0.1, 0.2)}, "sizes"), ({"first": 65}, "first"), ({"kind": "circle", "corners": 5}, "corners")],
)
def test_settings_that_do_not_go_together_are_refused(setting, word):
    with pytest.raises(ValueError, match=word):
        FlatShapes(**setting)


def test_who_moves_the_numbers_has_all_shapes_at_once():
    generator = FlatShapes(count=9, first=2).build(make_env())
    generator.put_numbers(generator.numbers)
    assert generator.shapes(0)[0].paths.shape[1] == 9
