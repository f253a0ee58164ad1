import io
import math
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.measure import points_in_poly

from artgen.testing import GeneratorContract, make_env
from artgen_cells import Cells, Kind
from artgen_cells.lattice import LATTICES
from tests.helpers.vectors import resvg

KINDS = get_args(Kind)


class TestCells(GeneratorContract):
    spec = Cells(across=4)


class TestStitchesInColoursOfTheirOwn(GeneratorContract):
    spec = Cells(kind="knit", across=3, gap=0.2, palette={"learn": 2})
    sizes = ((24, 32),)


@pytest.mark.parametrize("kind", KINDS)
def test_a_point_lies_within_the_outline_of_its_cell(kind):
    points = torch.rand(400, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 9 - 3
    columns, rows = LATTICES[kind].find(*points.T)
    for point, column, row in zip(points.tolist(), columns.tolist(), rows.tolist(), strict=True):
        outline = np.array(LATTICES[kind].outline(column, row))
        middle = outline.mean(axis=0)
        assert points_in_poly([point], middle + (outline - middle) * (1 + 1e-6))[0], (point, column, row)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gap", [0, 0.2])
def test_the_svg_looks_like_the_picture(artgen, tmp_path, kind, gap):
    preset = tmp_path / "mosaic.yaml"
    preset.write_text(
        f"generator: {{type: cells, kind: {kind}, across: 4, gap: {gap}, aspect: 1.3, noise: 1}}\n"
        "seed: 3\nsize: [48, 32]\nsteps: 1\nlosses: [{type: saturation}]\n"
    )
    artgen("run", preset, "--out", tmp_path / "run", code=0)
    picture = np.array(Image.open(tmp_path / "run/image.png").convert("RGB"))
    drawn = resvg((tmp_path / "run/image.svg").read_bytes()).permute(1, 2, 0).numpy() * 255
    assert np.abs(drawn - picture).mean() < (2 if gap else 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_cells_have_the_mean_of_what_they_cover(kind):
    rows = torch.linspace(0.1, 0.9, 48)[:, None].expand(48, 64)
    picture = torch.stack([rows, rows.flip(0), torch.full_like(rows, 0.4)])[None]
    generator = Cells(kind=kind, across=16, noise=0).build(make_env(size=(48, 64), start=picture))
    assert (generator.draw(0) - picture).abs().mean() < 0.03
    assert torch.allclose(generator.draw(0).mean(dim=(2, 3)), picture.mean(dim=(2, 3)), atol=0.005)


@pytest.mark.parametrize("degrees", [22.5, 67.5])
def test_joints_are_as_wide_at_any_angle(degrees):
    aspect, gap, width = math.tan(math.radians(degrees)), 0.1, 32
    spec = Cells(kind="diamond", across=2, gap=gap, aspect=aspect, joint="white", init="black", noise=0)
    # As many rows as fill the canvas.
    size = (round(4 * width * aspect), 2 * width)
    drawn = spec.build(make_env(size=size)).draw(0)
    share = ((drawn.mean() - drawn.min()) / (1 - drawn.min())).item()
    high = width * math.sin(math.radians(degrees))
    assert share == pytest.approx(1 - (1 - gap * width / high) ** 2, abs=0.006)


def test_joints_have_their_own_colour_and_width():
    drawn = Cells(kind="square", across=4, gap=0.25, joint="blue", init="red").build(make_env(size=(32, 32))).draw(0)
    blue = (drawn[0, 2] > 0.9).float().mean()
    assert blue == pytest.approx(1 - 0.75**2, abs=0.01)


@pytest.fixture
def exported(artgen, tmp_path):
    def export(settings, suffix, code=0):
        preset = tmp_path / "mosaic.yaml"
        preset.write_text(
            f"generator: {{type: cells, {settings}, noise: 1}}\n"
            "seed: 3\nsize: [48, 32]\nsteps: 1\nlosses: [{type: saturation}]\n"
        )
        artgen("run", preset, "--out", tmp_path / "run", code=0)
        done = artgen("export", tmp_path / "run", tmp_path / f"made{suffix}", code=code)
        if code:
            return done.stderr
        return [Image.open(io.BytesIO((tmp_path / name).read_bytes())) for name in (f"made{suffix}", "run/image.png")]

    return export


def test_the_sprite_has_a_pixel_for_each_cell(exported):
    sprite, picture = exported("kind: square, across: 12", ".sprite.png")
    assert sprite.size == (12, 8)
    assert sprite.resize(picture.size, Image.Resampling.NEAREST).tobytes() == picture.convert("RGB").tobytes()


def test_where_a_row_has_no_cell_the_sprite_is_clear(exported):
    sprite, _ = exported("kind: shifted, across: 4", ".sprite.png")
    alpha = np.array(sprite.getchannel("A"))
    assert alpha.shape == (6, 5) and (alpha[::2, 0] == 0).all() and (alpha[1::2] == 255).all()


def test_an_indexed_png_has_the_pixels_of_the_picture(exported):
    indexed, picture = exported("kind: square, across: 12, palette: [red, gold, navy]", ".indexed.png")
    assert indexed.mode == "P" and max(indexed.tobytes()) == 2
    assert indexed.convert("RGB").tobytes() == picture.convert("RGB").tobytes()
    assert np.diff(np.bincount(np.array(indexed).ravel())).max() <= 0


def test_a_picture_of_too_many_colours_has_no_indexed_png(exported):
    assert "colours, and an indexed PNG at most 256" in exported("kind: square, across: 48", ".indexed.png", code=2)


def test_a_palette_of_its_own_has_no_more_colours():
    spec = Cells(kind="triangle", across=6, palette={"learn": 3}, noise=1)
    generator = spec.build(make_env(size=(32, 32)))
    assert len(generator.colours(generator.steps)[0].T.unique(dim=0)) <= 3


@pytest.mark.parametrize("settings", [{"softness": 0.1}, {"joint": "red"}])
def test_settings_that_would_do_nothing_are_refused(settings):
    with pytest.raises(ValueError, match=r"'softness' blends|'joint' is the colour"):
        Cells(**settings)
