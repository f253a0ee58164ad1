"""Six drawn shapes in two styles, in the files that training.render and training.drawings write, and a run on them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.helpers.paths import ROOT
from training import config, train
from training.run import Run

THINGS = ["red heart", "blue square", "banana", "tree", "yellow sun", "fish"]


def drawing(number: int, hue: int, size: int = 64) -> np.ndarray:
    image = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(image)
    pen.regular_polygon((size // 2, size // 2, 26 * size // 64), 3 + number, fill=(hue, 40 * number, 255 - hue, 255))
    return np.asarray(image)


@pytest.fixture(scope="session")
def sprites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six things in two styles, in the files that training.render writes."""
    path = tmp_path_factory.mktemp("art") / "sprites.npz"
    pixels = [drawing(i, hue) for hue in (60, 200) for i in range(len(THINGS))]
    which = np.array([*range(len(THINGS))] * 2, np.int32)
    np.savez(path, pixels=np.stack(pixels), concept=which, style=np.repeat([0, 1], len(THINGS)).astype(np.int32))
    styles = [{"family": f, "style": "flat", "tint": False} for f in ("seen", "unseen")]
    concepts = [{"names": [n], "tags": ["shape"], "weight": 1.0, "group": 3} for n in THINGS]
    path.with_suffix(".json").write_text(json.dumps({"concepts": concepts, "styles": styles}))
    return path


@pytest.fixture(scope="session")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same things, large, in the files that training.drawings writes."""
    path = tmp_path_factory.mktemp("large") / "drawings.npy"
    pixels = np.stack([drawing(i, hue, 256) for hue in (60, 200) for i in range(len(THINGS))])
    np.save(path, np.where(pixels[..., 3:] > 0, pixels, 0).astype(np.uint8))
    table = {
        "concepts": [{"names": [n], "tags": [], "weight": 1.0, "group": 3} for n in THINGS],
        "styles": [{"set": f, "family": f, "style": "flat", "tint": False} for f in ("seen", "unseen")],
        "concept": [*range(len(THINGS))] * 2,
        "style": [0] * len(THINGS) + [1] * len(THINGS),
    }
    path.with_suffix(".json").write_text(json.dumps(table))
    return path


@pytest.fixture(scope="session")
def tiny() -> config.Config:
    guide = config.read(ROOT / "training" / "guide.yaml")
    return replace(
        guide,
        vision={**guide.vision, "image_size": 32},
        pretrained="",
        batch=8,
        bank=4,
        merges=200,
        text={**guide.text, "width": 32, "heads": 2, "layers": 1},
        leave_out=("unseen",),
        held_out="unseen",
        attack=config.Attack(start=1, full=2),
        keep_at=(),
    )


@pytest.fixture(scope="session")
def run(sprites: Path, tiny: config.Config, tmp_path_factory: pytest.TempPathFactory) -> Run:
    torch.manual_seed(0)
    out = tmp_path_factory.mktemp("run")
    whole = Run(train.prepare(tiny, sprites, out, torch.device("cpu")), out, minutes=60, steps=3)
    whole.go(report=1e9, save=1e9)
    return whole
