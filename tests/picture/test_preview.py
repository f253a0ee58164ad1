"""Pictures as sheets and pages show them."""

import numpy as np
import pytest
from PIL import Image

from artgen.picture import preview


@pytest.mark.parametrize(
    ("size", "side", "enlarged", "shown"),
    [
        ((10, 6), 64, None, (60, 36)),
        ((10, 6), 64, 25, (20, 12)),
        ((40, 20), 64, 25, (40, 20)),
        ((40, 20), 64, None, (40, 20)),
        ((128, 64), 64, None, (64, 32)),
        ((1, 1000), 64, None, (1, 64)),
    ],
)
def test_a_tile_is_no_longer_than_its_side(size, side, enlarged, shown):
    assert preview.tile(Image.new("RGB", size), side, enlarged).size == shown


def test_a_small_picture_keeps_its_pixels_and_a_large_one_is_averaged():
    board = Image.fromarray((np.indices((4, 4)).sum(0) % 2).astype(np.uint8) * 255)
    np.testing.assert_array_equal(preview.tile(board, 8), np.kron(np.asarray(board), np.ones((2, 2))))
    assert np.asarray(preview.tile(board, 2)).tolist() == [[128, 128], [128, 128]]
