"""Write the package of a new plugin: a working component, a preset that shows it, tests, CI and a licence.

    artgen new generator soft-dots
    artgen new loss stripes --license Apache-2.0 --author "Ada Lovelace" --out ~/art/artgen-stripes

The folder is complete: it can be installed, tested and published as it is. Then put your own idea in.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from artgen.scaffold.kinds import KINDS, LICENCES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = {kind.called or name: name for name, kind in KINDS.items()}
    parser.add_argument("kind", metavar="KIND", choices=KINDS, type=lambda word: words.get(word, word), help=_listed())
    parser.add_argument("name", metavar="NAME", help="what presets will call it, such as soft-dots")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the package's folder (default: artgen-NAME)")
    parser.add_argument("--license", choices=LICENCES, default=LICENCES[0], help="default: %(default)s")
    parser.add_argument("--author", metavar="NAME", help="who holds the copyright (default: the package's authors)")


def _listed() -> str:
    return ", ".join(f"{name} (or {kind.called})" if kind.called else name for name, kind in KINDS.items())


def main(given: argparse.Namespace) -> int:
    from artgen.fields.paths import expanded
    from artgen.scaffold.naming import checked
    from artgen.scaffold.package import files, write

    name = checked(given.name, KINDS[given.kind].called or given.kind)
    folder = expanded(given.out) if given.out else Path(name.dist)
    texts = files(given.kind, name, given.license, given.author)
    write(folder, texts)
    _tell(folder, name.type, len(texts))
    return 0


def _tell(folder: Path, preset: str, count: int) -> None:
    import shlex

    print(f"{folder} holds {count} files. Next:")
    print(f"  pip install -e {shlex.quote(f'{folder}[dev]')}")
    print(f"  pytest {shlex.quote(str(folder))}")
    print(f"  artgen run {preset}")
