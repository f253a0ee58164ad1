"""Print the JSON Schema of presets, made from the plugins that are installed, for completion in editors.

    artgen schema --install                this folder, for VS Code with the extension YAML (redhat.vscode-yaml)
    artgen schema --install mine.yaml      this preset, for every editor with the yaml-language-server

Both write the schema to .artgen/preset.schema.json in the current folder. The first adds a setting to
.vscode/settings.json, by which every *.yaml of the folder is a preset; the second a first line to each preset named.
Run it again after a plugin was installed or updated.
"""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.cli.common import argument
from artgen.cli.types import FilePath


@click.command(cls=Subcommand, help=__doc__)
@argument("presets", "with --install: those to tell", metavar="PRESET", type=FilePath(".yaml", ".yml"), nargs=-1)
@click.option("--install", is_flag=True, help="tell editors of it, instead of printing it")
@common.plugins
def command(presets: tuple[Path, ...], install: bool) -> None:
    from artgen.errors import InputError
    from artgen.preset import editors
    from artgen.preset.schema import to_json

    if presets and not install:
        raise InputError(f"{presets[0]}: is told of the schema by `artgen schema --install {presets[0]}`")
    schema = to_json()
    if not install:
        print(schema)
        return
    folder = Path()
    done = editors.for_presets(folder, presets, schema) if presets else editors.for_folder(folder, schema)
    print("\n".join(done))
