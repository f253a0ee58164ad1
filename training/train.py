"""Train a small CLIP: ``python -m training.train --config training/guide.yaml --minutes 60 --out runs/guide``.

Contrastive learning of pictures and captions (Radford et al. 2021, https://arxiv.org/abs/2103.00020) on pictures that
an adversary has perturbed. Stop it at any time; ``--resume`` goes on from the last checkpoint. A configuration with
`teachers` needs their targets, which ``training.teachers`` writes.
"""

import argparse
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import yaml
from open_clip.model import CLIP
from open_clip.tokenizer import SimpleTokenizer
from torch import Tensor, nn

from training import captions, scenes, tokenizer
from training.attack import perturb, still_statistics
from training.compose import SCENE_KEY, Batch, Composer, Sprites
from training.config import Attack, Config, TeacherWeights, read
from training.depthwise import speed_up
from training.evaluate import PROMPTS, retrieval
from training.model import Average, build, describe_images, embed_images, embed_texts
from training.run import Run
from training.teachers import Teachers

REFRESH = 30  # steps between refreshes of the bank's text embeddings
FAR = -1e4  # logit of a pair that must not be told apart


class Bank:
    """Names of many concepts as extra wrong answers for each picture, embedded now and then without gradient."""

    def __init__(self, sprites: Sprites, tokens: SimpleTokenizer, size: int, device: torch.device) -> None:
        heavy = sorted(range(len(sprites.concepts)), key=lambda i: -sprites.concepts[i]["weight"])[:size]
        keys = [*heavy, *(SCENE_KEY + i for i in range(len(scenes.TIMES) * len(scenes.PLACES)))]
        kinds = [(t, p) for t in scenes.TIMES for p in scenes.PLACES]
        texts = [captions.article(sprites.concepts[i]["names"][0]) for i in heavy]
        texts += [
            (scenes.ALONE[t][0] if p == "sky" else scenes.WHEN[t][0].format(scenes.WORDS[p][0])) for t, p in kinds
        ]
        self.keys = torch.tensor(keys, device=device)
        self.tokens = tokens(texts).to(device)
        self.features = torch.zeros(0)

    @torch.no_grad()
    def refresh(self, model: CLIP) -> None:
        self.features = torch.cat([embed_texts(model, part) for part in self.tokens.split(256)])


