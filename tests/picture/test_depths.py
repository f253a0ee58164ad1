"""Pictures of 16 bits, 32 bits and fractions are scaled by their range, whoever reads them."""

import struct

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from artgen.canvas import read_layer, read_mask, read_picture
from artgen.errors import InputError
from artgen.picture import decoding, levels

RAMP = np.tile(np.linspace(0, 1, 256), (4, 1))
SIXTEEN = (RAMP * 65535).round().astype(np.uint16)
FILES = {
    "png": SIXTEEN,
    "tif": SIXTEEN,
    "big-endian.tif": SIXTEEN.astype(">u2"),
    "pgm": SIXTEEN,
    "jp2": SIXTEEN,
    "in-32.tif": SIXTEEN.astype(np.int32),
    "all-32.tif": (RAMP * (2**31 - 1)).astype(np.int32),
    "float.tif": RAMP.astype(np.float32),
    "pfm": RAMP.astype(np.float32),
}


@pytest.mark.parametrize("name", FILES)
def test_a_ramp_is_a_ramp_at_any_depth(name, tmp_path):
    path = tmp_path / f"ramp.{name}"
    Image.fromarray(FILES[name]).save(path)
    expected = np.arange(256)
    found = np.asarray(decoding.read(path))
    assert (found[..., 3] == 255).all()
    assert np.abs(found[..., :3].astype(int) - expected[:, None]).max() <= 1
    wanted = torch.arange(256) / 255
    for reader in (read_layer, read_picture, read_mask):
        assert (reader(path, (4, 256))[0, 0] - wanted).abs().max() < 1.1 / 255


@settings(deadline=None, max_examples=50)
@given(arrays.arrays(np.uint16, (3, 5)))
def test_16_bits_become_the_nearest_of_8(numbers):
    found = np.asarray(levels.in_bytes(Image.fromarray(numbers)))
    assert (found == np.rint(numbers / 257)).all()


@settings(deadline=None, max_examples=50)
@given(arrays.arrays(np.float32, (3, 5), elements=st.floats(0, 1, width=32)))
def test_fractions_become_the_nearest_of_8_bits(numbers):
    found = np.asarray(levels.in_bytes(Image.fromarray(numbers)))
    assert (np.abs(found / 255 - numbers) <= 0.5 / 255 + 1e-6).all()


def test_integers_without_a_sign_are_taken_as_such(tmp_path):
    bits = (RAMP * (2**32 - 1)).astype("<u4")
    tags = {
        256: 256,
        257: 4,
        258: 32,
        259: 1,
        262: 1,
        273: 8 + 2 + 12 * 10 + 4,
        277: 1,
        278: 4,
        279: bits.nbytes,
        339: 1,
    }
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    (tmp_path / "x.tif").write_bytes(head + bits.tobytes())
    assert np.abs(np.asarray(decoding.read(tmp_path / "x.tif"))[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_a_level_that_is_clear_stays_clear(tmp_path):
    Image.fromarray(SIXTEEN).save(tmp_path / "x.png", transparency=0)
    alpha = np.asarray(decoding.read(tmp_path / "x.png"))[0, :, 3]
    assert alpha[0] == 0
    assert (alpha[1:] == 255).all()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (
            RAMP.astype(np.float32) * 255,
            "its numbers go from 0 to 255, and only fractions from 0 to 1 have a known white",
        ),
        (RAMP.astype(np.float32) - 0.5, "its numbers go from -0.5 to 0.5"),
        (np.full((2, 2), np.nan, np.float32), "some of its numbers are not finite"),
        (np.full((2, 2), -1, np.int32), "its numbers go from -1 to -1"),
        (np.full((2, 2), 70_000, np.int32), "its numbers go from 70000 to 70000, so that nothing tells what is white"),
    ],
)
def test_numbers_without_a_known_white_are_refused(numbers, message, tmp_path):
    Image.fromarray(numbers).save(tmp_path / "x.tif")
    with pytest.raises(InputError, match="no picture that can be read") as caught:
        decoding.read(tmp_path / "x.tif")
    assert message in str(caught.value)
    assert str(caught.value).endswith("save it as 16 bit)")


def test_a_16_bit_mask_fades_as_an_8_bit_one(artgen, tmp_path):
    Image.fromarray(SIXTEEN).save(tmp_path / "16.png")
    Image.fromarray((SIXTEEN // 257).astype(np.uint8)).save(tmp_path / "8.png")
    means = []
    for name in ("16.png", "8.png"):
        changes = ["start='#ff0000'", f"filters=[{{type: mask, image: {name}, background: blue}}]", "size=64x16"]
        given = [word for change in changes for word in ("--set", change)]
        still = "generator={type: pixel, colours: rgb, noise: 0, learning_rate: 0}"
        artgen("run", "pixel", "--steps", "1", *given, "--set", still, "--out", name[:-4], code=0)
        means.append(np.asarray(Image.open(tmp_path / name[:-4] / "image.png")).mean(axis=(0, 1)))
    assert np.abs(means[0] - means[1]).max() < 1
    assert means[0][2] > 90
