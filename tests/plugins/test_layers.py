"""Generators one above the other."""

import numpy
import pytest
import torch
from defusedxml.ElementTree import fromstring
from PIL import Image

from artgen.api import HasNumbers, InputError, PaintsOver, Schedule
from artgen.testing import GeneratorContract, make_env
from artgen_evolve import Collage, Evolve
from artgen_glyphs.stamps_spec import Stamps
from artgen_layers import Ground, Layers
from artgen_lines.lines_spec import Lines
from artgen_pixel import Pixel
from artgen_strokes import Strokes
from artgen_vqgan import Vqgan
from tests.helpers.vectors import resvg

SVG = "{http://www.w3.org/2000/svg}"

SKY = Ground(colours=("#102040", "#f0a060"))
SIZES = ((24, 32),)


class TestGround(GeneratorContract):
    spec = SKY


class TestLayers(GeneratorContract):
    spec = Layers(below=Pixel(), above=Strokes(count=3, segments=1, length=0.5, width=0.1))
    sizes = SIZES


class TestMaskedLayers(GeneratorContract):
    spec = Layers(below=Pixel(), above=Pixel(noise=1), where="left", opacity=Schedule.constant(0.8))
    sizes = SIZES


def both(env, **settings):
    """A picture of strokes over a sky; the strokes and the sky alone, with the same random streams."""
    strokes = Strokes(count=4, segments=1, length=0.5, width=0.1, paper="#00ff00")
    return Layers(below=SKY, above=strokes, **settings).build(env)


def test_the_paper_of_what_lies_above_does_not_shine_at_the_edges():
    """As many drawings with other papers look the same, to the last pixel."""
    env = make_env()
    drawn = [
        Layers(below=SKY, above=Strokes(count=4, width=0.1, paper=paper)).build(env).draw(0).detach()
        for paper in ("lime", "black")
    ]
    assert torch.equal(*drawn)


def test_opacity_and_where_say_how_much_of_what_lies_above_is_seen():
    env = make_env()
    sky = SKY.build(env).draw(0).detach()
    full = both(env).draw(0).detach()
    half = both(env, opacity=Schedule.constant(0.5)).draw(0).detach()
    torch.testing.assert_close(half, (sky + full) / 2)
    left = both(env, where={"box": (0, 0, 0.5, 1), "soft": 0}).draw(0).detach()
    torch.testing.assert_close(left[..., :16], full[..., :16])
    torch.testing.assert_close(left[..., 16:], sky[..., 16:])


def test_what_is_not_cut_out_has_its_paper():
    drawn = both(make_env(), cut_out=False, where="left").draw(0).detach()
    assert ((drawn - torch.tensor([0.0, 1.0, 0.0]).view(3, 1, 1)).abs().amax(dim=1) < 0.01).sum() > 200


def test_both_learn():
    """The ground through what the strokes leave of it, the strokes to their outlines."""
    generator = both(make_env())
    before = [number.detach().clone() for number in generator.numbers]
    generator.draw(0).square().sum().backward()
    generator.advance(0)
    moved = [not torch.equal(one, other) for one, other in zip(before, generator.numbers, strict=True)]
    assert moved == [True, True, True, True, False]  # colours; points, widths, colours, and the paper that none sees


def test_two_of_one_kind_draw_different_things():
    generator = Layers(below=Pixel(noise=1), above=Pixel(noise=1), opacity=Schedule.constant(0.5)).build(make_env())
    below, above = generator.numbers
    assert not torch.equal(below, above)


def test_covers_add_up_where_both_are_seen_through():
    env = make_env()
    below, above = Strokes(count=2, width=0.2), Stamps(count=2)
    generator = Layers(below=below, above=above, opacity=Schedule.constant(0.5)).build(env)
    generator.draw(0)
    white, black = (generator.draw_over(torch.full((2, 3, 24, 32), ground), 0).detach() for ground in (1.0, 0.0))
    torch.testing.assert_close((white - black)[:, :1], 1 - generator.cover, atol=1e-5, rtol=0)
    assert both(env).cover is None


def test_a_start_goes_to_those_that_read_it():
    start = torch.rand(2, 3, 24, 32, generator=torch.Generator().manual_seed(3))
    generator = Layers(below=SKY, above=Pixel(noise=0), where="right").build(make_env(start=start))
    drawn = generator.draw(0).detach()
    assert (drawn - start)[..., 24:].abs().mean() < 0.05
    torch.testing.assert_close(drawn[..., :8], SKY.build(make_env()).draw(0).detach()[..., :8])


def test_both_take_a_part_of_a_picture_over_if_both_can():
    env = make_env()
    assert isinstance(TestMaskedLayers.spec.build(env), PaintsOver)
    assert not isinstance(both(env), PaintsOver)
    assert isinstance(both(env), HasNumbers)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"above": Pixel()}, "'above': 'pixel' draws everywhere and hides all of 'below'; set 'where' or an 'opacity'"),
        ({"above": Strokes(), "cut_out": False}, "'above': 'strokes' is not cut out and hides"),
    ],
)
def test_what_would_hide_everything_is_told(settings, said):
    with pytest.raises(InputError, match=said):
        Layers(**settings).build(make_env())


