"""Presets: YAML in, a typed `Preset` out, or every mistake of the file at its line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny
from pydantic_core import PydanticCustomError

from artgen import api
from artgen.errors import InputError, nearest
from artgen.files import confined, write_text
from artgen.preset.auto_stop import AutoStopField
from artgen.preset.merging import Override
from artgen.preset.overlay import Overlay
from artgen.preset.start import StartField
from artgen.preset.transparency import TransparencyField
from artgen.prompts import Prompts
from artgen.recipe import metadata

MAX_SIDE = 8192
MAX_PIXELS = 1 << 24


def _size(value: Any) -> Any:
    """``512`` (a square), ``[640, 360]`` or ``640x360``: width, then height."""
    if isinstance(value, str):
        value = value.lower().replace("×", "x").split("x")
    sides = list(value) if isinstance(value, (list, tuple)) else [value, value]
    try:
        width, height = (int(side) if isinstance(side, str) else side for side in sides)
    except ValueError:
        width = height = None
    if not (isinstance(width, int) and isinstance(height, int)) or isinstance(width, bool):
        raise PydanticCustomError("size", "expected a size in pixels such as 512, 640x360 or [640, 360]")
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        text = f"{width}x{height} is out of range; each side is 1 to {MAX_SIDE}, at most {MAX_PIXELS} pixels in all"
        raise PydanticCustomError("size", "{text}", {"text": text})
    return width, height


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", value):
        raise PydanticCustomError("device", "expected auto, cpu, mps, cuda or cuda:0, cuda:1, ...")
    return value


Size = Annotated[
    tuple[int, int],
    BeforeValidator(_size, json_schema_input_type=int | str | tuple[int, int]),
]


class Settings(BaseModel):
    """What a preset says besides its components."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    about: str = ""
    """One line on what the preset makes."""
    prompts: Prompts = ()
    """What to draw: `text:weight:stop`, joined by `|`, or a list of texts and mappings."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Same seed, same picture; null draws a new one and records it."""
    size: Annotated[Size, Field(json_schema_extra={"default": 256})] = (256, 256)
    """Width and height in pixels: 512, 640x360 or [640, 360]."""
    steps: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    """How many steps the run takes."""
    batch: Annotated[int, Field(ge=1, le=256)] = 1
    """How many pictures are drawn at once, with the seeds seed, seed+1, ...; the best one is kept as the picture."""
    start: StartField | None = None
    """What to begin with: a picture, a run's folder, a colour, or perlin, fractal, gradient or snow."""
    overlay: Overlay | None = None
    """A picture that is laid over the drawing again and again while it grows."""
    transparent: TransparencyField = None
    """true: what the picture does not need becomes see-through, and the PNG has an alpha channel."""
    auto_stop: AutoStopField = None
    """true: stop when the loss no longer falls."""
    device: Annotated[str, AfterValidator(_device)] = "auto"
    """auto, cpu, mps, cuda or cuda:N; auto takes a GPU where there is one."""
    deterministic: bool = False
    """true: the same bytes with any number of threads, in any batch, and each time on a GPU; slower, on one thread."""
    recipe: Literal["full", "private", "none"] = "full"
    """What the picture tells of how it was made: everything, everything but the prompts, or nothing."""
    chunk: Annotated[int, Field(ge=1)] | None = None
    """How many views go through a perceptor at once; null: all, halved when memory runs out. Changes no gradient."""
    frames: Annotated[int, Field(ge=2, le=64)] = 6
    """How many moments of the run the progress strip shows."""


class Preset(Settings):
    """A whole preset, ready to run. Made by `load` or `parse`, which check what a single field cannot."""

    generator: SerializeAsAny[api.GeneratorSpec]
    """What draws."""
    perceptors: dict[str, SerializeAsAny[api.PerceptorSpec]] = Field(default_factory=dict)
    """Models that compare the picture with texts, such as CLIP, by names of your own."""
    views: tuple[SerializeAsAny[api.AugmentationSpec], ...] = ()
    """How the picture is cut and changed before the perceptors see it."""
    losses: tuple[SerializeAsAny[api.LossSpec], ...] = ()
    """What judges the picture; the sum, by their weights, is what the run makes small."""
    filters: tuple[SerializeAsAny[api.FilterSpec], ...] = ()
    """Changes to every drawing, one after the other, before anything looks at it."""
    reporters: tuple[SerializeAsAny[api.ReporterSpec], ...] = ()
    """What watches the run, besides the files and the progress bar that each run has."""

    def resolved(self) -> dict[str, Any]:
        """Every setting with its value, defaults too, as plain data that `parse` reads back to an equal preset."""
        return self.model_dump(mode="json", exclude_none=True)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.resolved(), sort_keys=False, allow_unicode=True, width=100)

    def save(self, path: Path) -> None:
        """Write the resolved preset as YAML."""
        write_text(path, self.to_yaml())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from artgen.picture.preview import preset_html

        return preset_html(self)


