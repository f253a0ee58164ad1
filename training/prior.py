"""Train the embedded prior: ``python -m training.prior --art data/drawings.npy --minutes 120 --out runs/prior``.

DALL-E 2 in miniature (Ramesh et al. 2022, https://arxiv.org/abs/2204.06125, section 2.2): a denoiser turns noise, a
text as the guide embeds it, and a hand into an encoding of the whole canvas, which the VQGAN draws. It predicts the
clean encoding on the cosine schedule; text and hand are left out for some pictures, so that either may be missing and
the text can be exaggerated (Ho and Salimans 2022, https://arxiv.org/abs/2207.12598). Encodings are written as principal
components, which is all that an MLP needs to know of pictures.

The things that it learns are drawn and encoded first, into OUT.
``--begin-from FILE`` starts from a prior that was exported, ``--resume`` goes on from the last checkpoint, ``--export
FOLDER`` writes both networks, the matrices in six bits.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import yaml
from diffusers import VQModel
from safetensors.torch import save_file
from torch import Tensor

from artgen.weights import read_state
from artgen_drawings.catalogue import VQGAN
from artgen_drawings.denoiser import Denoiser, levels, sample
from artgen_drawings.packing import group, pack, unpacked
from training import things
from training.drawings import Drawings
from training.model import Average
from training.run import Run, descend, drawing_parser, rate
from training.sheets import save_sheet
from training.sources import Source, art
from training.things import Things, decoded
from training.words import Words

FILE = "prior.safetensors"
CHUNK = 1000  # pictures in a file of the pool
SHOWN = (
    "a fox",
    "a sailboat",
    "a cactus",
    "a cat",
    "a dog",
    "a house",
    "an owl",
    "a guitar",
    "a castle",
    "a bicycle",
    "a birthday cake",
    "a tiger",
)


@dataclass(frozen=True)
class Config:
    """One run (training/prior.yaml)."""

    hands: dict[str, list[str]]
    share: dict[str, float]
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
class Basis:
    """Components of an encoding: `(flat - mean) @ vectors / unit`."""

    mean: Tensor
    vectors: Tensor
    unit: float

    def project(self, flat: Tensor) -> Tensor:
        return (flat - self.mean) @ self.vectors / self.unit

    def restore(self, components: Tensor) -> Tensor:
        return components * self.unit @ self.vectors.T + self.mean


def fit_basis(things: Things, components: int) -> Basis:
    """Principal components of what a thing is: its encoding and its mask."""
    torch.manual_seed(0)
    rows = things.flat
    mean = rows.mean(0)
    _, strengths, vectors = torch.svd_lowrank(rows - mean, q=components, niter=3)
    lost = 1 - float(strengths.square().sum() / (rows - mean).square().sum())
    unit = float(strengths.square().sum().div(rows.shape[0] * components).sqrt())
    print(f"{components} components; {lost:.1%} of the variance is lost", flush=True)
    return Basis(mean, vectors, unit)


def exported(path: Path) -> tuple[Basis, dict[str, Tensor]]:
    """The components and the denoiser's weights of an exported prior."""
    state = unpacked(read_state(path))
    rows = state["basis"]
    unit = float(rows.square().sum(1).mean().sqrt())
    # Six bits have bent the axes a little; this is the nearest orthogonal basis.
    left, _, right = torch.linalg.svd(rows, full_matrices=False)
    weights = {name.removeprefix("denoiser."): value for name, value in state.items() if name.startswith("denoiser.")}
    return Basis(state["mean"], (left @ right).T.contiguous(), unit), weights


