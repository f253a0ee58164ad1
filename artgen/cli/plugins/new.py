"""Write the package of a new plugin: a working component, a preset that shows it, tests, CI and a licence.

    artgen new generator soft-dots
    artgen new loss stripes --license Apache-2.0 --author "Ada Lovelace" --out ~/art/artgen-stripes
    artgen new loss stripes --file
    artgen new preset inks

The folder is complete: it can be installed, tested and published as it is. Then put your own idea in. Of the kind
preset it is a pack of presets, which needs no code of yours.

With --file there is no package, only stripes.py and a preset that shows it, stripes.yaml, in the current folder: the
quickest way to try an idea out. `artgen dev` draws it again whenever one of them is saved.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.cli.types import FOLDER, OneOf
from artgen.scaffold.kinds import KINDS, LICENCES, PRESET

if TYPE_CHECKING:
    from artgen.scaffold.naming import Name

CALLED = {kind.called: name for name, kind in KINDS.items() if kind.called}
LISTED = ", ".join(f"{name} (or {kind.called})" if kind.called else name for name, kind in KINDS.items())


@click.command(cls=Subcommand, help=__doc__)
@common.argument("kind", LISTED, type=OneOf(KINDS, CALLED))
@common.argument("name", "what presets will call it, such as soft-dots")
@common.out("DIR", "the package's folder (default: artgen-NAME)", FOLDER)
@click.option(
    "--license",
    type=OneOf(LICENCES),
    metavar="NAME",
    default=LICENCES[0],
    help="default: MIT",
)
@click.option("--file", "is_file", is_flag=True, help="write one file of Python, and a preset, in place of a package")
@click.option("--author", metavar="NAME", help="who holds the copyright (default: the package's authors)")
def command(kind: str, name: str, out: Path | None, license: str, is_file: bool, author: str | None) -> None:
    from artgen.errors import InputError
    from artgen.fields.paths import expanded
    from artgen.scaffold.naming import checked
    from artgen.scaffold.package import files, write

    checked_name = checked(name, KINDS[kind].called or kind)
    if is_file:
        if kind == PRESET:
            raise InputError("--file: a preset is one file already; save yours as a .yaml, which `artgen run` draws")
        _write_file(kind, checked_name, out or Path())
        return
    folder = expanded(out) if out else Path(checked_name.dist)
    texts = files(kind, checked_name, license, author)
    write(folder, texts)
    _tell(folder, checked_name.type, len(texts))


def _write_file(kind: str, name: Name, folder: Path) -> None:
    from artgen.files import refuse_overwriting, write_text
    from artgen.scaffold.package import one_file

    texts = one_file(kind, name)
    for file in texts:
        refuse_overwriting(folder / file, False, "another name")
    for file, text in texts.items():
        write_text(folder / file, text)
    code, preset = (shlex.quote(str(folder / file)) for file in texts)
    print(f"{code} is the plugin, {preset} a preset that shows it. Next:")
    print(f"  artgen dev {code} {preset}")
    print(f"  artgen run {preset} --plugin {code}")


def _tell(folder: Path, preset: str, count: int) -> None:
    print(f"{folder} holds {count} files. Next:")
    print(f"  pip install -e {shlex.quote(f'{folder}[dev]')}")
    print(f"  pytest {shlex.quote(str(folder))}")
    print(f"  artgen run {preset}")
