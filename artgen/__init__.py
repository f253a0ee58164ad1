"""artgen: a generator draws, perceptors look, losses judge, and the picture carries its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artgen.api import Result as Result
    from artgen.loop import run as run
    from artgen.presets import load as load

__version__ = "0.1.0"
__all__ = ["Result", "__version__", "load", "run"]

_HOMES = {"load": "artgen.presets", "run": "artgen.loop", "Result": "artgen.api"}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that `import artgen` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'artgen' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
