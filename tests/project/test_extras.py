"""What is not installed with artgen itself: it works without, and says what to type where something is asked of it."""

import re
import tomllib

import pytest

from tests.helpers.paths import ROOT
from tests.helpers.stable_models import write_first

WITHOUT = "import sys; sys.modules['transformers'] = None"
"""An environment that has artgen with no extra."""
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
FOR_DEVELOPERS = {"dev", "training"}


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["quickstart", "diffusion"])
def test_the_offline_presets_draw_without_transformers(artgen, preset):
    settings = ("--steps", 2, "--size", 64, "--batch", 1, "--set", "finish=null")
    done = artgen("run", preset, *settings, prelude=WITHOUT, code=0)
    assert "2 steps" in done.stderr


def test_stable_diffusion_names_its_extra(artgen, tmp_path):
    write_first(tmp_path / "model")
    (tmp_path / "mine.yaml").write_text(
        "prompts: a cat\nsize: [16, 16]\nsteps: 2\ngenerator: {type: latent_diffusion, model: ./model}\n"
        "losses: [{type: dark}]\n"
    )
    said = artgen("run", "mine.yaml", prelude=WITHOUT, code=2).stderr.splitlines()[-1]
    assert re.fullmatch(
        r"generator 'latent_diffusion' \(artgen [^ ]+\): Stable Diffusion needs one more package; "
        r'pip install "artgen\[diffusion\]"',
        said,
    )


def test_a_text_tower_of_transformers_names_its_extra_before_anything_is_downloaded(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "extends: pixel\nperceptors: {clip: {type: open_clip, model: ViT-B-16-SigLIP, pretrained: webli}}\n"
    )
    done = artgen("run", "mine.yaml", "--steps", 1, prelude=WITHOUT, code=2)
    assert done.stderr.splitlines()[-1].endswith(
        'ViT-B-16-SigLIP: reads texts with one more package; pip install "artgen[clip]"'
    )
    assert "looking for the weights" not in done.stderr


def test_all_is_every_extra_of_an_artist():
    (line,) = EXTRAS["all"]
    assert set(re.fullmatch(r"artgen\[(.*)\]", line)[1].split(",")) == EXTRAS.keys() - FOR_DEVELOPERS - {"all"}


def test_the_compatibility_page_lists_them():
    told = set(re.findall(r"^\| `\[(\w+)\]` ", (ROOT / "docs" / "compatibility.md").read_text(), re.MULTILINE))
    assert told == EXTRAS.keys() - FOR_DEVELOPERS
