"""What an importer is, and what it says of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgen.importing.document import Document


@dataclass(frozen=True)
class Claim:
    """A run that an importer has found in a file."""

    settings: Mapping[str, Any]
    """What the file says of it, as plain data: what `Importer.convert` is given."""
    form: str
    """What it was found as, such as "a command line"."""
    known: int
    """How many of the settings belong to the importer's program; of several importers, the one that knows more."""
    notes: tuple[str, ...] = ()
    """What could not be read, for the head of the preset."""


@dataclass(frozen=True)
class Importer:
    """What a plugin offers by the hook `artgen_importers`, or as an entry point in the group ``artgen.importers``."""

    program: str
    """The program's name as its users write it, such as "Disco Diffusion"."""
    recognise: Callable[[Document], Sequence[Claim]]
    """The runs that stand in a file, in its order; none if it is not the program's. Called for files of every kind."""
    convert: Callable[[Mapping[str, Any], Path, Path, bool], str]
    """The preset of a run's settings, as YAML with comments.

    It is given the settings, the file that they are from, the folder that the preset will stand in, to which its paths
    are relative, and whether to use the models that come with artgen. InputError if nothing can be made of them.
    """
    name: str = ""
    """What ``artgen import --from`` calls it; by default the program's, in small letters with hyphens. An entry point's
    own name goes before it."""
