"""Turns the settings of Pixray (github.com/pixray/pixray, up to version 1.9.1) into a preset.

``artgen import`` is offered `importer`. What a setting means is in Pixray's own files, which the modules name;
where nothing here does the same, the preset says so in a comment, with the nearest means.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.importing import Claim, Document, Importer


def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
    """The preset, as YAML with comments.

    Args:
        settings: what Pixray's file says, as plain data.
        source: that file.
        home: the folder that the preset will stand in; paths in it are relative to this.
        embedded: whether to use the models that come with artgen in place of published ones.
    """
    from artgen_pixray.conversion import preset

    return preset(settings, source, home, embedded)


def recognise(source: Document) -> list[Claim]:
    """Every run of Pixray that a file tells of."""
    from artgen_pixray.recognition import recognise

    return recognise(source)


importer = Importer("Pixray", recognise, convert)
