"""artgen: a generator draws, perceptors look, losses judge, and the picture carries its recipe.

The Python side of it, which docs/python.md shows at work::

    preset = artgen.load("quickstart", prompts="a red heart", seed=7)
    artgen.run(preset).save("heart.png")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgen.deprecation import Moved, moved

if TYPE_CHECKING:
    from artgen.api import Result as Result
    from artgen.api import StepEvent as StepEvent
    from artgen.compare.replay import Verdict, replay
    from artgen.engine.finish_picture import FinishedPicture, finish
    from artgen.engine.loop import Run
    from artgen.engine.run import resume, run, steps
    from artgen.errors import ArtgenError as ArtgenError
    from artgen.errors import InputError as InputError
    from artgen.errors import RunError as RunError
    from artgen.films.making import FilmResult, FrameEvent, film, resume_film
    from artgen.planning.estimate import Estimate
    from artgen.planning.making import plan
    from artgen.preset.loading import load
    from artgen.preset.model import Preset
    from artgen.sweeps.making import sweep

    __version__: str

__all__ = [
    "ArtgenError",
    "Estimate",
    "FilmResult",
    "FinishedPicture",
    "FrameEvent",
    "InputError",
    "Preset",
    "Result",
    "Run",
    "RunError",
    "StepEvent",
    "Verdict",
    "__version__",
    "film",
    "finish",
    "load",
    "plan",
    "replay",
    "resume",
    "resume_film",
    "run",
    "steps",
    "sweep",
]

_HOMES = {
    "ArtgenError": "artgen.errors",
    "Estimate": "artgen.planning.estimate",
    "FilmResult": "artgen.films.making",
    "FinishedPicture": "artgen.engine.finish_picture",
    "FrameEvent": "artgen.films.making",
    "InputError": "artgen.errors",
    "Preset": "artgen.preset.model",
    "Result": "artgen.api",
    "Run": "artgen.engine.loop",
    "RunError": "artgen.errors",
    "StepEvent": "artgen.api",
    "Verdict": "artgen.compare.replay",
    "film": "artgen.films.making",
    "finish": "artgen.engine.finish_picture",
    "load": "artgen.preset.loading",
    "plan": "artgen.planning.making",
    "replay": "artgen.compare.replay",
    "resume": "artgen.engine.run",
    "resume_film": "artgen.films.making",
    "run": "artgen.engine.run",
    "steps": "artgen.engine.run",
    "sweep": "artgen.sweeps.making",
}


def _first_use(name: str) -> Any:
    """Import the public names on first use, so that `import artgen` stays light."""
    if name == "__version__":
        from artgen.version import own_version

        return own_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'artgen' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


if not TYPE_CHECKING:  # a type checker shall not think that every name is there
    __getattr__ = moved(__name__, {"Course": Moved("artgen.Run", since="0.2", until="0.4")}, _first_use)


def __dir__() -> list[str]:
    """What completion offers, also before the first use."""
    return sorted({*globals(), *__all__})
