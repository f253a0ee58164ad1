"""The heart of the preset ``pulse``: what the embedded VQGAN draws for "a red heart", cut out and set small::

python -m training.heart --out presets/inputs/heart.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

import artgen

SIZE, SMALL, CORNER = 256, 112, (72, 74)
"""Pixels of the canvas and of the heart, and the heart's upper left corner."""
CLEAR = (240, 50, 50, 0)
"""Of what is see-through: the heart's colour, which does not show when it is scaled."""


def heart() -> Image.Image:
    preset = artgen.load(
        "vqgan", prompts="a red heart", seed=13, size=SIZE, batch=1, steps=10, transparent=True, finish=[]
    )
    drawn = artgen.run(preset)
    canvas = Image.new("RGBA", (SIZE, SIZE), CLEAR)
    canvas.paste(drawn.image.resize((SMALL, SMALL), Image.Resampling.LANCZOS), CORNER)
    return canvas


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    heart().save(parser.parse_args().out, optimize=True)


if __name__ == "__main__":
    main()
