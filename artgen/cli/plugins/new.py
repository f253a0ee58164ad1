"""Write the package of a new plugin: a working component, a preset that shows it, tests, CI and a licence.

    artgen new generator soft-dots
    artgen new loss stripes --license Apache-2.0 --author "Ada Lovelace" --out ~/art/artgen-stripes

The folder is complete: it can be installed, tested and published as it is. Then put your own idea in.
"""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.cli.types import FOLDER, OneOf
from artgen.scaffold.kinds import KINDS, LICENCES

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
@click.option("--author", metavar="NAME", help="who holds the copyright (default: the package's authors)")
def command(kind: str, name: str, out: Path | None, license: str, author: str | None) -> None:
    from artgen.fields.paths import expanded
    from artgen.scaffold.naming import checked
    from artgen.scaffold.package import files, write

    checked_name = checked(name, KINDS[kind].called or kind)
    folder = expanded(out) if out else Path(checked_name.dist)
    texts = files(kind, checked_name, license, author)
    write(folder, texts)
    _tell(folder, checked_name.type, len(texts))


def _tell(folder: Path, preset: str, count: int) -> None:
    import shlex

    print(f"{folder} holds {count} files. Next:")
    print(f"  pip install -e {shlex.quote(f'{folder}[dev]')}")
    print(f"  pytest {shlex.quote(str(folder))}")
    print(f"  artgen run {preset}")
