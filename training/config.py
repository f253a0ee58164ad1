"""What a training run is told (training/*.yaml), checked by name and type as far as dataclasses do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Attack:
    """L2 perturbation of the pictures: its size from `start` step on, growing to `eps_end` at step `full`."""

    start: int = 300
    full: int = 3000
    eps_start: float = 1.9
    eps_end: float = 2.6
    steps: int = 1

    def eps(self, step: int) -> float:
        """0 before the start, then a straight ramp."""
        if step < self.start:
            return 0.0
        part = min(1.0, (step - self.start) / max(1, self.full - self.start))
        return self.eps_start + part * (self.eps_end - self.eps_start)


@dataclass(frozen=True)
class TeacherWeights:
    """What the distance to each target of training.teachers counts for beside the contrastive loss."""

    pictures: float = 0.0
    words: float = 0.0

    def __bool__(self) -> bool:
        return self.pictures > 0 or self.words > 0


@dataclass(frozen=True)
class Config:
    """One run. `vision` and `text` are open_clip's vision_cfg and text_cfg.

    `boost_prompts` draws the things of benchmarks/prompts.yaml so many times more often; `wild` is
    the share of objects that get a strange colour and a bent shape; `half` runs the image tower
    in bfloat16 (always so on a GPU), which pays on a CPU for dense convolutions but not for depthwise ones;
    `freeze_text` leaves the text tower as it was before the run, for models that were told texts by it.
    """

    vision: dict[str, Any]
    text: dict[str, Any]
    embed_dim: int = 256
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    pretrained: str = ""
    leave_out: tuple[str, ...] = ()
    held_out: str = "emojione"
    boost_prompts: float = 1.0
    wild: float = 0.0
    half: bool = False
    seed: int = 1
    batch: int = 128
    merges: int = 3600
    bank: int = 1200
    lr_backbone: float = 7e-4
    lr_head: float = 2e-3
    weight_decay: float = 0.02
    warmup: int = 100
    ema: float = 0.998
    scale_cap: float = 30.0
    attack: Attack = Attack()
    teachers: TeacherWeights = TeacherWeights()
    freeze_text: bool = False
    keep_at: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return int(self.vision["image_size"])


def read(path: Path) -> Config:
    """The YAML file as a Config; an unknown key is an error that names itself."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw["attack"] = Attack(**raw.get("attack", {}))
    raw["teachers"] = TeacherWeights(**raw.get("teachers", {}))
    for name in ("mean", "std", "leave_out", "keep_at"):
        if name in raw:
            raw[name] = tuple(raw[name])
    return Config(**raw)
