import io
import sys
from types import SimpleNamespace

import pypdfium2
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from artgen.api import InputError
from artgen.testing import GeneratorContract, make_env
from artgen_cells import Cells, artgen_exporters
from artgen_making.instructions import instructions
from artgen_making.work import runs, work_of
from artgen_pixel import Pixel


class TestPixelsOfAStock(GeneratorContract):
    spec = Pixel(palette={"lego": "4x4", "each": 1}, softness=0.01)


def pieces(picture):
    """How often each colour is in (3, ...)."""
    return torch.unique(picture.flatten(1).T, dim=0, return_counts=True)[1]


@pytest.mark.parametrize("spec", [Pixel, lambda **more: Cells(kind="square", **more)])
def test_a_finished_picture_takes_no_more_pieces_than_there_are(spec):
    settings = {"palette": {"perler": "6x4", "each": 5}, "softness": 0.01, "noise": 0.05}
    generator = spec(**settings).build(make_env(size=(16, 24), batch=2, steps=1))
    assert len(pieces(generator.draw(0)[0])) > 5
    generator.draw(0).square().mean().backward()
    generator.advance(0)
    for picture in generator.draw(1):
        assert picture.shape == (3, 16, 24)
        counts = pieces(picture) // 16
        assert counts.sum() == 24
        assert counts.max() <= 5
        assert torch.equal(picture, picture[:, ::4, ::4].repeat_interleave(4, 1).repeat_interleave(4, 2))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (lambda: Pixel(palette={"lego": "4x4"}, grid=(5, 4)), "'grid' is 5x4, the palette's work 4x4"),
        (lambda: Pixel(palette={"lego": "4x4"}, interpolation="bilinear"), "'interpolation' is nearest"),
        (lambda: Cells(palette={"lego": "4x4"}), "write 'kind: square', and not hexagon"),
        (lambda: Cells(palette={"lego": "4x4"}, kind="square", across=3), "'across' is 3, the palette's work has 4"),
    ],
)
def test_settings_that_contradict_the_work_are_refused(spec, said):
    with pytest.raises(ValidationError, match=said):
        spec()


