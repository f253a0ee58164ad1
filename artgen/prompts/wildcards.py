r"""Texts with choices: ``a {red|dark {green|blue}} bird``, ``{2$$sun|moon|stars}``, ``{@colours.txt}``.

``{a|b}`` is one of its options and ``{2$$a|b|c}`` two different ones, joined by commas; an option may hold choices of
its own, and may be empty. ``{@colours.txt}`` stands for the lines of a file beside the preset, without the empty ones
and those that begin with ``#``; of a preset that is not yours, look first which file it names: a recipe may read
beside it only, a preset whatever you may. ``\{`` and ``\}`` are braces, and inside braces ``\|`` is a bar.

Files are read into the text when the preset is checked, and the choices are drawn when a run is assembled, from a
stream of their own: same seed and same text, same choice, whatever else the preset says.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from artgen.errors import InputError
from artgen.fields.paths import LocatedText, neighbours, refuse_outside
from artgen.files import MissingFile, read_text

MAX_DEPTH = 16
MAX_LENGTH = 1 << 18
"""Of a text in characters, its files read in."""

MAX_CHOSEN = 4096
"""Of a text whose choices are made."""

_TOKEN = re.compile(r"\\[{}|]|[{}|]|\\|[^\\{}|]+")
_COUNT = re.compile(r"(\d{1,3})\$\$")

Pieces = tuple["str | WildcardChoice", ...]
Pick = Callable[[int, int], Sequence[int]]
"""``pick(n, count)``: the indices of `count` different ones of n options."""


@dataclass(frozen=True)
class WildcardChoice:
    """Braces and what stands between them."""

    options: tuple[Pieces, ...]
    count: int = 1


class Wildcards(str):
    """The source of a text whose choices are not made yet; its files are read in."""

    __slots__ = ()


def parse(source: str) -> Pieces:
    """The text's parts; ValueError says what is wrong with its braces."""
    tokens = deque(_TOKEN.findall(source))
    return _sequence(tokens, 0)


def _sequence(tokens: deque[str], depth: int) -> Pieces:
    """The parts up to the bar or brace that ends them, or to the end of the text."""
    parts: list[str | WildcardChoice] = []
    while tokens and not (depth and tokens[0] in ("|", "}")):
        token = tokens.popleft()
        if token == "{":
            parts.append(_choice(tokens, depth + 1))
        elif token == "}":
            raise ValueError(r"a '}' without its '{'; write '\}' for a brace")
        else:
            escaped = token in (r"\{", r"\}") or (depth and token == r"\|")
            parts.append(token[1:] if escaped else token)
    return _joined(parts)


def _joined(parts: Sequence[str | WildcardChoice]) -> Pieces:
    """With neighbouring texts made one."""
    joined: list[str | WildcardChoice] = []
    for part in parts:
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def _choice(tokens: deque[str], depth: int) -> WildcardChoice:
    if depth > MAX_DEPTH:
        raise ValueError(f"choices inside choices, more than {MAX_DEPTH} deep")
    options = [_sequence(tokens, depth)]
    while tokens and tokens[0] == "|":
        tokens.popleft()
        options.append(_sequence(tokens, depth))
    if not tokens:
        raise ValueError(r"a '{' without its '}'; write '\{' for a brace")
    tokens.popleft()
    if options == [()]:
        raise ValueError(r"an empty choice '{}'; put options between its braces, such as {red|blue}")
    return _counted(options)


def _counted(options: list[Pieces]) -> WildcardChoice:
    """With the count that may stand before the first option."""
    head, *rest = options[0] or ("",)
    match = _COUNT.match(head) if isinstance(head, str) else None
    if not (match and isinstance(head, str)):
        return WildcardChoice(tuple(options))
    first = head[match.end() :]
    return WildcardChoice(((*([first] if first else []), *rest), *options[1:]), int(match[1]))


def write(parts: Pieces, depth: int = 0) -> str:
    """The source that `parse` reads back to `parts`."""
    return "".join(_write_part(part, depth) for part in parts)


