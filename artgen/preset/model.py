"""The typed preset: its settings, the sections of components, and what components are called in a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html import escape
from math import gcd
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, SerializeAsAny

from artgen import api
from artgen.errors import is_plain
from artgen.fields.block import Block, wrong_setting
from artgen.fields.dumping import as_data
from artgen.fields.introspection import parts_of
from artgen.fields.moments import At, Moment
from artgen.fields.pairs import whole_pair
from artgen.fields.widgets import Slider
from artgen.files import write_text
from artgen.preset.nodes import Node
from artgen.preset.settings.auto_stop import AutoStopField
from artgen.preset.settings.device import checked as _device
from artgen.preset.settings.film import Film
from artgen.preset.settings.overlay import Overlay
from artgen.preset.settings.start import StartField
from artgen.preset.settings.sweep import Sweep
from artgen.preset.settings.touches import Painting, Reseed
from artgen.preset.settings.transparency import TransparencyField
from artgen.prompts import Prompts
from artgen.registry.fence import asked
from artgen.registry.plugins import discover

MAX_SIDE = 8192
MAX_PIXELS = 1 << 24


def _size(value: Any) -> Any:
    """``512`` (a square), ``[640, 360]``, ``640x360`` or ``16:9@640``: width, then height."""
    if isinstance(value, str):
        _refuse_shape(value)
        value = _of_ratio(value) or value
    pair = whole_pair(value)
    if pair is None:
        raise wrong_setting("expected a size in pixels such as 512, 640x360, 16:9@640 or [640, 360]")
    width, height = pair
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        text = f"{width}x{height} is out of range; each side is 1 to {MAX_SIDE}, at most {MAX_PIXELS} pixels in all"
        raise wrong_setting(text)
    return width, height


def _of_ratio(text: str) -> tuple[int, int] | None:
    """``21:9@672``: the shape, and the longer side in pixels; None if it is not written so."""
    match = re.fullmatch(r"\s*(\d{1,4})\s*[:/]\s*(\d{1,4})\s*@\s*(\d{1,5})(?:px)?\s*", text)
    if match is None or not int(match[1]) or not int(match[2]):
        return None
    width, height, longer = (int(number) for number in match.groups())
    scale = longer / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _refuse_shape(text: str) -> None:
    """Other notations that people have; what they mean is said, and not guessed."""
    if match := re.fullmatch(r"\s*(\d{1,4})\s*[:/]\s*(\d{1,4})\s*", text):
        shares = [int(share) for share in match.groups()]
        if all(shares):
            raise wrong_setting(_of_shape(text.strip(), *shares))
    if match := re.fullmatch(r"\s*(\d{1,5})(?:px)?\s*[,;* ]\s*(\d{1,5})(?:px)?\s*", text):
        said = f"expected a size in pixels, got '{text}'; write {match[1]}x{match[2]}"
        raise wrong_setting(said)


def _of_shape(text: str, width: int, height: int) -> str:
    common = gcd(width, height)
    width, height = width // common, height // common
    # Sides that the models like, about as many pixels as the default.
    times = max(1, round(256 / (width * height) ** 0.5 / 16) * 16)
    return f"{text} is a shape; say how long its longer side is, such as {text}@{times * max(width, height)}"


Size = Annotated[
    tuple[int, int],
    BeforeValidator(_size, json_schema_input_type=int | str | tuple[int, int]),
]


class Settings(Block):
    """What a preset says besides its components."""

    about: str = ""
    """One line on what the preset makes."""
    prompts: Prompts = ()
    """What to draw: `text:weight:stop`, joined by `|`, or a list of texts and mappings."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Same seed, same picture; null draws a new one and records it."""
    size: Annotated[Size, Field(json_schema_extra={"default": 256})] = (256, 256)
    """Width and height in pixels: 512, 640x360 or [640, 360]; or a shape and its longer side: 21:9@672, 2:3@512."""
    steps: Annotated[int, Field(ge=1, le=1_000_000), Slider(10, 2000, scale="log")] = 200
    """How many steps the run takes."""
    batch: Annotated[int, Field(ge=1, le=256), Slider(1, 16)] = 1
    """How many pictures are drawn at once, with the seeds seed, seed+1, ...; the one nearest to the prompts is kept as
    the picture."""
    start: StartField | None = None
    """What to begin with: a picture, a run's folder, a colour, or perlin, fractal, gradient or snow."""
    frame: Annotated[int, Field(ge=0)] | None = None
    """Which frame of a film the picture is, in the recipes of frames: its random numbers are keyed by it."""
    film: Film | None = None
    """A film in the place of one picture: how long it is, how its camera moves, what each frame keeps of the last."""
    sweep: Annotated[Sweep | None, Field(exclude=True)] = None
    """Many pictures, each with other settings, which `artgen sweep` makes. No recipe has it."""
    overlay: Overlay | None = None
    """A picture that is laid over the drawing again and again while it grows."""
    paint: Annotated[tuple[Painting, ...], Field(max_length=4096)] = ()
    """Pictures that are laid over the drawing once, each before its step, such as what was painted by hand."""
    reseed: Annotated[tuple[Reseed, ...], Field(max_length=4096)] = ()
    """Other seeds from later steps on."""
    transparent: TransparencyField = None
    """true: what the picture does not need becomes see-through, and the PNG has an alpha channel."""
    auto_stop: AutoStopField = None
    """true: stop when the loss no longer falls."""
    judge_every: Moment = At(5, percent=True)
    """How often the `judges` look, in steps or as a share of the run; at the finished drawing they always do."""
    best: Literal["loss", "judges"] = "loss"
    """Which picture of a batch is kept as the picture: the one of the lowest loss, or the one that the judges like
    most."""
    device: Annotated[str, AfterValidator(_device)] = "auto"
    """auto, cpu, mps, cuda or cuda:N; auto takes a GPU where there is one."""
    deterministic: bool = False
    """true: the same bytes with any number of threads, in any batch, and each time on a GPU; slower, on one thread."""
    recipe: Literal["full", "private", "none"] = "full"
    """What the picture tells of how it was made: everything, everything but the prompts, or nothing, not even that a
    program made it."""
    chunk: Annotated[int, Field(ge=1)] | None = None
    """How many views go through a perceptor at once; null: all, halved when memory runs out. Changes only roundings."""
    frames: Annotated[int, Field(ge=2, le=64)] = 6
    """How many moments of the run the progress strip shows."""


