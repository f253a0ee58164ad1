"""Train the embedded diffusion model: ``python -m training.diffusion --minutes 90 --out runs/diffusion``.

A `UNet2DModel` of diffusers predicts the velocity (Salimans and Ho 2022, https://arxiv.org/abs/2202.00512) on the
cosine schedule (Nichol and Dhariwal 2021, https://arxiv.org/abs/2102.09672), rescaled to end in pure noise (Lin et al.
2023, https://arxiv.org/abs/2305.08891). The text embedding of the guide is added to the embedding of the time; where it
is left out (zeros) the model is unconditional, and both can be mixed (Ho and Salimans 2022,
https://arxiv.org/abs/2207.12598).
``--resume`` goes on from the last checkpoint, ``--export FOLDER`` writes it in diffusers' layout.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import open_clip
import torch
import torch.nn.functional as F
import yaml
from diffusers import DDIMScheduler, UNet2DModel
from PIL import Image
from torch import Tensor, nn

from training.compose import Sprites
from training.model import Average, embed_texts
from training.run import Run, drawing_parser, rate
from training.studio import Studio

GUIDE = Path(__file__).parents[1] / "plugins" / "artgen_clip" / "embedded"
SCHEDULE = {
    "num_train_timesteps": 1000,
    "beta_schedule": "squaredcos_cap_v2",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "clip_sample": False,
    "set_alpha_to_one": True,
}
SHOWN = (
    "a red heart",
    "a cat",
    "a rocket",
    "a green frog",
    "a house",
    "the sun",
    "a sunset over the ocean",
    "a guitar",
)


@dataclass(frozen=True)
class Config:
    """One run (training/diffusion.yaml)."""

    size: int
    block: int
    """Pixels per side that are folded into channels (space to depth)."""
    channels: tuple[int, ...]
    attention: tuple[bool, ...]
    layers: int
    leave_out: tuple[str, ...]
    drop: float
    """Share of pictures that are learnt without their text."""
    batch: int
    learning_rate: float
    seed: int
    weight_decay: float = 0.01
    warmup: int = 200
    ema: float = 0.9985


def read(path: Path) -> Config:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Config(**fields)


class Words:
    """The guide's frozen text tower; rows have a mean square of 1."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.model = open_clip.create_model(f"local-dir:{GUIDE}").to(device).eval().requires_grad_(False)
        self.tokens = open_clip.get_tokenizer(f"local-dir:{GUIDE}", bpe_path=str(GUIDE / "bpe.txt.gz"))

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> Tensor:
        rows = embed_texts(self.model, self.tokens(texts).to(self.device))
        values: Tensor = rows * rows.shape[1] ** 0.5
        return values


def build(config: Config, width: int) -> Any:
    """A fresh `UNet2DModel` whose condition is as wide as the guide's embeddings."""
    torch.manual_seed(config.seed)
    down = ["AttnDownBlock2D" if attend else "DownBlock2D" for attend in config.attention]
    up = ["AttnUpBlock2D" if attend else "UpBlock2D" for attend in reversed(config.attention)]
    model: Any = UNet2DModel(
        sample_size=config.size // config.block,
        in_channels=3 * config.block**2,
        out_channels=3 * config.block**2,
        block_out_channels=config.channels,
        layers_per_block=config.layers,
        down_block_types=tuple(down),
        up_block_types=tuple(up),
        norm_num_groups=16,
        attention_head_dim=32,
        time_embedding_dim=width,
        class_embed_type="identity",
    )
    return model.to(memory_format=torch.channels_last)


def scheduler() -> Any:
    """A `DDIMScheduler` of the training's own noise levels."""
    return DDIMScheduler(**SCHEDULE)


