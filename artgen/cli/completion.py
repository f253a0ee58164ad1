"""Print what makes a shell complete artgen's commands, options, presets and files.

Put one line where your shell begins, and open another shell:

    bash    echo 'eval "$(artgen completion bash)"' >> ~/.bashrc
    zsh     echo 'eval "$(artgen completion zsh)"' >> ~/.zshrc     (below the line with compinit)
    fish    artgen completion fish > ~/.config/fish/completions/artgen.fish

Then `artgen ru<TAB>` is `artgen run`, and `artgen run qui<TAB>` is `artgen run quickstart`. What is offered is found
without importing a model or a plugin; bash has to be 4.4 or newer.
"""

from __future__ import annotations

import os
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.types import OneOf

# Each line of an answer is `type<TAB>value<TAB>help`. In the names of files, the shell itself quotes what has to be.
_BASH = r"""%(complete_func)s() {
    local IFS=$'\t' type value help
    COMPREPLY=()
    while read -r type value help; do
        COMPREPLY+=("$value")
        if [[ $type == path ]]; then compopt -o filenames; fi
    done < <(IFS=$'\n'; COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = r"""#compdef %(prog_name)s
%(complete_func)s() {
    local -a plain paths folders homes
    local type value help
    while IFS=$'\t' read -r type value help; do
        if [[ $type != path ]]; then plain+=("${value//:/\\:}:$help")
        elif [[ $value == \~* ]]; then homes+=("${${(q)value}/#\\\~/~}")
        elif [[ $value == */ ]]; then folders+=("$value")
        else paths+=("$value"); fi
    done < <(COMP_WORDS="${(F)words}" COMP_CWORD=$((CURRENT-1)) %(complete_var)s=zsh_complete "${words[1]}")
    (( $#plain )) && _describe -V artgen plain
    (( $#homes )) && compadd -Q -S '' -a homes
    (( $#folders )) && compadd -S '' -a folders
    (( $#paths )) && compadd -a paths
    (( $#plain + $#homes + $#folders + $#paths ))
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then %(complete_func)s "$@"
else compdef %(complete_func)s %(prog_name)s; fi
"""
_FISH = r"""function %(complete_func)s
    set -lx COMP_WORDS (commandline -cp)
    set -lx COMP_CWORD (commandline -t)
    for line in (%(complete_var)s=fish_complete %(prog_name)s)
        string split -f2,3 \t -- $line | string join \t
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Lines(ShellComplete):
    """How an item is told to all three."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        items = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if equals and option.startswith("--"):
            for item in items:
                item.value = f"{option}={item.value}"  # the shell replaces the whole word
        return items

    def format_completion(self, item: CompletionItem[Any]) -> str:
        said = " ".join((item.help or "").split())
        return f"{item.type}\t{item.value}\t{said}"


class _Bash(_Lines, BashComplete):
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        words, begun = super().get_completion_args()
        return [word for word in words if word != "="], begun  # bash makes three words of `--out=fish.png`


class _Zsh(_Lines, ZshComplete):
    source_template = _ZSH


class _Fish(_Lines, FishComplete):
    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def complete(root: click.Command, asked: str) -> int:
    """Print what may stand where the cursor of a shell is: `asked` is such as ``bash_complete``."""
    shell = SHELLS.get(asked.partition("_")[0])
    if shell is None or not {"COMP_WORDS", "COMP_CWORD"} <= set(os.environ):
        return 2
    if answer := shell(root, {}, "artgen", "").complete():
        print(answer)
    return 0


@click.command(cls=Subcommand, help=__doc__)
@argument("shell", "bash, zsh or fish", type=OneOf(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    from artgen.cli import COMPLETE

    print(SHELLS[shell](context.command, {}, "artgen", COMPLETE).source(), end="")