class Preset(Settings):
    """A whole preset, ready to run. Made by `load` or `parse`, which check what a single field cannot."""

    generator: SerializeAsAny[api.GeneratorSpec]
    """What draws."""
    draft: SerializeAsAny[api.GeneratorSpec] | None = None
    """A generator whose first drawing is what the other begins with, such as the VQGAN's guess at the prompts."""
    perceptors: dict[str, SerializeAsAny[api.PerceptorSpec]] = Field(default_factory=dict)
    """Models that compare the picture with texts, such as CLIP, by names of your own."""
    views: tuple[SerializeAsAny[api.AugmentationSpec], ...] = ()
    """How the picture is cut and changed before the perceptors see it."""
    losses: tuple[SerializeAsAny[api.LossSpec], ...] = ()
    """What judges the picture; the sum, by their weights, is what the run makes small."""
    filters: tuple[SerializeAsAny[api.FilterSpec], ...] = ()
    """Changes to every drawing, one after the other, before anything looks at it."""
    judges: dict[str, SerializeAsAny[api.PerceptorSpec | api.LossSpec]] = Field(default_factory=dict)
    """What looks at the drawing now and then and guides nothing, by names of your own: perceptors, which compare it
    with the prompts, and losses."""
    finish: tuple[SerializeAsAny[api.FinishSpec | api.FilterSpec], ...] = ()
    """What is done once to the finished pictures, one after the other: stages of their own kind, and filters."""
    reporters: tuple[SerializeAsAny[api.ReporterSpec], ...] = ()
    """What watches the run, besides the files and the progress bar that each run has."""

    def resolved(self) -> dict[str, Any]:
        """Every setting with its value, defaults too, as plain data that `parse` reads back to an equal preset.

        A component of a plugin says whose it is: ``type: artgen-brushwork:strokes``.
        """
        given = {name: value for name in SECTIONS if (value := getattr(self, name)) is not None}
        components = {name: SECTIONS[name].each(value, written) for name, value in given.items()}
        return {**as_data(self, exclude=set(SECTIONS)), **components}

    def to_yaml(self) -> str:
        return as_yaml(self.resolved())

    def save(self, path: Path) -> None:
        """Write the resolved preset as YAML."""
        write_text(path, self.to_yaml())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return preset_html(self)


