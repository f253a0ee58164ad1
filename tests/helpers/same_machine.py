"""Prints which of the gallery's pictures should come out of a replay on this machine how::

python -m tests.helpers.same_machine gallery identical

``identical``: those that were made on its kind, with its libraries. ``alike``: those of other instructions or
libraries, which come out alike to the eye. ``drawn``: those of another processor with the same instructions: it may
round otherwise, and long runs then end in other pictures.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from artgen.engine import provenance
from artgen.engine.rounding import fingerprint
from artgen.gallery import model
from artgen.recipe import metadata
from artgen.requirements import installed

OTHERS = {"e31dfcd6b4314414"}
"""Processors with AVX-512 that round otherwise than those of recipes which say nothing of rounding: Ice Lake's."""
THEIRS = {"dance.png", "story.png"}
"""Pictures that were made on these, before recipes said so."""


def outcome(name: str, recipe: Mapping[str, Any]) -> str:
    """How the picture of that name and recipe should come out here."""
    here = {name: found.version for name in recipe["libraries"] if (found := installed(name))}
    if recipe["hardware"] != provenance.hardware(torch.device("cpu")) or recipe["libraries"] != here:
        return "alike"
    if said := recipe.get("rounding"):
        return "identical" if fingerprint() == said else "drawn"
    return "identical" if (fingerprint() in OTHERS) == (name in THEIRS) else "drawn"


if __name__ == "__main__":
    folder, wanted = Path(sys.argv[1]), sys.argv[2]
    for one in model.read(folder).entries:
        if outcome(one.file, metadata.read(folder / one.file)) == wanted:
            print(one.file)
