"""The studio, which composes drawings on grounds."""

from pathlib import Path

import torch

from training.compose import Sprites
from training.studio import Studio

CPU = torch.device("cpu")


def test_the_studio_draws_clean_pictures_that_repeat_with_the_seed(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    (first, told), (again, same), (other, _) = (Studio(source, seed).pictures(20) for seed in (1, 1, 2))
    assert first.shape == (20, 3, 32, 32) and len(told) == 20 and all(told)
    assert first.min() >= 0 and first.max() <= 1
    assert torch.equal(first, again) and told == same
    assert not torch.equal(first, other)
    assert (first[:, :, 0, 0] == 1).all(1).float().mean() > 0.4, "most grounds are white"


def test_the_studio_draws_no_sprite_without_colours_of_its_own(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    source.tint = source.concept != 0
    told = Studio(source, 1).pictures(30)[1]
    assert any("red heart" in text for text in told)
    assert not any("banana" in text or "tree" in text for text in told if "heart" in text)


def test_a_posed_drawing_stands_in_the_middle_of_its_ground(sprites: Path) -> None:
    source = Sprites(sprites, 32, CPU)
    images = Studio(source, 1, {"white": 1.0}, posed=True).pictures(30)[0]
    objects = images[(images[:, :, 0, 0] == 1).all(1)]
    assert len(objects) > 15
    assert (objects[:, :, :1] == 1).all() and (objects[:, :, :, -1:] == 1).all(), "a clear margin all around"
