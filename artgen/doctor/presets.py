"""What one preset needs that this machine does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.filesize import decimal

from artgen.doctor.checks import Check, ok, problem, warning
from artgen.doctor.probe_runner import ProbeResult
from artgen.errors import PresetError
from artgen.machine import memory
from artgen.preset.loading import load
from artgen.preset.model import Preset
from artgen.weights import is_offline

AREA = "preset"


def look(name: str, device: ProbeResult, needs: ProbeResult) -> Iterator[Check]:
    """`device`, `needs`: of the probe's tasks ``device`` and ``preset``.

    Raises:
        InputError: if there is no such preset.
    """
    try:
        preset = load(name)
    except PresetError as error:
        for mistake in error.problems:
            yield problem(AREA, str(mistake), "mend that line; `artgen plugins` lists what presets can name")
        return
    yield ok(AREA, f"{name}: every setting is right")
    yield from _device(preset, device.data)
    if needs.error:
        text = f"what it has to download could not be told ({needs.error})"
        yield warning(AREA, text, "mend the libraries above first")
    else:
        yield from _downloads(name, needs.data)
        yield from _room(needs.data, device.data)


def _device(preset: Preset, data: Mapping[str, Any] | None) -> Iterator[Check]:
    kind, _, index = preset.device.partition(":")
    if not data or kind in ("auto", "cpu"):
        return
    if kind != data["auto"] or (kind == "cuda" and int(index or 0) >= len(data["gpus"])):
        yield problem(AREA, f"this machine has no '{preset.device}'", "add --set device=auto")


def _downloads(name: str, needs: list[dict[str, Any]]) -> Iterator[Check]:
    fix = f"artgen weights fetch --preset {name}"
    for need in needs:
        if need["error"]:
            text = f"whether {need['name']} is on this machine could not be told ({need['error']})"
            yield warning(AREA, text, "mend the libraries above first")
        elif need["bytes"] is not None:
            yield ok(AREA, f"{need['name']} is here, {decimal(need['bytes'])}")
        elif is_offline():
            text = f"{need['name']} is not on this machine, and downloads are switched off (ARTGEN_OFFLINE)"
            yield problem(AREA, text, f"unset ARTGEN_OFFLINE HF_HUB_OFFLINE; {fix}")
        else:
            yield warning(AREA, f"{need['name']} is not on this machine; the first run downloads it", fix)


def _room(needs: list[dict[str, Any]], data: Mapping[str, Any] | None) -> Iterator[Check]:
    """Whether the models alone fill the device; what else a run takes is not known before it runs."""
    size = sum(need["bytes"] or 0 for need in needs)
    free = data["gpus"][0]["free"] if data and data["gpus"] else memory()[1]
    if free and size > free:
        text = f"its models take {decimal(size)}, and {decimal(free)} of memory are free"
        yield warning(AREA, text, "close other programs, choose a smaller model, or precision: bf16")