def _write_part(part: str | WildcardChoice, depth: int) -> str:
    if isinstance(part, str):
        return re.sub(r"[{}|]" if depth else r"[{}]", lambda match: "\\" + match[0], part)
    options = "|".join(write(option, depth + 1) for option in part.options)
    count = f"{part.count}$$" if part.count != 1 or _COUNT.match(options) else ""
    return f"{{{count}{options}}}"


def read(source: str, folder: Path) -> str:
    """`source` ready to be used: `Wildcards` if it has choices, else the plain text with its escapes undone."""
    parts = _filled(parse(source), folder)
    if _longest(parts) > MAX_CHOSEN:
        raise ValueError(f"a text of more than {MAX_CHOSEN} characters; no model reads so many, so shorten it")
    if not any(isinstance(part, WildcardChoice) for part in parts):
        return "".join(map(str, parts))
    if _may_be_blank(parts):
        raise ValueError("the choices can leave no text at all; put a word beside them")
    if len(text := write(parts)) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters with its files")
    return Wildcards(text)


def _filled(parts: Pieces, folder: Path) -> Pieces:
    """With the lines of the files in place of their names."""
    return tuple(part if isinstance(part, str) else _filled_choice(part, folder) for part in parts)


def _filled_choice(choice: WildcardChoice, folder: Path) -> WildcardChoice:
    options: list[Pieces] = []
    for option in choice.options:
        if option and isinstance(option[0], str) and option[0].startswith("@"):
            options += [(line,) for line in _lines(write(option)[1:].strip(), folder)]
        else:
            options.append(_filled(option, folder))
    if not 1 <= choice.count <= len(options):
        raise ValueError(f"{choice.count}$$ asks for {choice.count} of {len(options)} options")
    return WildcardChoice(tuple(options), choice.count)


def _lines(name: str, folder: Path) -> list[str]:
    path = folder / name
    refuse_outside(path, name)
    try:
        text = read_text(path, MAX_LENGTH, "list of words", f"'{name}'")
    except MissingFile:
        raise ValueError(f"there is no file '{name}' to choose from{neighbours(path, Path.is_file)}") from None
    except InputError as error:
        raise ValueError(str(error)) from None
    lines = [line.strip() for line in text.splitlines() if not line.startswith("#")]
    if not any(lines):
        raise ValueError(f"'{name}' holds no line to choose from")
    return [_literal(line) for line in lines if line]


def _literal(line: str) -> str:
    """With spaces, which `resolve` takes away, where a sign at its end would mean something between braces."""
    return " " * line.startswith("@") + line + " " * line.endswith("\\")


def _longest(parts: Pieces) -> int:
    """How many characters a text of the choices may have."""
    return sum(
        part.count * (2 + max(map(_longest, part.options))) if isinstance(part, WildcardChoice) else len(part)
        for part in parts
    )


def _may_be_blank(parts: Pieces) -> bool:
    """Whether nothing but spaces may be left."""
    return all(
        any(_may_be_blank(option) for option in part.options) if isinstance(part, WildcardChoice) else not part.strip()
        for part in parts
    )


def resolve(source: str, pick: Pick) -> str:
    """A text of the source's choices; runs of spaces, which an empty option leaves, become one."""
    return " ".join(_resolve(parse(source), pick).split())


def _resolve(parts: Pieces, pick: Pick) -> str:
    return "".join(part if isinstance(part, str) else _resolve_choice(part, pick) for part in parts)


def _resolve_choice(choice: WildcardChoice, pick: Pick) -> str:
    chosen = pick(len(choice.options), choice.count)
    return ", ".join(_resolve(choice.options[index], pick) for index in chosen)


def _validate(value: Any, handler: ValidatorFunctionWrapHandler) -> str:
    folder = value.folder if isinstance(value, LocatedText) else Path()
    source = handler(value)
    try:
        return read(source, folder)
    except ValueError as error:
        raise PydanticCustomError("prompt", "{text}", {"text": str(error)}) from None


def _source(text: str) -> str:
    return str(text) if isinstance(text, Wildcards) else write((text,))


WildcardText = Annotated[str, Field(min_length=1), WrapValidator(_validate), PlainSerializer(_source, return_type=str)]
"""The type of a field that holds a text with choices: `Wildcards`, or a plain `str` where there is nothing to draw."""
