"""What a run's folder shows besides the picture: the preview while it goes on, the sheet of a batch at the end."""

import numpy as np
import pytest
from PIL import Image

import artgen as package
from artgen.preset import loading


def test_a_preview_is_there_while_the_run_goes_on(flat, tmp_path):
    shown = []
    package.run(flat, out=tmp_path, on_step=lambda event: shown.append((tmp_path / "preview.png").is_file()))
    assert shown == [True] * 6
    assert not (tmp_path / "preview.png").exists()
    assert (tmp_path / "image.png").is_file()


def test_a_preview_that_cannot_be_written_costs_nothing(flat, tmp_path):
    (tmp_path / "preview.png").mkdir()
    package.run(flat, out=tmp_path)
    assert (tmp_path / "image.png").is_file()
    assert (tmp_path / "progress.png").is_file()


@pytest.mark.parametrize(("batch", "rows", "columns"), [(2, 1, 2), (3, 2, 2), (5, 2, 3)])
def test_a_batch_leaves_a_sheet_of_its_pictures(flat, tmp_path, batch, rows, columns):
    package.run(loading.load(flat, batch=batch), out=tmp_path)
    sheet = Image.open(tmp_path / "sheet.png")
    # 12 x 10 pixels, enlarged 21 times, with 12 pixels around it and a label of 18 below.
    assert sheet.size == (columns * (12 * 21 + 24), rows * (10 * 21 + 18 + 36))
    levels = np.asarray(sheet)
    first = np.asarray(Image.open(tmp_path / "batch" / f"seed-{flat['seed']}.png").resize((252, 210), Image.NEAREST))
    assert np.array_equal(levels[12:222, 12:264], first)


def test_one_picture_needs_no_sheet(flat, tmp_path):
    package.run(loading.load(flat, batch=1), out=tmp_path)
    assert not (tmp_path / "sheet.png").exists()