class Learner:
    """State of a run and one step of it."""

    def __init__(self, config: Config, learnt: Things, basis: Basis, model: Any, out: Path) -> None:
        self.config, self.basis, self.vqgan, self.out, self.step = config, basis, model, out, 0
        self.batch, self.reports = config.batch, 0
        self.keep_at: tuple[int, ...] = ()
        self.shape = tuple(learnt.latents.shape[1:])
        self.clean, self.things = basis.project(learnt.flat), learnt
        self.hands = F.one_hot(learnt.hands, len(config.hands)).float()
        torch.manual_seed(config.seed)
        self.model = network(config, learnt)
        self.average = Average(self.model, config.ema)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), weight_decay=config.weight_decay, betas=(0.9, 0.99), fused=True
        )
        self.shown = Words(torch.device("cpu"))(list(SHOWN))

    def learn(self, progress: float) -> dict[str, float]:
        """One step; the loss is the mean square error of the clean components."""
        config = self.config
        for part in self.optimizer.param_groups:
            part["lr"] = config.learning_rate * rate(self.step, config.warmup, progress)
        rows = torch.multinomial(self.things.weights, config.batch, replacement=True)
        clean, hands = self.clean[rows], self.hands[rows]
        told = torch.randint(self.things.texts.shape[1], (config.batch,))
        texts = self.things.texts[self.things.concepts[rows], told].float()
        texts = (texts + config.jitter * torch.randn_like(texts)) * (torch.rand(len(rows), 1) > config.drop_text)
        hands = hands * (torch.rand(len(rows), 1) > config.drop_hand)
        time = torch.rand(len(rows)) * 0.999 + 0.0005
        keep, blur = torch.tensor([levels(t) for t in time.tolist()]).T.unsqueeze(-1)
        noisy = keep * clean + blur * torch.randn_like(clean)
        with torch.autocast("cpu", torch.bfloat16):
            found = self.model(noisy, time, texts, hands)
        loss = (found.float() - clean).square().mean()
        descend(loss, self.model, self.optimizer)
        self.step += 1
        self.average.update(self.model, self.step)
        return {"loss": loss.item()}

    def describe(self) -> str:
        """Every third time a sheet: two seeds without a hand, then each hand."""
        self.reports += 1
        if self.reports % 3 == 1:
            self.sheet(self.out / f"drawn-{self.step:06}.png")
        return f"{len(self.clean)} things"

    def sheet(self, path: Path) -> None:
        rows, hands = [], len(self.config.hands)
        for seed, hand in ((0, None), (1, None), *((0, i) for i in range(hands))):
            chosen = torch.zeros(len(SHOWN), hands)
            if hand is not None:
                chosen[:, hand] = 1
            noise = torch.randn(len(SHOWN), self.config.components, generator=torch.Generator().manual_seed(seed))
            found = sample(self.average.model, noise, self.shown, chosen)
            latents = self.basis.restore(found)[:, : math.prod(self.shape)]
            rows.append(decoded(self.vqgan, latents.reshape(-1, *self.shape)))
        save_sheet(torch.cat(rows)[..., ::2, ::2], path, len(SHOWN))

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "optimizer": self.optimizer}
        basis = {"mean": self.basis.mean, "vectors": self.basis.vectors, "unit": self.basis.unit}
        return {**{name: part.state_dict() for name, part in parts.items()}, "basis": basis, "step": self.step}

    def begin(self, weights: dict[str, Tensor]) -> None:
        """The weights to start from."""
        for model in (self.model, self.average.model):
            model.load_state_dict(weights)

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.manual_seed(self.config.seed + 7919 * self.step)


def network(config: Config, learnt: Things) -> Denoiser:
    """A fresh denoiser of these things."""
    texts = learnt.texts.shape[2]
    return Denoiser(config.components, texts, len(config.hands), config.width, config.condition, config.blocks)


def denoiser(config: Config, learnt: Things, checkpoint: Path) -> tuple[Denoiser, Basis]:
    """The averaged weights of a run, and the components that they speak of."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = network(config, learnt)
    model.load_state_dict(state["average"])
    basis = state["basis"]
    return model.eval().requires_grad_(False), Basis(basis["mean"], basis["vectors"], basis["unit"])


def export(config: Config, checkpoint: Path, refined: Path, drawings: Drawings, folder: Path) -> None:
    """The averaged weights of both networks; what they multiply by in six bits."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    basis, refiner = state["basis"], torch.load(refined, map_location="cpu", weights_only=True)["average"]
    tensors = {"mean": basis["mean"].half()}
    networks = {f"denoiser.{name}": value for name, value in state["average"].items()}
    networks |= {f"refiner.{name}": value for name, value in refiner.items()}
    for name, value in {**networks, "basis": basis["vectors"].T * basis["unit"]}.items():
        if value.dim() > 1 and group(value[0].numel()):
            tensors[name], tensors[f"{name}.scale"] = pack(value.flatten(1))
        else:
            tensors[name] = value.half()
    credits = {hand: [_credit(source) for source in art() if source.set in sets] for hand, sets in config.hands.items()}
    names = sorted({name for of in things.called(drawings) for name in of})
    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: value.contiguous() for name, value in tensors.items()},
        folder / FILE,
        metadata={"hands": json.dumps(credits), "names": json.dumps(names)},
    )
    (folder / FILE).chmod(0o644)


def _credit(source: Source) -> str:
    return f"{source.author}: {source.package} ({source.licence})"


def main() -> None:
    here = Path(__file__)
    parser = drawing_parser(__doc__.splitlines()[0], here.with_suffix(".yaml"), Path("data/drawings.npy"))
    parser.add_argument("--vqgan", type=Path, default=VQGAN, help="the model that is to draw")
    parser.add_argument("--begin-from", type=Path, help="an exported prior whose weights are the first ones")
    parser.add_argument("--refiner", type=Path, help="folder of the refiner's run, which is exported with it")
    args = parser.parse_args()
    config, last = read(args.config), args.out / "last.pt"
    if args.export:
        export(config, last, args.refiner / "last.pt", Drawings(args.art), args.export)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    model: Any = VQModel.from_pretrained(args.vqgan).float().eval().requires_grad_(False)
    model = model.to(memory_format=torch.channels_last)
    if not (args.out / "things.npz").exists():
        things.collect(Drawings(args.art), config.hands, config.share, model, args.out / "things.npz")
    learnt = things.load(args.out / "things.npz")
    resumed = args.resume and last.exists()
    if resumed:
        kept = torch.load(last, map_location="cpu", weights_only=True)["basis"]
        basis = Basis(kept["mean"], kept["vectors"], kept["unit"])
    elif args.begin_from:
        basis, weights = exported(args.begin_from)
    else:
        basis = fit_basis(learnt, config.components)
    learner = Learner(config, learnt, basis, model, args.out)
    run = Run(learner, args.out, args.minutes, args.steps)
    if resumed:
        run.resume(last)
    elif args.begin_from:
        learner.begin(weights)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
