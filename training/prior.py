"""Train the embedded prior: ``python -m training.prior --art data/drawings.npy --minutes 120 --out runs/prior``.

DALL-E 2 in miniature (Ramesh et al. 2022, https://arxiv.org/abs/2204.06125, section 2.2): a denoiser turns noise, a
text as the guide embeds it, and a hand into an encoding of the whole canvas, which the VQGAN draws. It predicts the
clean encoding on the cosine schedule; text and hand are left out for some pictures, so that either may be missing and
the text can be exaggerated (Ho and Salimans 2022, https://arxiv.org/abs/2207.12598). Encodings are written as principal
components, which is all that an MLP needs to know of pictures.

``--pool N`` first draws and encodes that many thousand pictures into OUT; a longer pool only adds to a shorter one.
``--resume`` goes on from the last checkpoint, ``--export FOLDER`` writes the matrices in 8 bits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from diffusers import VQModel
from safetensors.torch import save_file
from torch import Tensor, nn

from training.denoiser import Denoiser, levels, sample
from training.diffusion import Words, save_sheet
from training.drawings import Drawings
from training.model import Average
from training.run import Run, drawing_parser, rate
from training.sources import Source, art
from training.staging import Stage

VQGAN = Path(__file__).parents[1] / "plugins" / "artgen_vqgan" / "embedded"
FILE = "prior.safetensors"
CHUNK = 1000  # pictures in a file of the pool
SHOWN = (
    "a red fox",
    "a sailboat",
    "a cactus in a pot",
    "a purple cat",
    "a cat and a dog",
    "a house",
    "an owl",
    "a guitar",
    "a castle",
    "a bicycle",
    "a birthday cake",
    "a tiger in the snow",
)


@dataclass(frozen=True)
class Config:
    """One run (training/prior.yaml)."""

    hands: dict[str, list[str]]
    share: dict[str, float]
    kinds: dict[str, float]
    components: int
    width: int
    condition: int
    blocks: int
    drop_text: float
    drop_hand: float
    jitter: float
    """Deviation of the noise on the texts' embeddings, whose numbers have a mean square of 1."""
    batch: int
    learning_rate: float
    seed: int
    weight_decay: float = 0.02
    warmup: int = 200
    ema: float = 0.999


