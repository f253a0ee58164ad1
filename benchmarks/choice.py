"""Is another picture of a batch better than the one that is kept?

    python -m benchmarks.quality --generator vqgan --seeds 4 --set batch=1
    python -m benchmarks.choice --generator vqgan --seeds 4

The seeds of a prompt are taken for a batch. Each rule keeps one of them, and the judges of `benchmarks.quality` say how
much more plainly that one shows its prompt than the batch does on average. Nothing is drawn. The table is printed and
written to ``choice-vqgan.json`` beside the pictures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from artgen.api import Augmentation, Perceptor
from artgen.engine.assembly import build_parts
from artgen.engine.guidance import Guidance, WeightedLoss
from artgen.engine.parts import Parts
from artgen.files import write_text
from artgen.picture import images
from artgen.preset import loading
from benchmarks.judges import Things, load_judge
from benchmarks.quality import HERE, PROMPTS, SEED, Entry, entries, file_name, pictures

FRESH_SEED = 900_000
"""Its views have guided none of the pictures."""
FRESH_STEPS = 8
"""Steps of fresh views that are averaged."""


@dataclass(frozen=True)
class Batch:
    """One prompt's pictures, and what is known of them."""

    entry: Entry
    images: Tensor
    """(B, 3, H, W) in [0, 1]."""
    score: Tensor
    """(B,): what the run said, by which artgen keeps a picture."""


@dataclass(frozen=True)
class Opinion:
    """What one judge says: how plainly each picture of each batch shows its prompt."""

    leads: Tensor
    """(N, B): how much more the right choice is liked than the next, against the batch's mean, in deviations."""
    right: Tensor
    """(N, B): 1 where the right choice comes first."""


def main(argv: Sequence[str] | None = None) -> None:
    given = _arguments(argv)
    batches = [_read(given, entry) for entry in entries(PROMPTS)[: given.limit]]
    scores: dict[str, list[Tensor]] = {}
    for batch in batches:
        for rule, losses in judged(given.generator, batch).items():
            scores.setdefault(rule, []).append(losses)
    opinions = {"judge": by_sentence(batches), "judge_vgg": by_thing(batches)}
    table = {rule: figures(torch.stack(losses), opinions) for rule, losses in scores.items()}
    for rule, row in table.items():
        print(f"{rule:10}", *(f"{name} {value:+.3f}" for name, value in row.items()), sep="  ")
    told = {"generator": given.generator, "prompts": len(batches), "seeds": given.seeds, "rules": table}
    write_text(given.out / f"choice-{given.generator}.json", json.dumps(told, indent=1))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choice", description=__doc__.partition("\n")[0])
    parser.add_argument("--generator", default="pixel", choices=sorted(p.stem for p in (HERE / "generators").iterdir()))
    parser.add_argument("--out", type=Path, default=Path("runs/quality"), help="the folder of benchmarks.quality")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seeds", type=int, default=4, help="how many seeds, from --seed on, are a batch")
    parser.add_argument("--limit", type=int, help="only the first N prompts")
    return parser.parse_args(argv)


def _read(given: argparse.Namespace, entry: Entry) -> Batch:
    folders = [pictures(given, seed) for seed in range(given.seed, given.seed + given.seeds)]
    files = [folder / file_name(entry.prompt) for folder in folders]
    losses = [json.loads(file.with_suffix(".json").read_text())["loss"] for file in files]
    return Batch(entry, torch.stack([images.load(file) for file in files]), torch.tensor(losses))


def judged(generator: str, batch: Batch) -> dict[str, Tensor]:
    """What each rule says of the pictures, (B,): it keeps the lowest."""
    parts = _parts(generator, batch)
    likeness = _parts(generator, batch, losses=[{"type": "clip", "distance": "cosine"}])
    clean = _parts(generator, batch, losses=[{"type": "aesthetic", "target": 10}, {"type": "clip", "weight": 0}])
    others = [weighted for weighted in parts.guidance.losses if not weighted.uses_prompts]
    return {
        "chance": torch.zeros(len(batch.score)),
        "score": batch.score,
        "sum": batch.score + _look(parts, batch.images, [("whole", whole)], losses=others),
        "fresh": _look(parts, batch.images, parts.guidance.augmentations, steps=FRESH_STEPS),
        "whole": _look(parts, batch.images, [("whole", whole)]),
        "blurred": _look(parts, batch.images, [("blurred", blurred)]),
        "cosine": _look(likeness, batch.images, [("whole", whole)]),
        "clean": _look(clean, batch.images, [("whole", whole)]),
    }


