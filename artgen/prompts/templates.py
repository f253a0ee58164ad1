"""The template language of texts with choices, as a tree: read from a text, and written as one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

MAX_DEPTH = 16

_NAME = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    rf"""
    (?P<escape> \\(?: [{{}}|] | __ ) )
  | (?P<dollars> \$\$ )
  | (?P<variable> \$\{{ (?P<name>{_NAME}) (?P<how> \?=!? | =!? | : | (?=\}}) ) )
  | (?P<sign> [{{}}|] )
  | (?P<wildcard> __ (?P<sampler>[~@!]?) (?P<file> (?:\w[\w.-]*:)? [\w*][\w*./ -]*? )
      (?: \((?P<given>[^(){{}}|]*)\) )? __ )
  | (?P<text> [^\\{{}}|$_]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COUNT = re.compile(r"(?:(?P<low>\d{0,3})-(?P<high>\d{0,3})|(?P<exact>\d{1,3}))\$\$")
_WEIGHT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)::")
_SETTING = re.compile(rf"\s*({_NAME})\s*=(.*)", re.DOTALL)
SEPARATOR = ", "


@dataclass(frozen=True)
class WildcardChoice:
    """Braces and what stands between them."""

    options: tuple[Pieces, ...]
    low: int = 1
    """The smallest number of options that are drawn."""
    high: int | None = 1
    """The largest; None: as many as there are."""
    separator: str = SEPARATOR
    weights: tuple[float, ...] | None = None
    """How likely each option is, in shares of any sum; None: all alike."""


@dataclass(frozen=True)
class Wildcard:
    """``__name__``: one line of a file, which is a template too."""

    name: str
    given: tuple[tuple[str, str], ...] = ()
    """Variables that it is told, and their values."""


@dataclass(frozen=True)
class Variable:
    """``${name}``, or ``${name:default}``."""

    name: str
    default: Pieces | None = None


@dataclass(frozen=True)
class Assignment:
    """``${name=value}``, drawn anew at each use; ``=!``: drawn once; ``?=``: where it has no value yet."""

    name: str
    value: Pieces
    once: bool = False
    keeps: bool = False


Piece = str | WildcardChoice | Wildcard | Variable | Assignment
Pieces = tuple[Piece, ...]


class _Token(NamedTuple):
    kind: str
    text: str
    match: re.Match[str]


def parse(source: str, names_files: bool = True) -> Pieces:
    """The text's parts; ValueError says what is wrong with its braces.

    `names_files` says whether ``__name__`` is a wildcard; in what a run has drawn it is text.
    """
    tokens: deque[_Token] = deque()
    for match in _TOKEN.finditer(source):
        kind = next(name for name in ("escape", "dollars", "variable", "sign", "wildcard", "text") if match[name])
        tokens.append(_Token("text" if kind == "wildcard" and not names_files else kind, match[0], match))
    return _sequence(tokens, 0)


def _sequence(tokens: deque[_Token], depth: int, bars: bool = True) -> Pieces:
    """The parts up to the bar or brace that ends them, or to the end of the text."""
    ends = ("|", "}") if bars else ("}",)
    parts: list[Piece] = []
    while tokens and not (depth and tokens[0].kind == "sign" and tokens[0].text in ends):
        token = tokens.popleft()
        if token.kind == "variable":
            parts.append(_variable(token.match, tokens, depth + 1))
        elif token.kind == "wildcard":
            parts.append(_wildcard(token.match))
        elif token.text == "{":
            parts.append(_choice(tokens, depth + 1))
        elif token.text == "}":
            raise ValueError(r"a '}' without its '{'; write '\}' for a brace")
        else:
            escaped = token.kind == "escape" and (depth or token.text != r"\|")
            parts.append(token.text[1:] if escaped else token.text)
    return joined(parts)


def joined(parts: Sequence[Piece]) -> Pieces:
    """With neighbouring texts made one."""
    found: list[Piece] = []
    for part in parts:
        if found and isinstance(part, str) and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _variable(match: re.Match[str], tokens: deque[_Token], depth: int) -> Variable | Assignment:
    _refuse_deep(depth)
    value = _sequence(tokens, depth, bars=False)
    _close(tokens)
    name, how = match["name"], match["how"]
    if "=" in how:
        return Assignment(name, value, once=how.endswith("!"), keeps=how.startswith("?"))
    return Variable(name, value if how else None)


def _wildcard(match: re.Match[str]) -> Wildcard:
    _refuse_sampler(match["sampler"], match[0])
    given = []
    for setting in (match["given"] or "").split(","):
        if not setting.strip():
            continue
        pair = _SETTING.fullmatch(setting)
        if not pair:
            raise ValueError(f"'{match[0]}' gives values as name=value, such as __clothes(season=winter)__")
        given.append((pair[1], pair[2].strip()))
    return Wildcard(match["file"].strip(), tuple(given))


