"""Commands and groups of commands: every complaint is a line that says what to do, and only what is run is imported."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from artgen.cli import slips

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


class Argument(click.Argument):
    """A word without a name before it; it is explained as options are."""

    def __init__(self, *names: Any, help: str, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.help = help

    def make_metavar(self, *_: Any) -> str:
        name = self.human_readable_name + "..." * (self.nargs < 0)
        return name if self.required else f"[{name}]"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.human_readable_name, self.help or ""


class Subcommand(click.Command):
    """One command. Its help is shown as it is written; options may stand anywhere, and are spelt in full."""

    allow_extra_args = True  # else click, not `slips`, would complain of them

    def __init__(self, name: str | None = None, *, help: str | None = None, **settings: Any) -> None:
        super().__init__(name, help=help, **settings)
        self.help = help  # as it was given: click takes the indentation away

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # while a shell completes
            return super().parse_args(ctx, args)
        rest = super().parse_args(ctx, slips.in_order(ctx, args))
        if rest and not isinstance(self, click.Group):
            raise slips.one_too_many(ctx, rest[0])
        return rest

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if option := super().get_help_option(ctx):
            option.help = "show this, and stop"
        return option

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_usage(ctx, formatter)
        formatter.write(f"\n{(self.help or '').strip()}\n")
        self.format_options(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, kind in (("Arguments", click.Argument), ("Options", click.Option)):
            found = [one.get_help_record(ctx) for one in self.get_params(ctx) if isinstance(one, kind)]
            if rows := [row for row in found if row]:
                with formatter.section(title):
                    formatter.write_dl(rows)


class LazyGroup(Subcommand, click.Group):
    """Commands by name, each with the module that has it, as `command`, and a line on it.

    Args:
        lazy: the module and the line of each name.
        otherwise: what is said of a name that is none of them; ``{word}`` is the name.
        default: the command that is run where none is named.
    """

    def __init__(
        self, *, lazy: Mapping[str, tuple[str, str]], otherwise: str = "", default: str = "", **settings: Any
    ) -> None:
        super().__init__(no_args_is_help=False, context_settings=SETTINGS, **settings)
        self.lazy, self.otherwise, self.default = lazy, otherwise, default

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        command: click.Command = import_module(self.lazy[cmd_name][0]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and not self.invoke_without_command:
            if self.default and (not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)):
                args = [self.default, *args]
            elif not args:
                raise slips.none_named(ctx, self.lazy)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None and not ctx.resilient_parsing:
            raise slips.no_such_command(ctx, args[0], self.lazy, self.otherwise)
        return args[0] if command else None, command, args[1:]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.lazy.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = (name for name in self.lazy if name.startswith(incomplete))
        found = [CompletionItem(name, help=self.lazy[name][1]) for name in names]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]
