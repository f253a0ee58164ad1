"""Write a trained model as open_clip reads it: ``python -m training.export --run runs/guide --to FOLDER``.

``open_clip.create_model("local-dir:FOLDER")`` loads the result, with the tokenizer
``open_clip.get_tokenizer("local-dir:FOLDER", bpe_path="FOLDER/bpe.txt.gz")``.
"""

import argparse
import json
import re
import shutil
from pathlib import Path

import numpy as np
import torch
from rich.filesize import decimal
from safetensors.torch import save_file
from torch import Tensor

from training import captions, scenes, tokenizer
from training.config import Config, read
from training.model import model_cfg

OBJECTS = 600  # everyday things in the bank of contrast prompts
SURFACES = [
    "a blurry picture",
    "random noise",
    "a colourful pattern",
    "stripes",
    "an abstract texture",
    "a grid",
    "confetti",
    "dots",
    "a swirl",
    "a plain background",
    "a gradient",
]
IDLE = {
    "a",
    "an",
    "the",
    "of",
    "on",
    "in",
    "at",
    "with",
    "by",
    "under",
    "over",
    "and",
    "to",
    "from",
    "for",
    "no",
    "s",
    *captions.COLOURS,
}


def export(checkpoint: Path, config: Config, bpe: Path, folder: Path) -> None:
    """The averaged weights in half precision, open_clip's configuration and the tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    save_file({k: _half(k, v) for k, v in state.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # it is written for its owner's eyes only
    shutil.copyfile(bpe, folder / "bpe.txt.gz")
    cfg = {
        "model_cfg": model_cfg(config, tokenizer.load(bpe).vocab_size),
        "preprocess_cfg": {"mean": list(config.mean), "std": list(config.std), "interpolation": "bilinear"},
    }
    (folder / "open_clip_config.json").write_text(json.dumps(cfg, indent=2) + "\n", encoding="utf-8")


def _half(name: str, value: Tensor) -> Tensor:
    """Statistics of BatchNorm stay in full precision: they are few, and small variances would vanish."""
    keep = not value.is_floating_point() or "running_" in name
    return value.contiguous() if keep else value.half().contiguous()


def bank(art: Path) -> list[tuple[str, str]]:
    """(prompt, words) rows: what else a picture could be, and the words by which a prompt means the same thing.

    A prompt is never set against a row that shares a word with it: "a tree" not against "a pine tree".
    """
    concepts = json.loads(art.with_suffix(".json").read_text(encoding="utf-8"))["concepts"]
    drawn = np.bincount(np.load(art)["concept"], minlength=len(concepts))
    common = [c for c, n in zip(concepts, drawn, strict=True) if n >= 6 and c["weight"] >= 0.4]
    common.sort(key=lambda c: (-c["weight"], c["names"]))
    rows = {captions.article(c["names"][0]): " ".join(c["names"] + c["tags"]) for c in common[:OBJECTS]}
    for time, when in scenes.WHEN.items():
        for place, names in scenes.WORDS.items():
            prompt = scenes.ALONE[time][0] if place == "sky" else when[0].format(names[0])
            rows[prompt] = " ".join([*names, *when, *scenes.ALONE[time]])
    rows |= {f"a {colour} background": "background" for colour in captions.COLOURS}
    rows |= {text: text for text in SURFACES}
    return [(prompt, " ".join(sorted(set(re.findall("[a-z]+", words)) - IDLE))) for prompt, words in rows.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--checkpoint", default="last.pt", help="file in that folder (default: last.pt)")
    parser.add_argument("--art", type=Path, help="sprites.npz; writes the contrast bank as well")
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    export(args.run / args.checkpoint, read(args.config), args.run / "bpe.txt.gz", args.to)
    if args.art:
        text = "".join(f"{prompt}\t{words}\n" for prompt, words in bank(args.art))
        (args.to / "bank.txt").write_text(text, encoding="utf-8")
    print(f"{args.to}: {decimal(sum(p.stat().st_size for p in args.to.iterdir() if p.is_file()))}")


if __name__ == "__main__":
    main()
