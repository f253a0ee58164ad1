"""Does guidance draw what the prompt says? By two independent judges, of which the worse one counts.

For each of the fifty prompts in ``prompts.yaml``, or of another file, pictures are made with the generator's preset.
The first judge, a CLIP of another architecture and training that the guide never met, picks the prompt it sees of all
(R-precision: Park et al. 2021, "Benchmark for Compositional Text-to-Image Synthesis"); the second picks the thing
(``judges.py``). With prompts of another file, both choose among those and the fifty. Run it with::

    python -m benchmarks.quality --generator pixel
    python -m benchmarks.quality --generator vqgan --seeds 4
    python -m benchmarks.quality --generator vqgan --prompts benchmarks/further.yaml

It goes on where an earlier call with the same ``--out`` stopped, and leaves ``quality-pixel.json``, named by the file
of prompts where that is another, and a labelled sheet ``quality-pixel.png`` of the first seed, whatever it drew.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import yaml

import artgen
from artgen.files import write_text
from artgen.picture import images
from artgen.preset import loading
from artgen.recipe import saving
from benchmarks import sheets
from benchmarks.judges import Things, load_judge, score
from benchmarks.sharpness import edge_width

HERE = Path(__file__).parent
PROMPTS = HERE / "prompts.yaml"
SEED = 1000
"""Every prompt is drawn from this seed, and those after it, which no setting was chosen by."""


@dataclass(frozen=True)
class Entry:
    """A prompt, and the thing in it by its name in the art sets; "" where a judge of things has nothing to say."""

    prompt: str
    concept: str = ""
    tuned: bool = False


@dataclass(frozen=True)
class Row:
    """What was found out about one picture; ranks are places of the right choice, from 1."""

    prompt: str
    seed: int
    rank: int
    named: str
    thing_rank: int | None
    thing: str | None
    edge_width: float | None
    seconds: float
    tuned: bool


def main(argv: Sequence[str] | None = None) -> None:
    given = _arguments(argv)
    given.out.mkdir(parents=True, exist_ok=True)
    asked = entries(given.prompts)
    choices = list(dict.fromkeys([*asked, *entries(PROMPTS)]))
    prompts = list(dict.fromkeys(entry.prompt for entry in choices))
    things = list(dict.fromkeys(entry.concept for entry in choices if entry.concept))
    by_sentence, by_thing = load_judge(), Things()
    if unknown := sorted({*things} - {*by_thing.names}):
        sys.exit(
            f"{given.prompts}: no judge knows the concept {unknown[0]!r}; take one of judge_vgg/names.json, or none"
        )
    rows = []
    for seed in range(given.seed, given.seed + given.seeds):
        for entry in judgeable(asked)[: given.limit]:
            overrides = [*given.overrides, f"seed={seed}"]
            picture, seconds = draw(given.generator, entry.prompt, overrides, pictures(given, seed))
            image = images.load(picture)
            found = score(by_sentence, image, entry.prompt, prompts, seconds)
            rank, thing = by_thing.place(image, entry.concept, things) if entry.concept else (None, None)
            wide = edge_width(image)
            width = None if math.isnan(wide) else round(wide, 3)
            rows.append(Row(entry.prompt, seed, found.rank, found.named, rank, thing, width, seconds, entry.tuned))
            print(_line(rows[-1]), flush=True)
    report(given, rows, [len(prompts), len(things)])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.partition("\n")[0])
    parser.add_argument("--generator", default="pixel", choices=sorted(p.stem for p in (HERE / "generators").iterdir()))
    parser.add_argument("--prompts", type=Path, default=PROMPTS, help="YAML list of prompts, or of {prompt, concept}")
    parser.add_argument("--out", type=Path, default=Path("runs/quality"), help="folder of pictures and results")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--seeds", type=int, default=1, help="how many seeds, from --seed on; shares are over all of them"
    )
    parser.add_argument("--limit", type=int, help="only the first N prompts (the judges still choose among all)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY.PATH=VALUE")
    return parser.parse_args(argv)


def entries(path: Path) -> list[Entry]:
    """The prompts of a file: strings, or mappings of prompt, concept and tuned."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Entry(row) if isinstance(row, str) else Entry(**row) for row in rows]


