"""Fit the embedded head `cleanness`: ``python -m training.aesthetic --art data/sprites.npz --to FOLDER``.

The art sets say nothing of what people like, so no aesthetic head can be learnt from them. What they can tell is a
clean drawing from a spoilt one: pictures are damaged by a known amount, and ridge regression (Hoerl & Kennard 1970)
reads 10 - 10 x damage off the guide's embedding. JPEG artefacts and posterising are not among the damages: the guide's
embedding hardly changes with them (Spearman 0.13 and 0.04 when they were), so they would teach noise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import open_clip
import torch
import torch.nn.functional as F
from open_clip.model import CLIP
from safetensors.torch import save_file
from torch import Tensor
from torchvision.transforms.v2 import functional as change

from artgen.weights import sha256
from training.compose import Sprites
from training.config import Config
from training.model import embed_images
from training.studio import Studio

GUIDE = Path(__file__).parents[1] / "plugins" / "artgen_clip" / "embedded"
HELD_OUT = ("emojione", "fxemoji")
"""The styles that the guide never saw."""
CLEAN = 0.2
"""Share of pictures that stay whole."""
BATCH = 256
BLOCK = 6
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class Examples:
    """Embeddings of damaged pictures."""

    rows: Tensor
    """(N, dim), unit."""
    damage: Tensor
    """(N,) in [0, 1]; 0 is clean."""
    kinds: list[str]


@dataclass(frozen=True)
class Head:
    """score = weight . embedding + bias"""

    weight: Tensor
    bias: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        return rows @ self.weight + self.bias


def noise(image: Tensor, level: float, chance: Random) -> Tensor:
    """Gaussian, up to a standard deviation of 0.5."""
    generator = torch.Generator().manual_seed(chance.getrandbits(31))
    return image + 0.5 * level * torch.randn(image.shape, generator=generator)


def blur(image: Tensor, level: float, _: Random) -> Tensor:
    """Gaussian, up to a twelfth of the side."""
    values: Tensor = change.gaussian_blur(image, [25, 25], [0.01 + level * image.shape[-1] / 12])
    return values


def shuffle(image: Tensor, level: float, chance: Random) -> Tensor:
    """Up to all blocks change places."""
    blocks = F.unfold(image[None], BLOCK, stride=BLOCK)
    moved = chance.sample(range(blocks.shape[-1]), round(level * blocks.shape[-1]))
    blocks[..., sorted(moved)] = blocks[..., moved]
    return F.fold(blocks, image.shape[-2:], BLOCK, stride=BLOCK)[0]


def cast(image: Tensor, level: float, chance: Random) -> Tensor:
    """Up to three quarters of any one colour over everything."""
    colour = torch.tensor([chance.random() for _ in range(3)]).view(3, 1, 1)
    return image.lerp(colour.expand_as(image), 0.75 * level)


def mixed(image: Tensor, level: float, other: Tensor) -> Tensor:
    """Up to an even mixture with another picture."""
    return image.lerp(other, level / 2)


DAMAGES: dict[str, Callable[[Tensor, float, Random], Tensor]] = {
    "noise": noise,
    "blur": blur,
    "shuffle": shuffle,
    "cast": cast,
}


def spoil(images: Tensor, chance: Random) -> tuple[Tensor, Tensor, list[str]]:
    """Each picture damaged in one way or none: the pictures, how much, and how."""
    made, levels, kinds = [], [], []
    for index, image in enumerate(images):
        kind = chance.choice([*DAMAGES, "mixed"]) if chance.random() > CLEAN else "clean"
        level = 0.0 if kind == "clean" else chance.random()
        if kind == "mixed":
            image = mixed(image, level, images[index - 1])
        elif kind != "clean":
            image = DAMAGES[kind](image, level, chance)
        made.append(image.clamp(0, 1))
        levels.append(level)
        kinds.append(kind)
    return torch.stack(made), torch.tensor(levels), kinds


@torch.no_grad()
def examples(sprites: Sprites, model: CLIP, config: Config, count: int, seed: int) -> Examples:
    """Embeddings of `count` pictures as the studio composes them, damaged."""
    studio, chance = Studio(sprites, seed), Random(seed)
    rows, damage, kinds = [], [], []
    for done in range(0, count, BATCH):
        images, levels, how = spoil(studio.pictures(min(BATCH, count - done))[0], chance)
        rows.append(embed_images(model, images, config))
        damage.append(levels)
        kinds += how
    return Examples(torch.cat(rows), torch.cat(damage), kinds)


def fit(seen: Examples) -> Head:
    """Ridge regression, its penalty chosen on the last tenth of the examples."""
    kept = len(seen.rows) * 9 // 10
    rows, score = seen.rows.double(), 10 - 10 * seen.damage.double()
    tried = [_ridge(rows[:kept], score[:kept], penalty) for penalty in PENALTIES]
    errors = [(head(rows[kept:]) - score[kept:]).square().mean().item() for head in tried]
    best = _ridge(rows, score, PENALTIES[int(np.argmin(errors))])
    return Head(best.weight.float(), best.bias.float())


def _ridge(rows: Tensor, score: Tensor, penalty: float) -> Head:
    middle = rows.mean(dim=0)
    centred = rows - middle
    gram = centred.T @ centred + penalty * torch.eye(rows.shape[1], dtype=rows.dtype)
    weight = torch.linalg.solve(gram, centred.T @ (score - score.mean()))
    return Head(weight, score.mean() - middle @ weight)


def spearman(first: Tensor, second: Tensor) -> float:
    """Correlation of the ranks; ties, such as the clean pictures', share their mean rank."""
    return float(torch.corrcoef(torch.stack([_ranks(first), _ranks(second)]))[0, 1])


