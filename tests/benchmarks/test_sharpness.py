import math

import pytest
import torch
from torchvision.transforms.functional import gaussian_blur

from artgen.picture import images
from benchmarks import sharpness


def disc(sigma=0.0, side=128, radius=36, low=0.0, high=1.0):
    """A disc, four samples a side of each pixel, blurred by a gaussian of `sigma` pixels."""
    place = (torch.arange(side * 4) + 0.5) / 4 - side / 2
    inside = (place[:, None].square() + place.square() < radius**2).float()[None, None]
    if sigma:
        inside = gaussian_blur(inside, [2 * math.ceil(14 * sigma) + 1] * 2, [4 * sigma] * 2)
    pixels = torch.nn.functional.avg_pool2d(inside, 4)[0].expand(3, -1, -1)
    return low + (high - low) * pixels


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0, 3.0, 4.0])
def test_a_blurred_disc_has_edges_as_wide_as_its_gaussian_makes_them(sigma):
    """An edge blurred by a gaussian, cut where its slope is a tenth of the steepest; pixels and their steps add 1/6."""
    deviation = math.sqrt(sigma**2 + 1 / 6)
    share = math.erf(math.sqrt(math.log(10)))
    assert sharpness.edge_width(disc(sigma)) == pytest.approx(share * math.sqrt(2 * math.pi) * deviation, rel=0.06)


def test_widths_grow_with_the_blur_from_one_pixel_on():
    found = [sharpness.edge_width(disc(sigma)) for sigma in (0, 0.5, 1, 1.5, 2, 3, 4, 6)]
    assert found == sorted(found)
    assert found[0] < 1.6


def test_contrast_shading_and_turning_do_not_matter():
    sharp, soft = sharpness.edge_width(disc(1)), sharpness.edge_width(disc(3))
    assert sharpness.edge_width(disc(3, low=0.4, high=0.55)) == pytest.approx(soft, rel=1e-6)
    assert sharpness.edge_width(1 - disc(3)) == pytest.approx(soft, rel=1e-6)
    shaded = disc(1) * 0.8 + torch.linspace(0, 0.2, 128)
    assert sharpness.edge_width(shaded) == pytest.approx(sharp, rel=0.1)
    assert sharpness.edge_width(disc(2).mT) == pytest.approx(sharpness.edge_width(disc(2)))


def test_a_step_is_one_pixel_wide_and_one_colour_has_no_edge():
    step = torch.zeros(3, 32, 32)
    step[:, :, 16:] = 1
    assert sharpness.edge_width(step) == 1
    assert math.isnan(sharpness.edge_width(torch.full((3, 32, 32), 0.5)))


def test_two_folders_are_compared_by_name(tmp_path, capsys):
    for folder, sigma in (("before", 1), ("after", 3)):
        (tmp_path / folder).mkdir()
        for name in "ab":
            images.to_pil(disc(sigma)).save(tmp_path / folder / f"{name}.png")
    sharpness.main(["--pictures", str(tmp_path / "after"), "--before", str(tmp_path / "before")])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("7.") and "of 2 pictures" in first
    assert "times as wide, median of 2" in second
    with pytest.raises(SystemExit):
        sharpness.main(["--pictures", str(tmp_path / "nothing")])
    assert "give the folder" in capsys.readouterr().err