SECTIONS: dict[str, tuple[str, Literal["one", "list", "named"]]] = {
    "generator": ("generator", "one"),
    "perceptors": ("perceptor", "named"),
    "views": ("view", "list"),
    "losses": ("loss", "list"),
    "filters": ("filter", "list"),
    "reporters": ("reporter", "list"),
}
"""The sections of a preset that hold components: their kind, and whether one, a list or a mapping by name."""


Given = Preset | str | Path | Mapping[str, Any]
"""What a preset can be made from: one that is there, the path or name of one, a picture's path, or plain data."""


def load(preset: Given, /, overrides: str | Sequence[Override] = (), **settings: Any) -> Preset:
    """A preset, checked, with changes on top::

        artgen.load("quickstart", prompts="a red heart", seed=7)
        artgen.load("mine.yaml", ["losses.clip.weight=2", "views[0].count=16"])

    Args:
        preset: the path of a file, the name of a shipped preset, a picture that artgen made (it stands for the preset
            in its recipe, which may name files beside it and below the current folder only), plain data, or a `Preset`.
        overrides: ``key.path=value`` texts as for ``artgen run --set``, or pairs of a path and a value; or one text.
        settings: whole settings by name, such as ``seed=7``; they are laid on last.

    Raises:
        PresetError: with every mistake, each at its file, line and column.
        InputError: if there is no such file, or it cannot be read.
    """
    from artgen.preset.checking import Checker

    changes = [*([overrides] if isinstance(overrides, str) else overrides), *settings.items()]
    if isinstance(preset, Preset):
        return parse(preset.resolved(), changes) if changes else preset
    if isinstance(preset, Mapping):
        return parse(preset, changes)
    file = find(preset)
    if file.suffix.lower() in metadata.SUFFIXES:
        # The picture may come from a stranger, who shall not choose which files are read.
        with confined((Path(), file.parent)):
            return parse(metadata.read(file)["preset"], changes, str(file))
    return Checker().load(file, changes)


def parse(data: Mapping[str, Any], overrides: Sequence[Override] = (), source: str = "preset") -> Preset:
    """The preset of plain Python data, checked exactly as a file is."""
    from artgen.preset.checking import Checker

    return Checker().parse(data, overrides, source)


def shipped() -> dict[str, Path]:
    """The presets that artgen and its plugins ship, by name."""
    from artgen.registry.plugins import discover

    own = Path(__file__).parent.parent / "shipped_presets"
    # An editable install runs from the repository, where the presets stand beside the package.
    folders = [own if own.is_dir() else Path(__file__).parents[2] / "presets"]
    folders += [folder for _, folder in discover().preset_folders]
    found: dict[str, Path] = {}
    for file in (file for folder in folders for file in sorted(folder.glob("[!_]*.yaml"))):
        # The first of a name wins, because installing a plugin must not change what a name draws.
        found.setdefault(file.stem, file)
    return found


def thumbnail(preset: Path) -> Path | None:
    """The small picture that a shipped preset comes with."""
    picture = preset.parent / "thumbnails" / f"{preset.stem}.png"
    return picture if picture.is_file() else None


def find(path: str | Path) -> Path:
    """The file of `path`: itself, or the shipped preset of that name; InputError otherwise."""
    if Path(path).is_file():
        return Path(path)
    if Path(path).is_dir():
        raise InputError(f"{path}: is a folder; name a preset file in it")
    names = shipped()
    if str(path) in names:
        return names[str(path)]
    guess = nearest(Path(path).stem, names)
    meant = f"; did you mean the shipped preset '{guess}'?" if guess else "; `artgen presets` lists the shipped ones"
    raise InputError(f"{path}: there is no such file or shipped preset{meant}")
