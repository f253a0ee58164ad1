"""Tensors as 8-bit pictures, and the strip of a run."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artgen.picture import images


def coloured(channels, seed=0):
    return torch.rand(channels, 5, 7, generator=torch.Generator().manual_seed(seed))


@given(st.integers(0, 255), st.floats(-0.49, 0.49))
def test_a_value_becomes_the_nearest_level(level, off):
    picture = images.to_pil(torch.full((3, 1, 2), (level + off) / 255))
    assert picture.getpixel((1, 0)) == (level,) * 3


def test_what_is_out_of_range_is_black_or_white():
    assert images.to_pil(torch.tensor([-0.2, 1.2, 0.5]).view(3, 1, 1)).getpixel((0, 0)) == (0, 255, 128)


@pytest.mark.parametrize(("channels", "mode"), [(3, "RGB"), (4, "RGBA")])
def test_a_picture_has_its_rows_and_channels_in_place(channels, mode):
    image = coloured(channels)
    picture = images.to_pil(image)
    assert (picture.mode, picture.size) == (mode, (7, 5))
    np.testing.assert_array_equal(np.asarray(picture), np.rint(image.movedim(0, -1).numpy() * 255))


def test_a_file_is_read_with_what_is_clear_as_white(tmp_path):
    image = coloured(4)
    images.to_pil(image).save(tmp_path / "x.png")
    torch.testing.assert_close(images.load(tmp_path / "x.png"), images.on_white(image), atol=1.5 / 255, rtol=0)


@pytest.mark.parametrize("height", [10, 4])
def test_a_strip_has_a_frame_beside_the_other_with_white_between(height, tmp_path):
    frames = [torch.zeros(3, 5, 7), torch.ones(3, 5, 7) * torch.tensor([1.0, 0, 0]).view(3, 1, 1)]
    images.save_strip(tmp_path / "strip.png", frames, height=height, gap=2)
    strip = np.asarray(Image.open(tmp_path / "strip.png"))
    width = round(7 * height / 5)
    assert strip.shape == (height, 2 * width + 2, 3)
    assert (strip[:, :width] == 0).all() and (strip[:, width : width + 2] == 255).all()
    assert (strip[:, width + 2 :] == (255, 0, 0)).all()


def test_small_frames_keep_hard_edges(tmp_path):
    board = torch.tensor([[0.0, 1], [1, 0]]).expand(3, 2, 2)
    images.save_strip(tmp_path / "strip.png", [board], height=8)
    strip = np.asarray(Image.open(tmp_path / "strip.png"))[:, :, 0]
    np.testing.assert_array_equal(strip, np.kron([[0, 255], [255, 0]], np.ones((4, 4))))
