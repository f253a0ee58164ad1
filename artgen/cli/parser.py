"""The parser of the command line, whose every complaint is a line that says what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from artgen.errors import InputError, nearest


class Parser(argparse.ArgumentParser):
    """As argparse has it, without the usage, which is many lines and names no mistake."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # The innermost that was asked is the one to say what it does not know.
        self.set_defaults(parser=self)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` shows what it takes\n")


def refuse_unknown_command(parser: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """InputError if the first word is no command."""
    first = next((word for word in words if not word.startswith("-")), None)
    groups = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    commands = [name for group in groups for name in group]
    if first is None or first in commands:
        return
    near = nearest(first, commands)
    advice = f"did you mean '{near}'?" if near else f"a preset is drawn by `artgen run {first}`; see `artgen --help`"
    raise InputError(f"artgen: there is no command '{first}'; {advice}")


def refuse_unknown_words(parser: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """InputError if the parser has left words over."""
    if not words:
        return
    option = next((word.partition("=")[0] for word in words if word.startswith("-")), None)
    if option is None:
        quotes = f"put quotes around what belongs together, or see `{parser.prog} --help`"
        raise InputError(f"{parser.prog}: '{words[0]}' is a word too many; {quotes}")
    raise InputError(f"{parser.prog}: there is no option '{option}'{_instead(parser, option)}")


def _instead(parser: argparse.ArgumentParser, option: str) -> str:
    known = [name for name in parser._option_string_actions if name.startswith("--")]
    if near := nearest(option, known, 0.7):
        return f"; did you mean '{near}'?"
    if "--set" in known:
        from artgen.preset.unknown_names import setting_like

        if name := setting_like(option.lstrip("-").replace("-", "_")):
            return f"; write --{name}" if f"--{name}" in known else f"; write --set {name}=..."
    return f"; `{parser.prog} --help` shows them"
