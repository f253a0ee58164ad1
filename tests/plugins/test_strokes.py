import pytest
import torch
from defusedxml.ElementTree import fromstring
from PIL import Image

from artgen.testing import GeneratorContract, make_env
from artgen_strokes import Strokes
from tests.helpers.vectors import resvg

SVG = "{http://www.w3.org/2000/svg}"


class TestStrokes(GeneratorContract):
    spec = Strokes(count=5, segments=2)


class TestStrokesOnMovingPaper(GeneratorContract):
    spec = Strokes(count=2, segments=1, paper="black", paper_moves=True)
    sizes = ((24, 32),)


def test_the_svg_beside_a_picture_looks_like_it(artgen, tmp_path):
    preset = tmp_path / "lines.yaml"
    preset.write_text(
        "generator: {type: strokes, count: 12, width: 0.1, sheet: a5}\n"
        "seed: 3\nsize: [48, 32]\nsteps: 2\nbatch: 2\nlosses: [{type: saturation}]\n"
    )
    run = tmp_path / "run"
    artgen("run", preset, "--out", run)
    for name in ("seed-3", "seed-4"):
        drawing = (run / "batch" / f"{name}.svg").read_bytes()
        pixels = Image.open(run / "batch" / f"{name}.png").convert("RGB").tobytes()
        picture = torch.tensor(list(pixels)).view(32, 48, 3) / 255
        assert (resvg(drawing).permute(1, 2, 0) - picture).abs().mean() < 2 / 255
        assert "strokes" in fromstring(drawing).findtext(f"{SVG}metadata")
    assert fromstring((run / "image.plot.svg").read_bytes()).get("width") == "210mm"
    artgen("export", run, tmp_path / "copy.svg")
    assert (tmp_path / "copy.svg").read_bytes() == (run / "image.svg").read_bytes()


def test_it_begins_with_the_picture_that_it_is_given():
    rows = torch.linspace(0, 1, 48)[:, None].expand(48, 64)
    picture = torch.stack([rows, rows.flip(0), torch.full_like(rows, 0.4)])[None]
    drawn = Strokes(count=200).build(make_env(size=(48, 64), start=picture)).draw(0)
    assert (drawn - picture).abs().mean() < 0.06


def test_a_rate_of_none_keeps_the_points_where_they_are():
    generator = Strokes(count=3, point_rate=0, width_rate=0).build(make_env(size=(24, 24)))
    before = generator.shapes(0)[0]
    generator.draw(0).sum().backward()
    generator.advance(0)
    after = generator.shapes(1)[0]
    assert torch.allclose(before.paths, after.paths, atol=1e-4)
    assert not torch.equal(before.colours, after.colours)


def test_widths_and_colours_stay_in_their_range():
    generator = Strokes(count=6, width_rate=50, colour_rate=1).build(make_env(size=(24, 24)))
    for step in range(3):
        (generator.draw(step) - 0.3).square().sum().backward()
        generator.advance(step)
    shapes = generator.shapes(3)[0]
    assert shapes.widths.min() >= 0.0045 * 24 - 1e-4 and shapes.widths.max() <= 0.22 * 24 + 1e-4
    assert shapes.colours.min() >= 0 and shapes.colours.max() <= 1


def test_an_average_stays_in_the_range_too():
    """It is taken before what leaves its range is brought back."""
    spec = Strokes(count=6, width_rate=50, colour_rate=1, ema=0.9, paper_moves=True)
    generator = spec.build(make_env(size=(24, 24), steps=3))
    for step in range(3):
        (generator.draw(step) - 3).square().sum().backward()
        generator.advance(step)
    shapes, paper = generator.shapes(3)
    assert shapes.widths.min() >= 0.0045 * 24 - 1e-6 and shapes.widths.max() <= 0.22 * 24 + 1e-6
    for channel in (shapes.colours, shapes.opacities, paper, generator.draw(3)):
        assert channel.min() >= 0 and channel.max() <= 1


def test_lengths_grow_with_the_canvas():
    small, large = (Strokes(count=4).build(make_env(size=(side, side))).shapes(0)[0] for side in (32, 96))
    assert torch.allclose(3 * small.paths, large.paths, atol=1e-3)
    assert torch.allclose(3 * small.widths, large.widths)


@pytest.mark.parametrize("setting", [{"widths": (0.2, 0.1)}, {"width": 0.5}])
def test_widths_that_cannot_be_are_refused(setting):
    with pytest.raises(ValueError, match="width"):
        Strokes(**setting)
