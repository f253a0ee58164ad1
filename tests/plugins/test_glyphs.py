import numpy
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from artgen.api import InputError
from artgen.testing import GeneratorContract, make_env
from artgen_glyphs import Glyphs
from artgen_glyphs.tiles import tiles_of

CPU = torch.device("cpu")


class TestGlyphs(GeneratorContract):
    spec = Glyphs(characters=" .oO@", grid=(5, 4))


class TestGlyphsInColours(GeneratorContract):
    spec = Glyphs(tiles="stitches", palette=("#ff0000", "#ffffff", "#202020"))
    sizes = ((24, 32), (25, 31))


@pytest.fixture(scope="module")
def petals(tmp_path_factory):
    """A red picture, and one whose left half is clear."""
    folder = tmp_path_factory.mktemp("petals")
    Image.new("RGB", (8, 8), "red").save(folder / "red.png")
    half = Image.new("RGBA", (8, 8))
    half.paste((0, 0, 255, 255), (4, 0, 8, 8))
    half.save(folder / "half.png")
    return folder / "red.png", folder / "half.png"


@pytest.mark.parametrize("kind", ["ascii", "type", "truchet", "triangles", "bricks", "stitches"])
def test_every_mixture_of_tiles_is_a_colour(kind):
    tiles = tiles_of(Glyphs(tiles=kind), (9, 7), CPU)
    assert len(tiles.signs) == len(set(tiles.signs)) or kind == "truchet"
    for ink in (0, 1):
        for paper in (0, 1):
            shown = tiles.ink * ink + tiles.own + (1 - tiles.cover) * tiles.paper * paper
            assert shown.min() >= -1e-6 and shown.max() <= 1 + 1e-6


def test_the_text_beside_a_picture_is_what_it_shows(artgen, tmp_path):
    preset = tmp_path / "typed.yaml"
    preset.write_text(
        "generator: {type: glyphs, characters: ' .x#@', grid: [6, 3], variety: 2}\n"
        "seed: 3\nsize: [60, 48]\nsteps: 2\nbatch: 2\nlosses: [{type: saturation}]\n"
    )
    artgen("run", preset, "--out", tmp_path / "run")
    for name in ("seed-3", "seed-4"):
        text = (tmp_path / "run" / "batch" / f"{name}.txt").read_text("utf-8")
        picture = Image.open(tmp_path / "run" / "batch" / f"{name}.png").convert("L")
        lines = text.split("\n")
        assert len(lines) == 4 and lines[3] == "" and all(len(line) == 6 for line in lines[:3])
        assert len(set("".join(lines))) > 2
        kinds = {}
        for row, line in enumerate(lines[:3]):
            for column, character in enumerate(line):
                cell = picture.crop((10 * column, 16 * row, 10 * column + 10, 16 * row + 16)).tobytes()
                assert kinds.setdefault(character, cell) == cell
        assert len(set(kinds.values())) == len(kinds)
        assert set(kinds.get(" ", b"\xff")) == {255}


def test_characters_are_those_of_the_font():
    from matplotlib import get_data_path

    (drawn,) = tiles_of(Glyphs(characters="R"), (40, 21), CPU).cover
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSansMono-Bold.ttf", 34)
    picture = Image.new("L", (21, 40))
    ImageDraw.Draw(picture).text((10.5, 20), "R", 255, font, anchor="mm")
    theirs = numpy.array(picture) / 255
    box = numpy.argwhere(theirs > 0.5)
    ours = numpy.argwhere(drawn[0].numpy() > 0.5)
    assert abs(numpy.ptp(box, axis=0) - numpy.ptp(ours, axis=0)).max() <= 1
    assert abs(theirs.sum() / drawn.sum().item() - 1) < 0.1


def test_truchet_arcs_meet_at_the_middles_of_the_sides():
    cover = tiles_of(Glyphs(tiles="truchet"), (40, 40), CPU).cover[:, 0]
    for side in (cover[:, 0], cover[:, -1], cover[:, :, 0], cover[:, :, -1]):
        assert torch.allclose(side, cover[:, 0], atol=0.1) and torch.allclose(side, side.flip(-1), atol=0.1)
        assert side[:, 19].min() > 0.5 and side[:, 0].max() < 0.1
    assert torch.allclose(cover[0], cover[1].flip(-1), atol=1e-3)


