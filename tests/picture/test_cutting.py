"""Alpha with edges as scissors leave them."""

import pytest
import torch

from artgen.picture.components import without_specks
from artgen.picture.cutting import bled, crisp

SIDE = 96


def disc(radius, centre=(48.0, 48.0), softness=1.0):
    """(1, 1, H, W): 1 within, 0 beyond, and a ramp of so many pixels between."""
    places = torch.arange(SIDE) + 0.5
    far = ((places[:, None] - centre[0]) ** 2 + (places - centre[1]) ** 2).sqrt()
    return ((radius - far) / softness + 0.5).clamp(0, 1)[None, None]


@pytest.mark.parametrize("softness", [1, 8, 30])
def test_soft_edges_become_hard_where_they_are(softness):
    made = crisp(disc(30, softness=softness))
    assert (made - disc(30)).abs().mean() < 0.005
    assert ((made > 0.05) & (made < 0.95)).float().mean() < 0.04


def test_fog_goes_and_gaps_in_it_close():
    fog = 0.3 * torch.ones(1, 1, SIDE, SIDE)
    assert crisp(fog).max() == 0
    assert crisp(1 - fog).min() == 1


def test_specks_go_and_pinholes_close_but_the_largest_part_stays():
    made = without_specks((disc(20) + disc(1, centre=(10, 10)) - disc(1)).clamp(0, 1))
    assert torch.equal(made, disc(20))
    assert without_specks(disc(1)).sum() > 1
    kept = without_specks(disc(20) - disc(1), holes=False)
    assert torch.equal(kept, disc(20) - disc(1))


def test_pictures_of_a_batch_are_cut_as_alone():
    soft = torch.cat([disc(30, softness=9), disc(12, softness=5) + disc(1, centre=(80, 80))])
    assert torch.equal(crisp(soft)[1:], crisp(soft[1:]))


def test_the_ground_is_seen_nowhere_along_the_edge():
    """Two colours on white, whose edge is blurred wider than the cut: each comes up to it, and no third does."""
    halves = torch.tensor([0.9, 0.1, 0.1]).view(1, 3, 1, 1).repeat(1, 1, SIDE, SIDE)
    halves[..., SIDE // 2 :] = torch.tensor([0.1, 0.1, 0.8]).view(1, 3, 1, 1)
    image = torch.lerp(torch.ones_like(halves), halves, disc(30, softness=1))
    cover = disc(30)
    made = bled(image, cover)
    seen = (cover > 0).expand(-1, 3, -1, -1)
    colours = made[seen].view(3, -1).T.unique(dim=0)
    assert len(colours) == 2
    assert torch.equal(made[..., :10, :10], image[..., :10, :10])
