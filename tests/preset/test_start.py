"""What a run begins with."""

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from pydantic import TypeAdapter

import artgen as package
from artgen.preset.settings.start import StartField
from artgen.rng import Random
from tests.helpers.presets import still

CPU = torch.device("cpu")
START = TypeAdapter(StartField)


def begun(start, size=(16, 24), seeds=(5, 6)):
    return START.validate_python(start).pictures(size, Random(seeds, "start", CPU))


@pytest.mark.parametrize("generator", ["pixel", "fourier"])
def test_a_run_begins_with_the_picture(generator, tmp_path):
    pixels = np.linspace(40, 210, 16 * 24 * 3).reshape(16, 24, 3).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "first.png")
    kind = {"type": generator, "learning_rate": 0, **({"noise": 0} if generator == "pixel" else {})}
    image = package.run(still(generator=kind, start=str(tmp_path / "first.png"))).images[0]
    np.testing.assert_allclose(image.movedim(0, -1) * 255, pixels, atol=0.6)


def test_a_run_goes_on_from_the_picture_of_an_earlier_run(artgen, tmp_path):
    (tmp_path / "first.yaml").write_text(yaml.safe_dump(still(start="gradient")))
    (tmp_path / "second.yaml").write_text(yaml.safe_dump(still(start="earlier", seed=9)))
    artgen("run", "first.yaml", "--out", "earlier", code=0)
    artgen("run", "second.yaml", "--out", "later", code=0)
    first, second = (np.asarray(Image.open(tmp_path / out / "image.png")) for out in ("earlier", "later"))
    assert np.abs(first.astype(int) - second).max() <= 5  # white and black are moved a little inwards
    assert first.std() > 10


def test_a_colour_and_a_picture_over_it(badge):
    plain = begun("#204080")
    assert torch.equal(plain, torch.tensor([0x20, 0x40, 0x80]).view(1, 3, 1, 1).expand(2, 3, 16, 24) / 255)
    over = begun({"image": badge, "colour": "#204080", "alpha": 0.5})
    assert torch.equal(over[:, :, :3, :3], plain[:, :, :3, :3])  # where the picture is clear
    wanted = (torch.tensor([255, 230, 0]) + torch.tensor([0x20, 0x40, 0x80])) / 2 / 255
    torch.testing.assert_close(over[0, :, 8, 12], wanted, atol=0.01, rtol=0)


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        ({"start": {"alpha": 0.5, "colour": "red"}}, "start", "lays an 'image' over a 'colour' or 'noise'"),
        ({"start": {"cells": 3, "noise": "snow"}}, "start", "'cells' belongs to 'noise: perlin'"),
        ({"start": {"colour": "red", "noise": "snow"}}, "start", "give one of them"),
        ({"start": {}}, "start", "nothing to start from"),
        ({"start": "perln"}, "start", "no colour is called 'perln'"),
        ({"start": "nowhere.png"}, "start", "there is no file 'nowhere.png'"),
        ({"start": "."}, "start", "there is no image.png in the folder '.'"),
        ({"start": "~nobody/x.png"}, "start", "there is no file '~nobody/x.png'"),
        ({"start": "a" * 300 + ".png"}, "start", ".png'"),
        ({"start": "red", "generator": {"type": "flat"}}, "start", "nothing reads it: the generator 'flat'"),
        ({"overlay": {"image": "mine.yaml"}, "generator": {"type": "flat"}}, "overlay", "cannot take a picture over"),
        ({"overlay": {"image": "mine.yaml", "every": "often"}}, "overlay.every", "'often' is no moment of the run"),
        ({"auto_stop": True, "generator": {"type": "diffusion"}}, "auto_stop", "needs all of its steps"),
        ({"quality": "bets"}, "quality", "there is no 'bets'; did you mean 'best'?"),
        ({"transparent": {"opacity": 1}}, "transparent.opacity", "less than 1"),
    ],
)
def test_mistakes_are_named(settings, place, message, artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(still(**settings)))
    done = artgen("check", "mine.yaml", code=2)
    assert f" {place}: " in done.stderr and message in done.stderr, done.stderr


def test_a_picture_that_is_none_is_one_line(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(still(start="broken.png")))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    done = artgen("run", "mine.yaml", code=2)
    assert "broken.png: no picture that can be read" in done.stderr
    assert [line for line in done.stderr.splitlines() if "learning_rate: is 0" not in line] == [
        done.stderr.splitlines()[-1]
    ]
