"""Print the JSON Schema of presets, made from the plugins that are installed, for completion in editors.

    artgen schema --install                this folder, for VS Code with the extension YAML (redhat.vscode-yaml)
    artgen schema --install mine.yaml      this preset, for every editor with the yaml-language-server

Both write the schema to .artgen/preset.schema.json in the current folder. The first adds a setting to
.vscode/settings.json, by which every *.yaml of the folder is a preset; the second a first line to each preset named.
Run it again after a plugin was installed or updated.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--install", type=Path, metavar="PRESET", nargs="*", help="tell editors of it, instead of printing it"
    )


def main(given: argparse.Namespace) -> int:
    from artgen.preset import editors
    from artgen.preset.schema import to_json

    schema = to_json()
    if given.install is None:
        print(schema)
        return 0
    folder = Path()
    done = editors.for_presets(folder, given.install, schema) if given.install else editors.for_folder(folder, schema)
    print("\n".join(done))
    return 0
