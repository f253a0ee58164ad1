"""Embeddings of many files."""

import os
import time

import numpy as np
import pytest
import strangers_torch
import torch
import yaml
from PIL import Image

from artgen.compare import perceptual
from artgen.compare.embeddings import embed_files
from artgen.picture.decoding import below


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


def test_embeddings_can_be_had_from_python(tmp_path, monkeypatch, toy):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    draw(tmp_path / "pictures", 3)
    (tmp_path / "pictures" / "broken.png").write_bytes(b"")
    [scorer] = perceptual.of_preset(str(tmp_path / toy()), print)
    found = embed_files(below(tmp_path / "pictures"), scorer)
    assert [path.name for path in found.rows] == ["00000.png", "00001.png", "00002.png"]
    assert torch.stack(list(found.rows.values())).norm(dim=1).tolist() == pytest.approx([1, 1, 1])
    assert [path.name for path in found.failed] == ["broken.png"]


def test_an_interruption_keeps_what_was_done(tmp_path, monkeypatch, toy, looks):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    paths = draw(tmp_path / "pictures", 70)
    [scorer] = perceptual.of_preset(str(tmp_path / toy()), print)

    def interrupted(paths):
        yield from paths[:65]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_files(paths, scorer, interrupted)
    assert looks == [32, 32]
    assert len(embed_files(paths, scorer).rows) == 70
    assert looks == [32, 32, 6]