def test_a_generator_that_cannot_is_named():
    generator = Layers(below=Collage(), above=Strokes(count=2)).build(make_env())
    with pytest.raises(InputError, match="'below': the generator 'collage' cannot take a picture over"):
        generator.paint(torch.zeros(2, 3, 24, 32), 0)
    generator = Layers(above=Layers(above=Lines(nails=12), where="left"), where="left").build(make_env())
    assert isinstance(generator, HasNumbers)
    with pytest.raises(ValueError, match="'above': 'evolve' learns by no gradient"):
        Layers(above=Evolve())


def test_different_numbers_of_steps_are_told():
    env = make_env(steps=4)
    built = SKY.build

    class Short(Ground):
        def build(self, env):
            generator = built(env)
            generator.steps = 3
            return generator

    with pytest.raises(InputError, match="'ground' takes 3, 'strokes' 4"):
        Layers(below=Short(), above=Strokes(count=2)).build(env)


def test_a_preset_nests_them(artgen, tmp_path):
    """Three layers; the recipe draws the same again."""
    preset = tmp_path / "three.yaml"
    preset.write_text(
        "generator:\n  type: layers\n  below: {type: ground, colours: [navy, orange]}\n"
        "  above:\n    type: layers\n    below: {type: strokes, count: 3}\n    above: {type: stamps, count: 2}\n"
        "    where: {place: centre, invert: true}\n"
        "seed: 3\nsize: [48, 32]\nsteps: 2\nlosses: [{type: saturation}]\n"
    )
    artgen("run", preset, "--out", tmp_path / "run")
    artgen("replay", tmp_path / "run" / "image.png")


def test_the_ground_runs_from_colour_to_colour():
    drawn = Ground(colours=("black", "red", "white"), angle=90).build(make_env(size=(4, 30))).draw(0)[0].detach()
    assert torch.equal(drawn[:, 0], drawn[:, 3])
    red = drawn[:, 0].mT
    assert red[0].min() > 0.9 and red[-1].max() < 0.1 and (red[14] - torch.tensor([1.0, 0, 0])).abs().max() < 0.1


def test_a_ground_that_takes_a_picture_over_has_its_colours():
    env = make_env(size=(20, 10))
    first = SKY.build(env).draw(0).detach()
    other = Ground(colours=("red", "lime")).build(env)
    other.paint(first, 0)
    assert (other.draw(0) - first).abs().mean() < 0.01


def test_words_for_the_prompt_are_handed_on():
    spec = Layers(below=Vqgan(init="prompt"), above=Strokes())
    assert spec.reading("a fox") == spec.below.reading("a fox") != {}


def test_the_svg_of_layers_looks_as_they_do(artgen, tmp_path):
    """With strokes cut out of their paper, within a part of it, over a sky at an angle; and once more above it all."""
    preset = tmp_path / "layered.yaml"
    strokes = "{type: strokes, count: 9, width: 0.1, paper: '#00ff00'}"
    preset.write_text(
        "seed: 3\nsize: [48, 32]\nsteps: 2\nbatch: 2\nlosses: [{type: saturation}]\n"
        "generator:\n  type: layers\n"
        "  below:\n    type: layers\n    below: {type: ground, colours: [navy, orange, white], angle: 30}\n"
        f"    above: {strokes}\n    where: left\n"
        f"  above: {strokes}\n  opacity: 0.6\n"
    )
    run = tmp_path / "run"
    artgen("run", preset, "--out", run, "--export", "svg")
    for name in ("seed-3", "seed-4"):
        drawing = (run / "batch" / f"{name}.svg").read_bytes()
        picture = torch.from_numpy(numpy.array(Image.open(run / "batch" / f"{name}.png").convert("RGB"))) / 255
        assert (resvg(drawing).permute(1, 2, 0) - picture).abs().mean() < 1 / 255
        root = fromstring(drawing)
        names = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(names) == len({*names}) and {"below", "above", "below-below", "below-above"} < {*names}
        assert "opacity" in root.findtext(f"{SVG}metadata")


def test_layers_with_pixels_are_no_svg(artgen, tmp_path):
    preset = tmp_path / "layered.yaml"
    preset.write_text(
        "size: 16\nsteps: 1\nlosses: [{type: saturation}]\n"
        "generator: {type: layers, below: {type: pixel}, above: {type: strokes, count: 2}}\n"
    )
    artgen("run", preset, "--out", tmp_path / "run")
    said = artgen("export", tmp_path / "run", tmp_path / "copy.svg", code=2).stderr
    assert "'below': what 'pixel' draws is no SVG; layers are one if all of them are\n" in said
    assert not (tmp_path / "copy.svg").exists()
