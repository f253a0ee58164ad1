"""Train the embedded VQGAN: ``python -m training.vqgan --art data/drawings.npy --minutes 150 --out runs/vqgan``.

A `VQModel` of diffusers, trained as Esser et al. 2021 (https://arxiv.org/abs/2012.09841) did: L1, a perceptual distance
(after Johnson et al. 2016, https://arxiv.org/abs/1603.08155, over VGG16) and a patch discriminator that joins late. Its
codes are not learnt but are the points of a grid (finite scalar quantisation, Mentzer et al. 2023,
https://arxiv.org/abs/2309.15505): learnt ones gathered on few directions, and whole hues were lost. Until rounding
begins, noise of half a level's width stands in for it (Ballé et al. 2017, https://arxiv.org/abs/1611.01704).
``--resume`` goes on from the last checkpoint, ``--export FOLDER`` writes it in diffusers' layout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from diffusers import VQModel
from safetensors.torch import load_file
from torch import Tensor, nn

from training.colour_error import hue_error
from training.crops import Crops
from training.drawings import Drawings
from training.evaluate import framed
from training.model import Average
from training.run import Run, drawing_parser, rate
from training.sheets import save_sheet
from training.vgg import Vgg16, distance

LAYERS = ("relu1_2", "relu2_2", "relu3_3")
SHOWN = 32  # held-out drawings of each style that the log's figures are taken on
LUMA = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


@dataclass(frozen=True)
class Config:
    """One run (training/vqgan.yaml)."""

    crop: int
    block: int
    """Pixels per side that are folded into channels (space to depth)."""
    channels: tuple[int, ...]
    layers: int
    levels: int
    """Of each number of a code, from -1 to 1."""
    dimensions: int
    leave_out: tuple[str, ...]
    held_out: tuple[str, ...]
    batch: int
    learning_rate: float
    chroma: float
    """How much more a wrong colour counts than a wrong brightness."""
    perceptual: float
    adversary: float
    round_from: float
    """Share of the time after which encodings are rounded to codes; before, they are blurred by noise."""
    adversary_from: float
    seed: int
    warmup: int = 200
    ema: float = 0.9985


def read(path: Path) -> Config:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Config(**fields)


def build(config: Config) -> Any:
    """A fresh `VQModel`; without attention, so that any canvas looks as the crops did."""
    torch.manual_seed(config.seed)
    count = len(config.channels)
    model: Any = VQModel(
        in_channels=3 * config.block**2,
        out_channels=3 * config.block**2,
        sample_size=256 // config.block,
        block_out_channels=config.channels,
        layers_per_block=config.layers,
        down_block_types=("DownEncoderBlock2D",) * count,
        up_block_types=("UpDecoderBlock2D",) * count,
        latent_channels=config.dimensions,
        num_vq_embeddings=config.levels**config.dimensions,
        vq_embed_dim=config.dimensions,
        norm_num_groups=16,
        mid_block_add_attention=False,
    )
    model.quantize.embedding.weight.data.copy_(grid(config.levels, config.dimensions))
    model.quantize.embedding.requires_grad_(False)
    return model.to(memory_format=torch.channels_last)


def grid(levels: int, dimensions: int) -> Tensor:
    """(levels ** dimensions, dimensions): all points of the grid, the last number changing fastest."""
    return torch.cartesian_prod(*[torch.linspace(-1, 1, levels)] * dimensions)


def rounded(codes: Tensor, levels: int) -> Tensor:
    """The nearest points of the grid; the gradient passes straight through."""
    half = (levels - 1) / 2
    return codes + ((codes.clamp(-1, 1) * half).round() / half - codes).detach()


def discriminator(channels: int) -> nn.Sequential:
    """Judges patches of a folded picture."""
    return nn.Sequential(
        nn.Conv2d(channels, 48, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(48, 96, 4, 2, 1),
        nn.GroupNorm(8, 96),
        nn.LeakyReLU(0.2),
        nn.Conv2d(96, 1, 3, 1, 1),
    )


class Learner:
    """State of a run and one step of it."""

    def __init__(self, config: Config, drawings: Drawings, out: Path, device: torch.device) -> None:
        self.config, self.drawings, self.out, self.device, self.step = config, drawings, out, device, 0
        self.batch, self.reports = config.batch, 0
        self.keep_at: tuple[int, ...] = ()
        self.model = build(config).to(device)
        self.average = Average(self.model, config.ema)
        self.features = Vgg16(LAYERS[-1]).to(device)
        self.critic = discriminator(3 * config.block**2).to(device)
        parts = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(parts, weight_decay=0.0, betas=(0.9, 0.99), fused=True)
        self.against = torch.optim.AdamW(self.critic.parameters(), lr=4e-4, betas=(0.5, 0.9), fused=True)
        self.crops = Crops(drawings, config.leave_out, config.crop, config.seed)
        self.truth = {family: held_out(drawings, family).to(device) for family in config.held_out}

    def learn(self, progress: float) -> dict[str, float]:
        """One step; after `adversary_from` also one of the discriminator."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * rate(self.step, config.warmup, progress)
        true = self.crops.batch(config.batch).to(self.device)
        folded = F.pixel_unshuffle(2 * true - 1, config.block).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16):
            codes = self.model.encode(folded).latents.float()
            made = self.model.decode(self._quantised(codes, progress), force_not_quantize=True).sample
        made = made.float()
        drawn = F.pixel_shuffle(made, config.block) / 2 + 0.5
        # Numbers outside the grid are pulled back, or rounding would hide them for ever.
        outside = (codes.abs() - 1).relu().square().mean()
        figures = {"l1": colour_distance(drawn, true, config.chroma), "outside": outside}
        figures["perceptual"] = self._perceptual(drawn, true)
        loss = 2 * figures["l1"] + config.perceptual * figures["perceptual"] + figures["outside"]
        if progress >= config.adversary_from:
            loss = loss - config.adversary * self.critic(made).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        if progress >= config.adversary_from:
            figures["critic"] = self._criticise(folded, made.detach())
        self.step += 1
        self.average.update(self.model, self.step)
        return {name: value.item() for name, value in figures.items()}

    def _quantised(self, codes: Tensor, progress: float) -> Tensor:
        levels = self.config.levels
        if progress < self.config.round_from:
            return codes + (torch.rand_like(codes) - 0.5) * 2 / (levels - 1)
        return rounded(codes, levels)

    def _perceptual(self, drawn: Tensor, true: Tensor) -> Tensor:
        part = max(1, len(true) // 4)  # the dearest part, and a quarter of a batch tells it well enough
        with torch.autocast(self.device.type, torch.bfloat16):
            with torch.no_grad():
                wanted = self.features(true[:part])
            found = self.features(drawn[:part])
        as_floats = [{name: value.float() for name, value in stages.items()} for stages in (found, wanted)]
        return distance(as_floats[0], as_floats[1], LAYERS).mean()

    def _criticise(self, true: Tensor, made: Tensor) -> Tensor:
        """One step of the discriminator by the hinge loss."""
        loss = F.relu(1 - self.critic(true)).mean() + F.relu(1 + self.critic(made)).mean()
        self.against.zero_grad(set_to_none=True)
        loss.backward()
        self.against.step()
        return loss.detach()

    @torch.no_grad()
    def describe(self) -> str:
        """Figures on the held-out styles, and every third time a sheet of the first."""
        told = []
        for family, truth in self.truth.items():
            made, index = redrawn(self.average.model, truth)
            psnr = -10 * (made - truth).square().mean((1, 2, 3)).log10().mean()
            told.append(f"{family}: {psnr:.2f} dB, hue {hue_error(made, truth):.1f}, {len(index.unique())} codes")
        self.reports += 1
        if self.reports % 3 == 1:
            truth = next(iter(self.truth.values()))[:8]
            shown = torch.cat([truth, redrawn(self.average.model, truth)[0]])
            save_sheet(shown, self.out / f"redrawn-{self.step:06}.png", len(truth))
        return "; ".join(told)

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "critic": self.critic}
        optimizers = {"optimizer": self.optimizer, "against": self.against}
        return {**{name: part.state_dict() for name, part in (parts | optimizers).items()}, "step": self.step}

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        for name in ("model", "critic", "optimizer", "against"):
            getattr(self, name).load_state_dict(state[name])
        self.average.model.load_state_dict(state["average"])
        self.crops = Crops(self.drawings, self.config.leave_out, self.config.crop, self.config.seed + 7919 * self.step)

    def begin_from(self, folder: Path) -> None:
        """Go on from exported weights, where the checkpoints are gone."""
        state = {k: v.float() for k, v in load_file(folder / "diffusion_pytorch_model.safetensors").items()}
        # What was exported has lost the codes that drawings do not use.
        state["quantize.embedding.weight"] = grid(self.config.levels, self.config.dimensions)
        self.model.load_state_dict(state)
        self.average.model.load_state_dict(state)