class Trainer:
    """State of a run and one step of it."""

    def __init__(
        self,
        config: Config,
        sprites: Sprites,
        held_out: Sprites,
        bpe: Path,
        device: torch.device,
        begin_from: Path | None = None,
        targets: Path | None = None,
    ) -> None:
        self.config, self.device, self.step = config, device, 0
        self.batch, self.keep_at, self.held_out = config.batch, config.keep_at, held_out
        self.tokens = tokenizer.load(bpe)
        self.model = build(config, self.tokens.vocab_size, begin_from).to(device)
        self.average = Average(self.model, config.ema)
        speed_up(self.model, bpe.parent)
        self.composer = Composer(sprites, config.seed, config.wild)
        self.bank = Bank(sprites, self.tokens, config.bank, device)
        self.teachers = self._taught_by(targets, sprites)
        trunk = list(self.model.visual.trunk.parameters()) if hasattr(self.model.visual, "trunk") else []
        inside = {id(p) for p in trunk}
        rest = [p for p in self.model.parameters() if p.requires_grad and id(p) not in inside]
        rest += self.teachers.parameters() if self.teachers else []
        groups = [{"params": trunk, "peak": config.lr_backbone}, {"params": rest, "peak": config.lr_head}]
        self.optimizer = torch.optim.AdamW(
            [g for g in groups if g["params"]], weight_decay=config.weight_decay, fused=True
        )

    def _taught_by(self, targets: Path | None, sprites: Sprites) -> Teachers | None:
        weights = self.config.teachers
        if not weights:
            return None
        if targets is None:
            raise ValueError("the configuration has teachers; name the file of their targets with --targets")
        return Teachers(targets, sprites, self.model.visual.trunk.num_features, weights).to(self.device)

    def learn(self, progress: float) -> dict[str, float]:
        """One step; also gives the share of pictures whose caption came first among all."""
        if not len(self.bank.features) or (self.step % REFRESH == 0 and not self.config.freeze_text):
            self.bank.refresh(self.average.model if self.step > 200 else self.model)
        self._set_rates(progress)
        batch = self.composer.batch(self.config.batch)
        key = batch.key.to(self.device)
        text = embed_texts(self.model, self.tokens(batch.captions).to(self.device))
        images = self._attacked(batch, text.detach(), key)
        with self._precision():
            features, rows = describe_images(self.model, images, self.config)
        logits = self._logits(rows, text, key)
        loss = told = self._loss(logits)
        if self.teachers:
            loss = told + self.teachers(features, batch.sprite.to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        self.model.logit_scale.data.clamp_(max=math.log(self.config.scale_cap))
        self.step += 1
        self.average.update(self.model, self.step)
        right = logits.argmax(1) == torch.arange(len(key), device=self.device)
        figures = {"loss": told.item(), "batch top-1": right.float().mean().item()}
        return figures | ({"teachers": (loss - told).item()} if self.teachers else {})

    def describe(self) -> str:
        """The adversary's radius, and retrieval on the held-out style."""
        score = retrieval(self.average.model, self.held_out, self.tokens, self.config)
        return f"eps {self.config.attack.eps(self.step):.2f}  {score}"

    def _set_rates(self, progress: float) -> None:
        """Warm-up, a long plateau, and a cosine fall over the last 60 % of the time."""
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, max(0.0, (progress - 0.4) / 0.6)))
        factor = min(1.0, (self.step + 1) / self.config.warmup) * (0.04 + 0.96 * fall)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor

    def _precision(self) -> torch.autocast:
        half = self.config.half or self.device.type == "cuda"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=half)

    def _embed(self, images: Tensor) -> Tensor:
        with self._precision():
            return embed_images(self.model, images, self.config)

    def _attacked(self, batch: Batch, text: Tensor, key: Tensor) -> Tensor:
        eps = self.config.attack.eps(self.step)
        if eps <= 0:
            return batch.images
        answer = torch.arange(len(key), device=self.device)
        with still_statistics(self.model):
            return perturb(
                batch.images,
                lambda x: F.cross_entropy(self._logits(self._embed(x), text, key), answer),
                eps,
                self.config.attack.steps,
            )

    def _logits(self, image: Tensor, text: Tensor, key: Tensor) -> Tensor:
        """Pictures against the batch's captions and the bank's names, without those that mean the same."""
        scale = self.model.logit_scale.exp()
        same = (key[:, None] == key) & ~torch.eye(len(key), dtype=torch.bool, device=self.device)
        near = (scale * image @ text.T).masked_fill(same, FAR)
        far = (scale * image @ self.bank.features.T).masked_fill(key[:, None] == self.bank.keys, FAR)
        return torch.cat([near, far], 1)

    @staticmethod
    def _loss(logits: Tensor) -> Tensor:
        answer = torch.arange(len(logits), device=logits.device)
        return (F.cross_entropy(logits, answer) + F.cross_entropy(logits[:, : len(logits)].T, answer)) / 2

    def state(self) -> dict[str, Any]:
        """Everything a resumed run needs; batches restart from a seed that depends on the step."""
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        return state | ({"teachers": self.teachers.state_dict()} if self.teachers else {})

    def load(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.teachers:
            self.teachers.load_state_dict(state["teachers"])
        self.composer = Composer(self.composer.sprites, self.config.seed + 7919 * self.step, self.config.wild)


def vocabulary(sprites: Sprites, merges: int, out: Path, begin_from: Path | None = None) -> Path:
    """The tokenizer's file: of the model to begin from, or learnt once from everything the captions can say."""
    path = out / "bpe.txt.gz"
    if begin_from:
        shutil.copyfile(begin_from / path.name, path)
    elif not path.exists():
        tokenizer.write(tokenizer.learn(captions.every_word(sprites.concepts, scenes.phrases()), merges), path)
    return path


def benchmark_things() -> list[str]:
    """The concepts of the benchmark's prompts."""
    return [row["concept"] for row in yaml.safe_load(PROMPTS.read_text(encoding="utf-8"))]


def prepare(
    config: Config,
    art: Path,
    out: Path,
    device: torch.device,
    begin_from: Path | None = None,
    targets: Path | None = None,
) -> Trainer:
    """A trainer on the styles it may see, tested on the style that it may not."""
    out.mkdir(parents=True, exist_ok=True)
    boost = dict.fromkeys(benchmark_things(), config.boost_prompts) if config.boost_prompts != 1 else {}
    sprites = Sprites(art, config.size, device, leave_out=config.leave_out, boost=boost)
    held_out = Sprites(art, config.size, device, only=[config.held_out])
    bpe = vocabulary(sprites, config.merges, out, begin_from)
    return Trainer(config, sprites, held_out, bpe, device, begin_from, targets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--art", type=Path, default=Path("data/sprites.npz"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="length of the whole schedule, resumes included")
    parser.add_argument("--steps", type=int, help="stop after so many steps, whatever the time")
    parser.add_argument("--resume", nargs="?", const="", help="go on from OUT/last.pt, or from the file named here")
    parser.add_argument("--clean", action="store_true", help="no adversary: the control of the experiment")
    parser.add_argument("--begin-from", type=Path, help="folder of an exported model whose weights the run begins with")
    parser.add_argument("--targets", type=Path, help="file of training.teachers, for a configuration with teachers")
    parser.add_argument("--no-teachers", action="store_true", help="leave the teachers out: their control")
    parser.add_argument("--report", type=float, default=60, help="seconds between reports")
    args = parser.parse_args()
    config = read(args.config)
    if args.clean:
        config = replace(config, attack=Attack(start=10**9))
    if args.no_teachers:
        config = replace(config, teachers=TeacherWeights())
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = prepare(config, args.art, args.out, device, args.begin_from, args.targets)
    run = Run(trainer, args.out, args.minutes, args.steps)
    last = args.out / "last.pt"
    if args.resume is not None and (args.resume or last.exists()):
        run.resume(Path(args.resume) if args.resume else last)
    run.go(args.report, save=180)


if __name__ == "__main__":
    main()
