"""The device, memory, threads, room on the disk, and where can be written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from artgen.doctor.checks import Check, ok, problem, warning
from artgen.doctor.probe_runner import ProbeResult
from artgen.machine import cores, memory

AREA = "machine"
_NEEDED = 4e9
"""Bytes of memory below which the shipped presets may not fit."""
_ROOM, _LITTLE_ROOM = 0.2e9, 5e9
"""Bytes on a disk below which a run may fail, and below which a model may not fit."""


def look(result: ProbeResult) -> Iterator[Check]:
    """`result`: of the probe's task ``device``."""
    if result.error:
        yield warning(AREA, f"the device could not be looked at ({result.error})", "mend the libraries above first")
    else:
        yield from _device(result.data)
    yield _memory()
    yield _threads(result.data)
    if shutil.which("ffmpeg"):
        yield ok(AREA, "ffmpeg is there")
    else:
        yield ok(AREA, "ffmpeg is not there; only films of a run would need it")


def _device(data: Mapping[str, Any]) -> Iterator[Check]:
    cards = "; ".join(f"{gpu['name']}, {decimal(gpu['free'])} of {decimal(gpu['total'])} free" for gpu in data["gpus"])
    build = f"CUDA {data['build']}" if data["build"] else "CPU"
    yield ok(AREA, f"device auto is {data['auto']}{f' ({cards})' if cards else ''}; torch is built for {build}")
    if data["broken"]:
        text = f"{data['auto']} is chosen, and does not work ({data['broken']})"
        yield problem(AREA, text, "update the driver or torch; until then add --set device=cpu")
    if data["auto"] == "cpu":
        yield from _unused_gpu(data)


def _unused_gpu(data: Mapping[str, Any]) -> Iterator[Check]:
    for line in data["said"]:
        yield warning(AREA, f"torch says: {line}", "update the GPU's driver, or install a torch for the one you have")
    if data["said"] or not _has_nvidia():
        return
    if not data["build"]:
        fix = "install a torch that is built for CUDA, as its web page says"
        yield warning(AREA, "there is an NVIDIA GPU, and torch is built for the CPU alone", fix)
    else:
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
        fix = "unset CUDA_VISIBLE_DEVICES" if hidden is not None else "see whether nvidia-smi works; update the driver"
        yield warning(AREA, "there is an NVIDIA GPU that torch cannot use", fix)


def _has_nvidia() -> bool:
    return any(Path("/proc/driver/nvidia/gpus").glob("*"))


def _memory() -> Check:
    total, free = memory()
    if not total:
        return ok(AREA, "memory: this system does not say")
    text = f"memory: {decimal(total)}" + (f", {decimal(free)} free" if free else "")
    if min(total, free or total) < _NEEDED:
        return warning(AREA, text, "close other programs; use a smaller size, fewer views, or --set chunk=4")
    return ok(AREA, text)


def _threads(data: Mapping[str, Any] | None) -> Check:
    count = cores()
    wanted = os.environ.get("OMP_NUM_THREADS")
    used = f", torch uses {data['threads']} threads" if data else ""
    text = f"{count} CPU cores{used}{f' (OMP_NUM_THREADS={wanted})' if wanted else ''}"
    if wanted and wanted.isdigit() and int(wanted) > count:
        return warning(AREA, f"{text}: more threads than cores are slower", f"export OMP_NUM_THREADS={count}")
    return ok(AREA, text)


def look_at_folders(folders: Mapping[str, Path]) -> Iterator[Check]:
    """`folders`: what each is for; one that is not there yet is judged by the nearest that is."""
    for title, folder in folders.items():
        yield _folder(title, folder)


def _folder(title: str, folder: Path) -> Check:
    area, there = "folders", folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        fix = f"choose another folder, or change who may write in {there}"
        return problem(area, f"{title}: {folder} cannot be written ({error.strerror})", fix)
    text = f"{title}: {folder}, {decimal(free)} free"
    if free < _ROOM:
        return problem(area, text, "free some room on that disk")
    return warning(area, text, "free some room; a model may need more") if free < _LITTLE_ROOM else ok(area, text)
