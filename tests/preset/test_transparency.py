"""Pictures that are see-through where nothing is needed."""

import numpy as np
import pytest
import yaml
from PIL import Image
from scipy import ndimage

from tests.helpers.presets import still

SPECK = 1e-3
GUESSED = {
    "seed": 1,
    "steps": 1,
    "generator": {"type": "vqgan", "init": "prompt", "guesses": 1, "upscale": 2},
    "perceptors": {"clip": {"type": "open_clip", "model": "embedded"}},
    "losses": [{"type": "smoothness"}],
}


def alpha_of(path):
    made = Image.open(path)
    assert made.mode == "RGBA"
    return np.asarray(made)[:, :, 3] / 255


def assert_a_sticker(alpha):
    """Hard edges, clear corners, no specks and no pinholes."""
    assert ((alpha < 0.05) | (alpha > 0.95)).mean() >= 0.9
    assert alpha[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0
    for inside in (alpha > 0, alpha < 1):
        numbers, _ = ndimage.label(inside)
        assert np.bincount(numbers.ravel())[1:].min() >= SPECK * alpha.size


@pytest.mark.parametrize(
    ("prompt", "filters", "size"),
    [("a snowman", [], 128), ("a penguin in the snow", [], 128), ("a red fish", [{"type": "symmetry"}], [128, 96])],
)
def test_a_generator_that_knows_what_it_drew_is_cut_out_along_that(artgen, tmp_path, prompt, filters, size):
    preset = {**GUESSED, "prompts": prompt, "size": size, "filters": filters, "transparent": True}
    (tmp_path / "cut.yaml").write_text(yaml.safe_dump(preset))
    said = artgen("run", "cut.yaml", "--out", "out", code=0)
    assert "transparent:" not in said.stdout + said.stderr
    alpha = alpha_of(tmp_path / "out" / "image.png")
    assert_a_sticker(alpha)
    # One thing, in the middle, whole: not the snow around it, and no bite out of the white on white.
    assert 0.1 < alpha.mean() < 0.7
    assert ndimage.binary_fill_holes(alpha > 0.5).mean() - (alpha > 0.5).mean() < 0.02
    if filters:
        assert (alpha == alpha[:, ::-1]).mean() > 0.99


def test_settings_that_find_a_shape_are_told_to_be_idle_where_it_is_known(artgen, tmp_path):
    preset = {**GUESSED, "prompts": "the beach", "size": 32, "transparent": {"weight": 3}}
    (tmp_path / "all.yaml").write_text(yaml.safe_dump(preset))
    said = artgen("run", "all.yaml", "--out", "out", code=0)
    notes = said.stdout + said.stderr
    assert "transparent: the generator says what its things cover, so only 'edges' counts" in notes
    assert "covers the whole picture, so nothing of it is see-through" in notes


def test_what_the_picture_does_not_need_becomes_see_through(artgen, tmp_path, badge):
    """The loss wants a yellow disc and nothing else in particular: the disc covers, the rest is clear."""
    Image.open(badge).getchannel(3).convert("RGB").save(tmp_path / "mask.png")
    target = {"type": "target", "image": "badge.png", "mask": "mask.png"}
    preset = still(
        steps=120,
        generator={"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 0.1},
        losses=[target],
        transparent={"weight": 0.2, "cells": 24, "learning_rate": 0.2},
    )
    (tmp_path / "clear.yaml").write_text(yaml.safe_dump(preset))
    artgen("run", "clear.yaml", "--out", "out", code=0)
    alpha = alpha_of(tmp_path / "out" / "image.png")
    assert_a_sticker(alpha)
    assert alpha[6:10, 10:14].min() > 0.8
    assert alpha[:3].max() < 0.2 and alpha[:, :4].max() < 0.2
    with Image.open(tmp_path / "out" / "progress.png") as strip:
        assert strip.mode == "RGB"
