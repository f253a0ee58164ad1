"""What an importer imports: it turns the settings of another program into a preset.

A plugin offers an `Importer` by the hook `artgen_importers`. ``artgen import FILE`` shows the file, as a `Document`, to
every importer that is installed, and takes the one that knows most of it; ``artgen import --from NAME FILE`` asks one
alone.

The entry point group ``artgen.importers`` does the same, as before there was the hook: the entry point's name is the
importer's, and its value an `Importer`, or a plain function ``convert(settings, source, home, embedded)``, which knows
no file by itself and is asked by its name only. What stands there is listed by ``artgen import --help`` without being
imported, as artgen's own are.

Nothing of a file is ever run: Python programs are parsed and their literals read, command lines are taken apart.
"""

from __future__ import annotations

from artgen.importing.commands import Command, Option, Options, spelled
from artgen.importing.context import Context
from artgen.importing.document import Document
from artgen.importing.draft import Draft, Noted, number, printable, prompt_text, shown
from artgen.importing.files import is_address
from artgen.importing.model import Claim, Importer
from artgen.importing.plain import json_data, yaml_data
from artgen.importing.program import Call
from artgen.importing.reader import LARGEST, Reader, as_number, is_true, weighted

__all__ = [
    "LARGEST",
    "Call",
    "Claim",
    "Command",
    "Context",
    "Document",
    "Draft",
    "Importer",
    "Noted",
    "Option",
    "Options",
    "Reader",
    "as_number",
    "is_address",
    "is_true",
    "json_data",
    "number",
    "printable",
    "prompt_text",
    "shown",
    "spelled",
    "weighted",
    "yaml_data",
]
