"""How the seed lets things stand otherwise than they were learnt."""

import pytest
import torch
from torch import Tensor

from artgen_drawings.cutout import bounds
from artgen_drawings.pose import ROOM, Pose


def pose(seed: int, variety: float = 1.0) -> Pose:
    return Pose(torch.Generator().manual_seed(seed), variety)


@pytest.fixture(scope="module")
def figure() -> Tensor:
    """A red block on the left and a higher blue one on the right, with soft edges, colours times alpha."""
    shape = torch.zeros(4, 120, 100)
    shape[0, 60:100, 20:50] = shape[2, 20:100, 50:80] = 1
    shape[3] = shape[:3].sum(0)
    return torch.nn.functional.avg_pool2d(shape[None], 3, 1, 1)[0]


def test_without_variety_a_thing_is_as_it_was_learnt(figure: Tensor) -> None:
    assert torch.equal(pose(3, 0.0)(figure), figure)


def test_the_seed_decides(figure: Tensor) -> None:
    assert torch.equal(pose(1)(figure), pose(1)(figure))
    assert (pose(1)(figure) - pose(2)(figure)).abs().mean() > 0.01


def test_about_half_of_the_seeds_turn_a_thing_the_other_way(figure: Tensor) -> None:
    def red_is_left(seed: int) -> bool:
        red, _, blue, _ = pose(seed)(figure).sum(1)
        across = torch.arange(red.shape[0]).float()
        return bool((across * red).sum() / red.sum() < (across * blue).sum() / blue.sum())

    assert 8 <= sum(red_is_left(seed) for seed in range(30)) <= 22


@pytest.mark.parametrize("seed", range(6))
def test_a_thing_stays_whole_and_keeps_its_colours(figure: Tensor, seed: int) -> None:
    posed = pose(seed)(figure)
    assert posed.shape == (4, 120 + 2 * round(ROOM * 120), 100 + 2 * round(ROOM * 100))
    assert posed.min() >= 0 and posed.max() <= 1 and (posed[:3] <= posed[3:]).all()
    assert posed[3].sum() == pytest.approx(figure[3].sum(), rel=0.25)
    top, bottom, left, right = bounds(posed)
    assert top > 0 and left > 0 and bottom < posed.shape[1] and right < posed.shape[2], "nothing is cut off"
    assert posed[1].max() < 0.05, "no colour comes in that was not there"


def test_more_variety_moves_a_thing_further(figure: Tensor) -> None:
    def moved(variety: float) -> float:
        wide = torch.nn.functional.pad(figure, (12, 12, 14, 14))
        both = [pose(seed, variety)(figure) for seed in range(8)]
        return sum(min(float((one - way).abs().mean()) for way in (wide, wide.flip(2))) for one in both)

    assert moved(0.3) < moved(1.0) < moved(2.5)


def test_the_gradient_reaches_the_drawing(figure: Tensor) -> None:
    drawing = figure.clone().requires_grad_()
    pose(4)(drawing)[2].mean().backward()
    assert drawing.grad is not None and drawing.grad[2].sum() > 0 and drawing.grad[1].sum() == 0