class Learner:
    """State of a run and one step of it."""

    def __init__(self, config: Config, sprites: Sprites, out: Path, device: torch.device) -> None:
        self.config, self.out, self.device, self.step = config, out, device, 0
        self.batch = config.batch
        self.keep_at: tuple[int, ...] = ()
        self.words = Words(device)
        self.model = build(config, self.words(["a cat"]).shape[1]).to(device)
        self.average = Average(self.model, config.ema)
        self.studio = Studio(sprites, config.seed)
        self.alphas = scheduler().alphas_cumprod.to(device)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), weight_decay=config.weight_decay, betas=(0.9, 0.99), fused=True
        )
        self.sheets = 0

    def learn(self, progress: float) -> dict[str, float]:
        """One step; the loss is the mean square error of the velocity."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * rate(self.step, self.config.warmup, progress)
        images, texts = self.studio.pictures(self.batch)
        x0 = F.pixel_unshuffle(2 * images - 1, self.config.block)
        condition = self.words(texts)
        condition[torch.rand(len(texts), generator=self.studio.rng) < self.config.drop] = 0
        loss = self._loss(x0, condition)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.model, self.step)
        return {"loss": loss.item()}

    def _loss(self, x0: Tensor, condition: Tensor) -> Tensor:
        """Times are stratified over the batch, so that each step sees all noise levels."""
        n = len(x0)
        part = (torch.arange(n) + torch.rand(n, generator=self.studio.rng)) / n
        t = (part * len(self.alphas)).long().clamp(max=len(self.alphas) - 1).to(self.device)
        alpha = self.alphas[t].view(-1, 1, 1, 1)
        noise = torch.randn(x0.shape, generator=self.studio.rng).to(self.device)
        x = alpha.sqrt() * x0 + (1 - alpha).sqrt() * noise
        velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * x0
        with torch.autocast(self.device.type, torch.bfloat16):
            made = self.model(x.contiguous(memory_format=torch.channels_last), t, class_labels=condition).sample
        return F.mse_loss(made.float(), velocity)

    def describe(self) -> str:
        """Writes a sheet of samples with and without text every ten reports."""
        self.sheets += 1
        if self.sheets % 10 != 1:
            return ""
        rows = [self.sample(list(SHOWN), seed, scale) for seed, scale in ((0, 2.0), (1, 2.0), (2, 0.0))]
        path = self.out / f"samples-{self.step:06}.png"
        save_sheet(torch.cat(rows), path, len(SHOWN))
        return f"samples in {path.name}"

    @torch.no_grad()
    def sample(self, texts: list[str], seed: int, scale: float, steps: int = 25) -> Tensor:
        """(n, 3, size, size) in [0, 1] by DDIM; `scale` mixes with text (above 1: away from without), 0 is without."""
        model, block = self.average.model, self.config.block
        sampler = scheduler()
        sampler.set_timesteps(steps)
        condition = self.words(texts)
        side, rng = self.config.size // block, torch.Generator().manual_seed(seed)
        x = torch.randn(len(texts), 3 * block**2, side, side, generator=rng).to(self.device)
        for t in sampler.timesteps:
            with torch.autocast(self.device.type, torch.bfloat16):
                v = model(x, t, class_labels=torch.zeros_like(condition)).sample
                if scale:
                    v = v + scale * (model(x, t, class_labels=condition).sample - v)
            x = sampler.step(v.float(), t, x).prev_sample
        return F.pixel_shuffle(x, block).clamp(-1, 1) / 2 + 0.5

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.studio = Studio(self.studio.sprites, self.config.seed + 7919 * self.step)


def save_sheet(images: Tensor, path: Path, columns: int) -> None:
    """Pictures in rows, enlarged twice without smoothing."""
    rows = images.mul(255).round().byte().permute(0, 2, 3, 1).cpu().unflatten(0, (-1, columns))
    sheet = rows.permute(0, 2, 1, 3, 4).flatten(0, 1).flatten(1, 2)
    Image.fromarray(sheet.numpy()).resize((2 * sheet.shape[1], 2 * sheet.shape[0]), Image.Resampling.NEAREST).save(path)


def export(config: Config, checkpoint: Path, folder: Path, width: int) -> None:
    """The averaged weights in half precision, in diffusers' layout; artgen reads the block size from the channels."""
    model = build(config, width)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    model.half().save_pretrained(folder)
    (folder / "diffusion_pytorch_model.safetensors").chmod(0o644)
    text = json.dumps({"_class_name": "DDIMScheduler", **SCHEDULE}, indent=2)
    (folder / "scheduler_config.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    here = Path(__file__)
    args = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), Path("data/sprites.npz")).parse_args()
    config, last = read(args.config), args.out / "last.pt"
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if args.export:
        export(config, last, args.export, Words(device)(["a cat"]).shape[1])
        return
    args.out.mkdir(parents=True, exist_ok=True)
    sprites = Sprites(args.art, config.size, device, leave_out=config.leave_out)
    run = Run(Learner(config, sprites, args.out, device), args.out, args.minutes, args.steps)
    if args.resume and last.exists():
        run.resume(last)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
