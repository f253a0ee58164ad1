"""Paper, canvas, grain and prints: what they keep of the picture, and that they scale with it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError

from artgen.api import Finished
from artgen.testing import FinishContract
from artgen_stages import Texture
from artgen_stages.printing import amounts_of

KINDS = ("paper", "canvas", "grain", "halftone", "riso")


class TestPaper(FinishContract):
    spec = Texture()


class TestCanvas(FinishContract):
    spec = Texture(kind="canvas")


class TestGrain(FinishContract):
    spec = Texture(kind="grain")


class TestHalftone(FinishContract):
    spec = Texture(kind="halftone")


class TestRiso(FinishContract):
    spec = Texture(kind="riso", inks=["#ff48b0", "#00838a"])


def textured(env, image, seeds=None, alpha=None, **settings):
    with torch.no_grad():
        built = Texture(**settings).build(env(*image.shape[2:], seeds=seeds or range(len(image))))
        return built(Finished(image, alpha))


def ramp(height=160, width=160):
    """(1, 3, H, W): from black to white."""
    return torch.linspace(0, 1, width).expand(1, 3, height, width).clone()


@pytest.mark.parametrize("kind", KINDS)
def test_each_seed_has_a_texture_of_its_own(kind, env):
    image = ramp().expand(2, -1, -1, -1)
    made = textured(env, image, kind=kind).image
    assert (made[0] - made[1]).abs().mean() > 0.002


@pytest.mark.parametrize("kind", KINDS)
def test_at_no_strength_nothing_changes(kind, env):
    image = ramp()
    torch.testing.assert_close(textured(env, image, kind=kind, strength=0).image, image)


@pytest.mark.parametrize("kind", ("paper", "canvas", "grain"))
def test_a_surface_keeps_the_tones(kind, env):
    """On the whole; and more strength is more of it."""
    image = torch.full((1, 3, 200, 200), 0.5)
    spread = []
    for strength in (0.25, 0.5, 1):
        made = textured(env, image, kind=kind, strength=strength).image
        assert made.mean() == pytest.approx(0.5, abs=0.01)
        spread.append(float(made.std()))
    assert 0.005 < spread[0] < spread[1] < spread[2] < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_shows_the_texture_of_the_print(kind, env):
    """The print at the draft's size is the draft, nearly, and much more so than with another seed."""
    image = torch.full((1, 3, 480, 480), 0.5)
    settings = {"kind": kind, "size": 0.04}
    large = F.interpolate(textured(env, image, **settings).image, scale_factor=1 / 3, mode="area")
    small = textured(env, image[:, :, :160, :160], **settings).image
    other = textured(env, image[:, :, :160, :160], seeds=(7,), **settings).image

    def alike(one, two):
        return float(torch.corrcoef(torch.stack([one.flatten(), two.flatten()]))[0, 1])

    assert alike(large, small) > 0.8
    assert alike(large, other) < 0.5


def test_dots_cover_as_much_as_the_tone_asks_for(env):
    """Of black and the three colours in grey: the mean of the print falls steadily, from white paper to full ink."""
    made = textured(env, ramp(240, 240), kind="halftone", size=0.05).image[0].mean(dim=(0, 1))
    steps = made.view(8, 30).mean(dim=1)
    assert (steps.diff() > 0).all()
    white = textured(env, torch.ones(1, 3, 60, 60), kind="halftone").image
    assert torch.equal(white, torch.ones_like(white))
    half = textured(env, torch.tensor([0.5, 1, 1]).view(1, 3, 1, 1).expand(1, 3, 240, 240), kind="halftone", size=0.05)
    assert (half.image[0, 0] < 0.5).float().mean() == pytest.approx(0.5, abs=0.03)


def test_a_print_has_dots_of_its_size(env):
    """The spectrum of evenly grey cyan peaks at one dot in each cell."""
    image = torch.tensor([0.5, 1, 1]).view(1, 3, 1, 1).expand(1, 3, 200, 200)
    red = textured(env, image, kind="halftone", size=0.05).image[0, 0].numpy()
    power = np.abs(np.fft.fft2(red - red.mean()))
    y, x = np.unravel_index(power.argmax(), power.shape)
    assert np.hypot(min(y, 200 - y), min(x, 200 - x)) == pytest.approx(20, abs=1)


def test_riso_inks_are_the_nearest_mixture():
    """Colours that were mixed of the inks are taken apart again."""
    inks = torch.tensor([[0.0, 0.47, 0.75], [1.0, 0.28, 0.69], [1.0, 0.91, 0.0]])
    amounts = torch.rand(1, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    printed = torch.ones(1, 3, 5, 5)
    for ink in range(3):
        printed = printed * (1 - amounts[:, ink : ink + 1] * (1 - inks[ink].view(1, 3, 1, 1)))
    found = amounts_of(printed, inks, torch.ones(3))
    again = torch.ones(1, 3, 5, 5)
    for ink in range(3):
        again = again * (1 - found[:, ink : ink + 1] * (1 - inks[ink].view(1, 3, 1, 1)))
    assert (again - printed).abs().mean() < 0.02


def test_riso_prints_in_its_inks_alone(env):
    """In one ink, all colours lie between paper and ink."""
    made = textured(env, ramp(), kind="riso", inks=["#00838a"]).image[0].flatten(1)
    paper, ink = torch.tensor([0.976, 0.961, 0.925]), torch.tensor([0, 0x83, 0x8A]) / 255
    share = (paper[0] - made[0]) / paper[0]
    expected = paper[:, None] * (1 - share * (1 - ink[:, None]))
    torch.testing.assert_close(made, expected, atol=1e-3, rtol=0)
    assert share.min() < 0.01
    assert share.max() > 0.99


def test_riso_inks_are_askew(env):
    """The second ink's square lies elsewhere than the first's, by less than a hundredth of the picture."""
    image = torch.ones(1, 3, 300, 300)
    image[:, :, 100:200, 100:200] = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    made = textured(env, image, kind="riso", inks=["#00ffff", "#ff00ff"]).image[0]
    y, x = torch.meshgrid(torch.arange(300.0), torch.arange(300.0), indexing="ij")
    middles = []
    for channel in (0, 1):
        ink = (made[channel].max() - made[channel]).clamp(min=0)
        ink = ink * (ink > 0.3)
        middles.append(torch.stack([(y * ink).sum(), (x * ink).sum()]) / ink.sum())
    assert 0.5 < (middles[0] - middles[1]).norm() < 3


def test_alpha_and_files_stay(env):
    image = ramp(40, 40)
    alpha = torch.rand(1, 1, 40, 40)
    made = Texture().build(env(40, 40))(Finished(image, alpha, {".svg": [b"<svg/>"]}))
    assert torch.equal(made.alpha, alpha)
    assert made.files == {".svg": [b"<svg/>"]}


def test_inks_are_for_riso_and_few():
    with pytest.raises(ValidationError, match="belongs to 'kind: riso'"):
        Texture(inks=["red"])
    with pytest.raises(ValidationError, match="1 to 6 inks, not in 8"):
        Texture(kind="riso", inks="red->blue\\8")
