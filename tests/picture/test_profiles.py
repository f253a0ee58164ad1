"""Colour profiles: pictures are brought to sRGB, which is what all of artgen takes numbers for."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from artgen.canvas import read_picture
from artgen.colours.notation import of_picture
from artgen.picture import decoding
from tests.helpers.profiles import ADOBE, SRGB, profile

ADOBE_RGB = profile(b"RGB ", 2.19921875, ADOBE)
COLOURS = np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8)


def encoded(linear):
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def adobe_to_srgb(levels):
    """In floating point, from the definitions."""
    linear = (levels / 255) ** 2.19921875 @ np.array(ADOBE) @ np.linalg.inv(np.array(SRGB))
    return encoded(linear) * 255


@pytest.fixture
def written(tmp_path):
    def write(picture, icc, name="x.png", **more):
        picture.save(tmp_path / name, icc_profile=icc, **more)
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.webp"])
def test_adobe_rgb_is_brought_to_srgb(name, written):
    path = written(Image.fromarray(COLOURS), ADOBE_RGB, name, lossless=True)
    found = np.asarray(decoding.read(path))
    assert np.abs(found[..., :3] - adobe_to_srgb(COLOURS)).max() <= 1
    assert np.abs(found[..., :3] - COLOURS.astype(int)).max() > 20
    whole = read_picture(path, (16, 16))[0].movedim(0, -1).numpy() * 255
    assert np.abs(whole - found[..., :3]).max() < 0.01


def test_a_palette_has_the_colours_that_the_picture_shows(written):
    path = written(Image.new("RGB", (4, 4), (30, 200, 40)), ADOBE_RGB)
    (colour,) = of_picture(path, 4)
    found = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    assert np.abs(found - adobe_to_srgb(np.array([30, 200, 40]))).max() <= 2


def test_a_profile_that_is_srgb_changes_nothing(written):
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = np.dstack([COLOURS, COLOURS[..., :1]])
    found = np.asarray(decoding.read(written(Image.fromarray(clear), own)))
    assert (found == clear).all()


def test_alpha_is_no_colour(written):
    clear = np.dstack([COLOURS, COLOURS[..., :1]])
    found = np.asarray(decoding.read(written(Image.fromarray(clear), ADOBE_RGB)))
    assert (found[..., 3] == clear[..., 3]).all()
    assert np.abs(found[..., :3] - adobe_to_srgb(COLOURS)).max() <= 2


def test_colours_of_a_palette_picture_are_converted_too(written):
    few = Image.fromarray(COLOURS).quantize(8)
    expected = adobe_to_srgb(np.asarray(few.convert("RGB")))
    found = np.asarray(decoding.read(written(few, ADOBE_RGB)))
    assert np.abs(found[..., :3] - expected).max() <= 2


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_linear_grey_is_brought_to_srgb(mode, written):
    grey = Image.frombytes("L", (256, 1), bytes(range(256))).convert(mode)
    found = np.asarray(decoding.read(written(grey, profile(b"GRAY", 1.0))))
    assert np.abs(found[0, :, 0] - encoded(np.arange(256) / 255) * 255).max() <= 1


def test_16_bits_have_profiles_too(written):
    grey = Image.fromarray(np.arange(0, 65536, 257, np.uint16)[None])
    found = np.asarray(decoding.read(written(grey, profile(b"GRAY", 1.0))))
    assert np.abs(found[0, :, 0] - encoded(np.arange(256) / 255) * 255).max() <= 1


@pytest.mark.parametrize(
    ("icc", "message"),
    [
        (b"no profile", "its colour profile cannot be read; its colours are taken for sRGB"),
        (ADOBE_RGB[:200], "its colour profile cannot be read; its colours are taken for sRGB"),
        (profile(b"GRAY", 1.0), "its colour profile is one for GRAY and not for RGB pixels, and is not used"),
    ],
)
def test_a_profile_that_cannot_be_used_is_told(icc, message, written):
    notes = []
    path = written(Image.fromarray(COLOURS), icc)
    assert (np.asarray(decoding.read(path, notes.append))[..., :3] == COLOURS).all()
    assert notes == [f"{path}: {message}"]


def test_lab_is_brought_to_srgb(tmp_path):
    lab = Image.frombytes("LAB", (1, 1), bytes([136, 80 + 0, 195]))
    lab.save(tmp_path / "x.tif")
    red, green, blue, alpha = decoding.read(tmp_path / "x.tif").getpixel((0, 0))
    assert alpha == 255
    assert len({red, green, blue}) > 1
