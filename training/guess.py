"""Train the first guess of the embedded VQGAN: ``python -m training.guess --art data/sprites128.npz --to FOLDER``.

A text, as the guide embeds it, becomes the mean of the encodings of the drawings it could stand for: least squares, so
what they share is drawn and what they differ in is blurred. That a network can take VQGAN+CLIP's start off its hands
was shown by feed_forward_vqgan_clip (M. Cherti, 2021, https://github.com/mehdidc/feed_forward_vqgan_clip); here the
targets are drawings rather than CLIP's opinion, and CLIP goes on from the guess.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import yaml
from diffusers import VQModel
from safetensors.torch import save_file
from torch import Tensor, nn

from training.compose import Sprites
from training.diffusion import Words
from training.studio import Studio

VQGAN = Path(__file__).parents[1] / "plugins" / "artgen_vqgan" / "embedded"
FILE = "guess.safetensors"
BATCH = 100  # pictures that are drawn and encoded at once


@dataclass(frozen=True)
class Config:
    """One run (training/guess.yaml)."""

    size: int
    """Side of the guess in pixels."""
    width: int
    """Of the two hidden layers."""
    leave_out: tuple[str, ...]
    held_out: str
    grounds: dict[str, float]
    pictures: int
    steps: int
    batch: int
    learning_rate: float
    weight_decay: float
    jitter: float
    """Deviation of the noise on the embeddings, whose numbers have a mean square of 1."""
    seed: int


def read(path: Path) -> Config:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Config(**{**raw, "leave_out": tuple(raw["leave_out"])})


@dataclass(frozen=True)
class Pairs:
    """Texts and what they stand for."""

    texts: Tensor
    """(N, dim) with a mean square of 1."""
    latents: Tensor
    """(N, C * h * w)"""

    def split(self, share: float) -> tuple[Pairs, Pairs]:
        """All but the last `share`, and those."""
        at = round(len(self.texts) * (1 - share))
        return Pairs(self.texts[:at], self.latents[:at]), Pairs(self.texts[at:], self.latents[at:])


@torch.no_grad()
def pairs(sprites: Sprites, config: Config, model: Any, words: Words, count: int) -> Pairs:
    """`count` drawings in the middle of quiet grounds, encoded, and their captions."""
    studio = Studio(sprites, config.seed, config.grounds, posed=True)
    texts, latents = [], []
    for _ in range(-(-count // BATCH)):
        images, captions = studio.pictures(BATCH)
        texts.append(words(captions))
        latents.append(encoded(model, images).flatten(1))
    return Pairs(torch.cat(texts)[:count], torch.cat(latents)[:count])


def encoded(model: Any, images: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] to (B, C, h, w), not yet made codes."""
    fold = math.isqrt(model.config.in_channels // 3)
    latents: Tensor = model.quant_conv(model.encoder(F.pixel_unshuffle(images * 2 - 1, fold)))
    return latents


def network(dim: int, width: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(dim, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, out))


def fit(seen: Pairs, config: Config) -> nn.Sequential:
    """Least squares, with noise on the texts so that near ones are drawn alike."""
    torch.manual_seed(config.seed)
    net = network(seen.texts.shape[1], config.width, seen.latents.shape[1])
    last = net[-1]
    assert isinstance(last, nn.Linear)
    last.bias.data.copy_(seen.latents.mean(dim=0))
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=config.weight_decay)
    spread = seen.latents.var(dim=0).sum()
    for step in range(config.steps):
        optimizer.param_groups[0]["lr"] = config.learning_rate * (0.5 + 0.5 * math.cos(math.pi * step / config.steps))
        rows = torch.randint(len(seen.texts), (config.batch,))
        texts = seen.texts[rows] + config.jitter * torch.randn(config.batch, seen.texts.shape[1])
        loss = (net(texts) - seen.latents[rows]).square().sum(dim=1).mean() / spread
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


@torch.no_grad()
def unexplained(net: nn.Module, seen: Pairs) -> float:
    """The share of the encodings' variance that the texts do not tell; 1 is a guess that is always the same."""
    off = (net(seen.texts) - seen.latents).square().sum()
    return float(off / (seen.latents - seen.latents.mean(dim=0)).square().sum())


def export(net: nn.Sequential, path: Path) -> None:
    """The weights in half precision."""
    state = {name: value.half().contiguous() for name, value in net.state_dict().items()}
    save_file(state, path, metadata={"format": "pt"})
    path.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path(__file__).with_suffix(".yaml"))
    parser.add_argument("--art", type=Path, default=Path("data/sprites128.npz"))
    parser.add_argument("--vqgan", type=Path, default=VQGAN, help="the model that is to draw the guesses")
    parser.add_argument("--to", type=Path, required=True, help=f"folder for {FILE}")
    args = parser.parse_args()
    config, cpu = read(args.config), torch.device("cpu")
    model: Any = VQModel.from_pretrained(args.vqgan).float().eval()
    words = Words(cpu)
    sprites = Sprites(args.art, config.size, cpu, leave_out=config.leave_out)
    seen, unseen = pairs(sprites, config, model, words, config.pictures).split(0.05)
    net = fit(seen, config)
    other = pairs(Sprites(args.art, config.size, cpu, only=[config.held_out]), config, model, words, 1000)
    for title, found in (("pictures learnt from", seen), ("others", unseen), (config.held_out, other)):
        print(f"variance that the text does not tell, {title}: {unexplained(net, found):.3f}")
    export(net, args.to / FILE)


if __name__ == "__main__":
    main()
