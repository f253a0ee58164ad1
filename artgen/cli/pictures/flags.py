"""Flags for the settings that are changed most, such as ``--seed 7`` for ``--set seed=7``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import click

from artgen.cli.types import Named

Override = tuple[str, Any]

_NUMBER = re.compile(r"[+-]?\d{1,30}")
_RANGE = re.compile(r"(\d{1,30})-(\d{1,30})")


def _qualities() -> list[str]:
    from artgen.preset.settings.quality import QUALITIES

    return list(QUALITIES)


@dataclass(frozen=True)
class Flags:
    """What was typed for each; None if it was not."""

    prompt: str | None
    seed: str | None
    steps: str | None
    size: str | None
    batch: str | None
    quality: str | None

    def spelt(self) -> dict[str, str]:
        """The flag that each setting was given by, for messages."""
        typed = {"prompts" if name == "prompt" else name: f"--{name}" for name in self._typed()}
        return {"batch": "--seed", **typed} if _RANGE.fullmatch(self.seed or "") else typed

    def overrides(self) -> list[Override]:
        """The settings, as `load` takes them. InputError for seeds that make no batch."""
        found: list[Override] = [] if self.prompt is None else [("prompts", self.prompt)]
        if self.seed is not None:
            found += _of_seed(self.seed, self.batch)
        others = ((name, text) for name, text in self._typed().items() if name not in ("prompt", "seed"))
        return [*found, *((name, _value(text)) for name, text in others)]

    def _typed(self) -> dict[str, str]:
        return {name: text for name, text in vars(self).items() if text is not None}


_SEED = "another seed; 1-12 draws the pictures of twelve seeds at once, random a new one"
_QUALITY = "how much work it is worth: draft, normal, better, best, ..."
_OPTIONS = (
    click.option("--prompt", metavar="TEXT", help="what to draw instead: text:weight:stop | ..."),
    click.option("--seed", metavar="N", help=_SEED),
    click.option("--steps", metavar="N", help="another number of steps"),
    click.option("--size", metavar="WxH", help="another size in pixels, such as 640x360, or 512 for a square"),
    click.option("-n", "--batch", metavar="N", help="how many pictures are drawn at once; the best is kept"),
    click.option("--quality", type=Named(_qualities), metavar="WORD", help=_QUALITY),
)


def setting_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options; the function gets them together, as `flags`."""

    @functools.wraps(function)
    def gathered(**given: Any) -> Any:
        return function(flags=Flags(**{field.name: given.pop(field.name) for field in fields(Flags)}), **given)

    for option in reversed(_OPTIONS):
        option(gathered)
    return gathered


def _of_seed(text: str, batch: str | None) -> list[Override]:
    from artgen.errors import InputError

    if text.strip().lower() in ("random", "new", "null", ""):
        return [("seed", None)]
    if not (match := _RANGE.fullmatch(text.strip())):
        return [("seed", _value(text))]
    first, last = map(int, match.groups())
    if last < first:
        raise InputError(f"--seed {text}: ends before it begins; write {last}-{first}")
    if batch is not None:
        raise InputError(f"--seed {text}: says how many pictures there are; leave out --batch")
    return [("seed", first), ("batch", last - first + 1)]


def _value(text: str) -> Any:
    return int(text) if _NUMBER.fullmatch(text.strip()) else text
