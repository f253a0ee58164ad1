"""Write the page of the published plugins, from what their wheels say of themselves::

    python -m docs.published

`plugins.txt` has their names. pip fetches the newest wheel of each from wherever it is set up to look, and it is only
read: nothing is installed or imported. What cannot be had stays on the page as it was.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from packaging.utils import canonicalize_name

from artgen.files import write_text
from docs.markdown import table

DOCS = Path(__file__).parent
NAMES = DOCS / "plugins.txt"
PAGE = DOCS / "plugins.md"
HEADS = ("plugin", "version", "", "offers", "licence")
NONE = "None has been published yet."

_ROW = re.compile(r"^\| \[([\w.-]+)\]")
_HOOK = re.compile(r"^def artgen_(\w+)\(", re.MULTILINE)
_MARKUP = re.compile(r"([\\`*_\[\]<>&])")

TEXT = """\
<!-- Written by `python -m docs.published` from plugins.txt: change that, or the script, instead. -->

# Plugins

What others have published for artgen. `artgen install NAME` installs one. A plugin is code that runs on your machine
with your rights, and nobody here has looked at these: install what you trust.

{listed}

## How to get on this page

[Write one](writing-a-plugin.md) and publish it on PyPI with the keyword `artgen`, which `artgen new` puts there. Then
add its name to [`plugins.txt`](plugins.txt) in a pull request. What stands here is what the wheel says of itself: its
version, summary and licence from `pyproject.toml`, and what it offers from its hooks.
"""


def page(rows: Iterable[str]) -> str:
    """The whole page with these rows."""
    rows = list(rows)
    return TEXT.format(listed="\n".join([table(HEADS, []), *rows]) if rows else NONE)


def listed(text: str) -> list[str]:
    """The names in a list, each on a line; ``#`` begins a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return sorted({canonicalize_name(line) for line in lines if line})


def rows_of(text: str) -> dict[str, str]:
    """The rows of a page by the names of the plugins."""
    return {canonicalize_name(found[1]): line for line in text.splitlines() if (found := _ROW.match(line))}


def asked(names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """The row of each plugin as it is now; the `known` one, and a line on stderr, where that cannot be told."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = _row(name)
        except LookupError as error:
            print(f"{name}: {error}{'; its row stays' if name in known else ''}", file=sys.stderr)
            if name in known:
                found[name] = known[name]
    return found


def _row(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        command = [*pip, "--no-deps", "--only-binary", ":all:", "--dest", folder, "--", name]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LookupError((done.stderr.strip().splitlines() or ["pip does not say why"])[-1])
        (wheel,) = Path(folder).glob("*.whl")
        return row(wheel)


def row(wheel: Path) -> str:
    """What a wheel says of itself; LookupError if it is no plugin."""
    with zipfile.ZipFile(wheel) as file:
        texts = {name: file.read(name) for name in file.namelist() if name.endswith((".py", "METADATA", "points.txt"))}
    told = message_from_bytes(_one(texts, ".dist-info/METADATA"))
    if b"[artgen" not in _one(texts, ".dist-info/entry_points.txt"):
        raise LookupError("has no entry point of artgen's, so it is no plugin")
    if "artgen" not in re.split(r"[,\s]+", str(told["Keywords"] or "")):
        raise LookupError("does not have the keyword artgen")
    modules = [text.decode("utf-8", "replace") for name, text in texts.items() if name.endswith(".py")]
    hooks = sorted({hook for text in modules for hook in _HOOK.findall(text)})
    name = str(told["Name"])
    licence = told["License-Expression"] or told["License"] or ""
    cells = f"[{name}]({_address(told, name)})", *map(_plain, (told["Version"], told["Summary"] or ""))
    return table((), [(*cells, ", ".join(hooks), _plain(licence))]).splitlines()[-1]


def _one(texts: Mapping[str, bytes], ending: str) -> bytes:
    return next((text for name, text in texts.items() if name.endswith(ending)), b"")


def _address(told: Message, name: str) -> str:
    """Where it says that its source or its home is, else its page on PyPI."""
    given = (line.partition(",")[2].strip() for line in told.get_all("Project-URL") or ())
    found = next((url for url in given if re.fullmatch(r"https://[\w./~%-]+", url)), "")
    return found or f"https://pypi.org/project/{canonicalize_name(name)}/"


def _plain(text: str) -> str:
    """A stranger's words, without what Markdown would make of them."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def write() -> None:
    known = rows_of(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    write_text(PAGE, page(asked(listed(NAMES.read_text("utf-8")), known).values()))


if __name__ == "__main__":
    write()