def test_it_begins_with_the_tiles_that_look_like_the_start():
    spec = Glyphs(tiles="triangles", variety=0)
    original = spec.build(make_env(size=(96, 96)))
    leanings = torch.nn.functional.one_hot(torch.arange(2 * 24 * 24).view(2, 24, 24) % 5, 6).float()
    original.put_numbers([leanings])
    picture = original.draw(10).detach()
    found = spec.build(make_env(size=(96, 96), start=picture)).draw(10)
    assert (found - picture).abs().mean() < 0.01


def test_light_tones_are_not_left_blank():
    shades = torch.linspace(1, 0, 12)
    picture = shades.repeat_interleave(16).expand(1, 3, 26, 192)
    spec = Glyphs(grid=(12, 1), variety=0)
    cover = spec.build(make_env(size=(26, 192), start=picture)).draw(10).detach()
    inked = 1 - cover[0].unflatten(2, (12, 16)).mean(dim=(0, 1, 3))
    darkest = tiles_of(spec, (26, 16), CPU).cover.mean(dim=(1, 2, 3)).max()
    assert torch.allclose(inked, (1 - shades) * darkest, atol=0.035)


def test_bricks_take_the_colours_of_the_start_and_of_their_palette():
    rows = torch.linspace(0, 1, 48)[:, None].expand(48, 48)
    picture = torch.stack([rows, rows.flip(0), torch.full_like(rows, 0.4)])[None]
    env = make_env(size=(48, 48), start=picture)
    free = Glyphs(tiles="bricks", grid=(12, 12)).build(env).draw(10)
    assert (free - picture).abs().mean() < 0.1
    few = Glyphs(tiles="bricks", grid=(12, 12), palette=("#f01060", "#10f060")).build(env)
    cells = few.draw(10).detach()[:1].unfold(2, 4, 4).unfold(3, 4, 4).reshape(3, 144, 16).movedim(1, 0).flatten(1)
    assert len({tuple(cell.tolist()) for cell in (cells * 255).round()}) == 2


def test_the_finished_picture_has_one_tile_a_cell():
    generator = Glyphs(characters=" #", grid=(8, 4)).build(make_env(size=(32, 32), steps=4))
    assert 0.3 < generator.draw(0).detach().mean() < 0.9
    cells = generator.draw(4).detach()[0, 0].unfold(0, 8, 8).unfold(1, 4, 4).flatten(0, 1).flatten(1)
    assert len({tuple(cell.tolist()) for cell in (cells * 255).round()}) <= 2
    hard = Glyphs(characters=" #", grid=(8, 4), straight_through=True).build(make_env(size=(32, 32), steps=4))
    assert torch.allclose(hard.draw(0), generator.draw(4))


def test_what_no_cell_covers_is_paper():
    generator = Glyphs(tiles="bricks", grid=(3, 3), paper="#0000ff").build(make_env(size=(11, 10)))
    drawn = generator.draw(0).detach()
    assert torch.equal(drawn[0, :, 0, 0], torch.tensor([0.0, 0, 1]))
    assert torch.equal(drawn[0, :, -1, -1], torch.tensor([0.0, 0, 1]))
    assert generator.cover[0, 0, 0, 0] == 0 and generator.cover[0, 0, 5, 5] == 1


def test_pictures_are_tiles(petals):
    start = torch.zeros(1, 3, 16, 16)
    start[:, 0, :, :8] = 1
    start[:, 2, :, 8:] = 1
    start[:, 1, :, 8:12] = start[:, 0, :, 8:12] = 1
    spec = Glyphs(tiles="pictures", pictures=petals, grid=(2, 2), variety=0)
    drawn = spec.build(make_env(size=(16, 16), start=start)).draw(10)
    assert torch.allclose(drawn, start, atol=0.02)
    tinted = Glyphs(tiles="pictures", pictures=petals, grid=(2, 2), ink="black").build(make_env(size=(16, 16)))
    assert tinted.draw(10).detach()[:, :, :, 0].max() in (0, 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tiles": "truchet", "characters": "ab"}, "belongs to"),
        ({"pictures": ()}, "pictures"),
        ({"tiles": "pictures"}, "belong together"),
        ({"ink": "red", "palette": ("#ff0000",)}, "leave 'ink' out"),
        ({"characters": "a\n"}, "cannot be printed"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Glyphs(**settings)


def test_a_character_that_the_font_lacks_is_told():
    with pytest.raises(InputError, match="has no '漢'"):
        Glyphs(characters="a漢").build(make_env(size=(24, 24)))
    with pytest.raises(InputError, match="does not fit a canvas of 24 x 24"):
        Glyphs(grid=(25, 2)).build(make_env(size=(24, 24)))
