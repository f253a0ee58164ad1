"""The stage that cuts drawings out of their ground."""

import pytest
import torch

from artgen.api import Finished
from artgen.testing import FinishContract, make_env
from artgen_stages import CutOut

SIDE = 96


class TestCutOut(FinishContract):
    spec = CutOut()


def coverage(radius, hole=0.0):
    """(1, 1, H, W): how much of each pixel a disc covers, or a ring; counted at 8 x 8 points."""
    points = (torch.arange(SIDE * 8) + 0.5) / 8 - SIDE / 2
    far = (points[:, None] ** 2 + points**2).sqrt()
    inside = ((far < radius) & (far >= hole)).float()
    return inside.view(SIDE, 8, SIDE, 8).mean(dim=(1, 3))[None, None]


def over(cover, colour, ground):
    colour, ground = (torch.tensor(channels).view(1, 3, 1, 1) for channels in (colour, ground))
    return ground.lerp(colour, cover)


def cut(image, **settings):
    notes = []
    spec = CutOut(**settings)
    made = spec.build(make_env(size=(SIDE, SIDE), seeds=(1,), note=notes.append))(Finished(image))
    return made, notes


@pytest.mark.parametrize("ground", [(1.0, 1.0, 1.0), (0.2, 0.3, 0.8), (0.0, 0.0, 0.0)])
def test_a_disc_comes_out_of_any_ground(ground):
    disc = coverage(30)
    made, notes = cut(over(disc, (0.9, 0.4, 0.1), ground))
    assert not notes
    assert (made.alpha - disc).abs().mean() < 0.01
    assert ((made.alpha < 0.05) | (made.alpha > 0.95)).float().mean() > 0.95
    # Over another ground nothing of the old one is left at the edge.
    shown = made.image * made.alpha + (1 - made.alpha) * torch.tensor([0.1, 0.8, 0.4]).view(1, 3, 1, 1)
    assert (shown - over(made.alpha, (0.9, 0.4, 0.1), (0.1, 0.8, 0.4))).abs().max() < 0.12


def test_a_faint_halo_goes():
    disc = coverage(30)
    image = over(disc, (0.2, 0.2, 0.6), (1.0, 1.0, 1.0)) - 0.12 * (coverage(31.5) - disc).clamp(min=0)
    made, _ = cut(image)
    assert (made.alpha * (disc == 0)).mean() < 0.01


def outline(radius, width, gap=0):
    """(1, 1, H, W): a ring, open at the right by so many pixels."""
    ring = coverage(radius, hole=radius - width)
    if gap:
        ring[..., SIDE // 2 - gap // 2 : SIDE // 2 + (gap + 1) // 2, SIDE // 2 :] = 0
    return ring


@pytest.mark.parametrize("gap", [0, 2])
def test_a_white_disc_with_a_thin_grey_outline_on_white_is_kept_whole(gap):
    made, notes = cut(over(outline(30, 1.5, gap), (0.7, 0.7, 0.7), (1.0, 1.0, 1.0)))
    assert not notes
    assert (made.alpha - coverage(30)).abs().mean() < 0.02
    assert made.alpha[coverage(28) == 1].min() > 0.9


def test_a_disc_that_is_hardly_darker_than_its_ground_is_kept_whole():
    made, _ = cut(over(coverage(30), (0.96, 0.96, 0.97), (1.0, 1.0, 1.0)))
    assert (made.alpha - coverage(30)).abs().mean() < 0.02


def test_ground_with_noise_is_no_pale_shape():
    noise = torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    image = over(coverage(30), (0.2, 0.2, 0.6), (0.9, 0.9, 0.9)) + 0.01 * noise
    made, _ = cut(image.clamp(0, 1))
    assert (made.alpha - coverage(30)).abs().mean() < 0.015


def test_a_wide_bay_is_ground():
    image = over(outline(34, 10, gap=20), (0.7, 0.1, 0.1), (1.0, 1.0, 1.0))
    assert (cut(image)[0].alpha[..., 44:52, 44:52] == 0).all()


def test_specks_go():
    image = over(coverage(30), (0.2, 0.2, 0.6), (1.0, 1.0, 1.0))
    image[..., 8:10, 8:11] = 0
    assert cut(image)[0].alpha[..., :14, :14].max() == 0


def test_what_is_enclosed_stays_unless_holes_are_wanted():
    ring = coverage(36, hole=18)
    image = over(ring, (0.8, 0.1, 0.2), (1.0, 1.0, 1.0))
    middle = (..., slice(40, 56), slice(40, 56))
    assert (cut(image)[0].alpha[middle] == 1).all()
    assert (cut(image, holes=True)[0].alpha[middle] == 0).all()


def test_a_picture_that_goes_to_its_edges_stays_whole():
    image = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    made, notes = cut(image)
    assert torch.equal(made.image, image)
    assert (made.alpha == 1).all()
    assert notes == [
        "cut_out: the picture goes to its edges, so nothing is cut out of it; 'ground' names a colour",
    ]


def test_the_ground_can_be_named():
    disc = coverage(30)
    image = over(disc, (0.1, 0.1, 0.1), (0.3, 0.7, 0.3))
    assert (cut(image, ground="#4db34d")[0].alpha - disc).abs().mean() < 0.01
    assert (cut(image, ground="white")[0].alpha == 1).all()