def _choice(tokens: deque[_Token], depth: int) -> WildcardChoice:
    _refuse_deep(depth)
    options = [_sequence(tokens, depth)]
    while tokens and tokens[0].text == "|":
        tokens.popleft()
        options.append(_sequence(tokens, depth))
    _close(tokens)
    if options == [()]:
        raise ValueError(r"an empty choice '{}'; put options between its braces, such as {red|blue}")
    return _weighted(_counted(options))


def _refuse_deep(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"choices inside choices, more than {MAX_DEPTH} deep")


def _close(tokens: deque[_Token]) -> None:
    if not tokens:
        raise ValueError(r"a '{' without its '}'; write '\{' for a brace")
    tokens.popleft()


def _refuse_sampler(sampler: str, where: str) -> None:
    if sampler in ("!", "@"):
        raise ValueError(f"'{where}' goes through its options in turn; here they are drawn: leave out the '{sampler}'")


def _counted(options: list[Pieces]) -> WildcardChoice:
    """With the count and the separator that may stand before the first option."""
    head, *rest = options[0] or ("",)
    if not isinstance(head, str):
        return WildcardChoice(tuple(options))
    if head.startswith("!"):
        _refuse_sampler("!", "{!...}")
    head = head.removeprefix("~")
    choice = WildcardChoice(())
    if match := _COUNT.match(head):
        head = head[match.end() :]
        low, high = match["exact"] or match["low"], match["exact"] or match["high"]
        choice = replace(choice, low=int(low) if low else 1, high=int(high) if high else None)
        separator, dollars, after = head.partition("$$")
        if dollars:
            choice, head = replace(choice, separator=separator), after
    return replace(choice, options=(((*([head] if head else []), *rest)), *options[1:]))


def _weighted(choice: WildcardChoice) -> WildcardChoice:
    """With the weights that may stand before the options."""
    pairs = [_weight(option) for option in choice.options]
    if all(weight is None for weight, _ in pairs):
        return choice
    weights = tuple(1.0 if weight is None else weight for weight, _ in pairs)
    if not any(weights):
        raise ValueError("the weights of a choice are all 0; give one of its options more")
    options = tuple(option for _, option in pairs)
    return replace(choice, options=options, weights=None if len(set(weights)) == 1 else weights)


def _weight(option: Pieces) -> tuple[float | None, Pieces]:
    match = _WEIGHT.match(option[0]) if option and isinstance(option[0], str) else None
    if not match:
        return None, option
    rest = str(option[0])[match.end() :]
    return float(match[1]), (*([rest] if rest else []), *option[1:])


def write(parts: Iterable[Piece], depth: int = 0) -> str:
    """The source that `parse` reads back to `parts`."""
    text = ""
    for part in parts:
        text += _write(part, depth, after_dollar=text.endswith("$"))
    return text


def _write(part: Piece, depth: int, after_dollar: bool) -> str:
    if isinstance(part, WildcardChoice):
        return _write_choice(part, depth + 1, after_dollar)
    if isinstance(part, Variable):
        return f"${{{part.name}{'' if part.default is None else ':' + write(part.default, depth + 1)}}}"
    if isinstance(part, Assignment):
        return f"${{{part.name}{'?' * part.keeps}={'!' * part.once}{write(part.value, depth + 1)}}}"
    if isinstance(part, Wildcard):
        given = ", ".join(f"{name}={value}" for name, value in part.given)
        return f"__{part.name}{f'({given})' if given else ''}__"
    escaped = re.sub(r"[{}|]" if depth else r"[{}]", lambda match: "\\" + match[0], part)
    return escaped.replace("__", r"\__")


def _write_choice(choice: WildcardChoice, depth: int, after_dollar: bool) -> str:
    weights = choice.weights or [None] * len(choice.options)
    pairs = zip(choice.options, weights, strict=True)
    options = "|".join(_write_option(option, weight, depth) for option, weight in pairs)
    plain = (choice.low, choice.high, choice.separator) == (1, 1, SEPARATOR)
    clear = not (_COUNT.match(options) or options[:1] in ("~", "!") or after_dollar)
    if plain and clear:
        return f"{{{options}}}"
    count = (
        f"{choice.low}" if choice.low == choice.high else f"{choice.low}-{'' if choice.high is None else choice.high}"
    )
    separator = f"{choice.separator}$$" if choice.separator != SEPARATOR or "$$" in options else ""
    return f"{{{count}$${separator}{options}}}"


def _write_option(option: Pieces, weight: float | None, depth: int) -> str:
    text = write(option, depth)
    if weight is None:
        return f"1::{text}" if _WEIGHT.match(text) else text
    return f"{weight:.12g}::{text}"
