"""Fields that hold the name of another part of the preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Ref:
    """Marks a string field as the name of another part of the preset, checked like any other mistake."""

    section: str


@dataclass(frozen=True)
class Part:
    """Marks a field that holds another component, which a preset writes as it writes any of that kind."""

    kind: str


PerceptorRef = Annotated[str, Ref("perceptors")]
"""The name of one of the preset's perceptors."""
