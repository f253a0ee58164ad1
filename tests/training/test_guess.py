"""The recipe of the first guess on a handful of shapes."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.paths import ROOT
from training import guess, vqgan
from training.compose import Sprites
from training.words import Words

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def told(sprites: Path) -> tuple[guess.Config, guess.Pairs]:
    config = guess.read(ROOT / "training" / "guess.yaml")
    config = replace(config, size=32, pictures=400, steps=150, width=64, leave_out=("unseen",))
    source = Sprites(sprites, config.size, CPU, leave_out=config.leave_out)
    shipped = vqgan.read(ROOT / "training" / "vqgan.yaml")
    model = vqgan.build(replace(shipped, channels=(32, 32), levels=3, dimensions=4)).eval()
    return config, guess.pairs(source, config, model, Words(CPU), config.pictures)


def test_the_first_guess_learns_what_the_text_tells(told: tuple[guess.Config, guess.Pairs]) -> None:
    config, found = told
    seen, unseen = found.split(0.25)
    assert (len(seen.texts), len(unseen.texts)) == (300, 100)
    net = guess.fit(seen, config)
    assert guess.unexplained(net, unseen) < 0.7
    shuffled = guess.Pairs(seen.texts[torch.randperm(300, generator=torch.Generator().manual_seed(0))], seen.latents)
    assert guess.unexplained(guess.fit(shuffled, config), unseen) > 0.9


def test_the_exported_guess_is_the_network_in_halves(told: tuple[guess.Config, guess.Pairs], tmp_path: Path) -> None:
    config, found = told
    net = guess.fit(found, replace(config, steps=20))
    guess.export(net, tmp_path / guess.FILE)
    layers = load_file(tmp_path / guess.FILE)
    rows = found.texts[:5]
    for name in ("0", "2"):
        rows = torch.nn.functional.gelu(rows @ layers[f"{name}.weight"].float().T + layers[f"{name}.bias"].float())
    made = rows @ layers["4.weight"].float().T + layers["4.bias"].float()
    with torch.no_grad():
        assert torch.allclose(made, net(found.texts[:5]), atol=0.02, rtol=0.01)