def judgeable(asked: Sequence[Entry]) -> list[Entry]:
    """The same prompts, without concepts that two of them share: a judge of things could not tell these apart."""
    concepts = [entry.concept for entry in asked]
    return [replace(entry, concept="") if concepts.count(entry.concept) > 1 else entry for entry in asked]


def pictures(given: argparse.Namespace, seed: int) -> Path:
    """The folder of a seed's pictures."""
    found: Path = given.out / "pictures" / given.generator / str(seed)
    return found


def draw(generator: str, prompt: str, overrides: Sequence[str], folder: Path) -> tuple[Path, float]:
    """Make the picture of `prompt`, unless an earlier call already did; returns it and the seconds it took."""
    path = folder / file_name(prompt)
    if path.exists():
        return path, json.loads(path.with_suffix(".json").read_text())["seconds"]
    preset = loading.load(HERE / "generators" / f"{generator}.yaml", [*overrides, ("prompts", prompt)])
    start = time.monotonic()
    result = artgen.run(preset)
    seconds = time.monotonic() - start
    write_text(path.with_suffix(".json"), json.dumps({"seconds": seconds, "loss": result.scores[result.best]}))
    saving.save(path, result.images[result.best], dict(result.recipe))
    return path, seconds


def file_name(prompt: str) -> str:
    return f"{prompt.replace(' ', '-')}.png"


def report(given: argparse.Namespace, rows: Sequence[Row], choices: Sequence[int]) -> None:
    """Print and write the summary, and the sheet; `choices` are how many each judge had."""
    told = [row for row in rows if row.thing_rank]
    widths = [row.edge_width for row in rows if row.edge_width]
    summary: dict[str, Any] = {
        "generator": given.generator,
        "prompts": given.prompts.name,
        "seed": given.seed,
        "seeds": given.seeds,
        "pictures": len(rows),
        "judge": {"choices": choices[0], **_shares([(row.rank, row.tuned) for row in rows])},
        "judge_vgg": {
            "choices": choices[1],
            **_shares([(row.thing_rank, row.tuned) for row in told if row.thing_rank]),
            "left_out": sorted({row.prompt for row in rows} - {row.prompt for row in told}),
        },
        "edge_width": round(median(widths), 2) if widths else None,
        "median_seconds": round(median(row.seconds for row in rows), 1),
    }
    print(json.dumps(summary))
    stem = f"quality-{given.generator}" + ("" if given.prompts.stem == PROMPTS.stem else f"-{given.prompts.stem}")
    full = {**summary, "scores": [{key: of for key, of in vars(row).items() if key != "tuned"} for row in rows]}
    write_text(given.out / f"{stem}.json", json.dumps(full, indent=1))
    first = [row for row in rows if row.seed == given.seed]
    folder = pictures(given, given.seed)
    tiles = [sheets.Tile([folder / file_name(row.prompt)], *_label(row)) for row in first]
    sheets.save(given.out / f"{stem}.png", tiles)


def _shares(ranks: Sequence[tuple[int, bool]]) -> dict[str, float]:
    """Shares of pictures whose prompt came first or among five; of those by which no setting was chosen, too."""
    return {
        "top1": _share([rank for rank, _ in ranks], 1),
        "top5": _share([rank for rank, _ in ranks], 5),
        "top1_untuned": _share([rank for rank, tuned in ranks if not tuned], 1),
    }


def _share(ranks: Sequence[int], most: int) -> float:
    return round(sum(rank <= most for rank in ranks) / max(len(ranks), 1), 3)


def _line(row: Row) -> str:
    thing = f", {row.thing}" if row.thing else ""
    return f"{row.rank:3} {row.thing_rank or '-':>3}  {row.prompt}  (named: {row.named}{thing}; {row.seconds:.1f} s)"


def _label(row: Row) -> tuple[str, str]:
    """Under a picture: the prompt and both ranks, green where no judge saw anything else."""
    colour = "darkgreen" if row.rank == 1 and row.thing_rank in (1, None) else "firebrick"
    return f"{row.prompt.removeprefix('a ')} ({row.rank}, {row.thing_rank or '-'})", colour


if __name__ == "__main__":
    main()
