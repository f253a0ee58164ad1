"""The lists of words that texts with choices name: their lines are read into the text when a preset is checked.

A list is a file, or else what a plugin offers by that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from artgen.errors import InputError
from artgen.fields import offered
from artgen.fields.paths import neighbours, refuse_outside
from artgen.files import MissingFile, read_text
from artgen.prompts.templates import (
    MAX_DEPTH,
    Assignment,
    Piece,
    Pieces,
    Variable,
    Wildcard,
    WildcardChoice,
    joined,
    parse,
    write,
)

MAX_LENGTH = 1 << 18
"""Of a text in characters, its files read in."""
MAX_FILES = 256
FOLDER = "wildcards"
"""Where files may lie besides the preset's own folder."""


class _NoFile(ValueError):
    """There is no file of that name."""


class Filler:
    """Puts the lines of files in place of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.length = 0
        """Of all that was read for one text."""

    def filled(self, parts: Pieces, seen: tuple[str, ...] = ()) -> Pieces:
        """ValueError if a file is not there, cannot be read, or names itself in the end."""
        return joined([self._filled(part, seen) for part in parts])

    def _filled(self, part: Piece, seen: tuple[str, ...]) -> Piece:
        if isinstance(part, WildcardChoice):
            return self._choice(part, seen)
        if isinstance(part, Wildcard):
            return self._wildcard(part, seen)
        if isinstance(part, Assignment):
            return replace(part, value=self.filled(part.value, seen))
        if isinstance(part, Variable) and part.default is not None:
            return replace(part, default=self.filled(part.default, seen))
        return part

    def _choice(self, choice: WildcardChoice, seen: tuple[str, ...]) -> WildcardChoice:
        """Several of ``{2$$__name__}`` are different lines of its file."""
        options: list[Pieces] = []
        weights: list[float] = []
        for place, option in enumerate(choice.options):
            weight = choice.weights[place] if choice.weights else 1.0
            if option and isinstance(option[0], str) and option[0].startswith("@"):
                lines: list[Pieces] = [(line,) for line in self._literal_lines(_name_of(option))]
            elif only := _only_wildcard(choice):
                inner = self._lines_of(only, seen)
                return self._checked(replace(choice, options=inner.options, weights=inner.weights))
            else:
                lines = [self.filled(option, seen)]
            options += lines
            weights += [weight] * len(lines)
        even = len(set(weights)) == 1
        return self._checked(replace(choice, options=tuple(options), weights=None if even else tuple(weights)))

    def _checked(self, choice: WildcardChoice) -> WildcardChoice:
        """With its bounds filled in."""
        there = len(choice.options) if choice.weights is None else sum(weight > 0 for weight in choice.weights)
        high = there if choice.high is None else choice.high
        if choice.low < high:
            high = min(high, there)
        if not choice.low <= high <= there or high == 0:
            wanted = f"{choice.low}" if choice.low == choice.high else f"{choice.low}-{choice.high or ''}"
            raise ValueError(f"{wanted}$$ asks for {wanted} of {there} options")
        return replace(choice, high=high)

    def _wildcard(self, wildcard: Wildcard, seen: tuple[str, ...]) -> WildcardChoice:
        choice = self._lines_of(wildcard, seen)
        if not wildcard.given:
            return choice
        given = [Assignment(name, (value,) if value else ()) for name, value in wildcard.given]
        return WildcardChoice(((*given, choice),))

    def _lines_of(self, wildcard: Wildcard, seen: tuple[str, ...]) -> WildcardChoice:
        """A choice of the lines, which are templates themselves."""
        if wildcard.name in seen or len(seen) > MAX_DEPTH:
            raise ValueError(f"the file of '__{wildcard.name}__' names itself in the end; break the circle")
        lines = self._lines(wildcard.name)
        inner = (*seen, wildcard.name)
        # Read as options, so that their weights are weights.
        choices = [parse("{" + line + "|}") for line in map(_without_bars, lines)]
        options = [choice.options[0] for (choice,) in choices if isinstance(choice, WildcardChoice)]
        weights = [
            choice.weights[0] if choice.weights else 1.0 for (choice,) in choices if isinstance(choice, WildcardChoice)
        ]
        even = len(set(weights)) == 1
        filled = tuple(self.filled(option, inner) for option in options)
        return WildcardChoice(filled, weights=None if even else tuple(weights))

    def _lines(self, name: str) -> list[str]:
        files = list(self._paths(name))
        if files:
            return [line for path, called in files for line in self._read(path, called)]
        lines = self._offered(name)
        if lines is None:
            near = neighbours(self.folder / f"{name}.txt", Path.is_file)
            near = offered.nearest("words", name) or near or r"; write '\__' for underscores in the text"
            raise ValueError(f"'__{name}__': there is no file '{name}.txt' to choose from{near}")
        return lines

    def _offered(self, name: str) -> list[str] | None:
        """The lines of a plugin's list; None if none is called so."""
        try:
            found = offered.find("words", name, self.folder)
        except InputError as error:
            raise ValueError(str(error)) from None
        return None if found is None or isinstance(found, Path) else self._counted("\n".join(found), name)

    def _paths(self, name: str) -> Iterator[tuple[Path, str]]:
        """Each file that the name stands for, and what to call it; a `*` counts in the last part of the name."""
        head, _, last = name.rpartition("/")
        if "*" in head or "**" in last or ".." in name.split("/"):
            raise ValueError(f"'__{name}__': a '*' may stand in the last part of the name alone")
        for folder in (self.folder / FOLDER, self.folder):
            if "*" not in name:
                found = [path for path in (folder / f"{name}.txt",) if path.is_file()]
            else:
                found = sorted((folder / head).glob(f"{last}.txt"))[:MAX_FILES]
            if found:
                yield from ((path, str(path.relative_to(self.folder))) for path in found)
                return

    def _literal_lines(self, name: str) -> list[str]:
        try:
            lines = self._read(self.folder / name, name)
        except _NoFile as missing:
            found = self._offered(name)
            if found is None:
                raise ValueError(
                    f"{missing}{offered.nearest('words', name) or neighbours(self.folder / name, Path.is_file)}"
                ) from None
            lines = found
        return [_literal(line) for line in lines]

    def _read(self, path: Path, name: str) -> list[str]:
        refuse_outside(path, name)
        try:
            text = read_text(path, MAX_LENGTH, "list of words", f"'{name}'")
        except MissingFile:
            raise _NoFile(f"there is no file '{name}' to choose from") from None
        except InputError as error:
            raise ValueError(str(error)) from None
        return self._counted(text, name)

    def _counted(self, text: str, name: str) -> list[str]:
        lines = [line.strip() for line in text.splitlines() if not line.startswith("#")]
        if not any(lines):
            raise ValueError(f"'{name}' holds no line to choose from")
        self.length += len(text)
        if self.length > MAX_LENGTH:
            raise ValueError(f"longer than {MAX_LENGTH} characters with its files")
        return [line for line in lines if line]


def _only_wildcard(choice: WildcardChoice) -> Wildcard | None:
    """The wildcard of ``{2$$__name__}``."""
    part = choice.options[0][0] if len(choice.options) == 1 and len(choice.options[0]) == 1 else None
    return part if isinstance(part, Wildcard) and not part.given else None


def _name_of(option: Pieces) -> str:
    return write(option)[1:].replace(r"\__", "__").strip()


def _without_bars(line: str) -> str:
    """A line whose bars outside of braces are text, because each line is one option."""
    depth, pieces = 0, []
    for token in re.findall(r"\\.|[{}|]|[^\\{}|]+|\\", line):
        depth += (token == "{") - (token == "}")
        pieces.append(rf"\{token}" if token == "|" and depth <= 0 else token)
    return "".join(pieces)


def _literal(line: str) -> str:
    """With spaces, which drawing takes away, where a sign at its end would mean something between braces."""
    return " " * line.startswith("@") + line + " " * line.endswith("\\")
