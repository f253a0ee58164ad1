"""A recipe is still there when another program has saved the picture again."""

import shutil
import subprocess

import numpy as np
import pytest
import torch
from PIL import Image

import artgen as package
from artgen.recipe import metadata, saving
from tests.helpers.pictures import again


def test_a_recipe_is_plain_text_that_old_programs_keep(tmp_path, flat):
    path = package.run({**flat, "prompts": "ein Mädchen 🌻"}).save(tmp_path / "x.png")
    data = path.read_bytes()
    assert b"tEXtartgen:recipe\0" in data
    assert b"iTXtartgen" not in data
    assert metadata.read(path)["preset"]["prompts"][0]["text"] == "ein Mädchen 🌻"


def imagemagick():
    """Whether `convert` is what it should be; other programs have that name."""
    if not shutil.which("convert"):
        return False
    return b"ImageMagick" in subprocess.run(["convert", "-version"], capture_output=True, check=False).stdout


@pytest.mark.skipif(not imagemagick(), reason="ImageMagick is not installed")
def test_imagemagick_keeps_the_recipe(made):
    other = made.with_name("other.png")
    subprocess.run(["convert", made, other], check=True)
    assert again(other).word == "identical"


def test_a_webp_keeps_the_colours_of_what_is_clear(tmp_path, flat):
    result = package.run(flat)
    alpha = torch.zeros(1, *result.images.shape[-2:])
    saving.save(tmp_path / "x.webp", torch.cat([result.images[0], alpha]), result.recipe)
    wanted = (result.images[0] * 255).round().byte().movedim(0, -1).numpy()
    with Image.open(tmp_path / "x.webp") as picture:
        assert picture.mode == "RGBA"
        assert (np.asarray(picture)[..., :3] == wanted).all()
