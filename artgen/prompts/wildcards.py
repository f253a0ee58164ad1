r"""Texts with choices: ``a {red|dark {green|blue}} bird``, ``{2$$sun|moon|stars}``, ``__animals__``.

The notation is that of Dynamic Prompts for Stable Diffusion's web UI:

- ``{a|b}`` is one of its options; an option may hold choices of its own, and may be empty.
- ``{0.9::red|0.1::blue}``: with weights, shares of any sum; without one an option has 1.
- ``{2$$a|b|c}`` is two different ones, joined by commas; ``{2$$ and $$a|b|c}`` by `and`; ``{1-2$$a|b|c}`` one or two.
- ``__animals__`` is a line of the file ``animals.txt`` beside the preset or in its folder ``wildcards``; the lines may
  hold choices, weights and wildcards of their own. ``__birds/*__`` is a line of any of the files there.
- ``${coat={red|blue}}`` names a text, ``${coat}`` draws it anew at each use; ``${coat=!{red|blue}}`` is drawn once;
  ``${coat:green}`` has a default, ``${coat?=...}`` is for one that has no value yet, and
  ``__clothes(coat=red)__`` tells it to the lines of a file.

``{@colours.txt}`` stands for the lines of a file as they are, whatever signs are in them. Where there is no such file,
``__birds__`` and ``{@birds}`` are the words that a plugin offers by that name, or by ``dist:birds``.

Files are read without the empty lines and those that begin with ``#``; of a preset that is not yours, look first which
file it names: a recipe may read beside it only, a preset whatever you may. ``\{`` and ``\}`` are braces, ``\__`` are
underscores, and inside braces ``\|`` is a bar.

Files are read into the text when the preset is checked, and the choices are drawn when a run is assembled, from a
stream of their own: same seed and same text, same choice, whatever else the preset says. Each picture of a batch draws
by its own seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator

from artgen.fields.block import wrong_setting
from artgen.fields.paths import LocatedText
from artgen.prompts.templates import Assignment, Piece, Pieces, Variable, WildcardChoice, parse, write
from artgen.prompts.wordlists import MAX_LENGTH, Filler

MAX_CHOSEN = 4096
"""Of a text whose choices are made."""

Pick = Callable[[Sequence[float], int], Sequence[int]]
"""``pick(weights, count)``: the indices of `count` different ones of the options that have these weights."""
Values = Mapping[str, Callable[[], str]]
"""What draws the text of each variable."""

_names_files: ContextVar[bool] = ContextVar("names_files", default=True)


class Wildcards(str):
    """The source of a text whose choices are not made yet; its files are read in."""

    __slots__ = ()


@contextmanager
def drawn_texts() -> Iterator[None]:
    """Inside, texts are those that a run drew: ``__name__`` is no file's name, but text."""
    token = _names_files.set(False)
    try:
        yield
    finally:
        _names_files.reset(token)


def read(source: str, folder: Path) -> str:
    """`source` ready to be used: `Wildcards` if it has choices, else the plain text with its escapes undone."""
    parts = Filler(folder).filled(parse(source, _names_files.get()))
    if _longest(parts, {}) > MAX_CHOSEN:
        raise ValueError(f"a text of more than {MAX_CHOSEN} characters; no model reads so many, so shorten it")
    if all(isinstance(part, str) for part in parts):
        return "".join(map(str, parts))
    if _may_be_blank(parts, {}):
        raise ValueError("the choices can leave no text at all; put a word beside them")
    if len(text := write(parts)) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters with its files")
    return Wildcards(text)


def remarks(source: str) -> Iterator[str]:
    """What of a text's braces may not be meant as a choice, in lines to be told."""
    try:
        parts = parse(source, _names_files.get())
    except ValueError:
        return
    for part in parts:
        if (
            isinstance(part, WildcardChoice)
            and len(part.options) == 1
            and all(isinstance(p, str) for p in part.options[0])
        ):
            text = write((part,))
            if not text.startswith("{@"):
                yield f"'{text}' is a choice of one; write '\\{text[:-1]}\\}}' for braces in the text"


