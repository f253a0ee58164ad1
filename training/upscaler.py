"""Train the embedded upscaler: ``python -m training.upscaler --art data/enlargements.npy --minutes 90 --out runs/up``.

Learns what to add to a crisp enlargement of what is crisp no more: mean absolute error (its least is a median, which
lies on one side of an uncertain edge and not between), and at the end a patch discriminator that is weighed lightly.
``--resume`` goes on from the last checkpoint, ``--begin-from FILE`` from the exported weights, ``--export FILE`` writes
them in half precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from artgen_upscale.networks import Folded, fresh
from training.enlargements import SCALE
from training.model import Average
from training.run import Run, descend, drawing_parser, rate
from training.sheets import save_sheet
from training.softening import Pairs

SHOWN = 16  # held-out pairs that the log's figures are taken on
EDGE = 2  # pixels of the small picture beside the border of a crop, which do not count


@dataclass(frozen=True)
class Config:
    """One run (training/upscaler.yaml)."""

    channels: int
    blocks: int
    side: int
    """Pixels a side of the small crops."""
    batch: int
    learning_rate: float
    redrawn: float
    """Share of pictures that have been through the VQGAN."""
    soft: float
    """Share of pictures that are blurred."""
    adversary: float
    adversary_from: float
    seed: int
    warmup: int = 100
    ema: float = 0.998


def read(path: Path) -> Config:
    return Config(**yaml.safe_load(path.read_text(encoding="utf-8")))


def discriminator() -> nn.Sequential:
    """Judges patches of the large pictures, whose pixels it folds in blocks of 2 x 2."""
    return nn.Sequential(
        nn.PixelUnshuffle(2),
        nn.Conv2d(12, 32, 3, 1, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 64, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 1, 3, 1, 1),
    )


class Learner:
    """State of a run and one step of it."""

    keep_at: tuple[int, ...] = ()

    def __init__(self, config: Config, pairs: list[Path], held_out: Path, out: Path, device: torch.device) -> None:
        self.config, self.files, self.out, self.device, self.step = config, pairs, out, device, 0
        self.batch, self.reports = config.batch, 0
        self.model = fresh(config.channels, config.blocks, config.seed).to(device)
        self.average = Average(self.model, config.ema)
        self.critic = discriminator().to(device)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), weight_decay=0.0, betas=(0.9, 0.99), fused=True)
        self.against = torch.optim.AdamW(self.critic.parameters(), lr=4e-4, betas=(0.5, 0.9), fused=True)
        self.pairs = Pairs(pairs, config.seed)
        small = np.load(held_out.with_name(f"small-{held_out.name}"), mmap_mode="r")[:SHOWN]
        large = np.load(held_out, mmap_mode="r")[:SHOWN]
        self.shown = tuple(torch.from_numpy(part.copy()).permute(0, 3, 1, 2).float() / 255 for part in (small, large))

    def learn(self, progress: float) -> dict[str, float]:
        """One step; after `adversary_from` also one of the discriminator."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * rate(self.step, config.warmup, progress)
        pair = self.pairs.batch(config.batch, config.side, config.redrawn, config.soft)
        given, true = (part.to(self.device) for part in pair)
        with torch.autocast(self.device.type, torch.bfloat16):
            made = self.model(given)
        made, true = (part[..., SCALE * EDGE : -SCALE * EDGE, SCALE * EDGE : -SCALE * EDGE] for part in (made, true))
        made = made.float()
        loss = (made - true).abs().mean()
        figures = {"l1": loss, "edges": differences(made.detach(), true)}
        adversary = config.adversary if progress >= config.adversary_from else 0.0
        if adversary:
            loss = loss - adversary * self.critic(made).mean()
        descend(loss, self.model, self.optimizer)
        if adversary:
            figures["critic"] = self._criticise(true, made.detach())
        self.step += 1
        self.average.update(self.model, self.step)
        return {name: value.item() for name, value in figures.items()}

    def _criticise(self, true: Tensor, made: Tensor) -> Tensor:
        """One step of the discriminator by the hinge loss."""
        loss = F.relu(1 - self.critic(true)).mean() + F.relu(1 + self.critic(made)).mean()
        self.against.zero_grad(set_to_none=True)
        loss.backward()
        self.against.step()
        return loss.detach()

    @torch.no_grad()
    def describe(self) -> str:
        """Figures on held-out drawings, the bicubic enlargement's beside them; every third time a sheet."""
        small, large = self.shown
        made = torch.cat([self.average.model(part.to(self.device)).cpu() for part in small.split(8)]).clamp(0, 1)
        plain = F.interpolate(small, scale_factor=SCALE, mode="bicubic", align_corners=False).clamp(0, 1)
        told = [f"{psnr(x, large):.2f} dB, edges {1000 * differences(x, large):.2f}" for x in (made, plain)]
        self.reports += 1
        if self.reports % 3 == 1:
            columns = min(5, len(small))
            rows = torch.cat([part[:columns] for part in (plain, made, large)])
            save_sheet(rows, self.out / f"enlarged-{self.step:06}.png", columns)
        return f"held out: {told[0]}; bicubic: {told[1]}"

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "critic": self.critic}
        optimizers = {"optimizer": self.optimizer, "against": self.against}
        return {**{name: part.state_dict() for name, part in (parts | optimizers).items()}, "step": self.step}

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        for name in ("model", "critic", "optimizer", "against"):
            getattr(self, name).load_state_dict(state[name])
        self.average.model.load_state_dict(state["average"])
        self.pairs = Pairs(self.files, self.config.seed + 7919 * self.step)

    def begin_from(self, file: Path) -> None:
        """Go on from exported weights, where the checkpoints are gone."""
        weights = {name: value.float() for name, value in load_file(file).items()}
        self.model.load_state_dict(weights)
        self.average.model.load_state_dict(weights)


def differences(made: Tensor, true: Tensor) -> Tensor:
    """Mean absolute error of the differences between neighbouring pixels, down and across."""
    off = made - true
    return off.diff(dim=2).abs().mean() + off.diff(dim=3).abs().mean()


def psnr(made: Tensor, true: Tensor) -> float:
    return float(-10 * (made - true).square().mean((1, 2, 3)).clamp_min(1e-6).log10().mean())


def export(config: Config, checkpoint: Path, file: Path) -> None:
    """The averaged weights in half precision; the plugin reads the shape of the network from them."""
    model = Folded(config.channels, config.blocks)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    save_file({name: value.half().contiguous() for name, value in model.state_dict().items()}, file)
    file.chmod(0o644)


def main() -> None:
    here, art = Path(__file__), Path("data/enlargements.npy")
    parser = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), art)
    parser.add_argument("--more-art", type=Path, nargs="*", default=[], help="further files of pairs")
    parser.add_argument("--held-out", type=Path, default=Path("data/enlargements-held-out.npy"))
    parser.add_argument("--begin-from", type=Path, help="exported weights to go on from, where there is no checkpoint")
    args = parser.parse_args()
    config, last = read(args.config), args.out / "last.pt"
    if args.export:
        export(config, last, args.export)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    learner = Learner(config, [args.art, *args.more_art], args.held_out, args.out, device)
    run = Run(learner, args.out, args.minutes, args.steps)
    if args.resume and last.exists():
        run.resume(last)
    elif args.begin_from:
        learner.begin_from(args.begin_from)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
