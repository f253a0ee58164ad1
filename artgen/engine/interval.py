"""How often a run writes a checkpoint. Imports no torch, so that a typo costs no seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from artgen.errors import InputError


@dataclass(frozen=True)
class CheckpointInterval:
    """How often a checkpoint is written: after so many steps, or when so many seconds have passed."""

    steps: int | None = None
    seconds: float | None = 30.0

    @classmethod
    def parse(cls, text: str) -> CheckpointInterval:
        """``50`` steps, ``30s`` seconds, or ``off``; InputError for anything else."""
        if text == "off":
            return cls(None, None)
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)(s?)", text)
        if not match or float(match[1]) <= 0 or not (match[2] or match[1].isdigit()):
            raise InputError(
                f"--checkpoint {text}: expected a number of steps such as 50, of seconds such as 30s, or off"
            )
        return cls(seconds=float(match[1])) if match[2] else cls(int(match[1]), None)
