"""What the words of a command line are: how each kind is read, and what a shell may offer for it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    ParamType = click.ParamType[Any, Any]
else:
    ParamType = click.ParamType

PICTURES = (".png", ".webp", ".jpg", ".jpeg")
_TYPE = re.compile(r"^    type: Literal\[\"([\w-]+)\"\]", re.MULTILINE)
PATH = "path"
"""The kind of a `CompletionItem` that is a file, or a folder, whose name then ends in a slash."""


def paths(begun: str, suffixes: Iterable[str] | None) -> Iterator[CompletionItem]:
    """The folders, and the files with one of the suffixes or of any, that go on so; hidden ones if a dot is typed."""
    folder, slash, name = begun.rpartition("/")
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: of `~nobody`
        for path in sorted(Path(folder + slash).expanduser().iterdir()):
            fits = path.is_dir() or suffixes is None or path.suffix.lower() in suffixes
            goes_on = path.name.startswith(name) and (name or not path.name.startswith("."))
            if fits and goes_on and path.name.isprintable():  # else a shell could take one name for two
                yield CompletionItem(f"{folder}{slash}{path.name}{'/' * path.is_dir()}", type=PATH)


class FilePath(ParamType):
    """A path, completed with folders and, of files, those with one of the suffixes; without any, with all."""

    name = "path"

    def __init__(self, *suffixes: str) -> None:
        self.suffixes = suffixes or None

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return list(paths(incomplete, self.suffixes))


ANY_FILE, PICTURE, PNG, CODE = FilePath(), FilePath(*PICTURES), FilePath(".png"), FilePath(".py")
FOLDER = FilePath("/")
"""No file has such a suffix."""
MADE = FilePath(*PICTURES, ".json")
"""What artgen made: a picture, or the folder or the recipe of a run."""


class PresetName(ParamType):
    """A preset: a file, a shipped one's name, or what artgen made. It is left as it is."""

    name = "preset"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from artgen.preset.shipped import own

        shipped = {name: path for name, path in own().items() if name.startswith(incomplete)}
        names = [CompletionItem(name, help=_about(path)) for name, path in shipped.items()]
        return [*names, *paths(incomplete, (".yaml", ".yml", ".json", *PICTURES))]


PRESET = PresetName()


def component_types() -> list[str]:
    """What the sources of the installed plugins write as a `type`; no plugin is imported, which would take a second."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    found: set[str] = set()
    for entry in entry_points(group="artgen"):
        with contextlib.suppress(ImportError, OSError, ValueError):
            spec = find_spec(entry.module.partition(".")[0])
            folders = spec.submodule_search_locations or () if spec else ()
            files = [file for folder in folders for file in Path(folder).rglob("*.py")]
            for file in files or ([Path(spec.origin)] if spec and spec.origin else []):
                found.update(_TYPE.findall(file.read_text(encoding="utf-8", errors="replace")))
    return sorted(found)


def _about(preset: Path) -> str:
    """What its file says it makes, as far as the first line of it goes."""
    with contextlib.suppress(OSError, UnicodeError):
        if found := re.search(r"^about: *([\"']?)(.+?)\1$", preset.read_text(encoding="utf-8"), re.MULTILINE):
            return found[2]
    return ""


class Named(ParamType):
    """A name that other code looks up; `names` are offered to complete it."""

    name = "name"

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self.names = names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]


COMPONENT = Named(component_types)


class OneOf(Named):
    """One of a few words; `also` gives other words for some of them."""

    name = "word"

    def __init__(self, words: Iterable[str], also: Mapping[str, str] | None = None) -> None:
        super().__init__(lambda: words)
        self.words, self.also = list(words), also or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from artgen.errors import hint

        word = self.also.get(value, value)
        if word not in self.words:
            self.fail(f"there is no '{value}'{hint(value, [*self.words, *self.also], self.words)}", param, ctx)
        return str(word)


class Count(ParamType):
    """A whole number that is at least so large."""

    name = "count"

    def __init__(self, least: int, example: str) -> None:
        self.least, self.example = least, example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= 30 and int(text) >= self.least):
            self.fail(f"expected {self.example}, got '{value}'", param, ctx)
        return int(text)


class Rate(ParamType):
    """How many in a second: a number above 0."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            rate = float(value)
        except ValueError:
            rate = 0.0
        if not 0 < rate < float("inf"):
            self.fail(f"expected a number above 0, such as 30, got '{value}'", param, ctx)
        return rate


class Seconds(ParamType):
    """A number of seconds, at least 0."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not seconds >= 0:
            self.fail(f"expected seconds, such as 300, got '{value}'", param, ctx)
        return seconds
