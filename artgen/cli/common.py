"""Options with one spelling, wherever they stand, and what is said of a setting that one of them gave."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from artgen.cli.base import Argument
from artgen.cli.types import CODE, FOLDER, MADE, PRESET, ParamType

if TYPE_CHECKING:
    from artgen.errors import Problem

F = TypeVar("F", bound="Callable[..., Any] | click.Command")


class Decorator(Protocol):
    """What adds an option or an argument to a command."""

    def __call__(self, function: F, /) -> F: ...


PRESET_HELP = "a YAML file, a shipped preset's name, or a picture, run folder or recipe.json of artgen's"
"""What PRESET may be."""


def argument(name: str, help: str, **settings: Any) -> Decorator:
    return click.argument(name, cls=Argument, help=help, **settings)


def preset_argument(help: str = PRESET_HELP, required: bool = True) -> Decorator:
    return argument("preset", help, type=PRESET, required=required)


def made_argument(name: str, metavar: str) -> Decorator:
    return argument(name, "a picture that artgen made, or the folder of a run", metavar=metavar, type=MADE)


def preset_option(help: str, default: str | None = None) -> Decorator:
    return click.option("--preset", type=PRESET, metavar="PRESET", default=default, help=help)


LOOKING = "whose perceptors look (default: the shipped quickstart's)"


def out(metavar: str, help: str, type: ParamType) -> Decorator:
    return click.option("--out", type=type, metavar=metavar, help=help)


def overwrite(what: str) -> Decorator:
    """``--overwrite``: what may be replaced, such as "let --out replace a file"."""
    return click.option("--overwrite", is_flag=True, help=what)


def overrides(help: str = "", metavar: str = "KEY.PATH=VALUE") -> Decorator:
    """``--set``, as often as one likes."""
    changes = "change any setting, such as size=640x360 or losses.clip.weight=2; may be given many times"
    return click.option("--set", "overrides", multiple=True, metavar=metavar, help=help or changes)


def allow(what: str) -> Decorator:
    """``--allow``, as often as one likes: folders that a recipe may read."""
    return click.option("--allow", multiple=True, type=FOLDER, metavar="DIR", help=what)


def json(what: str = "for programs") -> Decorator:
    """``--json``: what is printed then."""
    return click.option("--json", "as_json", is_flag=True, help=what)


def quiet(what: str) -> Decorator:
    """``--quiet``: what alone is printed, such as "the picture's path"."""
    return click.option("-q", "--quiet", is_flag=True, help=f"print {what} and nothing else")


def plugins(function: F) -> F:
    """``--plugin``, as often as one likes: files of Python whose components the command knows."""

    def add(context: click.Context, option: click.Parameter, files: tuple[Path, ...]) -> None:
        if files and not context.resilient_parsing:
            from artgen.registry.local import add

            for file in files:
                add(file)

    what = "let it name what this file of Python offers, which is run; may be given many times"
    option = click.option(
        "--plugin", multiple=True, type=CODE, metavar="FILE", help=what, expose_value=False, callback=add
    )
    return option(function)


def yes(what: str) -> Decorator:
    """``--yes``, for what is otherwise asked."""
    return click.option("--yes", is_flag=True, help=what)


def tolerance(function: F) -> F:
    return click.option("--tolerance", is_flag=True, help="let equivalent pictures pass")(function)


def privacy(function: F) -> F:
    """``--no-recipe`` and ``--private``."""
    function = click.option("--private", is_flag=True, help="keep the prompts out of the picture's recipe")(function)
    untold = "let the picture tell nothing of how it was made"
    return click.option("--no-recipe", is_flag=True, help=untold)(function)


@contextlib.contextmanager
def naming(flags: Mapping[str, str]) -> Iterator[None]:
    """Inside, mistakes in what a flag has set are said of the flag that was typed: ``{"seed": "--seed"}``."""
    from artgen.errors import PresetError

    try:
        yield
    except PresetError as error:
        raise PresetError(_of_flag(problem, flags) for problem in error.problems) from None


def _of_flag(problem: Problem, flags: Mapping[str, str]) -> Problem:
    from artgen.errors import Mark, Problem

    key = problem.mark.source.removeprefix("--set ")
    if key == problem.mark.source or key not in flags:
        return problem
    is_said = problem.path == key and key.startswith(flags[key].removeprefix("--"))
    return Problem(Mark(flags[key]), "" if is_said else problem.path, problem.message)


def places(out: Path | None, overwrite: bool) -> tuple[Path | None, Path | None]:
    """The run folder or the picture that --out names; InputError if the picture could not be written."""
    from artgen.fields.paths import expanded
    from artgen.files import refuse_overwriting
    from artgen.picture.formats import is_picture
    from artgen.recipe import metadata

    if out is None:
        return None, None
    out = expanded(out)
    if not is_picture(out.name) or out.is_dir():
        return out, None
    metadata.options(out, None)
    refuse_overwriting(out, overwrite)
    return None, out


def refuse_sheet(out: Path | None, overwrite: bool, what: str) -> None:
    """InputError if --out, where `what` is to be drawn, is no PNG or a file already."""
    from artgen.errors import InputError
    from artgen.files import refuse_overwriting

    if out is None:
        return
    if out.suffix.lower() != ".png":
        raise InputError(f"{out}: a {what} is a PNG; choose a name that ends in .png")
    refuse_overwriting(out, overwrite)
