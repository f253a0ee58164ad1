"""Pictures to embed, and a toy that embeds them and counts how often."""

import os
import time

import numpy as np
import pytest
import strangers_torch
import yaml
from PIL import Image


@pytest.fixture
def toy(tmp_path, flat):
    """Writes a preset whose only perceptor is a toy."""

    def write(**settings):
        (tmp_path / "toy.yaml").write_text(yaml.safe_dump({**flat, "perceptors": {"toy": {"type": "toy", **settings}}}))
        return "toy.yaml"

    return write


@pytest.fixture
def looks(monkeypatch):
    """How many pictures the toy was shown at each look."""
    shown, embed = [], strangers_torch.ToyPerceptor.embed_images

    def embed_images(self, images):
        rows = embed(self, images)
        shown.append(len(images))
        return rows

    monkeypatch.setattr(strangers_torch.ToyPerceptor, "embed_images", embed_images)
    return shown


def draw(folder, count, seed=0, age=60):
    """Writes `count` pictures of 8 x 8 random pixels, last changed `age` seconds ago."""
    draws = np.random.default_rng(seed)
    for number in range(count):
        path = folder / f"{number % 7}" / f"{number:05}.png"
        path.parent.mkdir(exist_ok=True, parents=True)
        Image.fromarray(draws.integers(0, 256, (8, 8, 3), np.uint8)).save(path)
        os.utime(path, (time.time() - age,) * 2)
    return sorted(folder.rglob("*.png"))