def _longest(parts: Pieces, known: Mapping[str, int]) -> int:
    """How many characters a text of the choices may have; ValueError if a variable has no value."""
    names, length = dict(known), 0
    for part in parts:
        if isinstance(part, WildcardChoice):
            each = max(_longest(option, names) for option in part.options)
            length += _most(part) * (len(part.separator) + each)
        elif isinstance(part, Assignment):
            inner = _longest(part.value, names)
            names[part.name] = max(inner, names.get(part.name, 0))
        elif isinstance(part, Variable):
            length += names[part.name] if part.name in names else _default(part, names)
        else:
            length += len(str(part))
    return length


def _default(part: Variable, names: Mapping[str, int]) -> int:
    if part.default is None:
        raise ValueError(f"'${{{part.name}}}' has no value; write '${{{part.name}=...}}' before it, or a default")
    return _longest(part.default, names)


def _most(choice: WildcardChoice) -> int:
    return len(choice.options) if choice.high is None else choice.high


def _may_be_blank(parts: Pieces, known: Mapping[str, bool]) -> bool:
    """Whether nothing but spaces may be left."""
    names, blank = dict(known), True
    for part in parts:
        if isinstance(part, WildcardChoice):
            blank &= not part.low or any(_may_be_blank(option, names) for option in part.options)
        elif isinstance(part, Assignment):
            names[part.name] = _may_be_blank(part.value, names) or names.get(part.name, False)
        elif isinstance(part, Variable):
            blank &= names.get(part.name, part.default is not None and _may_be_blank(part.default, names))
        else:
            blank &= not str(part).strip()
    return blank


def resolve(source: str, pick: Pick) -> str:
    """A text of the source's choices; runs of spaces, which an empty option leaves, become one."""
    return " ".join(_drawn(parse(source, names_files=False), pick, {}).split())


def _drawn(parts: Pieces, pick: Pick, known: Values) -> str:
    """The variables that are named inside of an option are known there alone."""
    values = dict(known)
    return "".join(_draw(part, pick, values) for part in parts)


def _draw(part: Piece, pick: Pick, values: dict[str, Callable[[], str]]) -> str:
    if isinstance(part, WildcardChoice):
        return _draw_choice(part, pick, values)
    if isinstance(part, Variable):
        return values[part.name]() if part.name in values else _drawn(part.default or (), pick, values)
    if isinstance(part, Assignment):
        if not (part.keeps and part.name in values):
            values[part.name] = _value(part, pick, dict(values))
        return ""
    return str(part)


def _value(part: Assignment, pick: Pick, values: Values) -> Callable[[], str]:
    if not part.once:
        return lambda: _drawn(part.value, pick, values)
    text = _drawn(part.value, pick, values)
    return lambda: text


def _draw_choice(choice: WildcardChoice, pick: Pick, values: Values) -> str:
    weights = choice.weights or (1.0,) * len(choice.options)
    count, spread = choice.low, _most(choice) - choice.low
    if spread:
        count += pick((1.0,) * (spread + 1), 1)[0]
    return choice.separator.join(_drawn(choice.options[index], pick, values) for index in pick(weights, count))


def _validate(value: Any, handler: ValidatorFunctionWrapHandler) -> str:
    folder = value.folder if isinstance(value, LocatedText) else Path()
    source = handler(value)
    try:
        return read(source, folder)
    except ValueError as error:
        raise wrong_setting(str(error)) from None


def _source(text: str) -> str:
    return str(text) if isinstance(text, Wildcards) else write((text,))


WildcardText = Annotated[str, Field(min_length=1), WrapValidator(_validate), PlainSerializer(_source, return_type=str)]
"""The type of a field that holds a text with choices: `Wildcards`, or a plain `str` where there is nothing to draw."""
