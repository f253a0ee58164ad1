"""What to say where a plugin is missing: a line that may be pasted into a shell, or none."""

from __future__ import annotations

import re

# The form of a distribution's name (PEP 508), and the letters of a version (PEP 440).
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.!+_-]{0,62}[A-Za-z0-9])?")


def advice(name: str, version: str) -> str:
    """The end of a message that a plugin is missing; nothing is advised for a name that no plugin can have."""
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
        return "; no plugin can be called so, so the recipe is damaged"
    return f"; if you trust it: pip install {name}=={version}"
