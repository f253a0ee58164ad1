"""Tries what may crash, in a process of its own: ``python -m artgen.doctor.probe TASK...`` prints a JSON line a task.

A task is ``import:module`` or ``import:module:name``, ``device``, or ``preset:PRESET``.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from artgen.errors import one_line


def main(tasks: list[str]) -> None:
    # What libraries print by themselves must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for task in tasks:
        kind, _, rest = task.partition(":")
        try:
            answer = {"task": task, "data": {"import": _import, "device": _device, "preset": _preset}[kind](rest)}
        except BaseException as error:  # a library may even call exit
            answer = {"task": task, "error": one_line(error, kind=True)}
        print(json.dumps(answer), file=answers, flush=True)
    # Some libraries crash on their way out, when everything has been said.
    os._exit(0)


def _import(name: str) -> None:
    module, _, attribute = name.partition(":")
    loaded = importlib.import_module(module)
    if attribute and not hasattr(loaded, attribute):
        try:
            importlib.import_module(f"{module}.{attribute}")
        except ModuleNotFoundError:
            getattr(loaded, attribute)


def _device(_: str) -> dict[str, Any]:
    import torch

    from artgen.engine.devices import pick_device

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        chosen = pick_device("auto")
        count = torch.cuda.device_count()
    gpus = [_gpu(index) for index in range(count)] if chosen.type == "cuda" else []
    return {
        "auto": chosen.type,
        "build": torch.version.cuda or getattr(torch.version, "hip", None),
        "said": [str(warning.message).strip().partition("\n")[0] for warning in said],
        "gpus": gpus,
        "threads": torch.get_num_threads(),
        "broken": _fault(chosen),
    }


def _gpu(index: int) -> dict[str, Any]:
    import torch

    free, total = torch.cuda.mem_get_info(index)
    return {"name": torch.cuda.get_device_name(index), "free": free, "total": total}


def _fault(device: Any) -> str | None:
    """What comes of one small sum on the device."""
    import torch

    try:
        (torch.ones(2, device=device) + 1).sum().item()
    except Exception as error:  # no kernel for this GPU, no memory left, a driver that is gone
        return one_line(error, kind=True)
    return None


def _preset(name: str) -> list[dict[str, Any]]:
    """What the preset fetches, one by one."""
    from artgen.preset.loading import load
    from artgen.preset.needs import downloads

    return [_need(download) for download in downloads(load(name))]


def _need(download: Any) -> dict[str, Any]:
    """Its name and the bytes that are on this machine, None if it is not; or why that cannot be told."""
    try:
        path = download.where()
        return {"name": download.name, "bytes": None if path is None else _size(path), "error": None}
    except Exception as error:  # it may need a library that is broken
        return {"name": download.name, "bytes": None, "error": one_line(error, kind=True)}


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    main(sys.argv[1:])
