"""The program that asks registries for distributions and builds environments of them: uv.

It is told of the registries that pip is set up with, unless it is set up itself: who has a mirror has said so to pip.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from artgen.errors import InputError, one_line
from artgen.weights import is_offline

EXTRA = 'pip install "artgen[lock]"'
_OWN = (
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_NO_INDEX",
)
"""Variables by which uv is told where to look."""
_FROM_PIP = {
    "cert": ("SSL_CERT_FILE", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
}
"""uv's variable for each of pip's settings, and what it has between several values."""
_SECTIONS = ("global", "install", ":env:")
"""Of pip's configuration; a later one goes before an earlier one."""


@dataclass(frozen=True)
class Answer:
    """How a call of uv ended."""

    code: int
    """0: done; 1: it cannot be done, such as a version that there is not; 2: something else is wrong."""
    text: str
    """What it printed."""
    problem: str
    """The cause of its error, in a line."""
    is_unsatisfiable: bool
    """Whether there is nothing that fits what was wanted."""


@dataclass(frozen=True)
class Uv:
    """uv, and the variables that it is run with."""

    program: str
    variables: Mapping[str, str] = field(repr=False)

    def __call__(self, *words: object, said: str = "", shown: bool = False) -> Answer:
        """Run it in an empty folder, so that no one's settings there tell it where to look.

        Args:
            words: its arguments.
            said: what it reads from its stdin.
            shown: let it show on stderr how far it is.
        """
        # A person sees how far it is; for a log, what went wrong will do.
        options = ["--quiet"] * (not (shown and sys.stderr.isatty())) + ["--offline"] * is_offline()
        # Its folder is another; a link, such as an environment's Python, is not to be followed.
        whole = (word.absolute() if isinstance(word, Path) else word for word in words)
        command = [self.program, *options, *map(str, whole)]
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                command,
                cwd=empty,
                env=dict(self.variables),
                input=said,
                stdout=subprocess.PIPE,
                stderr=None if shown else subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        said = done.stderr or ""
        return Answer(done.returncode, done.stdout, _cause(said), "No solution found" in said)

    def looking_in(self, folder: Path) -> Uv:
        """The same, which takes wheels from a folder too."""
        places = [*filter(None, [self.variables.get("UV_FIND_LINKS")]), str(folder.resolve())]
        return replace(self, variables={**self.variables, "UV_FIND_LINKS": ",".join(places)})


def find() -> Uv:
    """uv as it is installed beside artgen, or on the path. InputError if it is not."""
    program = _beside() or shutil.which("uv")
    if program is None:
        raise InputError(f"uv, which environments are built with, is not installed; {EXTRA}")
    left_out = ("PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    if not any(variables.get(name) for name in _OWN):
        variables = {**as_pip(_pip_settings()), **variables}
    return Uv(program, variables)


def _beside() -> str | None:
    try:
        from uv import find_uv_bin
    except ImportError:
        return None
    try:
        return find_uv_bin()
    except FileNotFoundError:
        return None


def _pip_settings() -> str:
    """What ``pip config list`` prints; nothing where there is no pip."""
    command = [sys.executable, "-I", "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return done.stdout if done.returncode == 0 else ""


def as_pip(settings: str) -> dict[str, str]:
    """uv's variables for the lines of pip's configuration, such as ``global.index-url='https://...'``."""
    found: dict[str, str] = {}
    for section in _SECTIONS:
        for line in settings.splitlines():
            key, _, value = line.partition("=")
            name = key.removeprefix(f"{section}.")
            if name != key and name in _FROM_PIP:
                variable, between = _FROM_PIP[name]
                found[variable] = between.join(_plain(value).split())
    if "UV_INDEX" in found:
        # As pip does: the best of all places, and not the first that knows the name.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return found


def _plain(value: str) -> str:
    try:
        return str(ast.literal_eval(value))
    except (SyntaxError, ValueError):
        return value


def _cause(stderr: str) -> str:
    """The innermost cause, or else the error, without the line breaks that make it a paragraph."""
    text = " ".join(stderr.split())
    found = re.split(r"(?:error|cause): |╰─▶ ", text.partition(" hint: ")[0])[-1]
    return one_line(ValueError(found or "it does not say why"), 300)
