"""What a preset says of one augmentation, checked: its name, and the names and kinds of its arguments."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from artgen.api import hint, nearest, wrong_setting
from artgen_kornia.catalogue import LEFT_OUT, Argument, augmentations, of_list

LARGEST = 4096
"""Whole numbers beyond this are refused; most are sides in pixels."""
LONGEST = 64
"""Values of a list whose length kornia leaves open."""

_NAMES = {"number": "a number", "share": "a number from 0 to 1", "flag": "true or false", "none": "null"}
_NAMES |= {"whole": f"a whole number up to {LARGEST}"}
_EACH = {"number": "numbers", "whole": f"whole numbers up to {LARGEST}"}


def checked(given: Any) -> dict[str, dict[str, Any]]:
    """``{Name: {argument: value}}`` from that or from the name alone.

    ValidationError with a line for each mistake, at its place.
    """
    name, arguments = _parted(given)
    known, problems, values = augmentations()[name], [], {}
    for argument, value in arguments.items():
        if argument not in known:
            text = f"there is no argument '{argument[:80]}'{hint(argument, known, list(known))}"
            problems.append(_problem(text, value, name, argument))
        else:
            try:
                values[argument] = _value(known[argument], value)
            except ValueError as error:
                problems.append(_problem(str(error), value, name, argument))
    for argument, what in known.items():
        if what.needed and argument not in arguments:
            problems.append(_problem(f"needs '{argument}': {_wanted(what)}", given, *_place(given, name)))
    if problems:
        raise ValidationError.from_exception_data("augmentation", problems)
    return {name: values}


def _parted(given: Any) -> tuple[str, Mapping[str, Any]]:
    """The name, which is known, and the arguments."""
    if isinstance(given, str):
        return _known(given, given), {}
    if not isinstance(given, Mapping) or not given:
        _refuse("expected an augmentation, such as RandomHue or {RandomHue: {hue: [-0.1, 0.1]}}", given)
    name, *more = map(str, given)
    if more:
        _refuse(_several(name, more), given)
    _known(name, given)
    arguments = given[name]
    if arguments is not None and not isinstance(arguments, Mapping):
        first = next(iter(augmentations()[name]))
        _refuse(f"expected the arguments of {name} by name, such as {{{first}: {_shown(arguments)}}}", given, name)
    return name, {str(key): value for key, value in (arguments or {}).items()}


def _several(name: str, more: list[str]) -> str:
    if all(one in augmentations().get(name, ()) for one in more):
        return f"'{more[0]}' is an argument of {name}; begin its line four columns right of the '-'"
    return f"expected one augmentation, got {', '.join((name, *more))[:80]}; begin each with '-'"


def _known(name: str, given: Any) -> str:
    if name in LEFT_OUT:
        _refuse(f"there is no {name} here: it {LEFT_OUT[name]}", given)
    known = augmentations()
    if name not in known:
        # A start of one's own, because kornia's names begin alike.
        near = nearest(name, known) or nearest(f"Random{name}", known)
        said = f"; did you mean '{near}'?" if near else hint(name, known)
        _refuse(f"kornia has no augmentation '{name[:80]}'{said}", given)
    return name


def _refuse(text: str, given: Any, *place: str) -> None:
    raise ValidationError.from_exception_data("augmentation", [_problem(text, given, *place)])


def _problem(text: str, given: Any, *place: str) -> InitErrorDetails:
    return InitErrorDetails(type=wrong_setting(text), loc=place, input=given)


def _place(given: Any, name: str) -> Iterator[str]:
    """Where an augmentation's arguments stand, if they do."""
    if isinstance(given, Mapping):
        yield name


def _value(argument: Argument, given: Any) -> Any:
    """As kornia takes it. ValueError if it is of none of the kinds."""
    for kind in argument.kinds:
        found = _of_kind(kind, given)
        if found is not _NOT:
            return found
    raise ValueError(f"expected {_wanted(argument)}, got {_shown(given)}{_near_choice(argument, given)}")


_NOT: Any = object()
"""That a value is not of a kind."""


def _of_kind(kind: str, given: Any) -> Any:
    if kind in _NAMES:
        return _single(kind, given)
    if "|" in kind:
        return next((choice for choice in kind.split("|") if choice == given), _NOT)
    count, each = of_list(kind)
    if not isinstance(given, (list, tuple)) or not 0 < len(given) <= LONGEST or (count and len(given) != count):
        return _NOT
    values = [_single(each, one) for one in given]
    return _NOT if _NOT in values else values


def _single(kind: str, given: Any) -> Any:
    if kind == "none":
        return None if given is None else _NOT
    if kind == "flag":
        return given if isinstance(given, bool) else _NOT
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        return _NOT
    if kind == "whole":
        return int(given) if given == int(given) and abs(given) <= LARGEST else _NOT
    return _NOT if kind == "share" and not 0 <= given <= 1 else float(given)


def _wanted(argument: Argument) -> str:
    return " or ".join(_named(kind) for kind in argument.kinds)


def _named(kind: str) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    if "|" in kind:
        return f"one of {', '.join(kind.split('|'))}"
    count, each = of_list(kind)
    return f"a list of {f'{count} ' if count else ''}{_EACH[each]}"


def _near_choice(argument: Argument, given: Any) -> str:
    choices = [choice for kind in argument.kinds if "|" in kind for choice in kind.split("|")]
    near = nearest(given, choices) if isinstance(given, str) and choices else None
    return f"; did you mean '{near}'?" if near else ""


def _shown(given: Any) -> str:
    if given is None or isinstance(given, bool):
        return {None: "nothing", True: "true", False: "false"}[given]
    if isinstance(given, str):
        return repr(str(given)[:40])
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(_shown, given[:4]))}{', ...' if len(given) > 4 else ''}]"
    return "a mapping" if isinstance(given, Mapping) else f"{given}"[:40]
