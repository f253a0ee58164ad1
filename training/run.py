"""A training run's folder and clock, whatever is trained: a time budget, reports, checkpoints and resuming."""

from __future__ import annotations

import argparse
import math
import signal
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Learner(Protocol):
    """What a run drives."""

    step: int
    batch: int
    keep_at: tuple[int, ...]
    """Steps after which a checkpoint is kept under its own name."""

    def learn(self, progress: float) -> dict[str, float]:
        """One step at `progress` (0 to 1) of the schedule; returns figures to report."""

    def describe(self) -> str:
        """How good the model is, for the log."""

    def state(self) -> dict[str, Any]: ...
    def load(self, state: dict[str, Any]) -> None: ...


def rate(step: int, warmup: int, progress: float) -> float:
    """Share of the learning rate: warm-up, a plateau, and a cosine fall over the last half of the time."""
    fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, max(0.0, 2 * progress - 1)))
    return min(1.0, (step + 1) / warmup) * (0.02 + 0.98 * fall)


def descend(loss: Tensor, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """One step down the gradient, whose length is cut to 1."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def drawing_parser(about: str, config: Path, art: Path) -> argparse.ArgumentParser:
    """What the commands that train a model that draws are told."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--config", type=Path, default=config)
    parser.add_argument("--art", type=Path, default=art)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=0, help="length of the whole schedule, resumes included")
    parser.add_argument("--steps", type=int, help="stop after so many steps, whatever the time")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/last.pt if it is there")
    parser.add_argument("--export", type=Path, help="write OUT/last.pt for use, and do nothing else")
    parser.add_argument("--report", type=float, default=60, help="seconds between reports")
    return parser


class Run:
    """Progress is time spent over time allowed, also across resumes."""

    def __init__(self, learner: Learner, out: Path, minutes: float, steps: int | None = None) -> None:
        self.learner, self.out = learner, out
        self.allowed, self.steps, self.spent = 60 * minutes, steps, 0.0

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint, with the time that it has used."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.spent = state.pop("spent")
        self.learner.load(state)
        print(f"resumed at step {self.learner.step} after {self.spent / 60:.1f} min", flush=True)

    def save(self, name: str) -> None:
        """Write beside and rename, so that a kill in between leaves the old checkpoint whole."""
        draft = self.out / f"{name}.part"
        torch.save({**self.learner.state(), "spent": self.spent}, draft)
        draft.replace(self.out / f"{name}.pt")

    def go(self, report: float, save: float) -> None:
        """Learn until time or steps are up, or until a polite request to stop; the last state is saved in any case."""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "allowed", 0.0))
        start, whole = time.monotonic() - self.spent, self.allowed
        reported = saved = time.monotonic()
        since, sums = 0, defaultdict[str, float](float)
        while self.spent < self.allowed and (self.steps is None or self.learner.step < self.steps):
            for name, value in self.learner.learn(self.spent / whole).items():
                sums[name] += value
            since, now = since + 1, time.monotonic()
            self.spent = now - start
            if now - reported > report:
                means = {name: value / since for name, value in sums.items()}
                print(self._line(means, since / (now - reported)), flush=True)
                reported, since = time.monotonic(), 0
                sums.clear()
            if self.learner.step in self.learner.keep_at:
                self.save(f"step{self.learner.step}")
            if now - saved > save:
                self.save("last")
                saved = time.monotonic()
        self.save("last")
        print("done:", self._line({}, 0.0), flush=True)

    def _line(self, figures: dict[str, float], steps_per_second: float) -> str:
        learner = self.learner
        told = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        return (
            f"{self.spent / 60:6.1f} min  step {learner.step:6}  samples {learner.step * learner.batch:8}  "
            f"{steps_per_second * learner.batch:5.0f}/s  {told}  {learner.describe()}"
        )
