"""The example presets beside this file: which page each belongs to, and what its picture compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from artgen.preset.loading import load
from artgen.preset.model import Preset

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "examples"
PICTURES = ROOT / "docs" / "pictures"
LOOKED_AT = "gallery/pixel.png"
"""Whose views are shown."""

View = Literal["alone", "without", "growth", "seeds", "seen", "views", "tiled"]
"""What a picture shows: the result; beside it the one without what the example is about; how it grew; the results of
three seeds; the result and how the last prompt sees it; the views that a perceptor gets; the result four times, as a
tile."""

_VIEWS: dict[str, View] = {
    "generator-evolve": "growth",
    "generator-vqgan": "growth",
    "generator-vqgan-gradient": "growth",
    "view-cutouts": "views",
    "view-kornia": "views",
    "filter-tile": "tiled",
    "loss-clip": "alone",
    "prompt-negative": "without",
    "prompt-noise": "without",
    "prompt-vector": "without",
    "prompt-image": "without",
    "prompt-direction": "growth",
    "prompt-choices": "seeds",
    "prompt-scenes": "growth",
    "prompt-travel": "growth",
    "prompt-seen": "seen",
    "setting-start": "growth",
    "setting-overlay": "growth",
    "value-schedule": "growth",
}
"""Where it is not plain from the kind."""
_SECTIONS = {"loss": "losses", "filter": "filters", "finish": "finish"}
"""Where those stand whose picture shows the result without them, too."""

CAPTIONS: dict[View, str] = {
    "alone": "",
    "without": "Without it, with it.",
    "growth": "From the first step to the last.",
    "seeds": "This seed and the two after it.",
    "seen": "The picture, and as the last prompt sees it.",
    "views": "A picture, and what the perceptor gets to see of it.",
    "tiled": "Four tiles without it, four with it.",
}


@dataclass(frozen=True)
class Example:
    """One file of ``docs/examples``: ``kind-name.yaml``, or ``kind-name-variant.yaml``."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]

    @property
    def picture(self) -> Path:
        return PICTURES / f"{self.name}.png"

    @property
    def command(self) -> str:
        """What makes its picture, from the root of the repository."""
        file = self.path.relative_to(ROOT).as_posix()
        return f"artgen views {file} --image {LOOKED_AT}" if self.view == "views" else f"artgen run {file}"

    @property
    def view(self) -> View:
        return _VIEWS.get(self.name, "without" if self.kind in _SECTIONS else "alone")

    @cached_property
    def preset(self) -> Preset:
        return load(self.path)

    @property
    def needs_hub(self) -> bool:
        """Whether a part of it has weights that do not come with artgen."""
        parts = (self.preset.generator, *self.preset.perceptors.values())
        return any(getattr(part, "model", "embedded") != "embedded" for part in parts)

    @property
    def given(self) -> Path | None:
        """The picture that the part it is about was given, to be shown first."""
        subjects = (*self.preset.losses, *self.preset.filters, *self.preset.finish, *self.preset.prompts)
        found = (getattr(part, "image", None) for part in subjects)
        return next(filter(None, found), None)

    def without(self) -> Preset:
        """The same preset without what the example is about: a loss, filter or finishing stage, or the last prompt."""
        preset, subject = self.preset, self.name.split("-")[1]
        if self.kind == "prompt":
            return preset.model_copy(update={"prompts": preset.prompts[:-1]})
        section = _SECTIONS[self.kind]
        rest = tuple(part for part in getattr(preset, section) if part.type != subject)
        return preset.model_copy(update={section: rest})


@cache
def examples() -> tuple[Example, ...]:
    """All of them, by name."""
    return tuple(Example(path) for path in sorted(FOLDER.glob("*.yaml"), key=lambda path: path.stem))


def about(kind: str, name: str) -> Iterator[Example]:
    """Those that belong to one page or section, the plain one first."""
    yield from (example for example in examples() if f"{example.name}-".startswith(f"{kind}-{name}-"))
