"""How the pixels of a picture are known again, whatever the file."""

import hashlib

import numpy as np
import pytest
import torch
from PIL import Image

from artgen.picture import decoding, hashing, images


def coloured(channels, seed=0):
    return torch.rand(channels, 5, 7, generator=torch.Generator().manual_seed(seed))


def test_the_hash_is_of_the_levels_row_by_row():
    levels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    assert hashing.pixel_hash(Image.fromarray(levels)) == hashlib.sha256(bytes(range(18))).hexdigest()


@pytest.mark.parametrize("suffix", [".png", ".webp"])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_is_known_by_its_pixels_whatever_the_file(channels, suffix, tmp_path):
    picture = images.to_pil(coloured(channels))
    known = hashing.pixel_hash(picture)
    picture.save(tmp_path / f"x{suffix}", lossless=True, exact=True)
    read = decoding.read(tmp_path / f"x{suffix}")
    assert hashing.is_as_written(read, known)
    red, *rest = read.getpixel((3, 2))
    read.putpixel((3, 2), (red ^ 1, *rest))
    assert not hashing.is_as_written(read, known)


def test_a_recipe_that_knows_no_hash_says_nothing_against_a_picture():
    assert hashing.is_as_written(images.to_pil(coloured(4)), None)


def test_alpha_that_was_changed_is_noticed_where_there_was_alpha():
    picture = images.to_pil(coloured(4))
    known = hashing.pixel_hash(picture)
    picture.putalpha(255)
    assert not hashing.is_as_written(picture, known)
