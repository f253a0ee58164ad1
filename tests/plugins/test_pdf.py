"""PDF pages, as another program draws them."""

import json

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from artgen_pdf.curves import curves

STROKES = "generator: {type: strokes, count: 12, width: 0.1}\n"
REST = "seed: 3\nsize: [64, 48]\nsteps: 2\nbatch: 1\nlosses: [{type: saturation}]\n"


@pytest.fixture
def page(artgen, tmp_path):
    """A preset's picture, (H, W, 3) in [0, 1], its PDF page drawn, its size in mm, and what it is made of."""

    def export(text):
        preset = tmp_path / "preset.yaml"
        preset.write_text(text + REST)
        artgen("run", preset, "--out", tmp_path / "run", "--export", "pdf", "--overwrite", code=0)
        picture = np.asarray(Image.open(tmp_path / "run" / "image.png").convert("RGB")) / 255
        with pypdfium2.PdfDocument(tmp_path / "run" / "image.pdf") as document:
            found = document[0]
            size = [side / 72 * 25.4 for side in found.get_size()]
            # Brought down by areas, which is what a pixel's colour means.
            large = found.render(scale=8 * picture.shape[1] / found.get_width()).to_pil().convert("RGB")
            # A page that is a hair too large has one row more.
            shown = np.asarray(large.crop((0, 0, 8 * picture.shape[1], 8 * picture.shape[0])).reduce(8)) / 255
            kinds = {one.type for one in found.get_objects()}
            recipe = document.get_metadata_value("Subject")
        return picture, shown, size, kinds, recipe

    return export


def test_strokes_are_curves_on_a_page_that_fits_on_a4(page):
    picture, shown, size, kinds, recipe = page(STROKES)
    assert shown.shape == picture.shape and np.abs(shown - picture).mean() < 2 / 255
    assert size == pytest.approx([48 * 190 / 48 * 64 / 48, 190], abs=0.1)
    assert kinds == {pypdfium2.raw.FPDF_PAGEOBJ_PATH}
    assert json.loads(recipe)["preset"]["seed"] == 3


@pytest.mark.parametrize("other", ["generator: {type: pixel}\n", STROKES + "filters: [{type: blur, sigma: 0.05}]\n"])
def test_other_pictures_are_shown_by_their_pixels(page, other):
    picture, shown, _, kinds, _ = page(other)
    assert np.abs(shown - picture).mean() < 2 / 255
    assert kinds == {pypdfium2.raw.FPDF_PAGEOBJ_IMAGE}


def test_a_print_is_as_large_as_it_was_asked_for(page):
    finish = "finish: [{type: upscale, print: 2cm@100dpi}]\n"
    _, _, size, _, _ = page("generator: {type: pixel}\n" + finish)
    assert size == pytest.approx([20, 15], abs=0.3)


def test_it_understands_what_it_draws_and_nothing_else():
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4" viewBox="0 0 4 4">'

    def read(inner):
        return curves(f"{head}{inner}</svg>".encode())

    assert [curve.steps for curve in read('<path fill="#ff0000" d="M0 0 1 0C1 1 -.5 2 0 3Z"/>')] == [
        [("M", [0, 0]), ("L", [1, 0]), ("C", [1, 1, -0.5, 2, 0, 3]), ("Z", [])]
    ]
    for strange in (
        '<circle r="1"/>',
        '<path fill="red" d="M0 0"/>',
        '<path fill="#ff0000" d="m0 0"/>',
        '<path fill="#ff0000" d="M0"/>',
        '<path fill="#ff0000" d="M0 1e3"/>',
        '<g transform="scale(2)"/>',
        '<path stroke="#ff0000" d="M0 0 1 1"/>',
        '<path fill="#ff0000" stroke="#ff0000" d="M0 0 1 1"/>',
        "<path",
    ):
        assert read(strange) is None, strange