def _ranks(values: Tensor) -> Tensor:
    _, group, count = values.double().unique(return_inverse=True, return_counts=True)
    ranks: Tensor = (count.cumsum(0) - (count - 1) / 2)[group]
    return ranks


def report(head: Head, held_out: Examples) -> str:
    """How well the order of scores follows the damage, over all and for each kind with the clean pictures."""
    score, quality = head(held_out.rows), 1 - held_out.damage
    lines = [f"all: {spearman(score, quality):.3f}  mean error {(score - 10 * quality).abs().mean():.2f} of 10"]
    for kind in (*DAMAGES, "mixed"):
        chosen = torch.tensor([k in ("clean", kind) for k in held_out.kinds])
        lines.append(f"{kind}: {spearman(score[chosen], quality[chosen]):.3f}")
    return "\n".join(lines)


def load(folder: Path) -> tuple[CLIP, Config]:
    """The guide, and as much of its configuration as its image tower needs."""
    told = json.loads((folder / "open_clip_config.json").read_text(encoding="utf-8"))
    clean, shapes = told["preprocess_cfg"], told["model_cfg"]
    config = Config(shapes["vision_cfg"], shapes["text_cfg"], mean=tuple(clean["mean"]), std=tuple(clean["std"]))
    return open_clip.create_model(f"local-dir:{folder}").eval(), config


def export(head: Head, guide: Path, path: Path) -> None:
    """The head in the layout of LAION's linear ones, with the digest of the model that it belongs to."""
    state = {"weight": head.weight[None].contiguous(), "bias": head.bias[None].contiguous()}
    save_file(state, path, metadata={"format": "pt", "made_for": sha256(guide / "model.safetensors")})
    path.chmod(0o644)  # it is written for its owner's eyes only


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--art", type=Path, default=Path("data/sprites.npz"))
    parser.add_argument("--guide", type=Path, default=GUIDE)
    parser.add_argument("--count", type=int, default=20_000, help="pictures to learn from; a quarter more for tests")
    parser.add_argument("--to", type=Path, required=True, help="folder for cleanness.safetensors")
    args = parser.parse_args()
    model, config = load(args.guide)
    cpu = torch.device("cpu")
    seen = examples(Sprites(args.art, config.size, cpu, leave_out=HELD_OUT), model, config, args.count, seed=1)
    head = fit(seen)
    for style in HELD_OUT:
        sprites = Sprites(args.art, config.size, cpu, only=[style])
        print(f"Spearman in the style {style}, which neither guide nor head has seen:")
        print(report(head, examples(sprites, model, config, args.count // 8, seed=2)))
    export(head, args.guide, args.to / "cleanness.safetensors")


if __name__ == "__main__":
    main()