def _parts(generator: str, batch: Batch, **settings: Any) -> Parts:
    """The guidance of a preset; its generator draws nothing here, so that the one that is quickly built will do."""
    size = [batch.images.shape[3], batch.images.shape[2]]
    wanted = {"prompts": batch.entry.prompt, "batch": len(batch.images), "seed": FRESH_SEED, "size": size, **settings}
    return build_parts(
        loading.load(HERE / "generators" / f"{generator}.yaml", generator={"type": "pixel"}, **wanted), print
    )


def _look(
    parts: Parts,
    shown: Tensor,
    views: Sequence[tuple[str, Augmentation]],
    steps: int = 1,
    losses: Sequence[WeightedLoss] | None = None,
) -> Tensor:
    """(B,): the score over the last steps, seen through `views`."""
    of_run = parts.guidance
    guidance = Guidance(of_run.losses if losses is None else losses, of_run.perceptors, views, of_run.steps)
    with torch.no_grad():
        return torch.stack([guidance(shown, of_run.steps - 1 - back).scores for back in range(steps)]).mean(dim=0)


def whole(image: Tensor, size: int, step: int) -> Tensor:
    """(B, 3, H, W) to (B*2, 3, size, size): each picture as it is, and mirrored."""
    seen = interpolate(image, (size, size), mode="bilinear", antialias=True).clamp(0, 1)
    return torch.stack((seen, seen.flip(-1)), dim=1).flatten(0, 1)


def blurred(image: Tensor, size: int, step: int) -> Tensor:
    """(B, 3, H, W) to (B, 3, size, size): without what is finer than two pixels of the view."""
    coarse = interpolate(image, (size // 2, size // 2), mode="bilinear", antialias=True)
    return interpolate(coarse, (size, size), mode="bicubic").clamp(0, 1)


def by_sentence(batches: Sequence[Batch]) -> Opinion:
    """What the first judge says."""
    judge = load_judge()
    texts = judge.embed_texts([entry.prompt for entry in entries(PROMPTS)])
    return opinion([_likeness(judge, batch.images, texts) for batch in batches])


def _likeness(judge: Perceptor, shown: Tensor, texts: Tensor) -> Tensor:
    view = interpolate(shown, (judge.size, judge.size), mode="bilinear", antialias=True).clamp(0, 1)
    with torch.no_grad():
        return judge.embed_images(view) @ texts.T


def by_thing(batches: Sequence[Batch]) -> Opinion:
    """What the second judge says; each of the fifty prompts has a concept of its own."""
    judge, things = Things(), [entry.concept for entry in entries(PROMPTS)]
    return opinion([judge.likeness(batch.images, things) for batch in batches])


def opinion(liked: Sequence[Tensor]) -> Opinion:
    """Of (B, K) likenesses to all choices; to the first batch the first choice is right, and so on."""
    margins = torch.stack([_margin(rows, right) for right, rows in enumerate(liked)])
    leads = margins - margins.mean(dim=1, keepdim=True)
    return Opinion(leads / leads.square().mean().sqrt(), (margins > 0).float())


def _margin(liked: Tensor, right: int) -> Tensor:
    """(B,): how much more the right one of (B, K) is liked than the next."""
    others = torch.cat((liked[:, :right], liked[:, right + 1 :]), dim=1)
    return liked[:, right] - others.amax(dim=1)


def figures(losses: Tensor, opinions: Mapping[str, Opinion]) -> dict[str, float]:
    """By judge: how often what a rule keeps, the lowest of (N, B) losses, comes first; its mean lead and its error."""
    lowest = losses == losses.amin(dim=1, keepdim=True)
    kept = lowest / lowest.sum(dim=1, keepdim=True)  # where all are alike, each a little
    found = {}
    for name, one in opinions.items():
        lead = (kept * one.leads).sum(dim=1)
        found[f"{name}_top1"] = (kept * one.right).sum(dim=1).mean().item()
        found[f"{name}_lead"] = lead.mean().item()
        found[f"{name}_error"] = (lead.std(correction=0) / max(len(lead) - 1, 1) ** 0.5).item()
    return {name: round(value, 3) for name, value in found.items()}


if __name__ == "__main__":
    main()
