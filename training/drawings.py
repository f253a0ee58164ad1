"""Draw all art large: ``python -m training.drawings --data data --out data/drawings.npy``; some ten minutes, 5 GB.

The models that draw learn from edges, so they need pictures in which edges are sharp: 256 px. As they do not fit into
memory as numbers, they stay on the disk and are read as they are needed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training import names
from training.render import Collector, pictures
from training.sources import art

SIZE = 256


class Drawings:
    """What this command wrote: pictures with premultiplied alpha, and what each shows."""

    def __init__(self, path: Path) -> None:
        self.pixels = np.load(path, mmap_mode="r")
        """(N, 256, 256, 4) of uint8"""
        table: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        self.concepts: list[dict[str, Any]] = table["concepts"]
        self.sets: list[dict[str, Any]] = table["styles"]
        self.concept = np.array(table["concept"])
        self.set = np.array(table["style"])
        self.family = np.array([s["family"] for s in self.sets])[self.set]
        self.tint = np.array([bool(s["tint"]) for s in self.sets])[self.set]
        self.weight = np.array([c["weight"] for c in self.concepts])[self.concept]

    def __len__(self) -> int:
        return len(self.pixels)

    def rgba(self, index: np.ndarray) -> Tensor:
        """(B, 4, 256, 256) in [0, 1], colours multiplied by alpha."""
        return torch.from_numpy(self.pixels[np.asarray(index)]).permute(0, 3, 1, 2).float() / 255

    def on_white(self, index: np.ndarray) -> Tensor:
        """(B, 3, 256, 256) in [0, 1]"""
        rgba = self.rgba(index)
        return rgba[:, :3] + 1 - rgba[:, 3:]


class Store(Collector):
    """Appends each picture to a file instead of keeping it."""

    def __init__(self, emoji: names.Emoji, path: Path) -> None:
        super().__init__(emoji)
        self.count, self.path, self.file = 0, path, path.with_suffix(".raw").open("wb")

    def keep(self, rgba: np.ndarray) -> None:
        wide = rgba.astype(np.uint16)
        colours = (wide[..., :3] * wide[..., 3:] + 127) // 255
        self.file.write(np.concatenate([colours, wide[..., 3:]], -1).astype(np.uint8).tobytes())
        self.count += 1

    def save(self, path: Path) -> None:
        """The pixels behind numpy's header; the names as JSON beside them."""
        self.file.close()
        raw = self.path.with_suffix(".raw")
        with path.open("wb") as out, raw.open("rb") as pixels:
            shape = (self.count, SIZE, SIZE, 4)
            np.lib.format.write_array_header_2_0(out, {"descr": "|u1", "fortran_order": False, "shape": shape})
            while block := pixels.read(1 << 24):
                out.write(block)
        raw.unlink()
        table = {
            "concepts": [vars(c) for c in self.concepts],
            "styles": [vars(s) for s in art()],
            "concept": self.concept_of,
            "style": self.style_of,
        }
        path.with_suffix(".json").write_text(json.dumps(table), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/drawings.npy"))
    args = parser.parse_args()
    store = Store(names.Emoji(args.data / "emojibase"), args.out)
    for style, source in enumerate(art()):
        for icon, rgba in pictures(source, args.data / source.folder, SIZE):
            store.add(style, icon, rgba, only_emoji=source.files)
        print(f"{source.set:14} {store.count:6} drawings, {len(store.concepts)} concepts", flush=True)
    store.save(args.out)


if __name__ == "__main__":
    main()