def held_out(drawings: Drawings, family: str) -> Tensor:
    """(SHOWN, 3, 256, 256): everyday things of one family on white, always the same ones."""
    found = np.where((drawings.family == family) & (drawings.weight >= 0.1))[0]
    everyday = found[drawings.weight[found] >= 0.5]
    found = everyday if len(everyday) >= SHOWN else found
    chosen = np.random.default_rng(1).choice(found, min(SHOWN, len(found)), replace=False)
    rgba = framed(drawings.rgba(chosen))
    return rgba[:, :3] + 1 - rgba[:, 3:]


def colour_distance(made: Tensor, true: Tensor, chroma: float) -> Tensor:
    """Mean absolute error of brightness plus `chroma` times that of what is left of the colour."""
    off = made - true
    luma = (off * LUMA.to(off.device)).sum(1, keepdim=True)
    return luma.abs().mean() + chroma * (off - luma).abs().mean()


def redrawn(model: Any, images: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures in [0, 1] through the codes and back, and the numbers of the codes."""
    block = math.isqrt(model.config.in_channels // 3)
    levels = round(model.config.num_vq_embeddings ** (1 / model.config.vq_embed_dim))
    made, found = [], []
    for part in images.split(8):
        codes = rounded(model.encode(F.pixel_unshuffle(2 * part - 1, block)).latents, levels)
        made.append(F.pixel_shuffle(model.decode(codes, force_not_quantize=True).sample, block).clamp(-1, 1) / 2 + 0.5)
        found.append(numbers(codes, levels))
    return torch.cat(made), torch.cat(found)


def numbers(codes: Tensor, levels: int) -> Tensor:
    """(B, C, h, w) of points of the grid to (B, h, w): their rows in it."""
    places = ((codes + 1) * (levels - 1) / 2).round().long()
    powers = levels ** torch.arange(codes.shape[1] - 1, -1, -1, device=codes.device)
    return (places * powers.view(1, -1, 1, 1)).sum(1)


def export(config: Config, checkpoint: Path, folder: Path) -> None:
    """The averaged weights in half precision, in diffusers' layout; artgen reads the block size from the channels."""
    model = build(config)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    model.half().save_pretrained(folder)
    (folder / "diffusion_pytorch_model.safetensors").chmod(0o644)


def main() -> None:
    here = Path(__file__)
    parser = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), Path("data/drawings.npy"))
    parser.add_argument("--begin-from", type=Path, help="exported weights to go on from, where there is no checkpoint")
    args = parser.parse_args()
    config, last = read(args.config), args.out / "last.pt"
    if args.export:
        export(config, last, args.export)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    learner = Learner(config, Drawings(args.art), args.out, device)
    run = Run(learner, args.out, args.minutes, args.steps)
    if args.resume and last.exists():
        run.resume(last)
    elif args.begin_from:
        learner.begin_from(args.begin_from)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
