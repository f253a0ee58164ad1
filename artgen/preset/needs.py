"""What a preset needs before it can run: the files it names, and the weights it downloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from artgen.api import Spec
from artgen.errors import InputError
from artgen.fields.introspection import parts_of
from artgen.preset.model import Preset
from artgen.preset.settings.depth import PATTERNS
from artgen.registry.fence import asked
from artgen.registry.plugins import discover
from artgen.video import raft
from artgen.weights import Download, Repository, is_offline
from artgen.weights.cache import SWITCHED_OFF


def downloads(preset: Preset) -> list[Download]:
    """What its components say that they fetch, and the models of its depth and its flow, each once."""
    moves = preset.start.depth_models if preset.start else ()
    camera = preset.film.camera.depth if preset.film else None
    models = dict.fromkeys((*moves, *((camera.model,) if camera and camera.model else ())))
    flow = raft.PUBLISHED.get(str(preset.start.flow)) if preset.start and preset.start.video else None
    return [*downloads_of(specs(preset)), *(Repository(model, PATTERNS) for model in models), *([flow] if flow else [])]


def downloads_of(components: Iterable[Spec]) -> list[Download]:
    """What these say that they fetch, each once."""
    found: dict[str, Download] = {}
    for spec in components:
        with asked(partial(discover().title_of, spec)):
            found.update((download.name, download) for download in spec.downloads())
    return list(found.values())


def refuse_missing(preset: Preset) -> None:
    """InputError if downloads are switched off and something of it is not on this machine: all of that in one line."""
    absent = missing(downloads(preset)) if is_offline() else []
    if absent:
        raise InputError(
            f"{', '.join(absent)}: {'are' if len(absent) > 1 else 'is'} not in the cache, and {SWITCHED_OFF}; "
            f"download {'them' if len(absent) > 1 else 'it'} first, or name what is here"
        )


def missing(found: Iterable[Download]) -> list[str]:
    """The names of those that are not on this machine."""
    return [download.name for download in found if _is_missing(download)]


def _is_missing(download: Download) -> bool:
    with asked(download.name):
        return download.where() is None


def specs(preset: Preset) -> Iterator[Spec]:
    """Every component of the preset, and those that they hold."""
    parts: Iterable[Spec] = (
        *preset.views,
        *preset.losses,
        *preset.filters,
        *preset.judges.values(),
        *preset.finish,
        *preset.reporters,
    )
    drawing = (preset.generator, preset.draft) if preset.draft else (preset.generator,)
    for spec in (*drawing, *preset.perceptors.values(), *parts):
        yield from with_held(spec)


def with_held(spec: Spec) -> Iterator[Spec]:
    """The component and those that it holds."""
    yield spec
    for name in parts_of(type(spec)):
        if (held := getattr(spec, name)) is not None:
            yield from with_held(held)


def input_files(spec: object) -> Iterator[Path]:
    """Every path in a spec, a preset, or whatever they hold."""
    if isinstance(spec, Path):
        yield spec
    elif isinstance(spec, BaseModel):
        for name in type(spec).model_fields:
            yield from input_files(getattr(spec, name))
    elif isinstance(spec, Mapping):
        for value in spec.values():
            yield from input_files(value)
    elif isinstance(spec, (list, tuple)):
        for value in spec:
            yield from input_files(value)
