"""Draws ``layers.svg``: the packages of artgen in their layers, as ``pyproject.toml`` has them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

DOCS = Path(__file__).parent
LEFT, WIDTH, GAP = 150, 724, 9.6
ROW, HEIGHT, TOP = 50, 40, 16
FONTS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"

SHORT = {
    "cli": "one file a command",
    "gallery": "pictures, their page",
    "doctor": "this machine",
    "lock": "environments",
    "notebook": "steering, in a cell",
    "scaffold": "a plugin's package",
    "studio": "steering, on a page",
    "watching": "a page of a folder",
    "sweeps": "one preset with many settings, side by side",
    "compare": "likeness, diff, score, replay",
    "testing": "contracts for plugins",
    "planning": "what a picture takes, before it is drawn",
    "films": "frames, and the files that show them moving",
    "steering": "what a hand changes while a picture is drawn",
    "engine": "the loop, guidance, assembly, checkpoints, determinism",
    "reporters": "terminal, notebook, run folder",
    "importing": "what importers of other programs' files share",
    "preset": "YAML to a typed preset, mistakes with their lines",
    "registry": "what is installed",
    "hookspecs": "what a plugin can offer",
    "canvas": "numbers that an optimiser moves",
    "api": "specs, protocols, Env",
    "results": "StepEvent, Result",
    "prompts": "what to draw",
    "recipe": "what made a picture",
    "video": "pictures of films that are read, and how things move in them",
    "weights": "where they come from",
    "vectors": "paths as pixels, and as SVG",
    "colours": "Oklab, palettes",
    "picture": "pixels in and out",
    "sound": "numbers that follow a song",
    "fields": "types of settings: schedules, paths, names",
    "deprecation": "old names",
    "files": "whole or not",
    "machine": "cores, memory",
    "memory": "halving",
    "pages": "what pages share",
    "errors": "one line each",
    "rng": "keyed streams",
}
"""What each is, in as few words as fit; those without are said by their names."""
PARTS = {
    "tools": "cli",
    "a run": "films",
    "a preset": "importing",
    "for plugins": "hookspecs",
    "data": "prompts",
    "ground": "deprecation",
}
"""What the layers from that of a package on, down to the next, are for."""


def layers() -> list[list[str]]:
    """The packages of each layer, from the top down."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    found = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in found if layer != "__main__"]


def public() -> set[str]:
    """The packages whose import paths stay, as the map in ``architecture.md`` says."""
    return set(
        re.findall(r"^\| `(\w+)` \| public", (DOCS / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE)
    )


def drawn() -> str:
    """The whole file."""
    found, kept = layers(), public()
    said = f"From the top to the ground: {', '.join(name for layer in found for name in layer)}."
    bottom = TOP + ROW * len(found)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 890 {bottom + 34}" role="img" '
        f'aria-labelledby="title text" font-family="{FONTS}" font-size="15">',
        '  <title id="title">The packages of artgen, in layers</title>',
        f'  <desc id="text">{said} Each imports only what lies below it.</desc>',
        _STYLE,
        *(box for row, layer in enumerate(found) for box in _boxes(layer, TOP + ROW * row, kept)),
        *_brackets(found),
        f'  <rect x="150" y="{bottom + 8}" width="16" height="16" rx="3" fill="#2f7d6b"/>'
        f'<text class="note" x="174" y="{bottom + 21}">public: these import paths stay</text>',
        f'  <rect x="510" y="{bottom + 8}" width="16" height="16" rx="3" fill="#4a5a73"/>'
        f'<text class="note" x="534" y="{bottom + 21}">private</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


_STYLE = """  <style>
    .core rect { fill: #4a5a73 }
    .public rect { fill: #2f7d6b }
    .way { stroke: #808691; fill: none; stroke-width: 2.5 }
    .name { fill: #fff; font-weight: 600; text-anchor: middle; font-size: 14.5px }
    .more { fill: #fff; fill-opacity: .88; font-size: 12px; text-anchor: middle }
    .note { fill: #737a86; font-size: 13px }
    .end { text-anchor: end }
  </style>"""


def _boxes(layer: Sequence[str], y: int, kept: set[str]) -> Iterator[str]:
    width = (WIDTH - GAP * (len(layer) - 1)) / len(layer)
    for number, name in enumerate(layer):
        x = LEFT + number * (width + GAP)
        middle, more = round(x + width / 2), SHORT.get(name)
        text = f'<text class="name" x="{middle}" y="{y + (18 if more else 25)}">{name}</text>'
        if more:
            text += f'<text class="more" x="{middle}" y="{y + 33}">{escape(more, quote=False)}</text>'
        box = f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{HEIGHT}" rx="7"/>'
        yield f'  <g class="{"public" if name in kept else "core"}">{box}{text}</g>'


def _brackets(found: Sequence[Sequence[str]]) -> Iterator[str]:
    begins = [next(row for row, layer in enumerate(found) if name in layer) for name in PARTS.values()]
    for part, first, end in zip(PARTS, begins, [*begins[1:], len(found)], strict=True):
        top, bottom = TOP + ROW * first, TOP + ROW * (end - 1) + HEIGHT
        label = f'<text class="note end" x="126" y="{(top + bottom) // 2 + 5}">{part}</text>'
        yield f'  <path class="way" d="M136 {top}V{bottom}"/>{label}'
