"""Flags for the settings that are changed most, such as ``--seed 7`` for ``--set seed=7``."""

from __future__ import annotations

import argparse
import re
from typing import Any

Override = tuple[str, Any]

_NUMBER = re.compile(r"[+-]?\d{1,30}")
_RANGE = re.compile(r"(\d{1,30})-(\d{1,30})")


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prompt", metavar="TEXT", help="what to draw instead: text:weight:stop | ...")
    seed = "another seed; 1-12 draws the pictures of twelve seeds at once, random a new one"
    parser.add_argument("--seed", metavar="N", help=seed)
    parser.add_argument("--steps", metavar="N", help="another number of steps")
    parser.add_argument("--size", metavar="WxH", help="another size in pixels, such as 640x360, or 512 for a square")
    parser.add_argument("-n", "--batch", metavar="N", help="how many pictures are drawn at once; the best is kept")
    parser.add_argument("--quality", metavar="WORD", help="how much work it is worth: draft, normal, better, best, ...")


def flags(given: argparse.Namespace) -> dict[str, str]:
    """The flag that each setting was given by, for messages."""
    keys = {"prompt": "prompts", **{key: key for key in ("seed", "steps", "size", "batch", "quality")}}
    typed = {key: f"--{flag}" for flag, key in keys.items() if getattr(given, flag) is not None}
    return {"batch": "--seed", **typed} if _RANGE.fullmatch(given.seed or "") else typed


def overrides(given: argparse.Namespace) -> list[Override]:
    """The settings that the flags name, as `load` takes them. InputError for seeds that make no batch."""
    found: list[Override] = [] if given.prompt is None else [("prompts", given.prompt)]
    if given.seed is not None:
        found += _of_seed(given.seed, given.batch)
    for key in ("steps", "size", "batch", "quality"):
        if (text := getattr(given, key)) is not None:
            found.append((key, _value(text)))
    return found


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
