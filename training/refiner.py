"""Train the prior's second half: ``python -m training.refiner --prior runs/prior --minutes 20 --out runs/refiner``.

Components lose what is fine, and samples of them are a little foggy. A small convolutional network learns to undo both:
things that the prior learnt are noised half-way, sampled back as in use, and shown to it beside the true encodings. The
absolute error, whose least is a median, makes it choose where the mean would blur.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import VQModel
from torch import Tensor

from artgen_drawings.denoiser import Denoiser, levels, sample
from artgen_drawings.refiner import Refiner
from training import things
from training.model import Average
from training.prior import Basis, Config, denoiser, read
from training.run import Run, descend, rate
from training.sheets import save_sheet
from training.things import Things, decoded

WIDTH, BLOCKS = 96, 4
BATCH = 32
RATE = 1e-3
FROM = (0.35, 0.8)
"""Times from which things are sampled back."""
STEPS = 8


class Rough:
    """Things as the prior gives them back."""

    def __init__(self, config: Config, learnt: Things, model: Denoiser, basis: Basis) -> None:
        self.things, self.model, self.basis = learnt, model, basis
        self.hands = F.one_hot(learnt.hands, len(config.hands)).float()
        self.shape = (learnt.latents.shape[1] + 1, *learnt.latents.shape[2:])

    @torch.no_grad()
    def pairs(self, count: int) -> tuple[Tensor, Tensor]:
        """Rough and true, (count, C + 1, h, w)."""
        rows = torch.multinomial(self.things.weights, count, replacement=True)
        latents, masks = self.things.latents[rows].float(), self.things.masks[rows].float()
        true = torch.cat([latents.flatten(1), masks.flatten(1) * 2 - 1], 1)
        told = torch.randint(self.things.texts.shape[1], (count,))
        texts = self.things.texts[self.things.concepts[rows], told].float()
        clean = self.basis.project(true)
        start = float(torch.empty(()).uniform_(*FROM))
        keep, blur = levels(start)
        found = sample(
            self.model, keep * clean + blur * torch.randn_like(clean), texts, self.hands[rows], STEPS, start=start
        )
        return self.basis.restore(found).reshape(-1, *self.shape), true.reshape(-1, *self.shape)


class Learner:
    """State of a run and one step of it."""

    batch = BATCH
    keep_at: tuple[int, ...] = ()

    def __init__(self, rough: Rough, vqgan: Any, out: Path) -> None:
        torch.manual_seed(17)
        self.rough, self.vqgan, self.out, self.step = rough, vqgan, out, 0
        self.model = Refiner(rough.shape[0], WIDTH, BLOCKS).to(memory_format=torch.channels_last)
        self.average = Average(self.model, 0.998)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), weight_decay=0.01, betas=(0.9, 0.99))
        self.kept: list[tuple[Tensor, Tensor]] = []

    def learn(self, progress: float) -> dict[str, float]:
        """One step; the mean absolute errors before and after."""
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * rate(self.step, 100, progress)
        if not self.kept:  # sampling many at once is cheaper
            given, true = self.rough.pairs(8 * BATCH)
            self.kept = list(zip(given.split(BATCH), true.split(BATCH), strict=True))
        given, true = self.kept.pop()
        with torch.autocast("cpu", torch.bfloat16):
            found = self.model(given.contiguous(memory_format=torch.channels_last))
        loss = (found.float() - true).abs().mean()
        descend(loss, self.model, self.optimizer)
        self.step += 1
        self.average.update(self.model, self.step)
        return {"before": (given - true).abs().mean().item(), "after": loss.item()}

    def describe(self) -> str:
        """A sheet: rough, refined and true."""
        state = torch.random.get_rng_state()
        torch.manual_seed(5)
        given, true = self.rough.pairs(12)
        torch.random.set_rng_state(state)
        with torch.no_grad():
            rows = [decoded(self.vqgan, part[:, :-1]) for part in (given, self.average.model(given), true)]
        save_sheet(torch.cat(rows), self.out / f"refined-{self.step:06}.png", 12)
        return ""

    def state(self) -> dict[str, Any]:
        parts = {"model": self.model, "average": self.average.model, "optimizer": self.optimizer}
        return {**{name: part.state_dict() for name, part in parts.items()}, "step": self.step}

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.manual_seed(7919 * self.step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("prior.yaml"))
    parser.add_argument("--prior", type=Path, required=True, help="folder of the prior's run")
    parser.add_argument("--vqgan", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from OUT/last.pt if it is there")
    parser.add_argument("--report", type=float, default=120, help="seconds between reports")
    args = parser.parse_args()
    config, learnt = read(args.config), things.load(args.prior / "things.npz")
    model, basis = denoiser(config, learnt, args.prior / "last.pt")
    vqgan: Any = VQModel.from_pretrained(args.vqgan).float().eval().requires_grad_(False)
    args.out.mkdir(parents=True, exist_ok=True)
    run = Run(Learner(Rough(config, learnt, model, basis), vqgan, args.out), args.out, args.minutes)
    if args.resume and (args.out / "last.pt").exists():
        run.resume(args.out / "last.pt")
    run.go(args.report, save=120)


if __name__ == "__main__":
    main()