class Section(NamedTuple):
    """A section of a preset that holds components."""

    kind: str
    shape: Literal["one", "list", "named"]

    def each(self, value: Any, make: Callable[[Any], Any]) -> Any:
        """What `make` makes of each component of a section whose value that is, in its shape."""
        if self.shape == "one":
            return make(value)
        named = self.shape == "named"
        return {name: make(one) for name, one in value.items()} if named else [make(one) for one in value]

    def walk(self, name: str, holder: Node) -> Iterator[tuple[str, Node]]:
        """The path and the node of each component of the section `name`, as far as it has the right shape."""
        if self.shape == "one":
            yield name, holder
        elif self.shape == "list" and holder.is_list:
            yield from ((f"{name}[{i}]", node) for i, node in enumerate(holder.value))
        elif self.shape == "named" and holder.is_mapping:
            yield from ((f"{name}.{key}", node) for key, node in holder.value.items())


SECTIONS = {
    "generator": Section("generator", "one"),
    "draft": Section("generator", "one"),
    "perceptors": Section("perceptor", "named"),
    "views": Section("view", "list"),
    "losses": Section("loss", "list"),
    "filters": Section("filter", "list"),
    "judges": Section("judge", "named"),
    "finish": Section("finish", "list"),
    "reporters": Section("reporter", "list"),
}


def written(spec: api.Spec) -> dict[str, Any]:
    """A component as a recipe holds it: every setting with its value, and whose it is."""
    with asked(partial(discover().title_of, spec)):
        data = as_data(spec)
    _say_types(spec, data)
    return data


def _say_types(spec: api.Spec, data: dict[str, Any]) -> None:
    """Write into a component's data whose it is, and whose those are that it holds."""
    data["type"] = type_of(spec)
    for name in parts_of(type(spec)):
        if data.get(name) is not None:
            _say_types(getattr(spec, name), data[name])


def type_of(spec: api.Spec) -> str:
    """What says for good which component a spec is of: ``dist:name``, and the name alone where it is artgen's."""
    component = discover().of_spec(spec)
    return component.full_name if component else spec.type


def numbered(names: Iterable[str]) -> list[str]:
    """What the components of a section are called in a run, given the id or else the type of each.

    The second of a name gets #2, whatever others stand between. Random streams and curves are keyed by these names, so
    that this rule may never change: old pictures would no longer come out the same.
    """
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def as_yaml(resolved: Mapping[str, Any], ascii_only: bool = False) -> str:
    """A resolved preset as the text of a preset's file; other letters than ASCII's as escapes, if asked.

    So they stand, too, where one of them would turn the direction of writing: the text may be a stranger's.
    """
    text: str = yaml.safe_dump(dict(resolved), sort_keys=False, allow_unicode=not ascii_only, width=100)
    return text if ascii_only or is_plain(text) else as_yaml(resolved, ascii_only=True)


def preset_html(preset: Preset) -> str:
    """What the preset says as YAML; every setting, defaults too, is folded away below."""
    whole = as_data(preset, exclude_unset=True)
    fields = type(preset).model_fields
    said = {key: value for key, value in whole.items() if getattr(preset, key) != fields[key].default}
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None)
    every = f"<details><summary>every setting</summary>{_pre(preset.to_yaml())}</details>"
    return f"<div>{_pre(text)}{every}</div>"


def _pre(text: str) -> str:
    marked = re.sub(r"(?m)^(\w+:)", r"<b>\1</b>", escape(text))
    return f'<pre style="margin:0;background:none;color:inherit;white-space:pre-wrap">{marked}</pre>'
