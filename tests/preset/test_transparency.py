"""Pictures that are see-through where nothing is needed."""

import numpy as np
import yaml
from PIL import Image

from tests.helpers.presets import still


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
    made = Image.open(tmp_path / "out" / "image.png")
    assert made.mode == "RGBA"
    alpha = np.asarray(made)[:, :, 3] / 255
    assert alpha[6:10, 10:14].min() > 0.8
    assert alpha[:3].max() < 0.2 and alpha[:, :4].max() < 0.2
    with Image.open(tmp_path / "out" / "progress.png") as strip:
        assert strip.mode == "RGB"
