"""Train the embedded VQGAN: ``python -m training.vqgan --art data/sprites128.npz --minutes 60 --out runs/vqgan``.

A `VQModel` of diffusers, trained as Esser et al. 2021 (https://arxiv.org/abs/2012.09841) did: L1, a perceptual distance
(after Zhang et al. 2018, https://arxiv.org/abs/1801.03924; unweighted, over the ImageNet features that the guide
started from) and a patch discriminator that joins late. The codes are set to encodings once the autoencoder works, and
codes that nothing uses are moved to encodings (Dhariwal et al. 2020, https://arxiv.org/abs/2005.00341), or most would
stay dead.
``--resume`` goes on from the last checkpoint, ``--export FOLDER`` writes it in diffusers' layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import timm
import torch
import torch.nn.functional as F
import yaml
from diffusers import VQModel
from torch import Tensor, nn

from training.compose import Sprites
from training.diffusion import save_sheet
from training.evaluate import choose, on_paper
from training.model import Average, load_lite0
from training.run import Run, drawing_arguments, rate
from training.studio import Studio

REVIVE = 50  # steps between looks for codes that nothing used
SHOWN = 64  # held-out drawings that the log's figures are taken on


@dataclass(frozen=True)
class Config:
    """One run (training/vqgan.yaml)."""

    size: int
    crop: int
    block: int
    """Pixels per side that are folded into channels (space to depth)."""
    channels: tuple[int, ...]
    layers: int
    codes: int
    code_width: int
    leave_out: tuple[str, ...]
    held_out: str
    batch: int
    learning_rate: float
    perceptual: float
    adversary: float
    quantise_from: float
    """Share of the time after which codes are used; before, it is a plain autoencoder."""
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
    levels = len(config.channels)
    model: Any = VQModel(
        in_channels=3 * config.block**2,
        out_channels=3 * config.block**2,
        sample_size=config.size // config.block,
        block_out_channels=config.channels,
        layers_per_block=config.layers,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        latent_channels=config.code_width,
        num_vq_embeddings=config.codes,
        vq_embed_dim=config.code_width,
        norm_num_groups=16,
        mid_block_add_attention=False,
    )
    return model.to(memory_format=torch.channels_last)


class Features(nn.Module):
    """Distance of two pictures in [0, 1] over the first stages of a frozen ImageNet network."""

    def __init__(self) -> None:
        super().__init__()
        whole = timm.create_model("tf_efficientnet_lite0", num_classes=0)
        load_lite0(whole)
        self.net = timm.create_model("tf_efficientnet_lite0", features_only=True, out_indices=(0, 1, 2))
        self.net.load_state_dict(whole.state_dict(), strict=False)
        self.requires_grad_(False)
        self.eval()

    def forward(self, made: Tensor, true: Tensor) -> Tensor:
        """(B,) mean square difference of unit feature vectors, summed over the stages."""
        with torch.no_grad():
            wanted = self._stages(true)
        pairs = zip(self._stages(made), wanted, strict=True)
        return torch.stack([(a - b).square().sum(1).mean((1, 2)) for a, b in pairs]).sum(0)

    def _stages(self, images: Tensor) -> list[Tensor]:
        return [F.normalize(x, dim=1) for x in self.net(2 * images - 1)]


def discriminator(channels: int) -> nn.Sequential:
    """Judges patches of a folded picture."""
    return nn.Sequential(
        nn.Conv2d(channels, 32, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.GroupNorm(8, 64),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 1, 3, 1, 1),
    )


class Learner:
    """State of a run and one step of it."""

    def __init__(self, config: Config, sprites: Sprites, held_out: Sprites, out: Path, device: torch.device) -> None:
        self.config, self.out, self.device, self.step = config, out, device, 0
        self.batch = config.batch
        self.keep_at: tuple[int, ...] = ()
        self.model = build(config).to(device)
        self.average = Average(self.model, config.ema)
        self.features = Features().to(device)
        self.critic = discriminator(3 * config.block**2).to(device)
        self.studio = Studio(sprites, config.seed)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), weight_decay=0.0, betas=(0.9, 0.99), fused=True)
        self.against = torch.optim.AdamW(self.critic.parameters(), lr=4e-4, betas=(0.5, 0.9), fused=True)
        self.used = torch.zeros(config.codes, dtype=torch.bool)
        self.quantising, self.reports = False, 0
        self.truth = on_paper(held_out, choose(held_out, SHOWN)[0])

    def learn(self, progress: float) -> dict[str, float]:
        """One step; after `adversary_from` also one of the discriminator."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * rate(self.step, self.config.warmup, progress)
        true = self._crops()
        folded = F.pixel_unshuffle(2 * true - 1, config.block).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16):
            codes = self.model.encode(folded).latents
        kept, commitment = self._quantised(codes.float(), progress)
        with torch.autocast(self.device.type, torch.bfloat16):
            made = self.model.decode(kept, force_not_quantize=True).sample
        made = made.float()
        figures = {"l1": F.l1_loss(made, folded)}
        half = len(true) // 2  # the perceptual part is the dearest, and half a batch tells it well enough
        drawn = F.pixel_shuffle(made[:half], config.block) / 2 + 0.5
        figures["perceptual"] = self.features(drawn, true[:half]).mean()
        loss = figures["l1"] + config.perceptual * figures["perceptual"] + commitment
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

    def _crops(self) -> Tensor:
        """(batch, 3, crop, crop): parts of pictures, and for a quarter whole pictures made small."""
        config, words = self.config, self.studio.words
        whole, _ = self.studio.pictures(config.batch)
        small = F.interpolate(whole[: config.batch // 4], (config.crop, config.crop), mode="bilinear", antialias=True)
        parts = []
        for image in whole[config.batch // 4 :]:
            top, left = (words.randint(0, config.size - config.crop) for _ in range(2))
            parts.append(image[:, top : top + config.crop, left : left + config.crop])
        return torch.cat([torch.stack(parts), small])

    def _quantised(self, codes: Tensor, progress: float) -> tuple[Tensor, Tensor]:
        if progress < self.config.quantise_from:
            return codes, codes.new_zeros(())
        table = self.model.quantize.embedding.weight
        rows = codes.detach().permute(0, 2, 3, 1).flatten(0, 2)
        if not self.quantising:
            self._move(torch.ones(len(table), dtype=torch.bool), rows)
            self.quantising = True
        kept, commitment, (_, _, index) = self.model.quantize(codes)
        self.used[index.cpu()] = True
        if self.step % REVIVE == 0:
            self._move(~self.used, rows)
            self.used[:] = False
        return kept, commitment

    @torch.no_grad()
    def _move(self, which: Tensor, rows: Tensor) -> None:
        """Set the codes `which` to random encodings, forgetting the optimiser's memory of them."""
        table = self.model.quantize.embedding.weight
        chosen = torch.randint(len(rows), (int(which.sum()),), generator=self.studio.rng)
        for place in (table, self.average.model.quantize.embedding.weight):
            place[which] = rows[chosen.to(rows.device)]
        for moment in self.optimizer.state.get(table, {}).values():
            if moment.shape == table.shape:
                moment[which] = 0

    def _criticise(self, true: Tensor, made: Tensor) -> Tensor:
        """One step of the discriminator by the hinge loss."""
        loss = F.relu(1 - self.critic(true)).mean() + F.relu(1 + self.critic(made)).mean()
        self.against.zero_grad(set_to_none=True)
        loss.backward()
        self.against.step()
        return loss.detach()

    @torch.no_grad()
    def describe(self) -> str:
        """Figures on the held-out style, and every fifth time a sheet of it."""
        made, index = self.redrawn(self.truth)
        psnr = -10 * (made - self.truth).square().mean((1, 2, 3)).log10().mean()
        far = self.features(made, self.truth).mean()
        self.reports += 1
        if self.reports % 5 == 1:
            shown = torch.cat([self.truth[:8], made[:8]])
            save_sheet(shown, self.out / f"redrawn-{self.step:06}.png", len(shown) // 2)
        return f"held-out style: PSNR {psnr:.2f} dB, perceptual {far:.3f}, {len(index.unique())} codes used"

    def redrawn(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures through the codes and back, and the numbers of the codes."""
        model, block = self.average.model, self.config.block
        codes, _, (_, _, index) = model.quantize(model.encode(F.pixel_unshuffle(2 * images - 1, block)).latents)
        made = model.decode(codes, force_not_quantize=True).sample
        return F.pixel_shuffle(made, block).clamp(-1, 1) / 2 + 0.5, index

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "critic": self.critic}
        optimizers = {"optimizer": self.optimizer, "against": self.against}
        state = {name: part.state_dict() for name, part in (parts | optimizers).items()}
        return {**state, "step": self.step, "quantising": self.quantising}

    def load(self, state: dict[str, Any]) -> None:
        self.step, self.quantising = state["step"], state["quantising"]
        self.used[:] = True  # nothing is known of the codes yet, so none is moved at the first look
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.against.load_state_dict(state["against"])
        self.studio = Studio(self.studio.sprites, self.config.seed + 7919 * self.step)


def export(config: Config, checkpoint: Path, folder: Path) -> None:
    """The averaged weights in half precision, in diffusers' layout; artgen reads the block size from the channels."""
    model = build(config)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    model.half().save_pretrained(folder)
    (folder / "diffusion_pytorch_model.safetensors").chmod(0o644)


def main() -> None:
    here = Path(__file__)
    args = drawing_arguments(__doc__.splitlines()[0], here.with_suffix(".yaml"), Path("data/sprites128.npz"))
    config, last = read(args.config), args.out / "last.pt"
    if args.export:
        export(config, last, args.export)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    sprites = Sprites(args.art, config.size, device, leave_out=config.leave_out)
    held_out = Sprites(args.art, config.size, device, only=[config.held_out])
    run = Run(Learner(config, sprites, held_out, args.out, device), args.out, args.minutes, args.steps)
    if args.resume and last.exists():
        run.resume(last)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
