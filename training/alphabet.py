"""Leave out the codes that no drawing uses: ``python -m training.alphabet --vqgan FOLDER``, after its export.

The codes are all points of a grid (`training.vqgan`), and half of them stand for nothing that was ever learnt, though a
picture that is steered may go there. What is left is what drawings are made of, and each cell is drawn as the nearest
code that is left.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import VQModel
from torch import Tensor

from training.colour_error import hue_error
from training.crops import Crops
from training.drawings import Drawings
from training.vqgan import Config, grid, held_out, numbers, read, rounded

SEEN = 4000
"""Drawings on white, and as many crops on grounds of all colours, in which codes are counted."""
SELDOM = 5
"""Codes that occur less often in those are left out."""


@torch.no_grad()
def counts(model: Any, images: Tensor, config: Config) -> Tensor:
    """(levels ** dimensions,): how often each point of the grid stands for a cell of (B, 3, H, W) in [0, 1]."""
    with torch.autocast("cpu", torch.bfloat16):
        codes = model.encode(F.pixel_unshuffle(2 * images - 1, config.block)).latents
    found = numbers(rounded(codes.float(), config.levels), config.levels)
    return torch.bincount(found.flatten(), minlength=config.levels**config.dimensions)


def used(model: Any, drawings: Drawings, config: Config) -> Tensor:
    """The rows of the grid that drawings which were learnt from use often enough, in ascending order."""
    learnt = np.where(~np.isin(drawings.family, config.leave_out) & ~drawings.tint)[0]
    chosen = np.random.default_rng(config.seed).choice(learnt, min(SEEN, len(learnt)), replace=False)
    crops = Crops(drawings, config.leave_out, config.crop, config.seed)
    found = torch.zeros(config.levels**config.dimensions, dtype=torch.long)
    for part in np.array_split(chosen, math.ceil(len(chosen) / 16)):
        found += counts(model, drawings.on_white(part), config) + counts(model, crops.batch(len(part)), config)
    return torch.where(found >= SELDOM)[0]


@torch.no_grad()
def figures(model: Any, drawings: Drawings, config: Config) -> list[str]:
    """What each held-out family comes back as, and how many of the codes it uses."""
    told = []
    for family in config.held_out:
        truth, block = held_out(drawings, family), config.block
        made = torch.cat([model(F.pixel_unshuffle(2 * part - 1, block)).sample for part in truth.split(8)])
        made = F.pixel_shuffle(made, block).clamp(-1, 1) / 2 + 0.5
        psnr = -10 * (made - truth).square().mean((1, 2, 3)).log10().mean()
        told.append(f"{family}: {psnr:.2f} dB, hue {hue_error(made, truth):.1f} degrees")
    return told


def pruned(model: Any, config: Config, rows: Tensor) -> Any:
    """The same model with so many of the grid's points."""
    # What begins with an underscore says where the model was loaded from.
    built = {name: value for name, value in model.config.items() if not name.startswith("_")}
    fewer: Any = VQModel.from_config({**built, "num_vq_embeddings": len(rows)})
    codes = grid(config.levels, config.dimensions)[rows]
    fewer.load_state_dict({**model.state_dict(), "quantize.embedding.weight": codes})
    return fewer.eval().requires_grad_(False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("vqgan.yaml"))
    parser.add_argument("--art", type=Path, default=Path("data/drawings.npy"))
    parser.add_argument("--vqgan", type=Path, required=True, help="an exported model, which is written anew")
    args = parser.parse_args()
    config, drawings = read(args.config), Drawings(args.art)
    model: Any = VQModel.from_pretrained(args.vqgan).float().eval().requires_grad_(False)
    if len(model.quantize.embedding.weight) < config.levels**config.dimensions:
        raise SystemExit(f"{args.vqgan}: has lost codes already; export it again")
    print("before:", *figures(model, drawings, config), sep="\n  ")
    rows = used(model, drawings, config)
    print(f"{len(rows)} of {config.levels**config.dimensions} codes are left")
    model = pruned(model, config, rows)
    print("after:", *figures(model, drawings, config), sep="\n  ")
    model.half().save_pretrained(args.vqgan)
    (args.vqgan / "diffusion_pytorch_model.safetensors").chmod(0o644)


if __name__ == "__main__":
    main()
