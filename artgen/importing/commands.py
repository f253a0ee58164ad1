"""Command lines of Python scripts in any text, taken apart as a shell and ``argparse`` do; nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_LINES, MOST_LETTERS = 40, 10_000
"""Lines, and characters, that a command may go on for."""
MOST_COMMANDS = 200
"""Commands of a text that are looked at."""
LONGEST_NAME = 300
"""Characters that a notebook's ``{name}`` may stand for."""
_START = re.compile(
    r"(?:^|[\s/!`%])(?:python[\w.]*(?:\.exe)?\s+(?:-\w\s+)*|py\s+|run\s+|\./)[\"']?\S|^\s*[\w./\\]+\.py\s"
)
_PROMPT = re.compile(r"^\s*(?:[-*>$%!]\s+|[!%]|PS [^>]*>\s*|[\w@:~/\\. ()-]*[$#>]\s+(?=\S*(?:python|\./)))*")
_CONTINUED = re.compile(r"[\\^`]\s*$")
_PLACE = re.compile(r"\{(\w+)\}|\$\{?(\w+)\}?")
_VARIABLE = re.compile(r"\$\{?\w|\{[A-Za-z_]\w*\}")
_OUTSIDE = "stands for what the shell or the program knows; write it into the preset."
_NEGATIVE = re.compile(r"-\d+|-\d*\.\d+(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Command:
    """A script's name without ``.py``, and the words after it."""

    script: str
    words: tuple[str, ...]


def find(text: str, names: Mapping[str, Any]) -> tuple[Command, ...]:
    """The commands in a text, in its order; `names` are what a notebook's ``{name}`` and ``$name`` stand for."""
    return tuple(_commands(text.splitlines(), names))


def _commands(lines: list[str], names: Mapping[str, Any]) -> Iterator[Command]:
    at = tried = 0
    while at < len(lines) and tried < MOST_COMMANDS:
        if not _START.search(lines[at][:MOST_LETTERS]):
            at += 1
            continue
        tried += 1
        words, used = _words(lines[at : at + MOST_LINES])
        at += used
        found = _command(words)
        if found:
            yield Command(found.script, tuple(_filled(word, names) for word in found.words))


def _words(lines: list[str]) -> tuple[list[str], int]:
    """The words of the first command, and how many lines it takes."""
    joined, used = "", 0
    for line in lines:
        used += 1
        goes_on = bool(_CONTINUED.search(line))
        joined += _CONTINUED.sub(" ", line) if goes_on else line
        if len(joined) > MOST_LETTERS:
            break
        if goes_on and used < len(lines):
            continue
        words = _split(joined)
        if words is not None:
            return words, used
        joined += "\n"
    first = _CONTINUED.sub(" ", lines[0][:MOST_LETTERS])
    return first.replace('"', " ").replace("'", " ").split(), 1


def _split(line: str) -> list[str] | None:
    """As a shell does, up to where another command begins; None if a quote is left open."""
    line = _PROMPT.sub("", line, count=1).strip()
    # Markdown has commands between backquotes.
    if line.startswith("`"):
        line = line.strip("`")
    reader = shlex.shlex(line, posix=True, punctuation_chars=";|&<>")
    reader.whitespace_split, reader.commenters = True, ""
    words: list[str] = []
    try:
        for word in reader:
            if word and set(word) <= set(";|&<>"):
                break
            words.append(word)
    except ValueError:
        return None
    return words


def _command(words: list[str]) -> Command | None:
    """The script among a command's first words, after ``python``, its switches, and what sets variables."""
    for place, word in enumerate(words[:8]):
        if word.startswith("-") or "=" in word:
            continue
        name = re.split(r"[/\\]", word)[-1]
        is_module = place > 0 and words[place - 1] == "-m"
        if name.endswith(".py") or is_module:
            return Command(name.removesuffix(".py"), tuple(words[place + 1 :]))
    return None


def _filled(word: str, names: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        found = names.get(match[1] or match[2])
        text = str(found) if isinstance(found, (str, int, float)) else match[0]
        return text if len(text) <= LONGEST_NAME else match[0]

    return _PLACE.sub(value, word)


@dataclass(frozen=True)
class Option:
    """What an option is called in a settings file, and how many values it takes; -1: as many as there are."""

    key: str
    count: int = 1
    is_switch: bool = False
    """Whether it may stand without a value, which means yes."""


class Options:
    """The options of a program, by all their spellings."""

    def __init__(self, options: Mapping[str, Option]) -> None:
        self._options = dict(options)

    def read(self, words: tuple[str, ...]) -> tuple[dict[str, Any], int, list[str]]:
        """The settings, how many of them are the program's, and a note on each word that is nobody's."""
        settings: dict[str, Any] = {}
        notes: list[str] = []
        known, place = 0, 0
        while place < len(words):
            word = words[place]
            place += 1
            if not _is_option(word):
                notes.append(f"{word} - a word of the command line that belongs to no option; left out.")
                continue
            name, glued, value = word.partition("=")
            option = self._find(name)
            taken = [value] if glued else []
            if not glued:
                most = 1 if option is None else len(words) if option.count < 0 else option.count
                while len(taken) < most and place < len(words) and not _is_option(words[place]):
                    taken.append(words[place])
                    place += 1
            known += option is not None
            key = option.key if option else name.lstrip("-")
            settings[key] = _value(option, taken)
            notes += [f"{name}: {text}" for text in _wrong(option, taken)]
            notes += [f"{key}: {word} - {_OUTSIDE}" for word in taken if _VARIABLE.search(word)]
        return settings, known, notes

    def _find(self, name: str) -> Option | None:
        """An option by its name, or by a beginning that only one has, as argparse takes it."""
        if name in self._options:
            return self._options[name]
        if not name.startswith("--"):
            return None
        fitting = {option for spelling, option in self._options.items() if spelling.startswith(name)}
        return fitting.pop() if len(fitting) == 1 else None


def _is_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and not _NEGATIVE.fullmatch(word) and " " not in word.strip()


def _value(option: Option | None, taken: list[str]) -> Any:
    if option is not None and option.count != 1 and not option.is_switch:
        return taken
    if taken:
        return taken[0]
    return True


def _wrong(option: Option | None, taken: list[str]) -> list[str]:
    if option is None or option.is_switch or option.count < 0 or len(taken) == option.count:
        return []
    return [f"needs {option.count} value{'s' * (option.count > 1)}, has {len(taken)}."]


def spelled(options: Mapping[str, tuple[str, ...]], **more: Any) -> dict[str, Option]:
    """Options by their spellings, from their keys: ``spelled({"prompts": ("-p", "--prompts")}, count=1)``."""
    return {spelling: Option(key, **more) for key, spellings in options.items() for spelling in spellings}