def test_too_small_a_stock_is_refused_when_it_is_known_how_many_cells_there_are(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("colour,count\nred,9\nblue,9\n")
    with pytest.raises(ValidationError, match="the work takes 25 pieces, and there are 18"):
        Pixel(palette={"file": path}, grid=(5, 5))
    for spec in (Pixel(palette={"file": path}), Cells(palette={"file": path}, across=8)):
        with pytest.raises(InputError, match="pieces, and there are 18"):
            spec.build(make_env(size=(8, 8)))
    with pytest.raises(InputError, match="the canvas has 4x2 cells, the palette's work 4x4"):
        Cells(palette={"lego": 4}, kind="square").build(make_env(size=(8, 16)))


def source_of(spec, size, **more):
    generator = spec.build(make_env(size=size, batch=1, steps=1, **more))
    recipe = {"preset": {"prompts": ["a żółw"]}}
    return SimpleNamespace(spec=spec, generator=generator, picture=0, recipe=recipe)


@pytest.fixture(scope="module")
def flag():
    """Three columns and two rows: black, white, white over red, red, white."""
    picture = torch.tensor([[[0.1, 1, 1], [0.7, 0.7, 1]], [[0.15, 1, 1], [0, 0, 1]], [[0.2, 1, 1], [0, 0, 1]]])[None]
    spec = Pixel(palette={"lego": "3x2"}, noise=0)
    return source_of(spec, (4, 6), start=picture.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_a_work_is_what_lies_where(flag):
    work = work_of(flag)
    assert [(part.piece.name, part.symbol, part.count) for part in work.parts] == [
        ("White", "A", 3),
        ("Bright Red", "B", 2),
        ("Black", "C", 1),
    ]
    assert work.cells == [[2, 0, 0], [1, 1, 0]]
    assert (work.size, work.count, work.title) == ((3, 2), 6, "a żółw")
    assert [(sheet.column, sheet.row, sheet.counts()) for sheet in work.sheets(2, 2)] == [
        (0, 0, {0: 1, 1: 2, 2: 1}),
        (2, 0, {0: 2}),
    ]
    assert runs(work.cells[1]) == [(2, 1), (1, 0)]


def test_where_a_row_has_no_cell_there_is_no_piece(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("colour,name\nred,Red\n")
    work = work_of(source_of(Cells(kind="hexagon", across=4, palette={"file": path}), (32, 32)))
    every = [part for row in work.cells for part in row]
    assert -1 in every
    assert work.count == every.count(0) == len(every) - every.count(-1)


def words(data):
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_instructions_tell_parts_size_and_order_and_are_always_the_same(flag):
    data = instructions(flag)
    assert data == instructions(flag)
    cover, parts, sheet = words(data)
    assert "a żółw" in cover
    assert "3 x 2, 2.4 x 1.6 cm: 6 pieces in 3 colours" in cover
    lines = [line for line in parts.splitlines() if line[-1:].isdigit()]
    assert any("21" in line for line in lines)
    assert "Bright Red" in parts
    assert "Row by row" in sheet
    assert "columns 1 to 3, rows 1 to 2" in sheet


def test_pieces_are_printed_where_they_go_as_large_as_they_are(flag):
    document = pypdfium2.PdfDocument(instructions(flag))
    page = document[2].render(scale=72 / 25.4 / 2.8346457 * 2).to_numpy()
    document.close()
    dots = 2 * 2.8346457  # a millimetre, at two dots a point
    left, top = 19 * dots, 32 * dots
    found = [
        [page[int(top + (y * 8 + 1) * dots), int(left + (x * 8 + 1) * dots)][::-1].tolist() for x in range(3)]
        for y in range(2)
    ]
    white, red, black = [244, 244, 244], [180, 0, 0], [27, 42, 52]
    assert found == [[black, white, white], [red, red, white]]


def test_a_work_of_many_threads_is_on_several_sheets():
    spec = Pixel(palette={"dmc": "60x70"}, noise=3)
    pages = words(instructions(source_of(spec, (70, 60))))
    assert [page for page in pages if "columns 41 to 60, rows 51 to 70" in page]
    parts = "".join(page for page in pages if "Parts" in page)
    assert all(part.piece.name.split()[0] in parts for part in work_of(source_of(spec, (70, 60))).parts)


def test_what_cannot_be_made_is_told_in_a_line(flag, monkeypatch):
    with pytest.raises(InputError, match=r"draw with a palette such as \{lego: 24x24\}"):
        instructions(source_of(Pixel(palette=["red"]), (4, 4)))
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen", None)
    with pytest.raises(InputError, match=r'pip install "artgen\[pdf\]"'):
        instructions(flag)


def test_the_instructions_are_exported_from_the_picture(artgen, tmp_path):
    preset = tmp_path / "mosaic.yaml"
    preset.write_text(
        "generator: {type: cells, kind: square, palette: {perler: 4x3, each: 6}}\n"
        "size: [16, 12]\nsteps: 1\nlosses: [{type: saturation}]\n"
    )
    artgen("run", preset, "--out", tmp_path / "run", "--export", "instructions.pdf", code=0)
    cover, *_ = words((tmp_path / "run/image.instructions.pdf").read_bytes())
    assert "12 beads" in cover


def test_pixels_have_a_sprite_if_they_are_squares(flag):
    (sprite,) = [offer for offer in artgen_exporters() if offer.suffix == ".sprite.png"]
    small = Image.open(io.BytesIO(sprite.export(flag)))
    assert small.size == (3, 2)
    assert small.getpixel((0, 1)) == (180, 0, 0)
    smooth = source_of(Pixel(interpolation="bilinear", grid=(2, 2)), (4, 4))
    with pytest.raises(InputError, match="interpolation: nearest"):
        sprite.export(smooth)
    with pytest.raises(InputError, match="only a picture of cells has a sprite"):
        sprite.export(SimpleNamespace(generator=None))
