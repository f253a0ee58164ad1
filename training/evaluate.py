"""How well a model names drawings in an art style that training never saw.

``python -m training.evaluate --model FOLDER --art data/sprites.npz`` tests an exported model on 500 everyday names, and
on the things of benchmarks/prompts.yaml against those prompts.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import open_clip
import torch
import torch.nn.functional as F
import yaml
from open_clip.model import CLIP
from torch import Tensor

from training.captions import article
from training.compose import Sprites
from training.config import Config
from training.model import embed_images, embed_texts

Tokenizer = Callable[[list[str]], Tensor]
PROMPTS = Path(__file__).parents[1] / "benchmarks" / "prompts.yaml"


@dataclass
class Score:
    """Shares of drawings whose name came first, or among the first five."""

    top1: float
    top5: float
    of: int
    names: int

    def __str__(self) -> str:
        return f"held-out style: top-1 {self.top1:.1%}, top-5 {self.top5:.1%} ({self.of} drawings, {self.names} names)"


def on_paper(sprites: Sprites, index: Tensor, colour: float = 1.0) -> Tensor:
    """Sprites on white, or on a grey, with a narrow margin."""
    rgba = framed(sprites.rgba[index.to(sprites.device)].float())
    return colour * (1 - rgba[:, 3:]) + rgba[:, :3]


def framed(rgba: Tensor) -> Tensor:
    """Pictures made a little smaller, in the middle of a clear margin."""
    small = F.interpolate(rgba, scale_factor=0.92, mode="bilinear", antialias=True)
    room = rgba.shape[-1] - small.shape[-1]
    return F.pad(small, (room // 2, room - room // 2) * 2)


def choose(sprites: Sprites, count: int = 500) -> tuple[Tensor, list[str]]:
    """One drawing each of `count` everyday concepts, always the same ones."""
    first: dict[int, int] = {}
    for i, concept in enumerate(sprites.concept.tolist()):
        if sprites.concepts[concept]["weight"] >= 0.5:
            first.setdefault(concept, i)
    chosen = Random(0).sample(sorted(first), min(count, len(first)))
    return torch.tensor([first[c] for c in chosen]), [article(sprites.concepts[c]["names"][0]) for c in chosen]


@torch.no_grad()
def _score(
    model: CLIP,
    sprites: Sprites,
    tokenizer: Tokenizer,
    config: Config,
    index: Tensor,
    prompts: list[str],
    answer: Tensor,
    colour: float = 1.0,
) -> Score:
    text = embed_texts(model, tokenizer(prompts).to(sprites.device))
    image = torch.cat([embed_images(model, on_paper(sprites, part, colour), config) for part in index.split(100)])
    rank = (image @ text.T).argsort(1, descending=True).cpu()
    right = rank == answer[:, None]
    return Score(right[:, 0].float().mean().item(), right[:, :5].any(1).float().mean().item(), len(index), len(prompts))


def retrieval(model: CLIP, sprites: Sprites, tokenizer: Tokenizer, config: Config) -> Score:
    """One drawing each of 500 things, against their 500 names."""
    index, prompts = choose(sprites)
    return _score(model, sprites, tokenizer, config, index, prompts, torch.arange(len(index)))


def benchmark(model: CLIP, sprites: Sprites, tokenizer: Tokenizer, config: Config, colour: float = 1.0) -> Score:
    """Every drawing of the benchmark's things, against its prompts."""
    rows = yaml.safe_load(PROMPTS.read_text(encoding="utf-8"))
    number = {row["concept"]: i for i, row in enumerate(rows)}
    names = [sprites.concepts[c]["names"][0] for c in sprites.concept.tolist()]
    index = torch.tensor([i for i, name in enumerate(names) if name in number])
    answer = torch.tensor([number[names[i]] for i in index.tolist()])
    return _score(model, sprites, tokenizer, config, index, [row["prompt"] for row in rows], answer, colour)


def main() -> None:
    parser = argparse.ArgumentParser(description="Test an exported model on a style it was not trained on.")
    parser.add_argument("--model", type=Path, required=True, help="folder of the exported model")
    parser.add_argument("--art", type=Path, default=Path("data/sprites.npz"))
    parser.add_argument("--style", default="emojione")
    args = parser.parse_args()
    cfg = json.loads((args.model / "open_clip_config.json").read_text(encoding="utf-8"))
    clean, shapes = cfg["preprocess_cfg"], cfg["model_cfg"]
    config = Config(shapes["vision_cfg"], shapes["text_cfg"], mean=tuple(clean["mean"]), std=tuple(clean["std"]))
    model = open_clip.create_model(f"local-dir:{args.model}").eval()
    tokens = open_clip.get_tokenizer(f"local-dir:{args.model}", bpe_path=str(args.model / "bpe.txt.gz"))
    sprites = Sprites(args.art, config.size, torch.device("cpu"), only=[args.style])
    print("everyday names:        ", retrieval(model, sprites, tokens, config))
    for colour in (1.0, 0.75, 0.5):
        print(f"benchmark on grey {colour:4.2f}:", benchmark(model, sprites, tokens, config, colour))


if __name__ == "__main__":
    main()
