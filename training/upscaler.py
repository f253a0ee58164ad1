"""Train the embedded upscaler: ``python -m training.upscaler --minutes 40 --out runs/upscaler``.

Real-ESRGAN's small network goes on learning, on drawings that the embedded VQGAN has drawn again: logarithm of each
picture's mean absolute error, whose least is a median: on one side of an uncertain edge and not between. ``--resume``
goes on from the last checkpoint, ``--begin-from FILE`` from exported weights, ``--export FILE`` writes them in half
precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from safetensors.torch import save_file
from torch import Tensor

from artgen_upscale.loading import embedded, published
from artgen_upscale.networks import Steep, steepened
from training.enlargements import SCALE
from training.model import Average
from training.run import Run, descend, drawing_parser, rate
from training.sheets import save_sheet
from training.softening import Pairs

SHOWN = 8  # held-out pairs that the log's figures are taken on
FLOOR = 0.005  # of the error whose logarithm is the loss, so that pictures that nobody could draw again do not outvote
EDGE = 2  # pixels of the small picture beside the border of a crop, which do not count


@dataclass(frozen=True)
class Config:
    """One run (training/upscaler.yaml)."""

    channels: int
    layers: int
    side: int
    """Pixels a side of the small crops."""
    batch: int
    learning_rate: float
    redrawn: float
    """Share of pictures that have been through the VQGAN."""
    soft: float
    """Share of pictures that are blurred."""
    seed: int
    warmup: int = 20
    ema: float = 0.99


def read(path: Path) -> Config:
    return Config(**yaml.safe_load(path.read_text(encoding="utf-8")))


class Learner:
    """State of a run and one step of it."""

    keep_at: tuple[int, ...] = ()

    def __init__(self, config: Config, pairs: list[Path], held_out: Path, out: Path, device: torch.device) -> None:
        self.config, self.files, self.out, self.device, self.step = config, pairs, out, device, 0
        self.batch, self.reports = config.batch, 0
        torch.manual_seed(config.seed)
        self.model = Steep(config.channels, config.layers).to(device)
        self.average = Average(self.model, config.ema)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), weight_decay=0.0, betas=(0.9, 0.99), fused=True)
        self.pairs = Pairs(pairs, config.seed)
        small = np.load(held_out.with_name(f"small-{held_out.name}"), mmap_mode="r")[:SHOWN]
        large = np.load(held_out, mmap_mode="r")[:SHOWN]
        self.shown = tuple(torch.from_numpy(part.copy()).permute(0, 3, 1, 2).float() / 255 for part in (small, large))

    def learn(self, progress: float) -> dict[str, float]:
        """One step; the mean errors before it."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * rate(self.step, config.warmup, progress)
        pair = self.pairs.batch(config.batch, config.side, config.redrawn, config.soft)
        given, true = (part.to(self.device) for part in pair)
        with torch.autocast(self.device.type, torch.bfloat16):
            drawn = self.model.drawn(given)
        made = steepened(drawn.float())
        made, true = (part[..., SCALE * EDGE : -SCALE * EDGE, SCALE * EDGE : -SCALE * EDGE] for part in (made, true))
        error = (made - true).abs().mean((1, 2, 3))
        figures = {"l1": error.detach().mean(), "edges": differences(made.detach(), true)}
        loss = (error + FLOOR).log().mean()
        descend(loss, self.model, self.optimizer)
        self.step += 1
        self.average.update(self.model, self.step)
        return {name: value.item() for name, value in figures.items()}

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
        parts = {"model": self.model, "average": self.average.model, "optimizer": self.optimizer}
        return {**{name: part.state_dict() for name, part in parts.items()}, "step": self.step}

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        for name in ("model", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.average.model.load_state_dict(state["average"])
        self.pairs = Pairs(self.files, self.config.seed + 7919 * self.step)

    def begin_from(self, file: Path | None) -> None:
        """Go on from exported weights; without a file, begin from Real-ESRGAN's."""
        weights = (embedded(file) if file else published("realesrgan-small")[0]).state_dict()
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
    model = Steep(config.channels, config.layers)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    save_file({name: value.half().contiguous() for name, value in model.state_dict().items()}, file)
    file.chmod(0o644)


def main() -> None:
    here, art = Path(__file__), Path("data/enlargements.npy")
    parser = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), art)
    parser.add_argument("--more-art", type=Path, nargs="*", default=[], help="further files of pairs")
    parser.add_argument("--held-out", type=Path, default=Path("data/enlargements-held-out.npy"))
    parser.add_argument(
        "--begin-from", type=Path, help="exported weights; else Real-ESRGAN's, which need artgen[upscale]"
    )
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
    else:
        learner.begin_from(args.begin_from)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
