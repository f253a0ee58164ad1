"""All checks of this machine, part by part; whatever breaks a part becomes one of its checks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from artgen.doctor import probe_runner
from artgen.doctor.checks import Check, guarded
from artgen.errors import InputError


def examine(preset: str | None = None, online: bool = False) -> list[Check]:
    """Everything there is to say about this machine, and about what `preset` needs of it.

    Raises:
        InputError: if there is no such preset.
    """
    from artgen.doctor import libraries, machine

    file = _file(preset) if preset else None
    tasks = [*map(libraries.task, libraries.needed()), "device", *([f"preset:{file}"] if file else [])]
    results = probe_runner.run(tasks)
    found = [
        *guarded("python", libraries.look_at_python),
        *guarded(libraries.AREA, lambda: libraries.look(results)),
        *guarded(machine.AREA, lambda: machine.look(results["device"])),
        *guarded("folders", _folders),
        *guarded("plugins", _plugins),
        *guarded("weights", lambda: _downloads(online)),
    ]
    if preset:
        found += guarded("preset", lambda: _preset(preset, results, f"preset:{file}"))
    return found


def _file(preset: str) -> Path | None:
    """The preset's file; None if what reads presets is broken, of which `guarded` tells."""
    try:
        from artgen.preset.shipped import find

        return find(preset)
    except InputError:
        raise
    except Exception:  # pydantic, or one of the others
        return None


def _folders() -> Iterable[Check]:
    import huggingface_hub.constants

    from artgen.doctor.machine import look_at_folders
    from artgen.weights import cache_folder

    hub = Path(huggingface_hub.constants.HF_HUB_CACHE)
    return look_at_folders({"runs": Path("runs"), "weights": cache_folder(), "model hub": hub})


def _plugins() -> Iterable[Check]:
    from artgen.doctor import plugins

    return plugins.look()


def _downloads(online: bool) -> Iterable[Check]:
    from artgen.doctor import downloads

    return downloads.look(online)


def _preset(name: str, results: dict[str, probe_runner.ProbeResult], task: str) -> Iterable[Check]:
    from artgen.doctor import presets

    return presets.look(name, results["device"], results[task])