def read(path: Path) -> Config:
    return Config(**yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Pool:
    """Encoded pictures: (N, C, h, w) latents, (N, D) texts, (N,) numbers of hands."""

    latents: Tensor
    texts: Tensor
    hands: Tensor


@dataclass(frozen=True)
class Basis:
    """Components of an encoding: `(latent.flatten() - mean) @ vectors / unit`."""

    mean: Tensor
    vectors: Tensor
    unit: float

    def project(self, latents: Tensor) -> Tensor:
        return (latents.flatten(1).float() - self.mean) @ self.vectors / self.unit

    def restore(self, components: Tensor, shape: Sequence[int]) -> Tensor:
        flat = components * self.unit @ self.vectors.T + self.mean
        return flat.reshape(-1, *shape)


def encoded(model: Any, images: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] to (B, C, h, w), not yet made codes, within the codes' range."""
    fold = math.isqrt(model.config.in_channels // 3)
    found: Tensor = model.quant_conv(model.encoder(F.pixel_unshuffle(images * 2 - 1, fold)))
    return found.clamp(-1, 1)


@torch.no_grad()
def decoded(model: Any, latents: Tensor) -> Tensor:
    """(B, C, h, w) to (B, 3, H, W) in [0, 1], by way of the codes."""
    fold = math.isqrt(model.config.in_channels // 3)
    drawn = [model.decode(part).sample for part in latents.split(8)]
    return F.pixel_shuffle(torch.cat(drawn), fold).clamp(-1, 1) / 2 + 0.5


@torch.no_grad()
def fill(config: Config, drawings: Drawings, model: Any, folder: Path, thousands: int) -> None:
    """Draw and encode what is missing of the pool; every file has a seed of its own."""
    words, hands = Words(torch.device("cpu")), list(config.hands)
    for number in range(thousands):
        path = folder / f"pool-{number:04}.npz"
        if path.exists():
            continue
        stage = Stage(drawings, config.hands, config.share, config.kinds, config.seed + 104729 * number)
        made = [stage.picture() for _ in range(CHUNK)]
        images = torch.stack([image for image, _, _ in made]).clamp(0, 1)
        with torch.autocast("cpu", torch.bfloat16):
            latents = torch.cat([encoded(model, part).float() for part in images.split(20)])
        draft = path.with_suffix(".part.npz")
        np.savez(
            draft,
            latents=latents.half().numpy(),
            texts=words([text for _, text, _ in made]).half().numpy(),
            hands=np.array([hands.index(hand) for _, _, hand in made]),
        )
        draft.rename(path)
        print(f"pool: {number + 1} of {thousands} thousand pictures", flush=True)


def load_pool(folder: Path) -> Pool:
    files = [np.load(path) for path in sorted(folder.glob("pool-????.npz"))]
    latents, texts, hands = (
        torch.from_numpy(np.concatenate([f[name] for f in files])) for name in ("latents", "texts", "hands")
    )
    return Pool(latents, texts, hands)


def fit_basis(pool: Pool, components: int) -> Basis:
    """Principal components of (at most 12,000 of) the pool, which span the same space as those of all."""
    torch.manual_seed(0)
    rows = pool.latents[torch.randperm(len(pool.latents))[:12_000]].flatten(1).float()
    mean = rows.mean(0)
    _, strengths, vectors = torch.svd_lowrank(rows - mean, q=components, niter=3)
    lost = 1 - float(strengths.square().sum() / (rows - mean).square().sum())
    unit = float(strengths.square().sum().div(rows.shape[0] * components).sqrt())
    print(f"{components} components; {lost:.1%} of the variance is lost", flush=True)
    return Basis(mean, vectors, unit)


class Learner:
    """State of a run and one step of it."""

    def __init__(self, config: Config, pool: Pool, basis: Basis, model: Any, out: Path) -> None:
        self.config, self.basis, self.vqgan, self.out, self.step = config, basis, model, out, 0
        self.batch, self.reports = config.batch, 0
        self.keep_at: tuple[int, ...] = ()
        self.shape = tuple(pool.latents.shape[1:])
        self.clean = torch.cat([basis.project(part) for part in pool.latents.split(4000)])
        self.texts, self.hands = pool.texts.float(), F.one_hot(pool.hands, len(config.hands)).float()
        torch.manual_seed(config.seed)
        sizes = (
            config.components,
            self.texts.shape[1],
            len(config.hands),
            config.width,
            config.condition,
            config.blocks,
        )
        self.model = Denoiser(*sizes)
        self.average = Average(self.model, config.ema)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), weight_decay=config.weight_decay, betas=(0.9, 0.99), fused=True
        )
        self.shown = Words(torch.device("cpu"))(list(SHOWN))

    def learn(self, progress: float) -> dict[str, float]:
        """One step; the loss is the mean square error of the clean components."""
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * rate(self.step, config.warmup, progress)
        rows = torch.randint(len(self.clean), (config.batch,))
        clean, texts, hands = self.clean[rows], self.texts[rows], self.hands[rows]
        texts = (texts + config.jitter * torch.randn_like(texts)) * (torch.rand(len(rows), 1) > config.drop_text)
        hands = hands * (torch.rand(len(rows), 1) > config.drop_hand)
        time = torch.rand(len(rows)) * 0.999 + 0.0005
        keep, blur = torch.tensor([levels(t) for t in time.tolist()]).T.unsqueeze(-1)
        noisy = keep * clean + blur * torch.randn_like(clean)
        with torch.autocast("cpu", torch.bfloat16):
            found = self.model(noisy, time, texts, hands)
        loss = (found.float() - clean).square().mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.model, self.step)
        return {"loss": loss.item()}

    def describe(self) -> str:
        """Every third time a sheet: two seeds without a hand, then each hand."""
        self.reports += 1
        if self.reports % 3 == 1:
            self.sheet(self.out / f"drawn-{self.step:06}.png")
        return f"{len(self.clean)} pictures"

    def sheet(self, path: Path) -> None:
        rows, hands = [], len(self.config.hands)
        for seed, hand in ((0, None), (1, None), *((0, i) for i in range(hands))):
            chosen = torch.zeros(len(SHOWN), hands)
            if hand is not None:
                chosen[:, hand] = 1
            noise = torch.randn(len(SHOWN), self.config.components, generator=torch.Generator().manual_seed(seed))
            found = sample(self.average.model, noise, self.shown, chosen)
            rows.append(decoded(self.vqgan, self.basis.restore(found, self.shape)))
        save_sheet(torch.cat(rows)[..., ::2, ::2], path, len(SHOWN))

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "optimizer": self.optimizer}
        basis = {"mean": self.basis.mean, "vectors": self.basis.vectors, "unit": self.basis.unit}
        return {**{name: part.state_dict() for name, part in parts.items()}, "basis": basis, "step": self.step}

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.manual_seed(self.config.seed + 7919 * self.step)


