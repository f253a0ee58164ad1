"""Does guidance draw what the prompt says? CLIP R-precision by an independent judge.

For each of the fifty prompts in ``prompts.yaml`` a picture is made with the generator's preset; the judge, a CLIP
of another architecture and training that the guide never met, then picks the prompt it sees out of the fifty
(R-precision: Park et al. 2021, "Benchmark for Compositional Text-to-Image Synthesis"). Run it with::

    python -m benchmarks.quality --generator pixel

It goes on where an earlier call with the same ``--out`` stopped, and leaves ``quality-pixel.json`` and a labelled
sheet ``quality-pixel.png``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn.functional import interpolate

import artgen
from artgen import api
from artgen.files import atomic_path, write_text
from artgen.picture import images
from artgen.preset import loading
from artgen.recipe import saving
from artgen.registry.plugins import discover
from artgen.rng import Random

HERE = Path(__file__).parent
JUDGE = HERE / "judge"
SEED = 1000
"""Every prompt is drawn from this seed, which no setting was chosen by."""
TILE = 128


@dataclass(frozen=True)
class Score:
    """What the judge says of one picture."""

    prompt: str
    rank: int
    """Place of the right prompt among the fifty, from 1."""
    named: str
    """The prompt that the judge picked."""
    seconds: float


def main(argv: Sequence[str] | None = None) -> None:
    given = _arguments(argv)
    given.out.mkdir(parents=True, exist_ok=True)
    entries = yaml.safe_load((HERE / "prompts.yaml").read_text())
    prompts = [entry["prompt"] for entry in entries]
    tuned = {entry["prompt"] for entry in entries if entry.get("tuned")}
    judge = load_judge()
    overrides = [*given.overrides, f"seed={given.seed}"]
    scores = []
    for prompt in prompts[: given.limit]:
        picture, seconds = draw(given.generator, prompt, overrides, given.out / "pictures")
        scores.append(score(judge, images.load(picture), prompt, prompts, seconds))
        print(f"{scores[-1].rank:3}  {prompt}  (named: {scores[-1].named}; {seconds:.1f} s)", flush=True)
    report(given, scores, tuned)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.partition("\n")[0])
    parser.add_argument("--generator", default="pixel", choices=sorted(p.stem for p in (HERE / "generators").iterdir()))
    parser.add_argument("--out", type=Path, default=Path("runs/quality"), help="folder of pictures and results")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--limit", type=int, help="only the first N prompts (the judge still chooses among all)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY.PATH=VALUE")
    return parser.parse_args(argv)


def load_judge() -> api.Perceptor:
    """The judge, loaded by the same plugin as any other perceptor."""
    spec = (
        discover()
        .find("perceptor", "open_clip")
        .spec.model_validate(
            {
                "type": "open_clip",
                "config": JUDGE / "open_clip_config.json",
                "checkpoint": JUDGE / "model.safetensors",
                "tokenizer": JUDGE / "bpe.txt.gz",
            }
        )
    )
    device = torch.device("cpu")
    found: api.Perceptor = spec.build(api.Env(device, (64, 64), 1, 1, Random((0,), "judge", device)))
    return found


def draw(generator: str, prompt: str, overrides: Sequence[str], folder: Path) -> tuple[Path, float]:
    """Make the picture of `prompt`, unless an earlier call already did; returns it and the seconds it took."""
    path = folder / generator / f"{prompt.replace(' ', '-')}.png"
    if path.exists():
        return path, json.loads(path.with_suffix(".json").read_text())["seconds"]
    preset = loading.load(HERE / "generators" / f"{generator}.yaml", [*overrides, ("prompts", prompt)])
    start = time.monotonic()
    result = artgen.run(preset)
    seconds = time.monotonic() - start
    write_text(path.with_suffix(".json"), json.dumps({"seconds": seconds, "loss": result.scores[result.best]}))
    saving.save(path, result.images[result.best], dict(result.recipe))
    return path, seconds


def score(judge: api.Perceptor, image: Tensor, prompt: str, prompts: Sequence[str], seconds: float) -> Score:
    """Let the judge order all prompts by their similarity to the whole picture."""
    view = interpolate(image[None], (judge.size, judge.size), mode="bilinear", antialias=True).clamp(0, 1)
    with torch.no_grad():
        similarity = (judge.embed_texts(prompts) @ judge.embed_images(view).T)[:, 0]
    order = similarity.argsort(descending=True).tolist()
    return Score(prompt, order.index(list(prompts).index(prompt)) + 1, prompts[order[0]], seconds)


def report(given: argparse.Namespace, scores: Sequence[Score], tuned: Collection[str]) -> None:
    """Print and write the summary, and the sheet; `tuned` are the prompts that settings were chosen by."""
    summary: dict[str, Any] = {
        "generator": given.generator,
        "seed": given.seed,
        "prompts": len(scores),
        "top1": _share(scores, 1),
        "top5": _share(scores, 5),
        "top1_untuned": _share([score for score in scores if score.prompt not in tuned], 1),
        "median_seconds": round(torch.tensor([score.seconds for score in scores]).median().item(), 1),
    }
    print(json.dumps(summary))
    rows = [vars(score) for score in scores]
    write_text(given.out / f"quality-{given.generator}.json", json.dumps({**summary, "scores": rows}, indent=1))
    _save_sheet(given.out / f"quality-{given.generator}.png", given.out / "pictures" / given.generator, scores)


def _share(scores: Sequence[Score], rank: int) -> float:
    """The share of pictures whose prompt came among the first `rank`."""
    return round(sum(score.rank <= rank for score in scores) / max(len(scores), 1), 3)


def _save_sheet(path: Path, folder: Path, scores: Sequence[Score], columns: int = 10) -> None:
    rows = -(-len(scores) // columns)
    sheet = Image.new("RGB", (columns * (TILE + 6), rows * (TILE + 20)), "white")
    pen = ImageDraw.Draw(sheet)
    for i, score in enumerate(scores):
        left, top = i % columns * (TILE + 6), i // columns * (TILE + 20)
        picture = Image.open(folder / f"{score.prompt.replace(' ', '-')}.png").convert("RGB")
        sheet.paste(picture.resize((TILE, TILE), Image.Resampling.BOX), (left, top))
        colour = "darkgreen" if score.rank == 1 else "firebrick"
        pen.text((left, top + TILE + 2), f"{score.prompt.removeprefix('a ')} ({score.rank})", fill=colour)
    with atomic_path(path) as temporary:
        sheet.save(temporary, format="PNG")


if __name__ == "__main__":
    main()
