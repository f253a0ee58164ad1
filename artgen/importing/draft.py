"""A preset in the making: settings and components with comments, written as YAML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

WIDTH = 118
ORDER = (
    "about",
    "prompts",
    "seed",
    "size",
    "steps",
    "start",
    "overlay",
    "transparent",
    "auto_stop",
    "device",
    "frames",
    "generator",
    "perceptors",
    "views",
    "losses",
    "filters",
    "film",
)
_WORD = re.compile(r"(?:\.\.?/)*[A-Za-z](?:[\w ./'()!?-]*[\w./'()!?-])?", re.ASCII)
_MEASURE = re.compile(r"\d+(\.\d+)?[%fs]|\d+x\d+", re.ASCII)
_NO_TEXT = {"null", "true", "false", "yes", "no", "on", "off"}


@dataclass(frozen=True)
class Noted:
    """An item of a list with its comments; one that is `off` is a comment itself, to be put in force by hand."""

    value: Any
    notes: tuple[str, ...] = ()
    off: bool = False


@dataclass
class Draft:
    """What has been settled, by the preset's keys."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    off: dict[str, Any] = field(default_factory=dict)
    """Values that are written as comments, above those in force."""

    def note(self, key: str, text: str) -> None:
        """A comment above `key`; the key ``""`` is the head of the file."""
        self.notes.setdefault(key, []).append(text)

    def text(self) -> str:
        """The YAML of it all."""
        lines = ["# yaml-language-server: $schema=./preset.schema.json", *comments(self.notes.get("", ()), "")]
        for key in ORDER:
            lines += comments(self.notes.get(key, ()), "")
            if key in self.off:
                lines += [f"# {line}" for line in _entry(key, self.off[key])]
            if key in self.values:
                lines += _entry(key, self.values[key])
        return "\n".join(lines) + "\n"


def shown(value: Any) -> str:
    """A setting's value as a comment may quote it: one line, not long, nothing that YAML refuses."""
    text = " ".join(printable(str(value)).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def printable(text: str) -> str:
    """Without what is no letter, sign or space."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def prompt_text(text: str) -> str:
    """A text as a prompt may have it: braces hold choices here."""
    return re.sub(r"[{}]", lambda match: "\\" + match[0], text)


def number(value: float) -> int | float:
    """Rounded to six digits, and whole if it is."""
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def comments(notes: Sequence[str], indent: str) -> Iterator[str]:
    """Lines of YAML that say each of the notes."""
    for note in notes:
        yield from textwrap.wrap(
            printable(note),
            WIDTH,
            initial_indent=f"{indent}# ",
            subsequent_indent=f"{indent}#   ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _entry(key: str, value: Any) -> list[str]:
    """``key: value``: a list as a block of items, a mapping in one line if it fits."""
    if isinstance(value, list):
        # A key with nothing but comments below it would have no value.
        is_off = all(isinstance(item, Noted) and item.off for item in value)
        return [f"{'# ' * is_off}{key}:", *(line for item in value for line in _item(item))]
    if isinstance(value, Mapping) and key == "perceptors":
        return [f"{key}:", *(line for name, part in value.items() for line in _named(name, part))]
    return _broken(key, value, "")


def _broken(key: str, value: Any, indent: str) -> list[str]:
    """``key: value`` in one line if it fits; else a mapping's items in lines of their own, and numbers in several."""
    line = f"{indent}{key}: {_flow(value)}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(value, Mapping):
        inner = (_broken(_flow(name), part, f"{indent}  ") for name, part in value.items())
        return [f"{indent}{key}:", *(line for lines in inner for line in lines)]
    if isinstance(value, list) and all(isinstance(item, (int, float)) for item in value):
        return textwrap.wrap(line, WIDTH, subsequent_indent=f"{indent}  ", break_long_words=False)
    return [line]


def _named(name: str, item: Any) -> list[str]:
    if not isinstance(item, Noted):
        item = Noted(item)
    return [*comments(item.notes, "  "), f"  {'# ' * item.off}{name}: {_flow(item.value)}"]


def _item(item: Any) -> list[str]:
    if not isinstance(item, Noted):
        item = Noted(item)
    lines = [f"- {_flow(item.value)}"]
    if isinstance(item.value, Mapping) and len(lines[0]) > WIDTH:
        first, *rest = (line for name, part in item.value.items() for line in _broken(_flow(name), part, ""))
        lines = [f"- {first}", *(f"  {line}" for line in rest)]
    return [*comments(item.notes, "  "), *(f"  {'# ' * item.off}{line}" for line in lines)]


def _flow(value: Any) -> str:
    """`value` on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return str(number(value)) if isinstance(value, float) else str(value)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """Bare where no reader of YAML could take it for anything else."""
    if _MEASURE.fullmatch(text):
        return text
    if _WORD.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    style = "'" if "\\" in text or '"' in text else '"'
    return yaml.safe_dump(text, default_style=style, allow_unicode=True, width=1 << 30).rstrip("\n")
