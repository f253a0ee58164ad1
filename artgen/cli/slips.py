"""What is mistyped on the command line, and the line that each gets."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from artgen.errors import InputError, nearest

_NUMBER = re.compile(r"-(\d+|\d*\.\d+)")


def in_order(ctx: click.Context, words: Sequence[str]) -> list[str]:
    """The options as ``--name`` or ``--name=value``, in their order; then ``--``, and the words that are none.

    Negative numbers and what has a space in it are no options. Those of a group end at its first other word.

    Raises:
        InputError: for an option that there is not, or whose value is missing.
    """
    known = (option for option in ctx.command.get_params(ctx) if isinstance(option, click.Option))
    options = {name: option for option in known for name in option.opts}
    typed: list[str] = []
    others: list[str] = []
    waiting = deque(words)
    while waiting:
        word = waiting.popleft()
        if word == "--" or not (_is_option(word) or ctx.allow_interspersed_args):
            others += [*([] if word == "--" else [word]), *waiting]
            break
        if _is_option(word):
            typed += _read(ctx, word, options, waiting)
        else:
            others.append(word)
    return [*typed, "--", *others]


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-" and " " not in word.partition("=")[0] and not _NUMBER.fullmatch(word)


def _read(ctx: click.Context, word: str, options: Mapping[str, click.Option], waiting: deque[str]) -> Iterator[str]:
    """The option of a word, or the options of one such as ``-qn4``; a value is taken from the words that wait."""
    is_long = word.startswith("--")
    name, equals, value = word.partition("=") if is_long else (word[:2], word[2:], word[2:].removeprefix("="))
    option = options.get(name)
    if option is None:
        raise _no_such_option(ctx, word.partition("=")[0], options)
    spelt = max(option.opts, key=len)
    if option.is_flag or option.count:
        if equals and is_long:
            raise _slip(ctx, f"{name} takes no value")
        yield spelt
        if equals:
            yield from _read(ctx, f"-{equals}", options, waiting)
        return
    if not equals:
        if not waiting or waiting[0] in options or waiting[0] == "--":
            raise _slip(ctx, f"{name} needs a value, {option.metavar}")
        value = waiting.popleft()
    yield f"{spelt}={value}"


def _no_such_option(ctx: click.Context, option: str, options: Iterable[str]) -> InputError:
    return InputError(f"{ctx.command_path}: there is no option '{option}'{_instead(ctx, option, options)}")


def _instead(ctx: click.Context, option: str, options: Iterable[str]) -> str:
    known = [name for name in options if name.startswith("--")]
    begun = [name for name in known if name.startswith(option)]
    if near := begun[0] if len(begun) == 1 else nearest(option, known, 0.7):
        return f"; did you mean '{near}'?"
    if ctx.parent and option in (name for one in ctx.find_root().command.params for name in one.opts):
        return f"; it stands before the command: `artgen {option} {ctx.command_path.partition(' ')[2]}`"
    if "--set" in known:
        from artgen.preset.unknown_names import setting_like

        if name := setting_like(option.lstrip("-").replace("-", "_")):
            return f"; write --{name}" if f"--{name}" in known else f"; write --set {name}=..."
    return f"; `{ctx.command_path} --help` shows them"


def no_such_command(ctx: click.Context, word: str, commands: Iterable[str], otherwise: str) -> InputError:
    """`otherwise` is said where no command is near; ``{word}`` in it is the word."""
    near = nearest(word, commands)
    advice = f"did you mean '{near}'?" if near else otherwise.format(word=word)
    more = f"; {advice or f'see `{ctx.command_path} --help`'}"
    return InputError(f"{ctx.command_path}: there is no command '{word}'{more}")


def none_named(ctx: click.Context, commands: Iterable[str]) -> InputError:
    return InputError(f"{ctx.command_path}: say what to do: {', '.join(commands)}; see `{ctx.command_path} --help`")


def one_too_many(ctx: click.Context, word: str) -> InputError:
    quotes = f"put quotes around what belongs together, or see `{ctx.command_path} --help`"
    return InputError(f"{ctx.command_path}: '{word}' is a word too many; {quotes}")


def of_click(error: click.UsageError) -> InputError:
    """What click has to say, such as of a value that is none."""
    if not isinstance(error, click.BadParameter) or error.param is None:
        return _slip(error.ctx, error.message)
    option = error.param if isinstance(error.param, click.Option) else None
    named = max(option.opts, key=len) if option else error.param.human_readable_name
    if not isinstance(error, click.MissingParameter):
        return _slip(error.ctx, f"{named}: {error.message}")
    return _slip(error.ctx, f"needs {named} {option.metavar}" if option else f"needs {named}")


def _slip(ctx: click.Context | None, said: str) -> InputError:
    path = ctx.command_path if ctx else "artgen"
    # Some say themselves what to write.
    return InputError(f"{path}: {said}" if ";" in said else f"{path}: {said}; `{path} --help` shows what it takes")