def small(value: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix as whole numbers from -127 to 127 and a scale for each row."""
    scale = value.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
    return (value / scale).round().to(torch.int8), scale.half()


def full(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """What `export` wrote, as floats: matrices in 8 bits are multiplied by the scales of their rows."""
    values = {}
    for name, value in state.items():
        if not name.endswith(".scale"):
            scale = state.get(f"{name}.scale")
            values[name] = value.float() if scale is None else value.float() * scale.float()
    return values


def export(config: Config, checkpoint: Path, folder: Path) -> None:
    """The averaged weights, matrices in 8 bits."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    basis = state["basis"]
    parts = {**state["average"], "basis": basis["vectors"].T * basis["unit"]}
    tensors = {"mean": basis["mean"].half()}
    for name, value in parts.items():
        if value.dim() == 2:
            tensors[name], tensors[f"{name}.scale"] = small(value)
        else:
            tensors[name] = value.half()
    credits = {hand: [_credit(source) for source in art() if source.set in sets] for hand, sets in config.hands.items()}
    save_file(
        {k: v.contiguous() for k, v in tensors.items()},
        folder / FILE,
        metadata={"hands": json.dumps(credits)},
    )
    (folder / FILE).chmod(0o644)


def _credit(source: Source) -> str:
    return f"{source.author}: {source.package} ({source.licence})"


def main() -> None:
    here = Path(__file__)
    parser = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), Path("data/drawings.npy"))
    parser.add_argument("--vqgan", type=Path, default=VQGAN, help="the model that is to draw")
    parser.add_argument("--pool", type=int, default=0, help="thousands of pictures to have encoded first")
    args = parser.parse_args()
    config, last = read(args.config), args.out / "last.pt"
    if args.export:
        export(config, last, args.export)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    model: Any = VQModel.from_pretrained(args.vqgan).float().eval().requires_grad_(False)
    model = model.to(memory_format=torch.channels_last)
    if args.pool:
        fill(config, Drawings(args.art), model, args.out, args.pool)
    pool = load_pool(args.out)
    resumed = args.resume and last.exists()
    if resumed:
        kept = torch.load(last, map_location="cpu", weights_only=True)["basis"]
        basis = Basis(kept["mean"], kept["vectors"], kept["unit"])
    else:
        basis = fit_basis(pool, config.components)
    run = Run(Learner(config, pool, basis, model, args.out), args.out, args.minutes, args.steps)
    if resumed:
        run.resume(last)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
